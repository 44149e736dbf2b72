import { expect, test } from "vitest";
import { flat, openExample } from "../workbench.ts";

const { begin, read, program, model } = await openExample("own-layer");
const saddle = read("saddle.csv");

test("the page's own function, layer, loss and optimizer compile and train", async () => {
  const network = begin();
  const before = network.evaluate(saddle).loss;
  for await (const _epoch of network.train(saddle)) {
    // As the page says.
  }
  expect(network.evaluate(saddle).loss).toBeLessThan(before / 20);
  expect(program.models).toEqual([model]);
});

test("its derivatives are those of central differences", () => {
  const network = begin({ seed: 3 });
  const gradients = network.gradients(saddle);
  const step = 1e-6;
  for (const [name, { values }] of Object.entries(network.parameters)) {
    for (const [k, w] of [...values].entries()) {
      values[k] = w + step;
      const above = network.evaluate(saddle).loss;
      values[k] = w - step;
      const below = network.evaluate(saddle).loss;
      values[k] = w;
      expect(flat(gradients[name])[k], `${name} ${k}`).toBeCloseTo((above - below) / (2 * step), 7);
    }
  }
});
