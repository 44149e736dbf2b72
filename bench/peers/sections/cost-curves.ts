/** Owns: how costs grow with width, depth, batch and length, on both targets: each curve in a process of its own. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../../load-page.ts";
import type { Point } from "../curve/measure-point.ts";
import { allSeries } from "../curve/series.ts";
import { digits, type Report } from "../report.ts";

export interface Curve {
  readonly series: string;
  readonly axis: string;
  readonly target: "ts" | "wasm";
  readonly points: readonly Point[];
  /** Why it ends where it does. */
  readonly end: string;
}

/** @param seconds that one curve may take */
export async function measureCurves(report: Report, seconds: number): Promise<readonly Curve[]> {
  report.heading(
    "Cost curves",
    "What each doubling costs, in a process of its own: milliseconds from page to module (the compiler warm), milliseconds",
    "from module to the end of the first step, steps a second once the engine has optimised.",
  );
  const curves: Curve[] = [];
  for (const { name, axis, about, cliffs } of allSeries) {
    for (const target of ["ts", "wasm"] as const) {
      report.tell(`curve of ${name}, ${target}`);
      const curve = { series: name, axis, target, ...(await measureCurve(name, target, seconds)) };
      curves.push(curve);
      report.say("", `### ${name}, ${target}: ${about}`);
      report.table(
        [axis, "parameters", "compile, ms", "begin, ms", "steps a second", "module, kB"],
        curve.points.map(({ size, parameters, compile, begin, stepsPerSecond, text }) => [
          String(size),
          digits(parameters),
          compile.toFixed(0),
          begin.toFixed(0),
          digits(stepsPerSecond),
          (text / 1000).toFixed(0),
        ]),
      );
      report.say("", `It ends there: ${curve.end}.`);
      const cliff = cliffs[target];
      if (cliff !== undefined) report.say("", cliff);
    }
  }
  return curves;
}

async function measureCurve(
  name: string,
  target: string,
  seconds: number,
): Promise<{ readonly points: readonly Point[]; readonly end: string }> {
  const script = join(import.meta.dirname, "../curve/child.ts");
  // Functions are optimised where they run: a second thread that is kept from it would be taken for a slow function.
  const engine = ["--no-concurrent-recompilation", "--max-old-space-size=4096"];
  const flags = ["--import", "tsx", "--conditions=source", ...engine];
  const child = spawn(process.execPath, [...flags, script, name, target, String(seconds)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A child that is stuck is not waited for; to load the assembler alone may take ten seconds on a busy machine.
  const most = 2 * seconds + 20;
  const watch = setTimeout(() => child.kill("SIGKILL"), 1000 * most);
  const points: Point[] = [];
  let end = `its process ended before it could say why, or was ended after ${most} seconds`;
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint ||= /[^\n]*(?:[Ee]rror|memory)[^\n]*/.exec(text)?.[0] ?? "";
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const said: unknown = JSON.parse(line);
    if (isPoint(said)) points.push(said);
    const reason: unknown = Reflect.get(Object(said), "end");
    if (typeof reason === "string") end = reason;
  }
  clearTimeout(watch);
  return { points, end: complaint === "" ? end : `${end}: ${complaint.trim()}` };
}

function isPoint(said: unknown): said is Point {
  return typeof Reflect.get(Object(said), "stepsPerSecond") === "number";
}
