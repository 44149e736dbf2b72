import { expect, test } from "vitest";
import { mnist } from "../mnist.ts";
import { openExample } from "../workbench.ts";

// The whole of it takes minutes: npm run examples -- autoencoder.
test("damages a third of what it is given, and learns to restore it", async () => {
  const { begin } = await openExample("autoencoder");
  const net = begin();
  const { image } = mnist("train", 300);
  const before = net.evaluate({ image }).metrics;
  for await (const _ of net.train({ image }, { epochs: 4, every: 4 }));
  const after = net.evaluate({ image }).metrics;
  // The same seed damages the same elements.
  expect(after["damage"]).toBe(before["damage"]);
  const energy = Array.from(image).reduce((sum, grey) => sum + (grey / 255) ** 2, 0) / image.length;
  expect((after["damage"] ?? 0) / energy).toBeCloseTo(1 / 3, 1);
  expect(after["error"]).toBeLessThan(0.5 * (before["error"] ?? 0));
});
