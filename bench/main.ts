/** Owns: the report of all measurements, as Markdown on standard output and as numbers in report.json. */

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { measureAllocation } from "./allocation.ts";
import { measureGpt } from "./compile-gpt.ts";
import { measureCold, measureDepths, measureWarm } from "./compile-time.ts";
import { measureBeginning, measureTraining } from "./gender-training.ts";
import { measureMlp } from "./mlp-steps.ts";
import { measureSizes } from "./module-size.ts";

const say = (...lines: readonly string[]): void => console.log(lines.join("\n"));
const table = (head: readonly string[], rows: readonly (readonly string[])[]): void =>
  say(
    "",
    ...[head, head.map((_, k) => (k === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`),
    "",
  );

say("# Measurements", "", `Node ${process.version}, ${cpus()[0]?.model ?? "an unknown processor"}.`);

say("", "## Training, against the same written by hand", "");
say(
  "The 2-2-1 network, stochastic gradient descent, one example at a time. By hand: the step unrolled, weights in locals, in",
  "a loop of epochs over examples that sums the losses. `step`: the emitted step, one call an epoch. `train`: the emitted",
  "class, from the checking of the data to the last report. Candidates take turns; medians; equal parameters at the end.",
);
const training = await measureTraining();
table(
  ["", "by hand, ns a step", "emitted, ns a step", "times as fast"],
  training.map(({ name, hand, emitted, ratio }) => [name, hand.toFixed(1), emitted.toFixed(1), ratio.toFixed(3)]),
);
const [seldom, often] = [/4 people, one report/, /4 people, a report every epoch/].map((pattern) =>
  training.find(({ name }) => pattern.test(name)),
);
if (seldom !== undefined && often !== undefined) {
  const perReport = 4 * (often.emitted - often.hand - (seldom.emitted - seldom.hand));
  say(`A report, a turn of the async iterator, costs ${perReport.toFixed(0)} ns.`);
}
const beginning = await measureBeginning();
say(`A run of one epoch over four people, data checked and all, takes ${beginning.toFixed(1)} µs.`, "");

say(
  "## Bytes allocated per step",
  "",
  "The growth of a heap that is not collected, in long runs less that in short ones.",
);
const allocation = measureAllocation();
table(
  ["", "steps", "bytes a step"],
  allocation.map(({ name, steps, bytes }) => [name, String(steps), bytes.toFixed(1)]),
);

say("## Size of the gender network's code");
const sizes = await measureSizes();
table(
  ["", "minified", "and gzipped"],
  sizes.map(({ name, minified, gzipped }) => [name, `${minified} B`, `${gzipped} B`]),
);

say("## Compile time", "", "Dense layers of eight units, warm. Linear is: the same per layer at every depth.");
const depths = measureDepths([10, 30, 100, 300, 1000]);
table(
  ["layers", "load, ms", "compile, ms", "ms a layer", "module, kB"],
  depths.map(({ layers, load, compile, characters }) => [
    String(layers),
    load.toFixed(0),
    compile.toFixed(0),
    ((load + compile) / layers).toFixed(2),
    (characters / 1000).toFixed(0),
  ]),
);
const [warm, cold] = [measureWarm(), measureCold()];
say(
  `784-128-10: ${warm.toFixed(0)} ms warm; ${cold === null ? "the command is not built" : `${cold.toFixed(0)} ms as a command`}.`,
);

say("", "## Compiling a network in the shape of GPT-2", "", "In a process of its own, from a cold start.");
const gpt = [6, 12, 24].map(measureGpt);
table(
  ["layers", "million parameters", "load, s", "compile, s", "peak memory, MB", "module, kB"],
  gpt.map(({ layers, parameters, load, compile, memory, characters }) => [
    String(layers),
    (parameters / 1e6).toFixed(0),
    load.toFixed(1),
    compile.toFixed(1),
    (memory / 1e6).toFixed(0),
    (characters / 1000).toFixed(0),
  ]),
);

say("", "## 784-128-10, batches of 32");
const mlp = await measureMlp();
table(
  ["", "steps a second"],
  [
    ["by hand, plain loops", mlp.hand.toFixed(1)],
    ["emitted", mlp.emitted.toFixed(1)],
  ],
);

const report = { node: process.version, training, beginning, allocation, sizes, depths, warm, cold, gpt, mlp };
writeFileSync(join(import.meta.dirname, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
