/** Owns: losses and metrics of the library, and the gradients of losses, against those of TensorFlow.js. */

import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { elementsOf, networksOf } from "../properties/support/networks.ts";

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend("cpu");
});

const p = [0.7, -1.2, 0.4, 2.5];
const y = [1.9, -0.3, 0.1, 2.4];
const probabilities = [0.7, 0.2, 0.45, 0.9];
const answers = [1, 0, 0, 1];
const label = 2;
const oneHot = [0, 0, 1, 0];

interface Case {
  readonly call: string;
  readonly p?: readonly number[];
  readonly y?: readonly number[];
  /** Of `p`, given `y`. */
  readonly peer: (p: tf.Tensor1D, y: tf.Tensor1D) => tf.Tensor;
}

const cases: readonly Case[] = [
  { call: "mse(p, y)", peer: (p, y) => tf.losses.meanSquaredError(y, p) },
  { call: "mae(p, y)", peer: (p, y) => tf.losses.absoluteDifference(y, p) },
  { call: "huber(p, y, delta: 0.5)", peer: (p, y) => tf.losses.huberLoss(y, p, undefined, 0.5) },
  // It takes targets of 0 and 1.
  { call: "hinge(p, y)", y: [1, -1, -1, 1], peer: (p) => tf.losses.hingeLoss(tf.tensor1d(answers), p) },
  {
    call: "binary_cross_entropy(p, y)",
    p: probabilities,
    y: answers,
    peer: (p, y) => tf.losses.logLoss(y, p, undefined, 0),
  },
  {
    call: "binary_cross_entropy_with_logits(p, y)",
    y: answers,
    peer: (p, y) => tf.losses.sigmoidCrossEntropy(y, p),
  },
  {
    call: "cross_entropy(p, c)",
    peer: (p) => tf.losses.softmaxCrossEntropy(tf.tensor1d(oneHot), p),
  },
  {
    call: "cross_entropy(p, c, smoothing: 0.2)",
    peer: (p) => tf.losses.softmaxCrossEntropy(tf.tensor2d([oneHot]), tf.reshape(p, [1, 4]), undefined, 0.2),
  },
  // It takes vectors of length 1.
  {
    call: "cosine_distance(p, y)",
    peer: (p, y) => tf.losses.cosineDistance(tf.div(y, tf.norm(y)), tf.div(p, tf.norm(p)), 0),
  },
  {
    call: "categorical_cross_entropy(p, y)",
    p: [0.1, 0.2, 0.3, 0.4],
    y: oneHot,
    peer: (p, y) => tf.neg(tf.sum(tf.mul(y, tf.log(p)))),
  },
  {
    call: "log_cosh(p, y)",
    peer: (p, y) => tf.mean(tf.log(tf.cosh(tf.sub(p, y)))),
  },
];

const page = (call: string): string => `model M {
  input  x
  target y[4]
  target c: class(4)
  param p[4] ~ zeros
  loss ${call} + 0 * x
}`;

describe.each(cases)("$call", ({ call, peer, ...at }) => {
  const [own, truth] = [at.p ?? p, at.y ?? y];

  test("has the value and the gradient that TensorFlow.js finds", async () => {
    const variable = tf.tensor1d([...own]);
    const { value, grad } = tf.valueAndGrad((w: tf.Tensor) => tf.sum(peer(w as tf.Tensor1D, tf.tensor1d([...truth]))))(
      variable,
    );
    for (const network of await networksOf(page(call))) {
      network.p.set(own);
      const data = { x: [0], y: [truth], c: [label] };
      expect(network.evaluate(data).loss).toBeCloseTo(value.dataSync()[0]!, 5);
      const gradient = elementsOf(network.gradients(data)["p"]!);
      for (const [k, each] of grad.dataSync().entries()) expect(gradient[k]).toBeCloseTo(each, 5);
    }
  });
});

test("metrics of a data set", async () => {
  const count = 40;
  const rows = Array.from({ length: count }, (_, n) => Math.abs(Math.sin(7.3 * n + 1)));
  const truth = rows.map((each, n) => (each + 0.5 * Math.sin(3.1 * n) > 0.6 ? 1 : 0));
  const column = (values: readonly number[]) => tf.tensor2d([...values], [count, 1]);
  const found = tf.tensor2d(
    rows.map((each) => (each > 0.5 ? 1 : 0)),
    [count, 1],
  );
  const expected: Readonly<Record<string, tf.Tensor>> = {
    binary_accuracy: tf.mean(tf.metrics.binaryAccuracy(column(truth), column(rows))),
    precision: tf.metrics.precision(column(truth), found),
    recall: tf.metrics.recall(column(truth), found),
    mean_absolute_error: tf.mean(tf.metrics.meanAbsoluteError(column(truth), column(rows))),
    r_squared: tf.metrics.r2Score(column(truth), column(rows)),
  };
  const [network] = await networksOf(`model M {
    input  p[1]
    target y[1]
    loss mse(p, y)
    ${Object.keys(expected)
      .map((name) => `metric ${name}(p, y)`)
      .join("\n")}
  }`);
  const { metrics } = network!.evaluate({ p: rows.map((each) => [each]), y: truth.map((each) => [each]) });
  for (const [name, tensor] of Object.entries(expected)) {
    expect([name, metrics[name]]).toEqual([name, expect.closeTo(tensor.dataSync()[0]!, 5)]);
  }
});
