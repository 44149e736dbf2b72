/** A page of many layers is elaborated in time: GPT-2 in shape, 24 blocks of 768 units, 12 heads, 128 positions. */

import { elementCount, nodesOf } from "@adjoint/ir";
import { expect, test } from "vitest";
import { programOf } from "./pages.ts";

const gpt = (layers: number): string => `model Gpt(units = 768, length = 128, vocabulary = 50257) {
  input  words[length]: class(vocabulary)
  target next[length]: class(vocabulary)

  h = learned_positions(embedding(words, units))
  repeat ${layers} {
    h = transformer_block(h, heads: 12, activation: gelu_tanh, mask: causal)
  }
  o[t, ..] = layer_norm(h[t, ..])
  param U[vocabulary, units] ~ normal(stddev: 0.02)
  z[t, c] = sum[k](U[c, k] * o[t, k])
  e[t] = cross_entropy(z[t, ..], next[t])
  loss mean[t](e[t])

  train { optimizer adam(rate: 3e-4) }
}`;

test("in a second of processor time, with nodes in proportion to its layers", () => {
  programOf(gpt(1));
  const begin = process.cpuUsage();
  const [model] = programOf(gpt(24)).models;
  const { user, system } = process.cpuUsage(begin);
  expect((user + system) / 1e6).toBeLessThan(1);
  const count = (layers: number): number => {
    const { loss } = programOf(gpt(layers)).models[0] ?? { loss: null };
    return loss === null ? 0 : nodesOf({ name: "loss", outputs: [{ name: "loss", node: loss.node }] }).length;
  };
  expect(count(4) - count(3)).toBe(count(3) - count(2));
  const size = (model?.parameters ?? []).reduce((sum, { shape }) => sum + elementCount(shape), 0);
  expect(size).toBe(50257 * 768 * 2 + 128 * 768 + 24 * (12 * 768 ** 2 + 13 * 768) + 2 * 768);
});
