/**
 * Owns: how many bytes training allocates. A process of its own, with a young generation so large that no collection runs
 * during a measurement, trains for few and for many epochs; by what the heap grows more in the many, divided by the steps
 * they have more, is what a step allocates. What starting a run and compiling it takes is in both.
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
  /** Examples of the data, and how many more epochs the longer run has. */
  readonly count: number;
  readonly more: number;
  /** Whether the run is never to rest: its clock stands still. Else it makes way for other work every ten milliseconds. */
  readonly restless?: boolean;
}

const flags = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128"];

export function measureAllocation(): readonly Allocation[] {
  const gender = programOf(genderPage);
  const mlp = programOfText(mlpPage);
  return [
    measure({ name: "gender, `train`, batch 1", program: gender, what: "train", count: 100_000, more: 10 }),
    measure({
      name: "gender, `train`, batch 8",
      program: withBatch(gender, 8),
      what: "train",
      count: 100_000,
      more: 10,
    }),
    measure({ name: "784-128-10, `step`, batch 32", program: mlp, what: "step", count: 64, more: 50 }),
    measure({
      name: "784-128-10, `train`, batch 32, a rest for other work every 10 ms",
      program: mlp,
      what: "train",
      count: 64,
      more: 50,
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
    train: "for await (const { loss } of net.train(data, { epochs, every: epochs })) void loss;",
    step: `for (let epoch = 0; epoch < epochs; epoch++) step(net.p, ${columns}, grad, ${batch}, 0, ${count});`,
  };
  const imports = { train: model, step: `${model}, step` };
  return `import { ${imports[what]} } from "./module.mjs";
const data = {};
for (const { name, size, classes } of ${JSON.stringify(ports)})
  data[name] = Float64Array.from({ length: ${count} * size }, (_, k) => (classes > 0 ? k % classes : Math.sin(k * k)));
const net = new ${model}();
const grad = new Float64Array(net.p.length);
const grown = async (epochs) => {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  ${run[what]}
  return process.memoryUsage().heapUsed - before;
};
for (let warming = 0; warming < 3; warming++) await grown(${more});
const differences = [];
for (let round = 0; round < 5; round++) differences.push(-(await grown(2)) + (await grown(${2 + more})));
console.log(differences.sort((a, b) => a - b)[2]);
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
