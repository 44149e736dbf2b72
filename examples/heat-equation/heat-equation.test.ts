import { checkModel } from "@adjoint/check";
import { expect, test } from "vitest";
import { openExample } from "../workbench.ts";
import { greatestError, grid } from "./run.ts";

test("has the derivatives that central differences have, of an equation of second order", async () => {
  const { model } = await openExample("heat-equation");
  expect(checkModel(model, { runs: 20, seed: 1 })).toMatchObject({ counterexample: null, undecided: 0 });
});

// The whole of it takes a quarter of a minute: npm run examples -- heat-equation.
test("comes near the exact solution from the equation alone", async () => {
  const { begin } = await openExample("heat-equation");
  const net = begin();
  expect(greatestError(net)).toBeGreaterThan(0.1);
  for await (const _ of net.train(grid(8), { epochs: 200, every: 200 }));
  expect(greatestError(net)).toBeLessThan(0.02);
});
