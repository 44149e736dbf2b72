/** Owns: what a caller of the compiler may choose. */

import type { WasmTarget } from "./targets/wasm/assembler.ts";

export interface CompileOptions {
  /** What the networks' functions are: text in the module's language, or WebAssembly (see `loadWasmTarget`). */
  readonly target: "ts" | WasmTarget;
  /**
   * Element type of parameters, gradients, state and outputs. In text, whatever lies between, workspace included, is float64:
   * a value rounded in one place and not in another would no longer equal itself, and a maximum would equal none of its
   * elements. WebAssembly computes in this type throughout. Left out, it is f64, and f32 for WebAssembly.
   */
  readonly precision: "f64" | "f32";
  /**
   * Among how many threads of WebAssembly a batch is to be divided at most: blocks of examples are as small as that asks
   * for, and the network's arrays lie in memory that threads share.
   */
  readonly threads: number;
  /** TypeScript, or JavaScript with a declaration file beside it. */
  readonly language: "ts" | "js";
  /** Forward only: no gradient, no update, no trainer. */
  readonly inference: boolean;
  /** Put the runtime's text into the module instead of importing it. */
  readonly standalone: boolean;
  readonly sourceMap: boolean;
  /**
   * A procedure of at most this many scalar operations is emitted as straight-line scalars, a larger one as loops.
   * Never more than 2,000, whatever is asked for: V8 does not optimise a function of more than 60 KB of bytecode.
   */
  readonly unrollLimit: number;
}

export const defaultOptions: CompileOptions = {
  target: "ts",
  precision: "f64",
  threads: 1,
  language: "ts",
  inference: false,
  standalone: false,
  sourceMap: false,
  unrollLimit: 1000,
};

/** What is left out as it is by default. */
export function completeOptions(options: Partial<CompileOptions>): CompileOptions {
  const precision = options.target === undefined || options.target === "ts" ? defaultOptions.precision : "f32";
  return { ...defaultOptions, precision, ...options };
}
