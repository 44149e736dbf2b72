/**
 * Owns: layers of the library, and their gradients by all they are given, against TensorFlow.js: its own operation where it
 * has one, else the formula written in its operations. It has channels last; what is compared has them first.
 */

import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { elementsOf, networksOf, programOf } from "../properties/support/networks.ts";

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend("cpu");
});

type Tensors = Readonly<Record<string, tf.Tensor>>;

interface Case {
  readonly call: string;
  /** Tensors that the call is given, as parameters, so that there is a gradient by them. */
  readonly given: Readonly<Record<string, readonly number[]>>;
  readonly declarations?: string;
  readonly data?: Readonly<Record<string, readonly number[]>>;
  /** By the names of parameters: those of `y = call` begin with `y.`. */
  readonly peer: (p: Tensors) => tf.Tensor;
}

const lastToFirst = (x: tf.Tensor): tf.Tensor => tf.transpose(x, [2, 0, 1]);
const image = (x: tf.Tensor | undefined): tf.Tensor3D => tf.transpose(x!, [1, 2, 0]) as tf.Tensor3D;
const perFilter = (b: tf.Tensor | undefined): tf.Tensor => tf.reshape(b!, [-1, 1, 1]);

function conv2d(x: tf.Tensor, W: tf.Tensor, stride: number, padding: number, dilation = 1): tf.Tensor {
  const filters = tf.transpose(W, [2, 3, 1, 0]) as tf.Tensor4D;
  return lastToFirst(tf.conv2d(image(x), filters, stride, padding, "NHWC", dilation, "floor"));
}

function conv1d(x: tf.Tensor, W: tf.Tensor, stride: number): tf.Tensor {
  const filters = tf.transpose(W, [2, 1, 0]) as tf.Tensor3D;
  return tf.transpose(tf.conv1d(tf.transpose(x) as tf.Tensor2D, filters, stride, "valid"));
}

function normalized(x: tf.Tensor, axes: number[], epsilon = 1e-5): tf.Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
}

const layerNorm = (x: tf.Tensor, p: Tensors, name: string): tf.Tensor =>
  tf.add(tf.mul(normalized(x, [1]), p[`${name}.gain`]!), p[`${name}.shift`]!);

const dense = (x: tf.Tensor, p: Tensors, name: string): tf.Tensor =>
  tf.add(tf.matMul(x, p[`${name}.W`]!, false, true), p[`${name}.b`]!);

const gelu = (z: tf.Tensor): tf.Tensor => tf.mul(tf.mul(0.5, z), tf.add(1, tf.erf(tf.div(z, Math.SQRT2))));

/** softmax(q k / √d) v, with a causal mask if asked. */
function attend(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, causal: boolean): tf.Tensor {
  const scores = tf.div(tf.matMul(q, k, false, true), Math.sqrt(q.shape[1]!));
  const [n, m] = scores.shape as [number, number];
  const hidden = tf.tensor2d(
    Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => (j > i ? -1e9 : 0))),
  );
  return tf.matMul(tf.softmax(causal ? tf.add(scores, hidden) : scores), v);
}

function heads(
  x: tf.Tensor,
  context: tf.Tensor,
  p: Tensors,
  name: string,
  count: number,
  causal: boolean,
  place = (rows: tf.Tensor): tf.Tensor => rows,
): tf.Tensor {
  const parts = ["query", "key", "value"].map((part) => dense(part === "query" ? x : context, p, `${name}.${part}`));
  const [q, k, v] = parts.map((part) => tf.split(part, count, 1));
  return dense(
    tf.concat(
      q!.map((each, h) => attend(place(each), place(k![h]!), v![h]!, causal)),
      1,
    ),
    p,
    `${name}.out`,
  );
}

