/**
 * Owns: networks whose functions are WebAssembly. Each has a memory of its own, in which everything has a fixed place:
 * parameters, gradients, the optimizer's state, and a block of examples that is filled before each call.
 */

import type { Columns } from "./definition.ts";
import { RunError } from "./error.ts";
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
  /** By function, what is drawn before it runs. */
  readonly noise?: Readonly<Partial<Record<WasmRole, readonly WasmNoise[]>>>;
}

type WasmRole = "forward" | "evaluate" | "gradient" | "step";

/** Element k for example n is draw(seed, stream + n · stride, k). */
export interface WasmNoise {
  readonly draw: (seed: number, stream: number, k: number) => number;
  readonly stream: number;
  readonly stride: number;
  readonly at: WasmSpan;
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
  readonly #noise: Readonly<Record<WasmRole, readonly { readonly noise: WasmNoise; readonly values: F }[]>>;

  /** @throws {RunError} where the engine cannot run the code */
  constructor(code: WasmCode, floats: FloatsType<F>, layout: WasmLayout) {
    this.#floats = floats;
    this.#layout = layout;
    const memory = new WebAssembly.Memory({ initial: layout.pages, maximum: layout.pages });
    this.#run = code.instantiate({ memory: { memory }, math: Math });
    const view = ([at, length]: WasmSpan): F => new floats(memory.buffer, at, length);
    this.#p = view(layout.p);
    this.#grad = view(layout.grad);
    this.#state = view(layout.state);
    this.#out = view(layout.out);
    this.#metrics = view(layout.metrics);
    this.#columns = layout.columns.map(view);
    const drawn = (role: WasmRole) => (layout.noise?.[role] ?? []).map((noise) => ({ noise, values: view(noise.at) }));
    this.#noise = {
      forward: drawn("forward"),
      evaluate: drawn("evaluate"),
      gradient: drawn("gradient"),
      step: drawn("step"),
    };
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

  readonly forward = (_p: F, columns: Columns, out: F, n: number, seed: number): void => {
    this.#stage("forward", columns, this.#layout.inputs, null, n, n + 1, seed);
    this.#call("forward", 0, 0);
    out.set(this.#out, n * this.#out.length);
  };

  readonly evaluate = (_p: F, columns: Columns, metrics: F, n: number, seed: number): number => {
    this.#stage("evaluate", columns, columns.length, null, n, n + 1, seed);
    const loss = this.#call("evaluate", 1, 0);
    metrics.set(this.#metrics);
    return loss;
  };

  readonly evaluateAll = (_p: F, columns: Columns, sums: Float64Array, count: number, seed: number): number => {
    const { block } = this.#layout;
    let loss = 0;
    for (let start = 0; start < count; start += block) {
      const stop = Math.min(start + block, count);
      this.#stage("evaluate", columns, columns.length, null, start, stop, seed);
      loss += this.#call("evaluate", stop - start, 0);
      for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (this.#metrics[m] ?? 0);
    }
    return loss;
  };

  readonly gradient = (_p: F, columns: Columns, grad: F, n: number, seed: number): number =>
    this.#gradientsTo(grad, columns, n, n + 1, seed);

  readonly gradientAll = (_p: F, columns: Columns, grad: F, count: number, seed: number): number =>
    this.#gradientsTo(grad, columns, 0, count, seed);

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
    seed: number,
  ): number => {
    let sum = total;
    for (let start = first, step = t; start < end; start += batch, step++) {
      const stop = Math.min(start + batch, end);
      if (batch === 1 && this.#run["step"] !== undefined) {
        this.#stage("step", columns, columns.length, order, start, stop, seed);
        sum += this.#call("step", step, 0);
      } else {
        sum += this.#gradients(columns, order, start, stop, seed);
        this.#call("update", step, stop - start);
      }
    }
    return sum;
  };

  /** Between two steps the code's own gradient is 0, so that it can be borrowed. */
  #gradientsTo(grad: F, columns: Columns, first: number, end: number, seed: number): number {
    const loss = this.#gradients(columns, null, first, end, seed);
    if (grad !== this.#grad) {
      for (let k = 0; k < grad.length; k++) grad[k] = (grad[k] ?? 0) + (this.#grad[k] ?? 0);
      this.#grad.fill(0);
    }
    return loss;
  }

  /** Adds the gradients of examples to `#grad`; returns the sum of their losses. */
  #gradients(columns: Columns, order: Uint32Array | null, first: number, end: number, seed: number): number {
    const { block } = this.#layout;
    let loss = 0;
    for (let start = first; start < end; start += block) {
      const stop = Math.min(start + block, end);
      this.#stage("gradient", columns, columns.length, order, start, stop, seed);
      loss += this.#call("gradient", stop - start, 0);
    }
    return loss;
  }

  /**
   * Fills the block with the examples order[first], …, order[end − 1] (without an order, first, …, end − 1), and draws
   * their noise. What is left of the block repeats the last: it counts for nothing, but must be numbers that the network
   * can be applied to.
   */
  #stage(
    role: WasmRole,
    columns: Columns,
    count: number,
    order: Uint32Array | null,
    first: number,
    end: number,
    seed: number,
  ): void {
    const { block } = this.#layout;
    for (let b = 0; b < block; b++) {
      const k = Math.min(first + b, end - 1);
      const n = order === null ? k : (order[k] ?? 0);
      for (let c = 0; c < count; c++) {
        const column = columns[c];
        const staged = this.#columns[c];
        if (column === undefined || staged === undefined) continue;
        const size = staged.length / block;
        const from = n * size;
        const to = b * size;
        for (let e = 0; e < size; e++) staged[to + e] = column[from + e] ?? 0;
      }
      for (const { noise, values } of this.#noise[role]) {
        const size = values.length / block;
        const stream = noise.stream + n * noise.stride;
        for (let e = 0; e < size; e++) values[b * size + e] = noise.draw(seed, stream, e);
      }
    }
  }

  #call(name: string, x: number, y: number): number {
    const run = this.#run[name];
    return run === undefined ? 0 : run(x, y);
  }
}
