import { fileURLToPath } from "node:url";
import { checkGradients } from "@adjoint/check";
import { expect, test } from "vitest";
import { mnist } from "../mnist.ts";
import { openExample } from "../workbench.ts";

test("has the derivatives that central differences have, through dropout and maxima", () => {
  const page = fileURLToPath(new URL("mnist-conv.adj", import.meta.url));
  const [report] = checkGradients(page, {
    runs: 10,
    seed: 1,
    hyperparameters: { side: 12, filters: 2 },
    ranges: { image: [0, 255] },
  });
  expect(report).toMatchObject({ counterexample: null });
  expect(report?.checked).toBeGreaterThan(0);
});

// The whole of it takes a minute or two: npm run examples -- mnist-conv.
test("learns most of what it is asked for from the first 2,000 digits", async () => {
  const { begin } = await openExample("mnist-conv", { target: "wasm" });
  const net = begin();
  for await (const _ of net.train({ ...mnist("train", 2000) }, { epochs: 2, every: 2 }));
  expect(net.evaluate({ ...mnist("t10k", 1000) }).metrics["accuracy"]).toBeGreaterThan(0.88);
});
