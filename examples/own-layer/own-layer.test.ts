import { fileURLToPath } from "node:url";
import { assertGradients } from "@adjoint/check";
import { expect, test } from "vitest";
import { openExample } from "../workbench.ts";

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

test("its derivatives pass the check that any page can be put to", () => {
  assertGradients(fileURLToPath(new URL("own-layer.adj", import.meta.url)), { runs: 50, seed: 1 });
});
