/** Owns: what modules cost besides time: bytes of code, memory, allocation, growth, and how soon the first gradient is there. */

import { type CompileOptions, compile, type WasmTarget } from "@adjoint/compiler";
import { measure } from "../../allocation.ts";
import { median } from "../../interleave.ts";
import { compileText, programOfText } from "../../load-page.ts";
import { sizeOf } from "../../module-size.ts";
import { mlpPage } from "../../pages.ts";
import { runApart } from "../../run-apart.ts";
import type { Report } from "../report.ts";
import { columnsOf } from "../runners/adjoint.ts";
import { type TrainingWork, training } from "../work.ts";

type Target = "ts" | "wasm";

export interface CodeRow {
  readonly work: string;
  readonly target: Target;
  /** Bytes of the module, minified, and gzipped; and gzipped with all of the runtime that it needs. */
  readonly minified: number;
  readonly gzipped: number;
  readonly standalone: number;
  /** Milliseconds from page to module, warm. */
  readonly compile: number;
  /** Bytes of a process at most that has trained for a second, beyond those of one that does nothing. */
  readonly memory: number;
}

export async function measureCode(
  report: Report,
  works: readonly TrainingWork[],
  wasm: WasmTarget,
): Promise<readonly CodeRow[]> {
  const bare = peakOf(tellPeak, {});
  const rows: CodeRow[] = [];
  for (const work of works) {
    for (const target of ["ts", "wasm"] as const) {
      report.tell(`${work.name}: size and memory, ${target}`);
      const options: Partial<CompileOptions> = { target: target === "wasm" ? wasm : target };
      const program = programOfText(work.page);
      const text = compileText(program, options);
      const alone = await sizeOf(work.name, text, ["Network"]);
      const own = await sizeOf(work.name, compileText(program, { ...options, standalone: false }), ["Network"]);
      const memory = peakOf(trainForASecond, { "module.mjs": text, "data.json": dataOf(work) }) - bare;
      const sizes = { minified: own.minified, gzipped: own.gzipped, standalone: alone.gzipped };
      rows.push({ work: work.name, target, ...sizes, compile: compileTime(work.page, options), memory });
    }
  }
  report.heading(
    "Code and memory",
    "The emitted module as far as its class needs it, minified by esbuild and gzipped, without and with the runtime that all",
    "networks share. Compiling: from page to module, warm. Memory: the most that a process has which trains for a second,",
    `beyond the ${megabytes(bare)} MB of an idle Node.`,
  );
  report.table(
    ["", "target", "minified, bytes", "and gzipped", "with the runtime", "compile, ms", "memory, MB"],
    rows.map(({ work, target, minified, gzipped, standalone, compile, memory }) => [
      work,
      target,
      minified.toLocaleString("en-US"),
      gzipped.toLocaleString("en-US"),
      standalone.toLocaleString("en-US"),
      compile.toFixed(0),
      megabytes(memory),
    ]),
  );
  return rows;
}

function compileTime(page: string, options: Partial<CompileOptions>): number {
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    compile(programOfText(page), { language: "js", standalone: true, ...options });
    return performance.now() - start;
  });
  return median(times.sort((a, b) => a - b));
}

/** Prints KiB: of this program alone, where the system tells; `maxRSS` may be that of whoever started it. */
const tellPeak = `import { existsSync, readFileSync as readText } from "node:fs";
const status = existsSync("/proc/self/status") ? readText("/proc/self/status", "utf8") : "";
console.log(/VmHWM:\\s*(\\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
`;

/** Bytes that the process of a script had at most; the script prints them in KiB. */
function peakOf(script: string, files: Readonly<Record<string, string>>): number {
  return 1024 * Number(runApart(script, files));
}

const readData = `import { readFileSync } from "node:fs";
const data = {};
for (const [name, values] of Object.entries(JSON.parse(readFileSync("data.json", "utf8")))) data[name] = Float64Array.from(values);
`;

const trainForASecond = `import { Network } from "./module.mjs";
${readData}
const net = new Network();
const start = performance.now();
while (performance.now() - start < 1000) for await (const { loss } of net.train(data, { epochs: 4, every: 4 })) void loss;
${tellPeak}`;

export interface FirstGradient {
  /** `empty` is a module that does nothing. */
  readonly target: Target | "empty";
  /** Milliseconds that Node takes to its first line. */
  readonly node: number;
  /** From there: importing the module, a network with its parameters drawn, the gradient of one batch. */
  readonly gradient: number;
}

const firstGradient = `const node = performance.now();
const x = Float32Array.from({ length: 32 * 784 }, (_, k) => Math.sin(k));
const label = Uint8Array.from({ length: 32 }, (_, k) => k % 10);
const began = performance.now();
const { Mlp } = await import("./module.mjs");
const net = new Mlp();
const grads = net.gradients({ x, label });
const done = performance.now();
if (Object.keys(grads).length === 0) throw new Error("there are no gradients");
console.log(JSON.stringify({ node, gradient: done - began }));
`;

