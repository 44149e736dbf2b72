import { expect, test } from "vitest";
import { firstWindows, readCharacters } from "../characters.ts";
import { flat, openExample } from "../workbench.ts";

const [vocabulary, steps] = [80, 16];
const hyperparameters = { steps, size: 32, heads: 4, depth: 1 };

// The whole of it takes minutes: npm run examples -- char-gpt.
test("learns which characters are frequent and what follows them, and sees none before its time", async () => {
  const { begin } = await openExample("char-gpt", { target: "wasm", hyperparameters });
  const { learnt, held } = readCharacters(vocabulary, steps);
  const net = begin();
  for await (const _ of net.train({ ...firstWindows(learnt, steps, 4000) }, { epochs: 1 }));
  expect(net.evaluate({ ...firstWindows(held, steps, 200) }).loss).toBeLessThan(3.6);

  const text = held.text.slice(0, steps);
  const before = flat(net.predict({ text })["p"]);
  text[9] = (text[9] ?? 0) + 1;
  const after = flat(net.predict({ text })["p"]);
  expect(after.slice(0, 9 * vocabulary)).toEqual(before.slice(0, 9 * vocabulary));
  for (let t = 9; t < steps; t++) {
    const [from, to] = [t * vocabulary, (t + 1) * vocabulary];
    expect(after.slice(from, to)).not.toEqual(before.slice(from, to));
  }
});
