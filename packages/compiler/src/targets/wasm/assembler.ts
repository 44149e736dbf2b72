/** Owns: how the compiler comes by binaryen, which builds and optimises WebAssembly modules. */

import type binaryen from "binaryen";

/** Binaryen, loaded. */
export type Assembler = typeof binaryen;
export type Assembly = binaryen.Module;
/** An expression of a module under construction. It stands in one place only: to use a value twice, give it a local. */
export type Code = binaryen.ExpressionRef;
export type CodeType = binaryen.Type;

/** The WebAssembly target, ready for use: what `compile` takes as its `target`. */
export interface WasmTarget {
  readonly name: "wasm";
  readonly assembler: Assembler;
}

/** Loads what the target needs: some 15 MB of code and a third of a second, which nothing else should wait for. */
export async function loadWasmTarget(): Promise<WasmTarget> {
  const { default: assembler } = await import("binaryen");
  return { name: "wasm", assembler };
}
