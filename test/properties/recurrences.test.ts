/** Owns: derivatives through many steps, held against everything that derivatives are held against here. */

import { checkGradients } from "@adjoint/check";
import { describe, expect, test } from "vitest";
import { elementsOf, networksOf } from "./support/networks.ts";

const ending = "o = dense(last_element(s), units: 2)\n  loss mse(o, y)";
const over = (steps: number, body: string): string =>
  `model M {\n  input x[${steps}, 3]\n  target y[2]\n  ${body}\n  ${ending}\n}`;

/** Reverse against central differences, forward against reverse, second derivatives, before and after optimisation. */
describe("derivatives agree in all ways of taking them", () => {
  test.each([
    ["an LSTM through 50 steps", over(50, "s = lstm(x, units: 3)")],
    ["a GRU read from both ends", over(8, "s = bidirectional(x, units: 2, cell: gru)")],
    [
      "a decoder that begins with the last state of an encoder",
      over(6, "e = gru(x, units: 3)\n  s = simple_rnn(x, units: 3, initial: last_element(e))"),
    ],
    [
      "truncated backpropagation through time",
      over(
        12,
        `scan t {
    carry s[3] = 0
    before = if t mod 4 == 0 then stop_gradient(s) else s
    s <- tanh(dense(x[t, ..], units: 3) + dense(before, units: 3))
  }`,
      ),
    ],
    [
      "a scan for each step of a scan",
      over(
        4,
        `scan t {
    carry s[3] = 0.1
    scan u < 3 {
      carry z[3] = s
      z <- tanh(z * x[t, u] + x[t, ..])
    }
    s <- z[2, ..]
  }`,
      ),
    ],
  ])("%s", (_, text) => {
    const reports = checkGradients({ text }, { runs: 4, seed: 7 });
    expect(reports.map(({ counterexample }) => counterexample)).toEqual([null]);
    expect(reports.every(({ checked }) => checked > 0)).toBe(true);
  });
});

test("what is cut by stop_gradient passes nothing back over the cut", async () => {
  const page = `model M {
    input x[6]
    param w ~ ones
    a[t] = w * x[t]
    scan t {
      carry s = 0
      before = if t == 3 then stop_gradient(s) else s
      s <- before + a[t]
    }
    loss s[5]
  }`;
  for (const network of await networksOf(page)) {
    network.p.set([1]);
    // Of the six terms only those after the cut depend on w as far as the derivative is concerned.
    expect(elementsOf(network.gradients({ x: [[1, 10, 100, 1000, 10000, 100000]] })["w"]!)).toEqual([111000]);
    expect(network.evaluate({ x: [[1, 10, 100, 1000, 10000, 100000]] }).loss).toBe(111111);
  }
});