/** Pairs of columns as complex numbers, times e^(i t / 10000^(2 q / d)) in row t. */
function rotary(x: tf.Tensor): tf.Tensor {
  const [n, d] = x.shape as [number, number];
  const angles = Array.from({ length: n }, (_, t) =>
    Array.from({ length: d / 2 }, (_, q) => t / 10_000 ** ((2 * q) / d)),
  );
  const [cos, sin] = [Math.cos, Math.sin].map((of) => tf.tensor2d(angles.map((row) => row.map(of))));
  const pairs = tf.reshape(x, [n, d / 2, 2]);
  const [a, b] = tf.unstack(pairs, 2);
  const turned = [tf.sub(tf.mul(a!, cos!), tf.mul(b!, sin!)), tf.add(tf.mul(a!, sin!), tf.mul(b!, cos!))];
  return tf.reshape(tf.stack(turned, 2), [n, d]);
}

/** The rows of x one after another, each with what the step before has made. */
function steps(x: tf.Tensor, units: number, step: (row: tf.Tensor, h: tf.Tensor) => tf.Tensor): tf.Tensor {
  let h: tf.Tensor = tf.zeros([1, units]);
  const rows = tf.split(x, x.shape[0]!).map((row) => {
    h = step(row, h);
    return h;
  });
  return tf.concat(rows);
}

const affine = (x: tf.Tensor, W: tf.Tensor | undefined): tf.Tensor => tf.matMul(x, W!, false, true);

function gru(x: tf.Tensor, p: Tensors, name: string): tf.Tensor {
  const part = (of: string): tf.Tensor => p[`${name}.${of}`]!;
  return steps(x, part("bz").shape[0]!, (row, h) => {
    const gate = (g: string) =>
      tf.sigmoid(tf.add(tf.add(affine(row, part(`W${g}`)), affine(h, part(`U${g}`))), part(`b${g}`)));
    const z = gate("z");
    const memory = tf.mul(gate("r"), tf.add(affine(h, part("Un")), part("cn")));
    const n = tf.tanh(tf.add(tf.add(affine(row, part("Wn")), part("bn")), memory));
    return tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, h));
  });
}

/** By TensorFlow.js's own cell, which has its gates in the order i, g, f, o. */
function lstm(x: tf.Tensor, p: Tensors, name: string): tf.Tensor {
  const part = (of: string): tf.Tensor => p[`${name}.${of}`]!;
  const order = ["i", "g", "f", "o"];
  const kernel = tf.transpose(
    tf.concat(
      order.map((g) => tf.concat([part(`W${g}`), part(`U${g}`)], 1)),
      0,
    ),
  );
  const bias = tf.concat(order.map((g) => part(`b${g}`))) as tf.Tensor1D;
  let c: tf.Tensor2D = tf.zeros([1, part("bi").shape[0]!]);
  return steps(x, part("bi").shape[0]!, (row, h) => {
    const [memory, next] = tf.basicLSTMCell(
      tf.scalar(0),
      kernel as tf.Tensor2D,
      bias,
      row as tf.Tensor2D,
      c,
      h as tf.Tensor2D,
    );
    c = memory;
    return next;
  });
}

