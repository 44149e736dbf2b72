import { expect, test } from "vitest";
import { openExample } from "../workbench.ts";

test("w = [0, 1] and b = 0 in every neuron, x = [2, 3]: h = f(3) and o = f(h)", async () => {
  const { begin, read } = await openExample("feedforward");
  const f = (z: number): number => 1 / (1 + Math.exp(-z));
  expect(begin({ parameters: read("parameters.json") }).predict({ x: [2, 3] })).toEqual({
    h: [expect.closeTo(f(3), 15), expect.closeTo(f(3), 15)],
    o: [expect.closeTo(f(f(3)), 15)],
  });
});
