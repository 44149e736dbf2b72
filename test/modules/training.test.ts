/** Models whose training differs from their prediction: what is emitted, and how it runs. */

import { type CompileOptions, compile, deriveProcedures, type Procedure } from "@adjoint/compiler";
import { load, memoryHost } from "@adjoint/dsl";
import type { Model, Program } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { importText, typeErrors } from "../../packages/compiler/test/module/workshop.ts";
import { actual, expected } from "../../packages/compiler/test/target/run-emitted.ts";

function programOf(text: string): Program {
  const { program, diagnostics } = load("page.adj", memoryHost({ "page.adj": text }));
  if (program === null) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return program;
}

function modelOf(text: string): Model {
  const [model] = programOf(text).models;
  if (model === undefined) throw new Error("the page has no model");
  return model;
}

/** What these tests ask of an emitted class. */
interface Net {
  readonly p: Float64Array;
  predict(inputs: object, options?: object): Readonly<Record<string, unknown>>;
  predictAll(examples: object, options?: object): readonly Readonly<Record<string, unknown>>[];
  evaluate(data: object, options?: object): { readonly loss: number; readonly metrics: object };
  gradients(data: object, options?: object): Readonly<Record<string, { readonly values: Float64Array }>>;
  train(data: object, options?: object): AsyncIterable<{ readonly epoch: number; readonly loss: number }>;
  save(): Uint8Array;
  checkpoint(): Uint8Array;
}

interface NetClass {
  new (options?: object): Net;
  load(bytes: Uint8Array): Net;
  resume(bytes: Uint8Array): Net;
}

function isNetClass(value: unknown): value is NetClass {
  return typeof value === "function" && "load" in value;
}

async function classOf(text: string, options: Partial<CompileOptions> = {}): Promise<NetClass> {
  const program = programOf(text);
  const { text: module, exports } = compile(program, options);
  const emitted = await importText("module.ts", module);
  const Class = emitted[exports.get(program.models[0]?.name ?? "") ?? ""];
  if (!isNetClass(Class)) throw new Error("the module exports no class");
  return Class;
}

async function train(net: Net, data: object, options: object = {}): Promise<readonly number[]> {
  const losses: number[] = [];
  for await (const { loss } of net.train(data, options)) losses.push(loss);
  return losses;
}

/** Numbers without a pattern, the same each time. */
function sample(k: number): number {
  return Math.abs(Math.sin(12.9898 * (k + 1))) * 1.3;
}

function arraysFor(procedure: Procedure, examples: number): ReadonlyMap<string, Float64Array> {
  const sizes = new Map<string, number>();
  const places = [
    ...[...procedure.inputs].map(([{ shape }, place]) => ({ place, size: shape.reduce((a, b) => a * b, 1) })),
    ...procedure.graph.outputs.flatMap(({ name, node }) => {
      const destination = procedure.results.get(name);
      if (destination === undefined || destination.kind === "return") return [];
      return [{ place: destination.place, size: node.shape.reduce((a, b) => a * b, 1) }];
    }),
  ];
  for (const { place, size } of places) {
    if (place.kind !== "array") continue;
    const end = place.offset + size + (examples - 1) * place.exampleStride;
    sizes.set(place.array, Math.max(sizes.get(place.array) ?? 0, end));
  }
  return new Map([...sizes].map(([name, size]) => [name, Float64Array.from({ length: size }, (_, k) => sample(k))]));
}

/** Every procedure, as loops and as scalars, does what its graph means. */
function expectEmissionsToAgree(model: Model, values: Readonly<Record<string, number>> = {}): void {
  for (const procedure of deriveProcedures(model, { inference: false })) {
    const n = 2;
    const arrays = arraysFor(procedure, 8);
    for (const unrollLimit of [0, Number.POSITIVE_INFINITY]) {
      const scalars = { n, t: 3, examples: 2, ...values };
      const should = expected(procedure, arrays, scalars);
      const does = actual(procedure, arrays, scalars, { unrollLimit });
      if (should.returned !== undefined) expect(does.returned).toBeCloseTo(should.returned, 10);
      for (const [name, array] of should.after) {
        array.forEach((value, k) => {
          expect(does.after.get(name)?.[k], `${procedure.name}: ${name}[${k}]`).toBeCloseTo(value, 10);
        });
      }
    }
  }
}

