import { describe, expect, test } from "vitest";
import { backwardPass, flat, openExample } from "../workbench.ts";

const { begin, read, text } = await openExample("softmax-cross-entropy");
const parameters = read("parameters.json");
const data = read("data.json");

/** With x = 0, z is the bias and ∂loss/∂z its gradient. */
function atLogits(z: readonly number[], label: number) {
  const network = begin({ parameters: { "z.W": [0, 0, 0, 0, 0, 0], "z.b": z } });
  const example = { x: [[0, 0]], label: [label] };
  const { "z.b": gradient } = network.gradients(example);
  return { loss: network.evaluate(example).loss, gradient: flat(gradient) };
}

describe("the emitted gradient is p − y", () => {
  test.each([0, 1, 2])("in value, for class %d", (label) => {
    const z = [0.5, -1, 2];
    const exponentials = z.map(Math.exp);
    const total = exponentials.reduce((a, b) => a + b);
    const { loss, gradient } = atLogits(z, label);
    expect(loss).toBeCloseTo(-Math.log((exponentials[label] ?? 0) / total), 14);
    for (const [k, slope] of gradient.entries()) {
      expect(slope).toBeCloseTo((exponentials[k] ?? 0) / total - (k === label ? 1 : 0), 14);
    }
  });

  test("by derivation: the backward pass has no function call and no division", () => {
    const backward = backwardPass(text);
    expect(backward).toContain("d_z0 = p0 - (label0 === 0 ? 1 : 0);");
    expect(backward).not.toMatch(/Math\.|\//);
  });

  test("finite and right at logits of ±1000", () => {
    expect(atLogits([1000, 0, -1000], 0)).toEqual({ loss: 0, gradient: [0, 0, 0] });
    expect(atLogits([1000, 0, -1000], 2)).toEqual({ loss: 2000, gradient: [1, 0, -1] });
    expect(atLogits([-1000, -1000, -1000], 1).loss).toBeCloseTo(Math.log(3), 12);
  });

  test("summing to 0 over the classes", () => {
    const { "z.b": gradient } = begin({ parameters }).gradients(data);
    expect(flat(gradient).reduce((a, b) => a + b)).toBeCloseTo(0, 15);
  });
});

test("learns every example of the data", async () => {
  const network = begin();
  for await (const _epoch of network.train(data)) {
    // As the page says.
  }
  expect(network.evaluate(data).metrics).toEqual({ accuracy: 1 });
});
