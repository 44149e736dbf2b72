/** What a step allocates: nothing, in one function or in several, one example at a time or in batches. */

import { compile, loadWasmTarget } from "@adjoint/compiler";
import { expect, test } from "vitest";
import { measure } from "../../bench/allocation.ts";
import { lenetWork } from "../../bench/peers/works/convolutions.ts";
import { programOf } from "../properties/support/networks.ts";

const wasm = await loadWasmTarget();

// So long that V8 would not optimise it as one function.
const images = lenetWork(4).page;

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
  // A part of a function that returned its number would allocate it for each example.
  if (page === images && target === "ts")
    expect(compile(program, { target }).text).toContain("function gradient_part2(");
  const more = page === images ? 4 : 64;
  const { bytes } = measure({ name, program, options: { target }, what: "train", count, more, restless: true });
  // The least object has 12 bytes.
  expect(Math.abs(bytes)).toBeLessThan(12);
});
