/** What a step allocates: nothing, one example at a time or in batches. */

import { loadWasmTarget } from "@adjoint/compiler";
import { expect, test } from "vitest";
import { measure } from "../../bench/allocation.ts";
import { programOf } from "../properties/support/networks.ts";

const wasm = await loadWasmTarget();

const images = `model Net {
  input  x[1, 10, 10]
  target y: class(3)
  a = conv2d(x, filters: 4, kernel: 3, padding: 1, activation: relu)
  b = max_pool2d(a, size: 2)
  c = conv2d(b, filters: 6, kernel: 3, padding: 1, activation: tanh)
  o = dense(flatten(c), units: 3)
  loss cross_entropy(o, y)
  train { optimizer adam(rate: 0.01)  batch 4 }
}
`;

const single = `model Net {
  input  x[48]
  target y: class(5)
  h = dense(x, units: 64, activation: relu)
  o = dense(h, units: 5)
  loss cross_entropy(o, y)
  train { optimizer momentum(rate: 0.01)  batch 1 }
}
`;

test.each([
  ["a convolutional network in batches, in TypeScript", images, "ts", 4],
  ["a convolutional network in batches, in WebAssembly", images, wasm, 4],
  ["one example a step, in TypeScript", single, "ts", 1],
  ["one example a step, in WebAssembly", single, wasm, 1],
] as const)("%s", (name, page, target, count) => {
  const program = programOf(page);
  const { bytes } = measure({ name, program, options: { target }, what: "train", count, more: 64, restless: true });
  // The least object has 12 bytes.
  expect(Math.abs(bytes)).toBeLessThan(12);
});
