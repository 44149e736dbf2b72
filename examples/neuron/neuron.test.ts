import { expect, test } from "vitest";
import { openExample } from "../workbench.ts";

test("w = [0, 1], b = 4, x = [2, 3]: f(7) = 0.999", async () => {
  const { begin, read } = await openExample("neuron");
  const { y } = begin({ parameters: read("parameters.json") }).predict({ x: [2, 3] });
  expect(y).toBeCloseTo(0.999, 3);
  expect(y).toBeCloseTo(1 / (1 + Math.exp(-7)), 15);
});
