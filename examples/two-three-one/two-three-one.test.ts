import { renderDerivation, summarise } from "@adjoint/compiler";
import { expect, test } from "vitest";
import { openExample } from "../workbench.ts";

const { begin, explain, model, read } = await openExample("two-three-one");
const parameters = read("parameters.json");
const data = read("data.json");

test("explain goes from the loss through output, activation and weighted sum, as the tutorial does", () => {
  const lines = renderDerivation(explain("h.W", [0, 0], parameters, data), { digits: 3 });
  expect(lines).toContain("  ∂loss/∂h.W[0,0] = ∂loss/∂out[0] · ∂out[0]/∂o[0] · ∂o[0]/∂h[0] · ∂h[0]/∂h.W[0,0]");
  expect(lines.slice(-8, -3).map((line) => line.trim())).toEqual([
    "Factors",
    "∂loss/∂out[0]   = −(actual − out[0]) = −(3 − 1.11) = −1.89",
    "∂out[0]/∂o[0]   = out.W[0,0] = −0.23",
    "∂o[0]/∂h[0]     = o[0]·(1 − o[0]) = 0.891·(1 − 0.891) = 0.0971   (0.0972 without earlier rounding)",
    "∂h[0]/∂h.W[0,0] = ip[0] = 1",
  ]);
});

test("one step at rate 0.01 moves every weight against its derivative", async () => {
  const network = begin({ parameters });
  const before = new Map(Object.entries(network.parameters).map(([name, { values }]) => [name, [...values]]));
  const gradients = network.gradients(data);
  for await (const _epoch of network.train(data)) {
    // One epoch of one example.
  }
  for (const [name, { values }] of Object.entries(network.parameters)) {
    const slopes = gradients[name]?.values ?? [];
    const expected = (before.get(name) ?? []).map((w, k) => w - 0.01 * (slopes[k] ?? 0));
    expect([...values]).toEqual(expected.map((value) => expect.closeTo(value, 14)));
  }
});

test("summary counts the weights: 2·3 + 3 of the hidden layer, 3 + 1 of the output", () => {
  const { rows, total } = summarise(model);
  expect(rows.map(({ name, shape, trainable }) => `${name} [${shape}] ${trainable}`)).toEqual([
    "h [3] 9",
    "o [3] 0",
    "out [1] 4",
    "loss [] 0",
  ]);
  expect(total.trainable).toBe(13);
});