describe("noise", () => {
  const page = (batch: number) => `
    model Noisy {
      input  x[3]
      target y[2]
      h = dropout(dense(x, units: 4, activation: tanh), rate: 0.25)
      noise e[2] ~ normal(stddev: 0.1)
      o = dense(h, units: 2) + (if training then e else 0 * e)
      loss mse(o, y)
      train { optimizer adam  epochs 3  batch ${batch} }
    }`;
  const data = {
    x: Array.from({ length: 7 }, (_, n) => [sample(n), sample(n + 10), sample(n + 20)]),
    y: Array.from({ length: 7 }, (_, n) => [sample(n + 30), sample(n + 40)]),
  };

  test("is drawn in what is emitted as the graph says", () => {
    expectEmissionsToAgree(modelOf(page(3)));
    expectEmissionsToAgree(modelOf(page(1)));
  });

  test("asks for a seed only where something is drawn", () => {
    const taking = (text: string): readonly string[] =>
      deriveProcedures(modelOf(text), { inference: false })
        .filter(({ parameters }) => parameters.some(({ name }) => name === "seed"))
        .map(({ name }) => name);
    expect(taking(page(3))).toEqual(["gradient", "initialize"]);
    expect(taking(page(1))).toEqual(["gradient", "step", "initialize"]);
    const always = "model M {\n  input x\n  param w ~ ones\n  noise e ~ normal\n  z = w * x + e\n  loss z^2\n}";
    expect(taking(always)).toEqual(["forward", "evaluate", "gradient", "initialize"]);
  });

  test("is the same whatever emitted the step, and another in every epoch", async () => {
    const [Batched, Single] = [await classOf(page(4)), await classOf(page(1))];
    const nets = [new Batched({ seed: 5 }), new Single({ seed: 5 })];
    const runs = await Promise.all(nets.map((net) => train(net, data, { epochs: 4, batch: 4 })));
    expect(nets[1]?.p).toEqual(nets[0]?.p);
    expect(runs[1]).toEqual(runs[0]);
    const other = new Batched({ seed: 6 });
    other.p.set(new Batched({ seed: 5 }).p);
    expect(await train(other, data, { epochs: 4, shuffle: false })).not.toEqual(runs[0]);
    const still = await classOf(page(4).replace("adam", "sgd(rate: 0)"));
    expect(new Set(await train(new still(), data, { epochs: 4 })).size).toBe(4);
  });

  test("belongs to an example wherever in the epoch it comes", async () => {
    const Still = await classOf(page(4).replace("adam", "sgd(rate: 0)"));
    const inOrder = await train(new Still(), data, { epochs: 2, shuffle: false });
    const shuffled = await train(new Still(), data, { epochs: 2 });
    for (const [k, loss] of inOrder.entries()) expect(shuffled[k]).toBeCloseTo(loss, 12);
  });

  test("goes on after a checkpoint as if there had been none", async () => {
    const Noisy = await classOf(page(3));
    const whole = new Noisy({ seed: 2 });
    await train(whole, data, { epochs: 5 });
    const first = new Noisy({ seed: 2 });
    await train(first, data, { epochs: 2 });
    const second = Noisy.resume(first.checkpoint());
    await train(second, data, { epochs: 3 });
    expect(second.p).toEqual(whole.p);
  });

  test("is not in predictions that do not draw, and decided by a seed in those that do", async () => {
    const Quiet = await classOf(page(3));
    const quiet = new Quiet();
    const x = [1, 2, 3];
    expect(quiet.predict({ x }, { seed: 1 })).toEqual(quiet.predict({ x }, { seed: 2 }));
    const Loud = await classOf("model Loud {\n  input x[3]\n  noise e[3] ~ uniform(low: 0)\n  z = x + e\n}");
    const loud = new Loud();
    expect(loud.predict({ x }, { seed: 1 })).toEqual(loud.predict({ x }, { seed: 1 }));
    expect(loud.predict({ x }, { seed: 1 })).not.toEqual(loud.predict({ x }, { seed: 2 }));
    const [a, b] = loud.predictAll({ x: [x, x] });
    expect(a).not.toEqual(b);
  });

  test("passes TypeScript with every strict flag, in every form", () => {
    const variants: readonly Partial<CompileOptions>[] = [
      {},
      { standalone: true },
      { unrollLimit: 0 },
      { precision: "f32" },
    ];
    const files = Object.fromEntries(
      variants.map((options, k) => [`noisy${k}.ts`, compile(programOf(page(3)), options).text]),
    );
    expect(typeErrors(files)).toBe("");
  });
});

describe("state", () => {
  const averaged = (batch: number) => `
    model Averaged {
      input  x[2]
      target y
      param w[2] ~ glorot_uniform
      state average[2] ~ zeros
      state steps ~ zeros
      average <- 0.75 * average + 0.25 * w
      steps <- steps + 1
      z = sum[i](w[i] * x[i])
      loss (z - y)^2
      output z
      train { optimizer momentum(rate: 0.05)  epochs 2  batch ${batch} }
    }`;
  const data = {
    x: [
      [1, 2],
      [2, 1],
      [0, 1],
      [1, 1],
    ],
    y: [1, 2, 0, 1],
  };

  test("is stored with the parameters, behind those that are trained", () => {
    expectEmissionsToAgree(modelOf(averaged(1)));
    expectEmissionsToAgree(modelOf(averaged(2)));
  });

  test.each([1, 2])("moves once a step, with what was before the step, in batches of %i", async (batch) => {
    const Averaged = await classOf(averaged(batch));
    const net = new Averaged({ seed: 3 });
    const average = [0, 0];
    for (let epoch = 0; epoch < 3; epoch++) {
      // One step after the other, the weights read before each.
      for (let first = 0; first < 4; first += batch) {
        average.forEach((a, i) => {
          average[i] = 0.75 * a + 0.25 * (net.p[i] ?? Number.NaN);
        });
        const rows = { x: data.x.slice(first, first + batch), y: data.y.slice(first, first + batch) };
        await train(net, rows, { epochs: 1, shuffle: false });
      }
    }
    expect(net.p[2]).toBeCloseTo(average[0] ?? Number.NaN, 12);
    expect(net.p[3]).toBeCloseTo(average[1] ?? Number.NaN, 12);
    expect(net.p[4]).toBe(12 / batch);
  });

  test("is saved and resumed, and has no gradient", async () => {
    const Averaged = await classOf(averaged(2));
    const net = new Averaged({ seed: 3 });
    await train(net, data, { epochs: 2 });
    expect(Averaged.load(net.save()).p).toEqual(net.p);
    expect(Object.keys(net.gradients(data))).toEqual(["w"]);
    const whole = new Averaged({ seed: 3 });
    await train(whole, data, { epochs: 4 });
    const resumed = Averaged.resume(net.checkpoint());
    await train(resumed, data, { epochs: 2 });
    expect(resumed.p).toEqual(whole.p);
  });
});
