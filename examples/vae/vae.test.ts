import { expect, test } from "vitest";
import { mnist } from "../mnist.ts";
import { openExample } from "../workbench.ts";

// The whole of it takes minutes: npm run examples -- vae.
test("learns to tell 300 digits in fewer nats, and draws what it predicts from a seed", async () => {
  const { begin } = await openExample("vae");
  const net = begin();
  const { image } = mnist("train", 300);
  const before = net.evaluate({ image }).loss;
  for await (const _ of net.train({ image }, { epochs: 2, every: 2 }));
  const { loss, metrics } = net.evaluate({ image });
  expect(loss).toBeLessThan(0.6 * before);
  expect(metrics["reconstruction"]).toBeLessThan(loss);
  expect((metrics["reconstruction"] ?? 0) + (metrics["divergence"] ?? 0)).toBeCloseTo(loss, 9);
});
