/**
 * Owns: how many bytes training allocates. A process of its own, with a young generation so large that no collection runs
 * during a measurement, trains for few and for many epochs; by what the heap grows more in the many, divided by the steps
 * they have more, is what a step allocates. What starting a run and compiling it takes is in both.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Program } from "@adjoint/ir";
import { genderPage } from "./gender-module.ts";
import { compileText, programOf, programOfText } from "./load-page.ts";
import { mlpPage } from "./pages.ts";

export interface Allocation {
  readonly name: string;
  readonly steps: number;
  readonly bytes: number;
}

const flags = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128"];

export function measureAllocation(): readonly Allocation[] {
  const gender = programOf(genderPage);
  const mlp = programOfText(mlpPage);
  return [
    measure("gender, `train`, batch 1", gender, "train", { count: 100_000, more: 10 }),
    measure("gender, `train`, batch 8", withBatch(gender, 8), "train", { count: 100_000, more: 10 }),
    measure("784-128-10, `step`, batch 32", mlp, "step", { count: 64, more: 50 }),
    measure("784-128-10, `train`, batch 32, a rest for other work every 10 ms", mlp, "train", { count: 64, more: 50 }),
  ];
}

function measure(
  name: string,
  program: Program,
  what: "train" | "step",
  { count, more }: { readonly count: number; readonly more: number },
): Allocation {
  const [model] = program.models;
  if (model?.training == null) throw new Error("the page trains nothing");
  const ports = [...model.inputs, ...model.targets].map(({ name, shape, element }) => ({
    name,
    size: shape.reduce((product, extent) => product * extent, 1),
    classes: element.kind === "class" ? element.count : 0,
  }));
  const folder = mkdtempSync(join(tmpdir(), "adjoint-bench-"));
  try {
    writeFileSync(join(folder, "module.mjs"), compileText(program));
    writeFileSync(join(folder, "measure.mjs"), script(model.name, model.training.batch, ports, what, count, more));
    const printed = execFileSync(process.execPath, [...flags, "measure.mjs"], { cwd: folder, encoding: "utf8" });
    const steps = more * Math.ceil(count / model.training.batch);
    return { name, steps, bytes: Number(printed) / steps };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
  return `import { ${model}, step } from "./module.mjs";
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
