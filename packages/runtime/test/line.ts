/** Owns: a model written by hand as an emitted module would be: the line w·x + b, with a step that remembers. */

import {
  type Columns,
  type ModelTypes,
  Trainable,
  type TrainableDefinition,
  type TrainableOptions,
} from "../src/index.ts";

interface LineTypes extends ModelTypes {
  readonly floats: Float64Array;
  readonly inputs: { readonly x: number };
  readonly examples: { readonly x: readonly number[] };
  readonly data: { readonly x: readonly number[]; readonly y: readonly number[] };
  readonly outputs: { readonly o: number };
  readonly parameters: { readonly w: Float64Array; readonly b: Float64Array };
  readonly gradients: { readonly w: Float64Array; readonly b: Float64Array };
  readonly metrics: { readonly distance: number };
}

const rate = 0.05;

function error(p: Float64Array, columns: Columns, n: number): number {
  return p[0]! * columns[0]![n]! + p[1]! - columns[1]![n]!;
}

/** loss = (w·x + b − y)²; m ← m/2 + g;  w ← w − rate · m, scaled by 1 + 1/t so that the step's number matters. */
export const line: TrainableDefinition<LineTypes> = {
  model: "Line",
  inputs: [{ name: "x", shape: [], classes: null }],
  targets: [{ name: "y", shape: [], classes: null }],
  parameters: [
    { name: "w", shape: [], offset: 0 },
    { name: "b", shape: [], offset: 1 },
  ],
  outputSize: 1,
  seed: 0,
  trained: 2,
  metricCount: 1,
  optimizer: "ball",
  state: [{ name: "m", shape: [2], offset: 0 }],
  defaults: { epochs: 4, batch: 1, shuffle: true },
  allocate: (length) => new Float64Array(length),
  initialize: (p, seed) => {
    p[0] = seed / 100;
    p[1] = 0;
  },
  initializeState: (state) => {
    state.fill(0);
  },
  forward: (p, columns, out, n) => {
    out[n] = p[0]! * columns[0]![n]! + p[1]!;
  },
  evaluate: (p, columns, metrics, n) => {
    metrics[0] = Math.abs(error(p, columns, n));
    return error(p, columns, n) ** 2;
  },
  gradient: (p, columns, grad, n) => {
    const e = error(p, columns, n);
    grad[0]! += 2 * e * columns[0]![n]!;
    grad[1]! += 2 * e;
    return e * e;
  },
  update: (p, grad, state, t, examples) => {
    for (let k = 0; k < 2; k++) {
      state[k] = state[k]! / 2 + grad[k]! / examples;
      p[k]! -= rate * (1 + 1 / t) * state[k]!;
      grad[k] = 0;
    }
  },
  batches: true,
  step: (p, columns, grad, state, t, batch, first, end, order, total) => {
    let [sum, step] = [total, t];
    for (let from = first; from < end; from += batch) {
      const next = Math.min(from + batch, end);
      for (let k = from; k < next; k++) sum += line.gradient(p, columns, grad, order?.[k] ?? k, 0);
      line.update(p, grad, state, step++, next - from);
    }
    return sum;
  },
  readParameters: (p) => ({ w: p.subarray(0, 1), b: p.subarray(1, 2) }),
  readGradients: (grad) => ({ w: grad.subarray(0, 1), b: grad.subarray(1, 2) }),
  readOutputs: (out, n) => ({ o: out[n]! }),
  readMetrics: (metrics) => ({ distance: metrics[0]! }),
};

export class Line extends Trainable<LineTypes> {
  constructor(options: TrainableOptions = {}) {
    super(line, options);
  }
}

/** Points of y = 2x − 1. */
export function points(count: number): LineTypes["data"] {
  const x = Array.from({ length: count }, (_, k) => (k / count) * 2 - 1);
  return { x, y: x.map((value) => 2 * value - 1) };
}
