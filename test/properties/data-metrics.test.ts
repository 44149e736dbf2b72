/** Owns: metrics of a whole data set, as emitted classes report them, against their definitions over all examples. */

import { loadWasmTarget } from "@adjoint/compiler";
import { expect, test } from "vitest";
import { importNetworks, networksOf, programOf } from "./support/networks.ts";

/** Deterministic numbers that look random, on [0, 1). */
const noise = (k: number): number => (Math.sin(12.9898 * k + 4.1) * 43758.5453) % 1 || 0;
const uniform = (k: number): number => Math.abs(noise(k));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

const count = 60;
const p = Array.from({ length: count }, (_, n) => [uniform(2 * n), uniform(2 * n + 1)]);
const y = p.map((row, n) => row.map((each, i) => (each + 0.8 * uniform(1000 + 2 * n + i) > 0.9 ? 1 : 0)));
const scores = Array.from({ length: count }, (_, n) =>
  Array.from({ length: 4 }, (_, c) => 3 * uniform(5000 + 4 * n + c)),
);
const label = scores.map((row, n) =>
  uniform(9000 + n) < 0.6 ? row.indexOf(Math.max(...row)) : Math.floor(4 * uniform(9500 + n)),
);

const page = `model M {
  input  p[2]
  input  scores[4]
  target y[2]
  target label: class(4)

  loss term = mse(p, y)
  metric accuracy(scores, label)
  metric top_two = top_accuracy(scores, label, among: 2)
  metric precision(p, y)
  metric recall(p, y, threshold: 0.7)
  metric f1(p, y)
  metric macro_f1(scores, label)
  metric auc(p, y)
  metric coarse = auc(p, y, thresholds: 10)
  metric mean_absolute_error(p, y)
  metric root_mean_squared_error(p, y)
  metric r_squared(p, y)
  metric perplexity(scores, label)
  metric examples = sum[data](1)
  metric ratio = sum[data](p[0]) / mean[data](p[1])
}`;

const flatP = p.flat();
const flatY = y.flat();
const hits = (threshold: number): number => sum(flatP.map((each, k) => (each > threshold && flatY[k] === 1 ? 1 : 0)));
const found = (threshold: number): number => flatP.filter((each) => each > threshold).length;
const wanted = sum(flatY);
/** The share of pairs of a 1 and a 0 that are in order, a tie counting one half: Mann and Whitney's U. */
const pairsInOrder = (score: (value: number) => number): number => {
  const at = (truth: number): readonly number[] => flatP.filter((_, k) => flatY[k] === truth).map(score);
  const [ones, zeros] = [at(1), at(0)];
  return mean(ones.flatMap((a) => zeros.map((b) => (a > b ? 1 : a === b ? 0.5 : 0))));
};
const answers = scores.map((row) => row.indexOf(Math.max(...row)));
const f1OfClass = (c: number): number => {
  const both = answers.filter((answer, n) => answer === c && label[n] === c).length;
  return (2 * both) / (answers.filter((answer) => answer === c).length + label.filter((each) => each === c).length);
};
const errors = flatP.map((each, k) => each - flatY[k]!);

const expected: Readonly<Record<string, number>> = {
  term: mean(errors.map((error) => error ** 2)),
  accuracy: mean(answers.map((answer, n) => (answer === label[n] ? 1 : 0))),
  top_two: mean(scores.map((row, n) => (row.filter((score) => score > row[label[n]!]!).length < 2 ? 1 : 0))),
  precision: hits(0.5) / found(0.5),
  recall: hits(0.7) / wanted,
  f1: (2 * hits(0.5)) / (found(0.5) + wanted),
  macro_f1: mean([0, 1, 2, 3].map(f1OfClass)),
  // Scores between two thresholds are one score.
  auc: pairsInOrder((value) => Math.floor(200 * value + 0.5)),
  coarse: pairsInOrder((value) => Math.floor(10 * value + 0.5)),
  mean_absolute_error: mean(errors.map(Math.abs)),
  root_mean_squared_error: Math.sqrt(mean(errors.map((error) => error ** 2))),
  r_squared: 1 - sum(errors.map((error) => error ** 2)) / sum(flatY.map((each) => (each - mean(flatY)) ** 2)),
  perplexity: Math.exp(mean(scores.map((row, n) => Math.log(sum(row.map(Math.exp))) - row[label[n]!]!))),
  examples: count,
  ratio: sum(p.map(([first = 0]) => first)) / mean(p.map(([, second = 0]) => second)),
};

test("metrics of a data set are the same in blocks of examples, as WebAssembly runs them", async () => {
  for (const make of (
    await importNetworks(programOf(page), { target: await loadWasmTarget(), precision: "f64" })
  ).values()) {
    const { metrics } = make().evaluate({ p, scores, y, label });
    for (const [name, value] of Object.entries(metrics)) {
      expect([name, value]).toEqual([name, expect.closeTo(expected[name]!, 10)]);
    }
  }
});

test("metrics of a data set are those of all its examples together", async () => {
  for (const network of await networksOf(page)) {
    const { metrics } = network.evaluate({ p, scores, y, label });
    expect(Object.keys(metrics)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(metrics))
      expect([name, value]).toEqual([name, expect.closeTo(expected[name]!, 10)]);
  }
});

test("the area under the curve comes near the exact one", () => {
  const exact = pairsInOrder((value) => value);
  expect(Math.abs(expected["auc"]! - exact)).toBeLessThan(0.005);
  expect(exact).toBeGreaterThan(0.6);
});
