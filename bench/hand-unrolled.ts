/**
 * Owns: the gender network as a person would train it for speed: everything unrolled, weights in locals, update in place.
 * The bar that the emitted training loop is held against.
 */

import { permutation } from "@adjoint/runtime";

/** Stochastic gradient descent on example n; returns its squared error before the step. */
export function handStep(p: Float64Array, x: Float64Array, y: Float64Array, n: number): number {
  const x0 = x[2 * n]!;
  const x1 = x[2 * n + 1]!;
  const w1 = p[0]!;
  const w2 = p[1]!;
  const w3 = p[2]!;
  const w4 = p[3]!;
  const b1 = p[4]!;
  const b2 = p[5]!;
  const w5 = p[6]!;
  const w6 = p[7]!;
  const b3 = p[8]!;
  const h1 = 1 / (1 + Math.exp(-(w1 * x0 + w2 * x1 + b1)));
  const h2 = 1 / (1 + Math.exp(-(w3 * x0 + w4 * x1 + b2)));
  const o = 1 / (1 + Math.exp(-(w5 * h1 + w6 * h2 + b3)));
  const error = o - y[n]!;
  const d = 2 * error * o * (1 - o);
  const d1 = d * w5 * h1 * (1 - h1);
  const d2 = d * w6 * h2 * (1 - h2);
  p[0] = w1 - 0.1 * (d1 * x0);
  p[1] = w2 - 0.1 * (d1 * x1);
  p[2] = w3 - 0.1 * (d2 * x0);
  p[3] = w4 - 0.1 * (d2 * x1);
  p[4] = b1 - 0.1 * d1;
  p[5] = b2 - 0.1 * d2;
  p[6] = w5 - 0.1 * (d * h1);
  p[7] = w6 - 0.1 * (d * h2);
  p[8] = b3 - 0.1 * d;
  return error * error;
}

/** Epochs over the examples in their order; returns the mean loss of the last. */
export function handTrain(p: Float64Array, x: Float64Array, y: Float64Array, epochs: number): number {
  let loss = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    loss = 0;
    for (let n = 0; n < y.length; n++) loss += handStep(p, x, y, n);
    loss /= y.length;
  }
  return loss;
}

/** The same with the examples of each epoch, counted from `first`, in an order of its own, drawn by the runtime's generator. */
export function handTrainShuffled(
  p: Float64Array,
  x: Float64Array,
  y: Float64Array,
  epochs: number,
  first: number,
): number {
  const order = new Uint32Array(y.length);
  let loss = 0;
  for (let epoch = first; epoch < first + epochs; epoch++) {
    permutation(0, epoch, order);
    loss = 0;
    for (let k = 0; k < order.length; k++) loss += handStep(p, x, y, order[k]!);
    loss /= y.length;
  }
  return loss;
}