const cases: readonly Case[] = [
  {
    call: "simple_rnn(x, units: 4)",
    given: { x: [6, 3] },
    peer: (p) =>
      steps(p["x"]!, 4, (row, h) => tf.tanh(tf.add(tf.add(affine(row, p["y.W"]), affine(h, p["y.U"])), p["y.b"]!))),
  },
  { call: "gru(x, units: 4)", given: { x: [6, 3] }, peer: (p) => gru(p["x"]!, p, "y") },
  { call: "lstm(x, units: 4)", given: { x: [6, 3] }, peer: (p) => lstm(p["x"]!, p, "y") },
  {
    call: "bidirectional(x, units: 2, cell: gru)",
    given: { x: [5, 3] },
    peer: (p) =>
      tf.concat([gru(p["x"]!, p, "y.forwards"), tf.reverse(gru(tf.reverse(p["x"]!, 0), p, "y.backwards"), 0)], 1),
  },
  {
    call: "conv1d(x, filters: 3, kernel: 3, stride: 2)",
    given: { x: [2, 9] },
    peer: (p) => tf.add(conv1d(p["x"]!, p["y.W"]!, 2), tf.reshape(p["y.b"]!, [-1, 1])),
  },
  {
    call: "conv1d(x, filters: 3, kernel: 3, dilation: 2, padding: 2, activation: tanh)",
    given: { x: [2, 7] },
    peer: (p) => {
      // Zeros between the elements of the kernel: it has no gradient of a dilation.
      const apart = tf.reshape(tf.stack([p["y.W"]!, tf.zerosLike(p["y.W"]!)], 3), [3, 2, 6]);
      const padded = tf.pad(p["x"]!, [
        [0, 0],
        [2, 2],
      ]);
      return tf.tanh(tf.add(conv1d(padded, tf.slice(apart, 0, [3, 2, 5]), 1), tf.reshape(p["y.b"]!, [-1, 1])));
    },
  },
  {
    call: "conv2d(x, filters: 3, kernel: 3, padding: 1)",
    given: { x: [2, 5, 4] },
    peer: (p) => tf.add(conv2d(p["x"]!, p["y.W"]!, 1, 1), perFilter(p["y.b"])),
  },
  {
    call: "conv2d(x, filters: 3, kernel: 3, stride: 2, padding: 1)",
    given: { x: [2, 6, 5] },
    peer: (p) => tf.add(conv2d(p["x"]!, p["y.W"]!, 2, 1), perFilter(p["y.b"])),
  },
  {
    call: "conv2d(x, filters: 4, kernel: 2, groups: 2)",
    given: { x: [6, 4, 4] },
    peer: (p) => {
      const [x, W] = [tf.split(p["x"]!, 2, 0), tf.split(p["y.W"]!, 2, 0)];
      return tf.add(tf.concat(x.map((part, g) => conv2d(part, W[g]!, 1, 0))), perFilter(p["y.b"]));
    },
  },
  {
    call: "depthwise_conv2d(x, kernel: 3, multiplier: 2, padding: 1)",
    given: { x: [2, 4, 5] },
    peer: (p) => {
      const filters = tf.transpose(tf.reshape(p["y.y.W"]!, [2, 2, 3, 3]), [2, 3, 0, 1]) as tf.Tensor4D;
      return tf.add(lastToFirst(tf.depthwiseConv2d(image(p["x"]), filters, 1, "same")), perFilter(p["y.y.b"]));
    },
  },
  {
    call: "conv_transpose2d(x, filters: 3, kernel: 3, stride: 2)",
    given: { x: [2, 3, 4] },
    peer: (p) => {
      const filters = tf.transpose(p["y.W"]!, [2, 3, 1, 0]) as tf.Tensor4D;
      return tf.add(
        lastToFirst(tf.conv2dTranspose(image(p["x"]), filters, [7, 9, 3], 2, "valid")),
        perFilter(p["y.b"]),
      );
    },
  },
  {
    call: "conv_transpose1d(x, filters: 3, kernel: 5, stride: 2, padding: 1)",
    given: { x: [2, 4] },
    peer: (p) => {
      const filters = tf.transpose(tf.expandDims(p["y.W"]!, 2), [2, 3, 1, 0]) as tf.Tensor4D;
      const full = tf.conv2dTranspose(image(tf.expandDims(p["x"]!, 1)), filters, [1, 11, 3], [1, 2], "valid");
      return tf.add(tf.slice(tf.squeeze(lastToFirst(full), [1]), [0, 1], [3, 9]), tf.reshape(p["y.b"]!, [-1, 1]));
    },
  },
  {
    call: "max_pool2d(x, size: 3, stride: 2, padding: 1)",
    given: { x: [2, 5, 7] },
    peer: (p) => lastToFirst(tf.maxPool(image(p["x"]), 3, 2, 1, "floor")),
  },
  {
    call: "max_pool2d(x, size: 2)",
    given: { x: [2, 5, 4] },
    peer: (p) => lastToFirst(tf.maxPool(image(p["x"]), 2, 2, "valid")),
  },
  {
    call: "average_pool2d(x, size: 2)",
    given: { x: [2, 6, 4] },
    peer: (p) => lastToFirst(tf.avgPool(image(p["x"]), 2, 2, "valid")),
  },
  { call: "global_average_pool2d(x)", given: { x: [3, 4, 5] }, peer: (p) => tf.mean(p["x"]!, [1, 2]) },
  { call: "global_max_pool2d(x)", given: { x: [3, 4, 5] }, peer: (p) => tf.max(p["x"]!, [1, 2]) },
  {
    call: "upsample_nearest2d(x, scale: 2)",
    given: { x: [2, 3, 4] },
    peer: (p) => lastToFirst(tf.image.resizeNearestNeighbor(image(p["x"]), [6, 8])),
  },
  {
    call: "group_norm(x, groups: 1)",
    given: { x: [4, 2, 3] },
    peer: (p) => {
      const y = normalized(p["x"]!, [0, 1, 2]);
      return tf.add(tf.mul(y, perFilter(p["y.gain"])), perFilter(p["y.shift"]));
    },
  },
  {
    call: "group_norm(x, groups: 2)",
    given: { x: [4, 2, 3] },
    peer: (p) => {
      const y = tf.reshape(normalized(tf.reshape(p["x"]!, [2, 12]), [1]), [4, 2, 3]);
      return tf.add(tf.mul(y, perFilter(p["y.gain"])), perFilter(p["y.shift"]));
    },
  },
  {
    call: "instance_norm(x)",
    given: { x: [3, 2, 4] },
    peer: (p) => {
      const y = normalized(p["x"]!, [1, 2]);
      return tf.add(tf.mul(y, perFilter(p["y.y.gain"])), perFilter(p["y.y.shift"]));
    },
  },
  {
    call: "rms_norm(x)",
    given: { x: [5] },
    peer: (p) => tf.mul(tf.div(p["x"]!, tf.sqrt(tf.add(tf.mean(tf.square(p["x"]!)), 1e-5))), p["y.gain"]!),
  },
  {
    call: "embedding(words, units: 3)",
    given: {},
    declarations: "input words[4]: class(5)",
    data: { words: [3, 0, 3, 4] },
    peer: (p) => tf.gather(p["y.E"]!, tf.tensor1d([3, 0, 3, 4], "int32")),
  },
  {
    call: "rotary_positions(x)",
    given: { x: [3, 4] },
    peer: (p) => {
      const [even, odd] = tf.unstack(tf.reshape(p["x"]!, [3, 2, 2]), 2);
      const angle = tf.tensor2d([0, 1, 2].map((t) => [t, t / 100]));
      const turned = [
        tf.sub(tf.mul(even!, tf.cos(angle)), tf.mul(odd!, tf.sin(angle))),
        tf.add(tf.mul(odd!, tf.cos(angle)), tf.mul(even!, tf.sin(angle))),
      ];
      return tf.reshape(tf.stack(turned, 2), [3, 4]);
    },
  },
  {
    call: "scaled_dot_product_attention(q, k, v)",
    given: { q: [3, 4], k: [5, 4], v: [5, 2] },
    peer: (p) => attend(p["q"]!, p["k"]!, p["v"]!, false),
  },
  {
    call: "multi_head_attention(x, heads: 2, mask: causal)",
    given: { x: [4, 6] },
    peer: (p) => heads(p["x"]!, p["x"]!, p, "y", 2, true),
  },
  {
    call: "multi_head_attention(x, heads: 3, context: z)",
    given: { x: [4, 6], z: [3, 2] },
    peer: (p) => heads(p["x"]!, p["z"]!, p, "y", 3, false),
  },
  {
    call: "multi_head_attention(x, heads: 2, place: rotary_positions)",
    given: { x: [3, 8] },
    peer: (p) => heads(p["x"]!, p["x"]!, p, "y", 2, false, rotary),
  },
  {
    call: "transformer_block(x, heads: 2, hidden: 5, mask: causal)",
    given: { x: [3, 4] },
    peer: (p) => {
      const first = layerNorm(p["x"]!, p, "y.first");
      const middle = tf.add(p["x"]!, heads(first, first, p, "y.attention", 2, true));
      const inner = gelu(dense(layerNorm(middle, p, "y.second"), p, "y.network.inner"));
      return tf.add(middle, dense(inner, p, "y.network.outer"));
    },
  },
  {
    call: "post_norm_transformer_block(x, heads: 2, hidden: 5)",
    given: { x: [3, 4] },
    peer: (p) => {
      const middle = layerNorm(tf.add(p["x"]!, heads(p["x"]!, p["x"]!, p, "y.attention", 2, false)), p, "y.middle");
      const network = dense(tf.relu(dense(middle, p, "y.network.inner")), p, "y.network.outer");
      return layerNorm(tf.add(middle, network), p, "y.y");
    },
  },
  {
    call: "gated_feed_forward(x, hidden: 5)",
    given: { x: [3, 4] },
    peer: (p) => {
      const gate = dense(p["x"]!, p, "y.gate");
      const inner = dense(p["x"]!, p, "y.inner");
      return dense(tf.mul(tf.mul(gate, tf.sigmoid(gate)), inner), p, "y.outer");
    },
  },
  {
    call: "glu(x)",
    given: { x: [6] },
    peer: (p) => {
      const [half, gates] = tf.split(p["x"]!, 2);
      return tf.mul(half!, tf.sigmoid(gates!));
    },
  },
  {
    call: "prelu(x)",
    given: { x: [3, 4] },
    peer: (p) => tf.prelu(p["x"]!, tf.reshape(p["y.a"]!, [3, 1])),
  },
  { call: "selu(3 * x)", given: { x: [5] }, peer: (p) => tf.selu(tf.mul(3, p["x"]!)) },
  { call: "relu6(9 * x)", given: { x: [5] }, peer: (p) => tf.relu6(tf.mul(9, p["x"]!)) },
  {
    call: "mish(3 * x)",
    given: { x: [5] },
    peer: (p) => tf.mul(tf.mul(3, p["x"]!), tf.tanh(tf.softplus(tf.mul(3, p["x"]!)))),
  },
  {
    call: "highway(x, activation: tanh)",
    given: { x: [4] },
    peer: (p) => {
      const x = tf.expandDims(p["x"]!, 0);
      const gate = tf.sigmoid(tf.add(tf.matMul(x, p["y.V"]!, false, true), p["y.a"]!));
      const h = tf.tanh(dense(x, p, "y.h"));
      return tf.squeeze(tf.add(tf.mul(gate, h), tf.mul(tf.sub(1, gate), x)), [0]);
    },
  },
  {
    call: "bilinear(x, z, units: 3)",
    given: { x: [2], z: [4] },
    peer: (p) => {
      const outer = tf.reshape(tf.outerProduct(p["x"] as tf.Tensor1D, p["z"] as tf.Tensor1D), [8, 1]);
      return tf.add(tf.squeeze(tf.matMul(tf.reshape(p["y.W"]!, [3, 8]), outer), [1]), p["y.b"]!);
    },
  },
  {
    call: "concat(x, z)",
    given: { x: [2, 3, 2], z: [3, 3, 2] },
    peer: (p) => tf.concat([p["x"]!, p["z"]!]),
  },
  { call: "concat_columns(x, z)", given: { x: [2, 3], z: [2, 1] }, peer: (p) => tf.concat([p["x"]!, p["z"]!], 1) },
  { call: "flatten(x)", given: { x: [2, 3, 4] }, peer: (p) => tf.reshape(p["x"]!, [24]) },
  { call: "concat(x, z)", given: { x: [2], z: [3] }, peer: (p) => tf.concat([p["x"]!, p["z"]!]) },
  { call: "stack(x, z)", given: { x: [3], z: [3] }, peer: (p) => tf.stack([p["x"]!, p["z"]!]) },
  {
    call: "reflect_pad(x, before: 2, after: 3)",
    given: { x: [4] },
    peer: (p) => tf.gather(p["x"]!, [2, 1, 0, 1, 2, 3, 2, 1, 0]),
  },
  { call: "edge_pad(x, before: 2, after: 1)", given: { x: [3] }, peer: (p) => tf.gather(p["x"]!, [0, 0, 0, 1, 2, 2]) },
  { call: "slice(x, start: 1, count: 3, step: 2)", given: { x: [7] }, peer: (p) => tf.gather(p["x"]!, [1, 3, 5]) },
];

