import { renderDerivation } from "@adjoint/compiler";
import { describe, expect, test } from "vitest";
import { backwardPass, flat, openExample } from "../workbench.ts";

const { begin, explain, read, text } = await openExample("logistic-regression");
const parameters = read("parameters.json");
const data = read("data.json");

test("explain has the tutorial's three local derivatives", () => {
  const lines = renderDerivation(explain("w", [1], parameters, { x: [1, 2], y: 1 }), { digits: 3 });
  expect(lines.slice(8, 12)).toEqual([
    "Factors",
    "  ∂loss/∂h = −y/h + (1 − y)/(1 − h) = −1/0.525 + (1 − 1)/(1 − 0.525) = −1.90",
    "  ∂h/∂z    = h·(1 − h) = 0.525·(1 − 0.525) = 0.249",
    "  ∂z/∂w[1] = x[1] = 2",
  ]);
});

describe("the emitted gradient is x·(h − y) and h − y", () => {
  test("in value", () => {
    const network = begin({ parameters });
    for (const y of [0, 1]) {
      const { w, b } = network.gradients({ x: [[1, 2]], y: [y] });
      const h = 1 / (1 + Math.exp(-0.1));
      for (const [k, x] of [1, 2].entries()) expect(flat(w)[k]).toBeCloseTo(x * (h - y), 15);
      expect(flat(b)[0]).toBeCloseTo(h - y, 15);
    }
  });

  test("by derivation: the backward pass has no function call and no division", () => {
    const backward = backwardPass(text);
    expect(backward).toContain("d_z = h - y0;");
    expect(backward).not.toMatch(/\(|\//);
  });

  test.each([
    [1000, 1, 0, 0],
    [1000, 0, 1000, 1],
    [-1000, 1, 1000, -1],
    [-1000, 0, 0, 0],
  ])("finite and right at z = %d for y = %d", (z, y, loss, slope) => {
    const network = begin({ parameters: { w: [z, 0], b: 0 } });
    expect(network.evaluate({ x: [[1, 0]], y: [y] }).loss).toBeCloseTo(loss, 12);
    const { w, b } = network.gradients({ x: [[1, 0]], y: [y] });
    expect([...flat(w), ...flat(b)]).toEqual([slope, 0, slope].map((value) => expect.closeTo(value, 12)));
  });
});

test("learns", async () => {
  const network = begin();
  const before = network.evaluate(data).loss;
  for await (const _epoch of network.train(data)) {
    // As the page says.
  }
  expect(network.evaluate(data).loss).toBeLessThan(before / 4);
});
