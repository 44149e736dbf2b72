/**
 * Owns: the comparison with the peers: each piece of work is done by all who can, beginning with the same numbers; their
 * losses are compared before their times. Candidates take turns, one thread each; what counts is the ratio of medians.
 */

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadWasmTarget } from "@adjoint/compiler";
import { interleave } from "../interleave.ts";
import { drawPlot } from "./draw-plot.ts";
import { makeAdjoint } from "./runners/adjoint.ts";
import { makeConvnet } from "./runners/convnet.ts";
import { makeHand } from "./runners/hand.ts";
import { makeJax } from "./runners/jax.ts";
import { makeBrain, makeSynaptic } from "./runners/perceptrons.ts";
import { makeTfCpu, makeTfWasm } from "./runners/tfjs.ts";
import { findTorch, makeTorch } from "./runners/torch.ts";
import type { MakeRunner, Runner, Work } from "./work.ts";
import { gptWork, graphWork, gruWork, lenetWork, lstmWork, mlpWork, seedWork } from "./works/networks.ts";

const { values: flags } = parseArgs({
  options: { only: { type: "string" }, rounds: { type: "string", default: "15" }, quick: { type: "boolean" } },
});
const works = [
  seedWork(1),
  seedWork(4),
  mlpWork(1),
  mlpWork(32),
  mlpWork(256),
  lenetWork(32),
  gruWork(),
  lstmWork(),
  gptWork(),
  graphWork(),
].filter(({ name }) => flags.only === undefined || name.toLowerCase().includes(flags.only.toLowerCase()));

const python = findTorch();
const makers: readonly MakeRunner[] = [
  makeAdjoint("Adjoint ts", {}),
  makeAdjoint("Adjoint wasm", { target: await loadWasmTarget(), precision: "f32" }),
  makeHand,
  makeTfCpu,
  makeTfWasm,
  makeJax,
  makeConvnet,
  makeSynaptic,
  makeBrain,
  ...(python === null ? [] : [makeTorch(python)]),
];

/** How long one turn of a candidate should take, in milliseconds. */
const turn = 60;
/** Losses of the same steps may differ by what float32 rounds. */
const agreement = 2e-3;

export interface Row {
  readonly work: string;
  readonly label: string;
  readonly stepsPerSecond: number;
  readonly loss: number;
  readonly flops: number | null;
}

const say = (...lines: readonly string[]): void => console.log(lines.join("\n"));
say("# The same work, done by Adjoint and by its peers", "");
say(`Node ${process.version}, ${cpus()[0]?.model ?? "an unknown processor"}; one thread each.`, "");
if (python === null) say("PyTorch is left out: `python3 -c 'import torch'` does not work here.", "");

const rows: Row[] = [];
for (const work of works) rows.push(...(await measure(work)));
const report = { node: process.version, processor: cpus()[0]?.model ?? null, rows };
if (flags.only === undefined) {
  writeFileSync(join(import.meta.dirname, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(import.meta.dirname, "report.svg"), drawPlot(rows));
}

async function measure(work: Work): Promise<readonly Row[]> {
  const runners: Runner[] = [];
  for (const make of makers) {
    try {
      const runner = await make(work);
      if (runner !== null) runners.push(runner);
    } catch (error) {
      say(`- ${work.name}: left out: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
    }
  }
  const [firsts, losses] = [new Map<Runner, number>(), new Map<Runner, number>()];
  const counts = new Map<Runner, number>();
  for (const runner of [...runners]) {
    try {
      await runner.run(1);
      firsts.set(runner, await runner.loss());
      await runner.run(2);
      losses.set(runner, await runner.loss());
      const begin = performance.now();
      await runner.run(1);
      const once = performance.now() - begin;
      await runner.run(Math.max(1, Math.min(2000, Math.round(turn / once))));
      const again = performance.now();
      const trial = Math.max(1, Math.min(20_000, Math.round(turn / once)));
      await runner.run(trial);
      counts.set(runner, Math.max(1, Math.round((trial * turn) / (performance.now() - again))));
    } catch (error) {
      say(`- ${work.name}: ${runner.label} fails: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
      runners.splice(runners.indexOf(runner), 1);
    }
  }
  // The first to be asked is Adjoint's float64 text: every other is held against it.
  const [reference] = runners;
  for (const runner of runners) {
    const known = runner.differs === true ? firsts : losses;
    const loss = known.get(runner) ?? Number.NaN;
    const expected = reference === undefined ? Number.NaN : (known.get(reference) ?? Number.NaN);
    if (!(Math.abs(loss - expected) <= agreement * Math.max(1, Math.abs(expected)))) {
      throw new Error(`${work.name}: the loss of ${runner.label} is ${loss}, not ${expected}`);
    }
  }
  const candidates = Object.fromEntries(
    runners.map((runner) => [runner.label, () => runner.run(counts.get(runner) ?? 1)]),
  );
  const timings = await interleave(candidates, { rounds: Number(flags.rounds), warmup: 2 });
  const found = runners.map((runner): Row => {
    const median = timings[runner.label]?.median ?? Number.NaN;
    const stepsPerSecond = (1000 * (counts.get(runner) ?? 1)) / median;
    runner.close?.();
    return {
      work: work.name,
      label: runner.label,
      stepsPerSecond,
      loss: losses.get(runner) ?? Number.NaN,
      flops: work.flops,
    };
  });
  const ours = Math.max(...found.filter(({ label }) => label.startsWith("Adjoint")).map((row) => row.stepsPerSecond));
  say(
    "",
    `## ${work.name}`,
    "",
    "| | steps/s | GFLOP/s | Adjoint's best is … times as fast |",
    "| --- | ---: | ---: | ---: |",
  );
  for (const { label, stepsPerSecond, flops } of found) {
    const rate = flops === null ? "" : ((flops * stepsPerSecond) / 1e9).toFixed(1);
    say(`| ${label} | ${stepsPerSecond.toPrecision(4)} | ${rate} | ${(ours / stepsPerSecond).toFixed(2)} |`);
  }
  return found;
}
