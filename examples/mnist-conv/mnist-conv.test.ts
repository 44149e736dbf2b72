import { expect, test } from "vitest";
import { mnist } from "../mnist.ts";
import { openExample } from "../workbench.ts";

// The whole of it takes a minute or two: npm run examples -- mnist-conv.
test("learns most of what it is asked for from the first 2,000 digits", async () => {
  const { begin } = await openExample("mnist-conv", { target: "wasm" });
  const net = begin();
  for await (const _ of net.train({ ...mnist("train", 2000) }, { epochs: 2, every: 2 }));
  expect(net.evaluate({ ...mnist("t10k", 1000) }).metrics["accuracy"]).toBeGreaterThan(0.88);
});
