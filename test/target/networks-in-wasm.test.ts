/** Networks of the library, trained as WebAssembly and as TypeScript: the same course, but for rounding. */

import { type CompileOptions, compile, loadWasmTarget } from "@adjoint/compiler";
import { elementCount, type Port, type Program } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { programOf } from "../properties/support/networks.ts";

const target = await loadWasmTarget();

const pages = {
  "a convolutional network": `model Net {
  input  x[1, 12, 12]
  target y: class(3)
  a = conv2d(x, filters: 4, kernel: 3, activation: relu)
  b = max_pool2d(a, size: 2)
  c = conv2d(b, filters: 5, kernel: 3, padding: 1, stride: 2, activation: tanh)
  o = dense(flatten(c), units: 3)
  loss cross_entropy(o, y)
  metric accuracy(o, y)
  train { optimizer momentum(rate: 0.05)  batch 4 }
}`,
  "a transformer": `model Net {
  input  words[6]: class(11)
  target next[6]: class(11)
  e = embedding(words, units: 8)
  h = transformer_block(learned_positions(e), heads: 2, mask: causal)
  z[t, ..] = dense(h[t, ..], units: 11)
  l[t] = cross_entropy(z[t, ..], next[t])
  loss mean[t](l[t])
  train { optimizer momentum(rate: 0.05)  batch 4 }
}`,
  "a recurrent network": `model Net {
  input  x[7, 3]
  target y: class(4)
  h = gru(x, units: 6)
  c = lstm(h, units: 5)
  o = dense(c[6, ..], units: 4)
  loss cross_entropy(o, y)
  train { optimizer adam(rate: 0.02)  batch 4 }
}`,
  "a network that draws": `model Net {
  input  x[9]
  target y[2]
  noise e[9] ~ normal(stddev: 0.1)
  h = dropout(dense(x + e, units: 12, activation: gelu), rate: 0.3)
  o = dense(layer_norm(h), units: 2, activation: sigmoid)
  loss mse(o, y)
  train { optimizer nesterov(rate: 0.05)  batch 4 }
}`,
  "one map at every position": `model Net {
  input  x[6, 16]
  target y[6, 16]
  z[t, ..] = dense(x[t, ..], units: 16, activation: tanh)
  l[t] = mse(z[t, ..], y[t, ..])
  loss mean[t](l[t])
  train { optimizer momentum(rate: 0.05)  batch 8 }
}`,
  "a network of single steps": `model Net {
  input  x[5]
  target y
  h = dense(x, units: 33, activation: softplus)
  o = dense(h, units: 1)
  loss (o[0] - y)^2
  train { optimizer nesterov(rate: 0.01)  batch 1 }
}`,
  "examples that see each other": `model Net {
  input  x[4]
  target y
  m[i] = mean[batch](x[i])
  o = dense(x - m, units: 1, activation: erf)
  loss (o[0] - y)^2
  metric error = abs(o[0] - y)
  train { optimizer sgd(rate: 0.05)  batch 4 }
}`,
  "statistics of the batch in training, running ones in prediction": `model Net {
  input  x[1, 6, 6]
  target y: class(3)
  a = relu(batch_norm_2d(conv2d(x, filters: 3, kernel: 3)))
  h = batch_norm(dropout(flatten(a), rate: 0.2), momentum: 0.5)
  o = dense(h, units: 3)
  loss cross_entropy(o, y)
  metric accuracy(o, y)
  output p = softmax(o)
  output h
  train { optimizer momentum(rate: 0.02)  batch 4 }
}`,
  "a loss over all pairs of a batch, drawn for in prediction too": `model Net {
  input  x[5]
  input  y[5]
  noise  e[4] ~ normal(stddev: 0.1)
  z = dense(x, units: 4) + e
  w = dense(y, units: 4)
  m[k] = max[batch](z[k])
  loss info_nce_in_batch(z, w)
  output m
  output z
  train { optimizer momentum(rate: 0.02)  batch 4 }
}`,
};

const count = 11;

interface Net {
  readonly p: Float64Array | Float32Array;
  train(data: object, options: object): AsyncIterable<{ readonly loss: number }>;
  predictAll(examples: object, options: object): readonly unknown[];
  evaluate(data: object, options: object): { readonly loss: number; readonly metrics: object };
}

