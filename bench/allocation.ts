/**
 * Owns: how many bytes training allocates. A process of its own, with a young generation so large that no collection runs
 * during a measurement, trains with reports after few epochs and after many: by what the heap grows more from one report
 * to the next with many, divided by the steps that are more, is what a step allocates. A report takes the same either way,
 * and what the engine notes down while it optimises falls into few of the intervals, of which the middle one is taken.
 */

import type { CompileOptions } from "@adjoint/compiler";
import type { Program } from "@adjoint/ir";
import { genderPage } from "./gender-module.ts";
import { compileText, programOf, programOfText } from "./load-page.ts";
import { mlpPage } from "./pages.ts";
import { runApart } from "./run-apart.ts";

export interface Allocation {
  readonly name: string;
  readonly steps: number;
  readonly bytes: number;
}

export interface Measurement {
  readonly name: string;
  readonly program: Program;
  readonly options?: Partial<CompileOptions>;
  /** The emitted class, or the emitted function without any class around it. */
  readonly what: "train" | "step";
  /** Examples of the data, and how many more epochs lie between two reports of the longer run than of the shorter. */
  readonly count: number;
  readonly more: number;
  /** Whether the run is never to rest: its clock stands still. Else it makes way for other work every ten milliseconds. */
  readonly restless?: boolean;
}

const flags = ["--min-semi-space-size=128", "--max-semi-space-size=128"];

export function measureAllocation(): readonly Allocation[] {
  const gender = programOf(genderPage);
  const mlp = programOfText(mlpPage);
  return [
    measure({ name: "gender, `train`, batch 1", program: gender, what: "train", count: 100_000, more: 2 }),
    measure({
      name: "gender, `train`, batch 8",
      program: withBatch(gender, 8),
      what: "train",
      count: 100_000,
      more: 2,
    }),
    measure({ name: "784-128-10, `step`, batch 32", program: mlp, what: "step", count: 64, more: 20 }),
    measure({
      name: "784-128-10, `train`, batch 32, a rest for other work every 10 ms",
      program: mlp,
      what: "train",
      count: 64,
      more: 20,
    }),
  ];
}

/** Bytes that a step leaves on a heap that is not collected. */
export function measure({ name, program, options, what, count, more, restless = false }: Measurement): Allocation {
  const [model] = program.models;
  if (model?.training == null) throw new Error("the page trains nothing");
  const ports = [...model.inputs, ...model.targets].map(({ name, shape, element }) => ({
    name,
    size: shape.reduce((product, extent) => product * extent, 1),
    classes: element.kind === "class" ? element.count : 0,
  }));
  const clock = restless ? "Date.now = () => 0;\n" : "";
  const text = clock + script(model.name, model.training.batch, ports, what, count, more);
  const printed = runApart(text, { "module.mjs": compileText(program, options) }, flags);
  const steps = more * Math.ceil(count / model.training.batch);
  return { name, steps, bytes: Number(printed) / steps };
}

function script(
  model: string,
  batch: number,
  ports: readonly { readonly name: string }[],
  what: "train" | "step",
  count: number,
  more: number,
): string {
  const columns = ports.map(({ name }) => `data.${name}`).join(", ");
  const run = {
    train: "for await (const { loss } of net.train(data, { epochs: every * reports, every })) report(loss);",
    step: `for (let k = 0, loss = 0; k < reports; k++) {
    for (let epoch = 0; epoch < every; epoch++) loss += step(net.p, ${columns}, grad, ${batch}, 0, ${count});
    report(loss);
  }`,
  };
  const imports = { train: model, step: `${model}, step` };
  // From two epochs on all that are not the last are one call.
  const few = Math.max(2, more / 4);
  return `import { setFlagsFromString } from "node:v8";
// The engine is impatient: a slow network takes few steps, and is to have them in the code that it would soon have.
setFlagsFromString("--interrupt-budget=5000");
const { ${imports[what]} } = await import("./module.mjs");
const data = {};
for (const { name, size, classes } of ${JSON.stringify(ports)})
  data[name] = Float64Array.from({ length: ${count} * size }, (_, k) => (classes > 0 ? k % classes : Math.sin(k * k)));
const net = new ${model}();
const grad = new Float64Array(net.p.length);
const reports = 15;
const grown = new Float64Array(reports);
/** Bytes from one report to the next, in the middle of many. */
const growth = async (every) => {
  let taken = 0;
  let last = process.memoryUsage().heapUsed;
  const report = (loss) => {
    if (Number.isNaN(loss)) throw new Error("the network has diverged");
    const now = process.memoryUsage().heapUsed;
    grown[taken++] = now - last;
    last = now;
  };
  ${run[what]}
  return grown.toSorted()[reports >> 1];
};
const [few, many] = [${few}, ${few + more}];
await growth(many);
const differences = [];
for (let round = 0; round < 5; round++) differences.push(-(await growth(few)) + (await growth(many)));
// The first rounds still find the engine at work.
console.log(differences.slice(2).sort((a, b) => a - b)[1]);
`;
}

function withBatch(program: Program, batch: number): Program {
  return {
    ...program,
    models: program.models.map((model) =>
      model.training === null ? model : { ...model, training: { ...model.training, batch } },
    ),
  };
}
