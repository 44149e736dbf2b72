/** Models whose training differs from their prediction: what is emitted, and how it runs. */

import {
  type CompileOptions,
  compile,
  deriveProcedures,
  explainParameter,
  loadWasmTarget,
  type Procedure,
} from "@adjoint/compiler";
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
    expectEmissionsToAgree(modelOf(page(3).replace("dropout(", "spatial_dropout(")));
    expectEmissionsToAgree(modelOf(page(3).replace("dropout(", "alpha_dropout(")));
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

/** Batch normalisation and its gradient by hand, in the plain formulas of the paper. */
function normalise(rows: readonly (readonly number[])[], gain: readonly number[], bias: readonly number[]) {
  const n = gain.length;
  const columns = Array.from({ length: n }, (_, i) => rows.map((row) => row[i] ?? Number.NaN));
  const mean = columns.map((column) => column.reduce((a, b) => a + b, 0) / column.length);
  const variance = columns.map(
    (column, i) => column.reduce((s, a) => s + (a - (mean[i] ?? 0)) ** 2, 0) / column.length,
  );
  const y = rows.map((row) =>
    row.map((a, i) => ((gain[i] ?? 0) * (a - (mean[i] ?? 0))) / Math.sqrt((variance[i] ?? 0) + 1e-5) + (bias[i] ?? 0)),
  );
  return { mean, variance, y };
}

