/** Owns: an engine with relaxed SIMD in tests: Node 20 has it behind a flag, later ones have it anyway. */

import v8 from "node:v8";

/** A function of one vector that multiplies it by itself and adds it. */
const probe = new Uint8Array(
  [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    [1, 6, 1, 0x60, 1, 0x7b, 1, 0x7b],
    [3, 2, 1, 0],
    [10, 13, 1, 11, 0, 0x20, 0, 0x20, 0, 0x20, 0, 0xfd, 0x85, 2, 0x0b],
  ].flat(),
);

export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(probe);
}

/** Before anything is compiled, in a process of its own: the flag stays. */
export function allowRelaxedSimd(): void {
  if (!hasRelaxedSimd()) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
}
