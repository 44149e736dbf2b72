/**
 * Owns: the contract between the middle of the compiler and its targets. `derive/` turns a model into procedures; a target
 * turns each procedure into a function; `module/` puts the functions into a file.
 */

import type { Graph, InputNode, Span } from "@adjoint/ir";

/** Where the numbers of a graph's input or output live when the function runs. */
export type Place =
  /** Element k (row-major) is `array[offset + n · exampleStride + k]`, with `n` the function's example number. */
  | { readonly kind: "array"; readonly array: string; readonly offset: number; readonly exampleStride: number }
  /** A scalar that is an argument of the function itself. */
  | { readonly kind: "argument"; readonly name: string }
  | NoisePlace;

/**
 * Element k is draw k of a counter-based stream, `uniform(seed, s, k)` or `normal(seed, s, k)`, where the stream
 * s = stream + n · exampleStride for example n: what is drawn for an example depends on no other. With `rows` the first axis
 * counts examples from n on, and k counts the elements of each.
 */
export interface NoisePlace {
  readonly kind: "noise";
  readonly distribution: "uniform" | "normal";
  readonly stream: number;
  readonly exampleStride: number;
  readonly rows: boolean;
}

/** What becomes of an output. A stored or added place is always an array; `return` takes a scalar. */
export type Destination =
  | { readonly kind: "return" }
  | { readonly kind: "store"; readonly place: Place & { readonly kind: "array" } }
  | { readonly kind: "add"; readonly place: Place & { readonly kind: "array" } };

/** One parameter of the function, in order. */
export interface ProcedureParameter {
  readonly name: string;
  /** `floats` is the module's own float array, `data` any ArrayLike<number>, `number` a scalar. */
  readonly type: "floats" | "data" | "number";
  /** Printed as the default value, for a trailing parameter that may be left out. */
  readonly initializer: string | null;
  readonly doc: string;
}

/**
 * One function to emit: a graph, and where its inputs come from and its outputs go. Stores may overwrite arrays that the
 * graph reads (an update in place): every read sees the old value, so a target must place such stores after the last read
 * of the element they overwrite.
 */
export interface Procedure {
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly ProcedureParameter[];
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<InputNode, Place>;
  /** By output name; every output of the graph has one. */
  readonly results: ReadonlyMap<string, Destination>;
  /** Of a procedure over a block of examples: how many, and so the extent of the leading axis of what varies with them. */
  readonly examples?: number;
}

/** What a target makes of a procedure: everything a module needs to print it, in any module system. */
export interface EmittedFunction {
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly initializer: string | null }[];
  readonly returnType: "number" | "void";
  /** The body's lines, unindented by one level, without the braces. */
  readonly body: readonly EmittedLine[];
}

export interface EmittedLine {
  readonly text: string;
  /** The source that this line computes, for source maps. */
  readonly span: Span | null;
}

export interface EmittedCode {
  readonly functions: readonly EmittedFunction[];
  /** Declarations that the functions call and that JavaScript's Math lacks (`erf`), each whole, in a stable order. */
  readonly helpers: readonly EmittedFunction[];
  /** Float64 elements of scratch memory that the functions share under the name `workspace`; 0 if they need none. */
  readonly workspace: number;
}
