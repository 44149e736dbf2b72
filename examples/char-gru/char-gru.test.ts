import { expect, test } from "vitest";
import { firstWindows, readCharacters, writeOn } from "../characters.ts";
import { openExample } from "../workbench.ts";

const [vocabulary, steps] = [80, 32];

// The whole of it takes minutes: npm run examples -- char-gru.
test("knows nothing at first, and soon which characters are frequent and what follows them", async () => {
  const { begin } = await openExample("char-gru", { target: "wasm", hyperparameters: { steps, size: 16, units: 32 } });
  const { alphabet, learnt, held } = readCharacters(vocabulary, steps);
  const [few, asked] = [firstWindows(learnt, steps, 3200), firstWindows(held, steps, 200)];
  const net = begin();
  expect(net.evaluate({ ...asked }).loss).toBeGreaterThan(Math.log2(vocabulary) - 0.1);
  for await (const _ of net.train({ ...few }, { epochs: 2, every: 2 }));
  expect(net.evaluate({ ...asked }).loss).toBeLessThan(3.4);
  const sample = writeOn(net, { alphabet, steps }, { prompt: "Call ", length: 60, seed: 1 });
  expect(sample).toHaveLength(65);
  expect(sample).toMatch(/^Call .* /s);
  expect(writeOn(net, { alphabet, steps }, { prompt: "Call ", length: 60, seed: 1 })).toBe(sample);
});