describe("a batch", () => {
  const normalised = (batch: number) => `
    model Normalised {
      input  x[2]
      target y[2]
      h = batch_norm(x)
      loss mse(h, y)
      train { optimizer sgd(rate: 0.1)  epochs 1  batch ${batch}  shuffle off }
    }`;
  const contrast = (batch: number) => `
    model Contrast {
      input  a[3]
      target b[3]
      z = dense(a, units: 2)
      w = dense(b, units: 2)
      loss info_nce_in_batch(z, w, temperature: 0.5) + 0.1 * z[0]^2
      metric seen = examples
      output z
      train { optimizer adam  epochs 3  batch ${batch} }
    }`;
  const rows = Array.from({ length: 6 }, (_, n) => [sample(n), 3 * sample(n + 10)]);
  const targets = Array.from({ length: 6 }, (_, n) => [sample(n + 20), sample(n + 30)]);

  test.each([1, 2, 4])("is what emitted functions take, of which %i examples count", (examples) => {
    expectEmissionsToAgree(modelOf(normalised(4)), { examples });
    expectEmissionsToAgree(modelOf(contrast(4)), { examples });
    const several =
      "model M {\n input x[2]\n m[i] = mean[batch](x[i])\n a[i] = x[i] - m[i]\n output a\n output b = max[batch](x[0]) - x[1]\n}";
    expectEmissionsToAgree(modelOf(several), { examples });
  });

  test("normalises with its own statistics in training, and moves the running ones once a step", async () => {
    const Normalised = await classOf(normalised(4));
    const net = new Normalised();
    const losses = await train(net, { x: rows, y: targets });
    // The same in plain formulas: one batch of four, one of two.
    let [gain, bias, seenMean, seenVariance] = [
      [1, 1],
      [0, 0],
      [0, 0],
      [1, 1],
    ];
    let total = 0;
    for (const [first, end] of [
      [0, 4],
      [4, 6],
    ] as const) {
      const batch = rows.slice(first, end);
      const { mean, variance, y } = normalise(batch, gain, bias);
      const errors = y.map((row, b) => row.map((value, i) => value - (targets[first + b]?.[i] ?? 0)));
      total += errors.reduce((sum, row) => sum + row.reduce((s, e) => s + e * e, 0) / 2, 0);
      const unit = normalise(batch, [1, 1], [0, 0]).y;
      const slope = (of: (b: number, i: number) => number, i: number): number =>
        errors.reduce((sum, row, b) => sum + (row[i] ?? 0) * of(b, i), 0) / errors.length;
      const before = { gain, bias };
      gain = before.gain.map((g, i) => g - 0.1 * slope((b) => unit[b]?.[i] ?? 0, i));
      bias = before.bias.map((c, i) => c - 0.1 * slope(() => 1, i));
      seenMean = seenMean.map((m, i) => 0.9 * m + 0.1 * (mean[i] ?? 0));
      seenVariance = seenVariance.map((v, i) => 0.9 * v + 0.1 * (variance[i] ?? 0));
    }
    expect(losses[0]).toBeCloseTo(total / 6, 12);
    for (const [k, value] of [...gain, ...bias, ...seenMean, ...seenVariance].entries()) {
      expect(net.p[k], `p[${k}]`).toBeCloseTo(value, 12);
    }
    // In prediction a single example is enough, and what was seen is used.
    const [x = [0, 0]] = rows;
    const predicted = x.map(
      (a, i) => ((gain[i] ?? 0) * (a - (seenMean[i] ?? 0))) / Math.sqrt((seenVariance[i] ?? 0) + 1e-5) + (bias[i] ?? 0),
    );
    const { h } = net.predict({ x });
    predicted.forEach((value, i) => {
      expect(Array.isArray(h) ? h[i] : Number.NaN).toBeCloseTo(value, 12);
    });
    expect(Normalised.load(net.save()).p).toEqual(net.p);
  });

  test("that is not full is one that was made smaller", async () => {
    const [Four, Two] = [await classOf(contrast(4)), await classOf(contrast(2))];
    const [four, two] = [new Four({ seed: 4 }), new Two({ seed: 4 })];
    const data = {
      a: [
        [1, 2, 3],
        [0, 1, -1],
      ],
      b: [
        [1, 0, 1],
        [2, 1, 0],
      ],
    };
    expect(four.evaluate(data).loss).toBeCloseTo(two.evaluate(data).loss, 12);
    expect(four.evaluate(data).metrics).toEqual({ seen: 2 });
    const [a, b] = [four.gradients(data), two.gradients(data)];
    for (const [name, { values }] of Object.entries(a)) {
      values.forEach((value, k) => {
        expect(value, `${name}[${k}]`).toBeCloseTo(b[name]?.values[k] ?? Number.NaN, 12);
      });
    }
    await train(four, data, { epochs: 3 });
    await train(two, data, { epochs: 3 });
    four.p.forEach((value, k) => {
      expect(value).toBeCloseTo(two.p[k] ?? Number.NaN, 10);
    });
  });

  test("tells its examples apart by InfoNCE's formula", async () => {
    const Contrast = await classOf(contrast(4));
    const net = new Contrast({ seed: 4 });
    const a = [0, 1, 2].map((n) => [sample(n), -sample(n + 5), sample(n + 9)]);
    const b = [0, 1, 2].map((n) => [sample(n + 3), sample(n + 7), -sample(n)]);
    const [zs, ws] = [[a, 0] as const, [b, 8] as const].map(([inputs, offset]) =>
      inputs.map((x) =>
        [0, 1].map((i) => {
          const weights = [0, 1, 2].map((j) => net.p[offset + 3 * i + j] ?? Number.NaN);
          return weights.reduce((sum, v, j) => sum + v * (x[j] ?? 0), net.p[offset + 6 + i] ?? Number.NaN);
        }),
      ),
    );
    const losses = (zs ?? []).map((z, n) => {
      const scores = (ws ?? []).map((w) => z.reduce((sum, v, k) => sum + v * (w[k] ?? 0), 0) / 0.5);
      const normaliser = Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0));
      return normaliser - (scores[n] ?? Number.NaN) + 0.1 * (z[0] ?? Number.NaN) ** 2;
    });
    expect(net.evaluate({ a, b }).loss).toBeCloseTo(losses.reduce((x, y) => x + y, 0) / 3, 12);
  });

  test("has no derivative to explain of one example", () => {
    const model = modelOf(normalised(4));
    const nothing = { parameters: {}, inputs: {}, targets: {} };
    expect(() => explainParameter(model, { parameter: "h.gain", index: [0] }, nothing)).toThrow(/see each other/);
  });

  test("is taken by the module whatever the target", async () => {
    const [Scalar, Wasm] = [
      await classOf(contrast(4)),
      await classOf(contrast(4), { target: await loadWasmTarget(), precision: "f64" }),
    ];
    const data = { a: rows.map(([p, q]) => [p, q, 1]), b: targets.map(([p, q]) => [1, p, q]) };
    // The same mathematics; sums may be taken in another order.
    const losses = await train(new Wasm(), data);
    for (const [epoch, loss] of (await train(new Scalar(), data)).entries())
      expect(losses[epoch]).toBeCloseTo(loss, 12);
    expect(losses).toHaveLength(3);
  });

  test("is no larger than the network was made for", async () => {
    const Contrast = await classOf(contrast(2));
    const data = { a: [[1, 2, 3]], b: [[1, 0, 1]] };
    await expect(train(new Contrast(), data, { batch: 4 })).rejects.toThrow(/made for 2/);
  });

  test("passes TypeScript with every strict flag, in every form", async () => {
    const variants: readonly Partial<CompileOptions>[] = [
      {},
      { standalone: true },
      { unrollLimit: 0 },
      { inference: true },
    ];
    const files = Object.fromEntries(
      [normalised(4), contrast(4)].flatMap((page, p) =>
        variants.map((options, k) => [`batch${p}${k}.ts`, compile(programOf(page), options).text]),
      ),
    );
    expect(typeErrors(files)).toBe("");
  });
});
