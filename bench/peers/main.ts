/** Owns: `npm run bench`: which measurements are made, in which order, and where their report goes. */

import { cpus, loadavg } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { loadWasmTarget } from "@adjoint/compiler";
import { drawCurves } from "./draw-curves.ts";
import { drawPlot } from "./draw-plot.ts";
import { measurePeak } from "./machine/measure-peak.ts";
import peers from "./package.json" with { type: "json" };
import { Report } from "./report.ts";
import { type Build, makeAdjoint, makeAdjointFunction } from "./runners/adjoint.ts";
import { makeConvnet } from "./runners/convnet.ts";
import { derivativeMakers, derivativeName } from "./runners/derivatives.ts";
import { makeHand } from "./runners/hand.ts";
import { makeJax } from "./runners/jax.ts";
import { makeBrain, makeSynaptic } from "./runners/perceptrons.ts";
import { makeTfCpu, makeTfWasm } from "./runners/tfjs.ts";
import { findTorches, makeTorch } from "./runners/torch.ts";
import { compare, type Effort, type Row } from "./sections/compare.ts";
import { measureContractions } from "./sections/contractions.ts";
import { measureCurves } from "./sections/cost-curves.ts";
import { measureAllocations, measureCode, measureFirstGradient, measureGrowth } from "./sections/figures.ts";
import { compareMnist } from "./sections/mnist.ts";
import { summarise } from "./sections/summary.ts";
import { compareThreads } from "./sections/threads.ts";
import type { MakeRunner } from "./work.ts";
import { trained, works } from "./works/all.ts";

const { values: flags } = parseArgs({
  options: {
    /** `comparison`, `threads`, …: those parts alone. */
    part: { type: "string", multiple: true },
    /** Works whose names hold this. */
    only: { type: "string" },
    /** That one cost curve may take. */
    seconds: { type: "string", default: "13" },
    /** The folder of the report. */
    out: { type: "string" },
    rounds: { type: "string", default: "15" },
  },
});
const effort: Effort = { rounds: Number(flags.rounds), turn: 40, most: 4000 };
const lighter: Effort = { ...effort, turn: 20 };
const isPeer = (name: string): boolean => !/^@adjoint|plot|linkedom/.test(name);
const asked = (name: string): boolean =>
  flags.only === undefined || name.toLowerCase().includes(flags.only.toLowerCase());

// Node 20 has relaxed SIMD behind this flag, later ones always: where a flag is unknown nothing happens.
setFlagsFromString("--experimental-wasm-relaxed-simd");

const report = new Report();
report.say("# The same work, done by Adjoint and by its peers", "");
const machine = {
  node: process.version,
  v8: process.versions.v8,
  processor: cpus()[0]?.model ?? "an unknown processor",
  cores: cpus().length,
  /** Processes that want a core, before the benchmark is one of them. */
  load: loadavg()[0] ?? Number.NaN,
  peers: peers.dependencies,
};
report.keep("machine", machine);
report.say(
  `Node ${machine.node} (V8 ${machine.v8}), ${machine.processor}, ${machine.cores} cores, load ${machine.load.toFixed(1)} at the beginning;`,
  "one thread each. PyTorch is eager, in a process of its own.",
  "",
  ...Object.entries(machine.peers).flatMap(([name, version]) => (isPeer(name) ? [`- ${name} ${version}`] : [])),
);

const torches = findTorches();
report.keep(
  "torches",
  torches.map(({ label, version, libraries, sgemm }) => ({
    label,
    version,
    libraries: libraries.map((path) => basename(path)),
    sgemm,
  })),
);
for (const { label, version, sgemm } of torches) {
  report.say(`- ${label}: ${version}; sgemm at ${sgemm.toFixed(0)} GFLOP/s`);
}
if (torches.length === 0) report.say("- PyTorch is left out: `python3 -c 'import torch'` does not work here.");

const target = await loadWasmTarget();
const [text, wasm, fused]: readonly [Build, Build, Build] = [
  { label: "Adjoint ts", options: {} },
  { label: "Adjoint wasm", options: { target }, fused: false },
  { label: "Adjoint wasm, fused", options: { target }, fused: true },
];
const makers: readonly MakeRunner[] = [
  makeAdjoint(text),
  makeAdjointFunction,
  makeAdjoint(wasm),
  makeAdjoint(fused),
  makeHand,
  makeTfCpu,
  makeTfWasm,
  makeJax,
  makeConvnet,
  makeSynaptic,
  makeBrain,
];

const pictures: Record<string, string> = {};
const parts: Readonly<Record<string, () => Promise<void>>> = {
  comparison: async () => {
    const rows: Row[] = [];
    if (asked(derivativeName)) rows.push(...(await compare(report, derivativeName, derivativeMakers(torches), effort)));
    for (const work of works.filter(({ name }) => asked(name))) {
      // PyTorch takes two seconds to begin, in processes of its own: meanwhile the others do.
      const children = torches.map((torch) => makeTorch(torch)(work));
      for (const child of children) child.catch(() => undefined);
      const runners = [...makers.map((make) => () => make(work)), ...children.map((child) => () => child)];
      const chosen = work.task === "train" ? effort : lighter;
      rows.push(...(await compare(report, work.name, runners, chosen, work.flops)));
    }
    report.keep("rows", rows);
    report.keep("summary", summarise(report, rows));
    pictures["comparison.svg"] = drawPlot(rows);
  },
  threads: async () => {
    const divided = trained.filter(({ name }) => /784-128-10, batch 256|LeNet/.test(name));
    report.keep("threads", await compareThreads(report, divided, wasm, effort));
  },
  contractions: async () => {
    const [separate, joined] = [measurePeak(false), measurePeak(true)];
    if (separate === null) throw new Error("this engine's WebAssembly has no vectors");
    report.keep("peak", { separate: separate.rate, fused: joined?.rate ?? null });
    const contracting = trained.filter(({ name }) => !/^2-2-1|batch 1$|batch 256/.test(name));
    report.keep("contractions", await measureContractions(report, contracting, target, { separate, fused: joined }));
  },
  figures: async () => {
    const networks = trained.filter(({ name }) => !/batch 4|784-128-10, batch (1|256)$/.test(name));
    report.keep("code", await measureCode(report, networks, target));
    report.keep("firstGradient", measureFirstGradient(report, target));
    const allocating = networks.filter(({ formula }) => /seed|mlp|lenet|gpt/.test(formula));
    report.keep("allocations", measureAllocations(report, allocating, target));
    const single = trained.filter(({ name }) => /^2-2-1, batch 1$|784-128-10, batch 1$/.test(name));
    report.keep("growth", measureGrowth(report, single, target));
  },
  mnist: async () => report.keep("mnist", await compareMnist(report, target, torches)),
  curves: async () => {
    const curves = await measureCurves(report, Number(flags.seconds));
    report.keep("curves", curves);
    pictures["curves.svg"] = drawCurves(curves);
  },
};

const unknown = (flags.part ?? []).filter((name) => parts[name] === undefined);
if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
const isWhole = flags.only === undefined && flags.part === undefined;
const folder = flags.out ?? (isWhole ? join(import.meta.dirname, "../report") : null);
for (const [name, measure] of Object.entries(parts)) {
  if (flags.part !== undefined && !flags.part.includes(name)) continue;
  try {
    await measure();
  } catch (error) {
    // What else there is to measure is measured nevertheless.
    report.say("", `The part ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
  if (folder !== null) report.write(folder, pictures);
}
report.tell("done");