async function netOf(program: Program, options: Partial<CompileOptions>): Promise<Net> {
  const { text, exports } = compile(program, { ...options, language: "js", standalone: true });
  const url = `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
  const imported: Readonly<Record<string, new (options: object) => Net>> = await import(/* @vite-ignore */ url);
  const Class = imported[exports.get("Net") ?? ""];
  if (Class === undefined) throw new Error("the module has no network");
  return new Class({ seed: 3 });
}

/** Numbers for a port, the same for every network. */
function column({ shape, element }: Port, salt: number): Float64Array {
  const numbers = Float64Array.from({ length: count * elementCount(shape) }, (_, k) => Math.sin(1.7 * k + salt));
  return element.kind === "class" ? numbers.map((x) => Math.floor(((x + 1) / 2.001) * element.count)) : numbers;
}

function numbersIn(answer: unknown): readonly number[] {
  if (typeof answer === "number") return [answer];
  return Object.values(answer ?? {}).flatMap(numbersIn);
}

function furthest(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(found.length).toBe(wanted.length);
  return Math.max(...Array.from(wanted, (w, k) => Math.abs((found[k] ?? Number.NaN) - w) / Math.max(1, Math.abs(w))));
}

describe.each([
  ["f64", 1e-9],
  ["f32", 1e-3],
] as const)("in %s", (precision, tolerance) => {
  test.each(Object.entries(pages))("%s learns what it learns in TypeScript", async (_name, page) => {
    const program = programOf(`${page}\n`);
    const [model] = program.models;
    if (model === undefined) throw new Error("one model");
    const ports = [...model.inputs, ...model.targets];
    const data = Object.fromEntries(ports.map((port, salt) => [port.name, column(port, salt)]));
    const nets = [await netOf(program, { precision }), await netOf(program, { precision, target })] as const;
    const [plain, fast] = nets;
    const losses: number[][] = [[], []];
    for (const [k, net] of nets.entries()) {
      for await (const { loss } of net.train(data, { epochs: 3 })) losses[k]?.push(loss);
    }
    expect(furthest(losses[1] ?? [], losses[0] ?? [])).toBeLessThan(tolerance);
    expect(furthest(fast.p, plain.p)).toBeLessThan(tolerance);
    const [a, b] = [fast.evaluate(data, { seed: 1 }), plain.evaluate(data, { seed: 1 })];
    expect(furthest([a.loss, ...Object.values(a.metrics)], [b.loss, ...Object.values(b.metrics)])).toBeLessThan(
      tolerance,
    );
    const examples = Object.fromEntries(model.inputs.map(({ name }) => [name, data[name]]));
    const [found, wanted] = [fast.predictAll(examples, { seed: 1 }), plain.predictAll(examples, { seed: 1 })];
    expect(furthest(numbersIn(found), numbersIn(wanted))).toBeLessThan(tolerance);
    expect(new Set(losses[0]).size).toBe(3);
  });
});

test("examples that see each other do so in WebAssembly, in a batch that is no larger than they were compiled for", async () => {
  const program = programOf(`${pages["examples that see each other"]}\n`);
  const { text } = compile(program, { target });
  expect(text).not.toContain("export function gradient");
  const net = await netOf(program, { target });
  const data = { x: new Float64Array(20), y: new Float64Array(5) };
  const take = async (options: object): Promise<void> => {
    for await (const _ of net.train(data, { epochs: 1, ...options }));
  };
  await expect(take({ batch: 5 })).rejects.toMatchObject({ code: "bad-option" });
  await expect(take({ threads: 2 })).rejects.toMatchObject({ code: "no-threads" });
  await take({ batch: 3 });
});

test("a batch that is to be divided is worked on in blocks, which threads share", async () => {
  const program = programOf(`${pages["a convolutional network"]}\n`);
  const [model] = program.models;
  if (model === undefined) throw new Error("one model");
  const ports = [...model.inputs, ...model.targets];
  const data = Object.fromEntries(ports.map((port, salt) => [port.name, column(port, salt)]));
  const whole = await netOf(program, { target });
  const divided = await netOf(program, { target, threads: 2 });
  for await (const _ of whole.train(data, { epochs: 3 }));
  for await (const _ of divided.train(data, { epochs: 3, threads: 2 }));
  expect(furthest(divided.p, whole.p)).toBeLessThan(1e-3);
});