/** Every parameter and every element of the result in its own way; nothing ties. */
const wave = (k: number): number => Math.sin(1.7 * k + 0.3) + 0.01 * k;

describe.each(cases)("$call", ({ call, given, declarations = "", data = {}, peer }) => {
  test("has the value and the gradients that TensorFlow.js finds", async () => {
    const parameters = Object.entries(given).map(([name, shape]) => `param ${name}[${shape.join(", ")}] ~ zeros`);
    const body = `input u\n${declarations}\n${parameters.join("\n")}\ny = ${call}`;
    const rank = programOf(`model M {\n${body}\n}`).models[0]?.bindings.at(-1)?.node.shape.length ?? 0;
    const indices = ["i_", "j_", "k_"].slice(0, rank);
    const weight = indices.map((index, axis) => `${axis + 1} * ${index}`).join(" + ");
    const page = `model M {\n${body}\noutput y\nloss u * sum[${indices.join(", ")}](y[${indices.join(", ")}] * cos(${weight}))\n}`;
    const [model] = programOf(page).models;
    const tensors: Record<string, tf.Tensor> = {};
    let at = 0;
    for (const { name, shape } of model!.parameters) {
      const count = shape.reduce((product, extent) => product * extent, 1);
      tensors[name] = tf.tensor(
        Array.from({ length: count }, (_, k) => wave(at + k)),
        [...shape],
      );
      at += count;
    }
    const names = Object.keys(tensors);
    const weigh = (y: tf.Tensor): tf.Tensor => {
      const axes = y.shape.map((extent, axis) => {
        const shape = y.shape.map((_, a) => (a === axis ? extent : 1));
        return tf.reshape(tf.mul(axis + 1, tf.range(0, extent)), shape);
      });
      return tf.sum(tf.mul(y, tf.cos(axes.reduce((sum, each) => tf.add(sum, each)))));
    };
    const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) =>
      weigh(peer(Object.fromEntries(args.map((arg, k) => [names[k]!, arg])))).asScalar(),
    )(names.map((name) => tensors[name]!));
    const expected = peer(tensors);
    for (const network of await networksOf(page)) {
      network.p.set(Array.from({ length: at }, (_, k) => wave(k)));
      const example = Object.fromEntries(
        Object.entries({ u: [1], ...data }).map(([name, each]) => [name, name === "u" ? each : [each]]),
      );
      const { loss } = network.evaluate(example);
      expect(loss).toBeCloseTo(value.dataSync()[0]!, 4);
      const gradients = network.gradients(example);
      for (const [k, name] of names.entries()) expectClose(elementsOf(gradients[name]!), grads[k]!.dataSync());
      if (declarations === "") expectClose(elementsOf(network.predict({ u: 1 })["y"]!), expected.dataSync());
    }
  });
});

/** To the precision of float32, in which TensorFlow.js computes. */
function expectClose(actual: readonly number[], expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (const [k, each] of actual.entries()) {
    expect(Math.abs(each - expected[k]!)).toBeLessThan(2e-4 * Math.max(1, Math.abs(each)));
  }
}
