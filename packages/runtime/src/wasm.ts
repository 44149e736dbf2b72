/**
 * Owns: networks whose functions are WebAssembly. Each has a memory of its own, in which everything has a fixed place:
 * parameters, gradients, the optimizer's state, and a block of examples that is filled before each call.
 */

import type { Columns } from "./definition.ts";
import { RunError } from "./error.ts";
import { normal, uniform } from "./random.ts";
import type { Floats } from "./tensor.ts";

type WasmModule = object;
type WasmFunction = (...args: readonly number[]) => number;
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, WasmFunction>> };
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<WasmModule>;
};
declare const atob: (text: string) => string;

/** The compiled code of a model, shared by its networks. */
export class WasmCode {
  readonly #text: string;
  #module: WasmModule | null = null;

  /** @param text the module's bytes in base64 */
  constructor(text: string) {
    this.#text = text;
  }

  /** Compiles the code off the main thread; until then the first network compiles it where it is made. @throws {RunError} */
  async ready(): Promise<void> {
    this.#module ??= await WebAssembly.compile(this.#bytes());
  }

  /** The module with a memory and the functions that it imports. @throws {RunError} */
  instantiate(imports: Readonly<Record<string, object>>): Readonly<Record<string, WasmFunction>> {
    this.#module ??= new WebAssembly.Module(this.#bytes());
    return new WebAssembly.Instance(this.#module, imports).exports;
  }

  #bytes(): Uint8Array {
    const remedy = "Use an engine of 2021 or later, or a module compiled for the target `ts`.";
    if (typeof WebAssembly === "undefined") throw new RunError("no-wasm", "There is no WebAssembly here.", remedy);
    const characters = atob(this.#text);
    const bytes = Uint8Array.from({ length: characters.length }, (_, k) => characters.charCodeAt(k));
    if (WebAssembly.validate(bytes)) return bytes;
    throw new RunError("no-wasm", "This engine's WebAssembly has no vectors (SIMD).", remedy);
  }
}

/** Where something lies in memory: its first byte and its number of elements. */
export type WasmSpan = readonly [at: number, length: number];

export interface WasmLayout {
  /** Pages of memory, 64 KiB each. */
  readonly pages: number;
  readonly p: WasmSpan;
  readonly grad: WasmSpan;
  readonly state: WasmSpan;
  readonly out: WasmSpan;
  readonly metrics: WasmSpan;
  /** For each column, where its block of examples lies; inputs before targets. */
  readonly columns: readonly WasmSpan[];
  /** How many of the columns are inputs. */
  readonly inputs: number;
  /** Examples in a block. */
  readonly block: number;
}

interface FloatsType<F extends Floats> {
  new (length: number): F;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): F;
}

/** What an array is for: those that the code reads and writes lie in its memory. */
export type WasmUse = "parameters" | "gradient" | "state";

/** One network's memory and functions: what a definition binds. */
export class WasmNetwork<F extends Floats> {
  readonly #floats: FloatsType<F>;
  readonly #layout: WasmLayout;
  readonly #run: Readonly<Record<string, WasmFunction>>;
  readonly #p: F;
  readonly #grad: F;
  readonly #state: F;
  readonly #out: F;
  readonly #metrics: F;
  readonly #columns: readonly F[];

  /** @throws {RunError} where the engine cannot run the code */
  constructor(code: WasmCode, floats: FloatsType<F>, layout: WasmLayout) {
    this.#floats = floats;
    this.#layout = layout;
    const memory = new WebAssembly.Memory({ initial: layout.pages, maximum: layout.pages });
    this.#run = code.instantiate({ memory: { memory }, math: Math, draw: { uniform, normal } });
    const view = ([at, length]: WasmSpan): F => new floats(memory.buffer, at, length);
    this.#p = view(layout.p);
    this.#grad = view(layout.grad);
    this.#state = view(layout.state);
    this.#out = view(layout.out);
    this.#metrics = view(layout.metrics);
    this.#columns = layout.columns.map(view);
  }

  /** Zeros, or the place in memory of what the code works on. */
  readonly allocate = (length: number, use?: WasmUse): F => {
    switch (use) {
      case "parameters":
        return this.#p;
      case "gradient":
        this.#grad.fill(0);
        return this.#grad;
      case "state":
        return this.#state;
      case undefined:
        return new this.#floats(length);
    }
  };

  readonly forward = (_p: F, columns: Columns, out: F, n: number): void => {
    this.#stage(columns, this.#layout.inputs, null, n, n + 1);
    this.#call("forward", 0, 0);
    out.set(this.#out, n * this.#out.length);
  };

  readonly evaluate = (_p: F, columns: Columns, metrics: F, n: number): number => {
    this.#stage(columns, columns.length, null, n, n + 1);
    const loss = this.#call("evaluate", 0, 0);
    metrics.set(this.#metrics);
    return loss;
  };

  readonly gradient = (_p: F, columns: Columns, grad: F, n: number): number => {
    const loss = this.#gradients(columns, null, n, n + 1);
    if (grad !== this.#grad) {
      for (let k = 0; k < grad.length; k++) grad[k] = (grad[k] ?? 0) + (this.#grad[k] ?? 0);
      this.#grad.fill(0);
    }
    return loss;
  };

  readonly update = (_p: F, _grad: F, _state: F, t: number, examples: number): void => {
    this.#call("update", t, examples);
  };

  readonly step = (
    _p: F,
    columns: Columns,
    _grad: F,
    _state: F,
    t: number,
    batch: number,
    first: number,
    end: number,
    order: Uint32Array | null,
    total: number,
  ): number => {
    let sum = total;
    for (let start = first, step = t; start < end; start += batch, step++) {
      const stop = Math.min(start + batch, end);
      if (batch === 1 && this.#run["step"] !== undefined) {
        this.#stage(columns, columns.length, order, start, stop);
        sum += this.#call("step", step, 0);
      } else {
        sum += this.#gradients(columns, order, start, stop);
        this.#call("update", step, stop - start);
      }
    }
    return sum;
  };

  /** Adds the gradients of examples to `#grad`; returns the sum of their losses. */
  #gradients(columns: Columns, order: Uint32Array | null, first: number, end: number): number {
    const { block } = this.#layout;
    let loss = 0;
    for (let start = first; start < end; start += block) {
      const stop = Math.min(start + block, end);
      this.#stage(columns, columns.length, order, start, stop);
      loss += this.#call("gradient", stop - start, 0);
    }
    return loss;
  }

  /**
   * Fills the block with the examples order[first], …, order[end − 1] (without an order, first, …, end − 1). What is left
   * of it repeats the last: it counts for nothing, but must be numbers that the network can be applied to.
   */
  #stage(columns: Columns, count: number, order: Uint32Array | null, first: number, end: number): void {
    const { block } = this.#layout;
    for (let c = 0; c < count; c++) {
      const column = columns[c];
      const staged = this.#columns[c];
      if (column === undefined || staged === undefined) continue;
      const size = staged.length / block;
      for (let b = 0; b < block; b++) {
        const k = Math.min(first + b, end - 1);
        const from = (order === null ? k : (order[k] ?? 0)) * size;
        const to = b * size;
        for (let e = 0; e < size; e++) staged[to + e] = column[from + e] ?? 0;
      }
    }
  }

  #call(name: string, x: number, y: number): number {
    const run = this.#run[name];
    return run === undefined ? 0 : run(x, y);
  }
}
