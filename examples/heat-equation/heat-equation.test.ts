import { expect, test } from "vitest";
import { openExample } from "../workbench.ts";
import { greatestError, grid } from "./run.ts";

// The whole of it takes a quarter of a minute: npm run examples -- heat-equation.
test("comes near the exact solution from the equation alone", async () => {
  const { begin } = await openExample("heat-equation");
  const net = begin();
  expect(greatestError(net)).toBeGreaterThan(0.1);
  for await (const _ of net.train(grid(8), { epochs: 200, every: 200 }));
  expect(greatestError(net)).toBeLessThan(0.02);
});