const emptyModule = "export class Mlp { gradients() { return { nothing: 0 }; } }\n";

/** Medians of processes, each of which does nothing else; the modules take turns. */
export function measureFirstGradient(report: Report, wasm: WasmTarget): readonly FirstGradient[] {
  report.tell("784-128-10: first gradient");
  const modules = [
    ["ts", compileText(programOfText(mlpPage), { target: "ts" })],
    ["wasm", compileText(programOfText(mlpPage), { target: wasm })],
    ["empty", emptyModule],
  ] as const;
  const rounds = Array.from({ length: 15 }, () =>
    modules.map(
      ([, text]) => JSON.parse(runApart(firstGradient, { "module.mjs": text })) as Omit<FirstGradient, "target">,
    ),
  );
  const rows = modules.map(([target], k): FirstGradient => {
    const runs = rounds.flatMap((round) => round[k] ?? []);
    const middle = (of: (run: Omit<FirstGradient, "target">) => number) => median(runs.map(of).sort((a, b) => a - b));
    return { target, node: middle(({ node }) => node), gradient: middle(({ gradient }) => gradient) };
  });
  report.heading(
    "Cold start",
    "784-128-10, in a new process of Node: milliseconds to the script's first line; then, to the first gradient of a batch of",
    "32 that lies ready, with importing the module and drawing the parameters; and what a module takes that does nothing.",
  );
  report.table(
    ["", "Node itself", "first gradient"],
    rows.map(({ target, node, gradient }) => {
      return [target === "empty" ? "an empty module" : target, node.toFixed(1), gradient.toFixed(1)];
    }),
  );
  return rows;
}

export interface AllocationRow {
  readonly name: string;
  readonly bytes: number;
}

/** Bytes that a step allocates, of the emitted class. */
export function measureAllocations(
  report: Report,
  works: readonly TrainingWork[],
  wasm: WasmTarget,
): readonly AllocationRow[] {
  const rows = works.flatMap((work) =>
    (["ts", "wasm"] as const).flatMap((target): AllocationRow[] => {
      const kind = work.formula;
      report.tell(`${work.name}: allocation, ${target}`);
      const more = kind === "seed" ? 16_384 : kind === "mlp" ? 64 : 4;
      const { bytes } = measure({
        name: work.name,
        program: programOfText(work.page),
        options: { target: target === "wasm" ? wasm : target },
        what: "train",
        count: work.batch,
        more,
        restless: true,
      });
      return [{ name: `${work.name}, ${target}`, bytes }];
    }),
  );
  report.heading(
    "Allocation",
    "Bytes a step on a heap that is not collected: the growth from one report of `train` to the next where many steps lie",
    "between them, less that where few do. The clock stands still meanwhile: a run makes way for other work every ten",
    "milliseconds, for which it waits with a promise of some 1 kB.",
  );
  report.table(
    ["", "bytes a step"],
    rows.map(({ name, bytes }) => [name, bytes.toFixed(1)]),
  );
  return rows;
}

export interface Growth {
  readonly name: string;
  readonly steps: number;
  /** Bytes after a tenth of the steps and after all of them: of the heap, and of the process. */
  readonly heap: readonly [number, number];
  readonly resident: readonly [number, number];
}

const manySteps = `import { Network } from "./module.mjs";
${readData}
const net = new Network();
const measured = [];
const reports = net.train(data, { epochs: STEPS, every: STEPS / 10 });
for await (const { epoch } of reports) {
  if (epoch !== STEPS / 10 && epoch !== STEPS) continue;
  globalThis.gc();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  measured.push([heapUsed + arrayBuffers, rss]);
}
console.log(JSON.stringify(measured));
`;

/** A million steps in one run. */
export function measureGrowth(report: Report, works: readonly TrainingWork[], wasm: WasmTarget): readonly Growth[] {
  const steps = 1_000_000;
  const rows = works.map((work): Growth => {
    report.tell(`${work.name}: a million steps`);
    const files = { "module.mjs": compileText(programOfText(work.page), { target: wasm }), "data.json": dataOf(work) };
    const printed = runApart(manySteps.replaceAll("STEPS", String(steps)), files, ["--expose-gc"]);
    const [tenth = [], all = []] = JSON.parse(printed) as readonly (readonly number[])[];
    const pair = (k: number): [number, number] => [tenth[k] ?? Number.NaN, all[k] ?? Number.NaN];
    return { name: `${work.name}, wasm`, steps, heap: pair(0), resident: pair(1) };
  });
  report.heading("A million steps", "Megabytes after a tenth of them and at the end, each after a collection.");
  report.table(
    ["", "heap", "at the end", "process", "at the end"],
    rows.map(({ name, heap, resident }) => [name, ...[...heap, ...resident].map((bytes) => (bytes / 1e6).toFixed(2))]),
  );
  return rows;
}

function dataOf(work: TrainingWork): string {
  const columns = Object.entries(columnsOf(training(work)));
  return JSON.stringify(Object.fromEntries(columns.map(([name, values]) => [name, [...values]])));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
