/** Owns: what a function's code is made with. */

import type { Assembler, Assembly, Code } from "./assembler.ts";
import type { FloatCode } from "./float-code.ts";
import type { FunctionBuilder, Local } from "./function-builder.ts";
import type { FunctionLibrary } from "./function-library.ts";

export interface EmissionContext {
  readonly assembler: Assembler;
  readonly assembly: Assembly;
  /** For one element, and for a vector. */
  readonly scalar: FloatCode;
  readonly vector: FloatCode;
  readonly library: FunctionLibrary;
  readonly builder: FunctionBuilder;
  /** First byte of an array of the procedure, for a thread's own: of the first thread's. */
  readonly arrayAt: (array: string) => number;
  /** Whether each thread has an array of this name for itself. */
  readonly isOwn: (array: string) => boolean;
  /** How far behind the first thread's memory that of this thread lies; null where there is one thread. */
  readonly thread: Local | null;
  /** First byte of the workspace. */
  readonly workspaceAt: number;
  /** Arguments as floats of the module. */
  readonly argument: (name: string) => Code;
  /** The number of the example (i32). */
  readonly example: () => Code;
  /** The seed (f64). */
  readonly seed: () => Code;
}

/** Code in order, with places left in it for addresses that become known there. */
export type Sequence = (Code | Sequence)[];

export function flatten(sequence: Sequence): Code[] {
  return sequence.flatMap((part) => (typeof part === "number" ? [part] : flatten(part)));
}
