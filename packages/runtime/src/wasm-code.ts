/** Owns: WebAssembly as the engine has it: a module's code, its memory, and a worker's life with both. */

import type { Columns } from "./definition.ts";
import { RunError } from "./error.ts";
import type { Floats, NumericArray } from "./tensor.ts";

/** Compiled code. */
export type WasmModule = object;
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}
export type WasmFunction = (...args: readonly number[]) => void;
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, WasmFunction>> };
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<WasmModule>;
};

declare function addEventListener(type: "message", listener: (event: { readonly data: WasmTask }) => void): void;
declare function postMessage(message: unknown): void;

/** @param pages of 64 KiB */
export function newMemory(pages: number, shared: boolean): WasmMemory {
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
}

/** The module with a memory and the functions that it imports. */
export function instantiate(
  module: WasmModule,
  imports: Readonly<Record<string, object>>,
): Readonly<Record<string, WasmFunction>> {
  return new WebAssembly.Instance(module, imports).exports;
}

/** How code is compiled. */
export interface WasmOptions {
  /**
   * Whether vectors may be multiplied and added in one operation, rounded once, where the engine has relaxed SIMD (by
   * default they may): faster, and in the last places other numbers than engines have that cannot. One machine gives the
   * same bits each time either way.
   */
  readonly fused?: boolean;
}

/** The compiled code of a model, shared by its networks. */
export class WasmCode {
  readonly #text: string;
  readonly #products: string;
  #compiled: { readonly module: WasmModule; readonly fused: boolean } | null = null;

  /**
   * @param text the module's bytes in hexadecimal
   * @param products where in them products of vectors are taken that something is added to, and where it is added: each
   *   as a gap to the one before; `ff` is that much and no place
   */
  constructor(text: string, products = "") {
    this.#text = text;
    this.#products = products;
  }

  /**
   * Compiles the code off the main thread; until then the first network compiles it where it is made. Networks that were
   * made before keep the code that they have. @throws {RunError}
   */
  async ready({ fused = true }: WasmOptions = {}): Promise<{ readonly fused: boolean }> {
    const chosen = this.#choose(fused);
    this.#compiled = { module: await WebAssembly.compile(chosen.bytes), fused: chosen.fused };
    return { fused: chosen.fused };
  }

  /** @throws {RunError} */
  get module(): WasmModule {
    if (this.#compiled === null) {
      const { bytes, fused } = this.#choose(true);
      this.#compiled = { module: new WebAssembly.Module(bytes), fused };
    }
    return this.#compiled.module;
  }

  /** The module's bytes, with fused operations if they may be and the engine has them. @throws {RunError} */
  #choose(mayFuse: boolean): { readonly bytes: Uint8Array; readonly fused: boolean } {
    const remedy = "Use an engine of 2021 or later, or a module compiled for the target `ts`.";
    if (typeof WebAssembly === "undefined") throw new RunError("no-wasm", "There is no WebAssembly here.", remedy);
    const bytes = bytesOf(this.#text);
    if (mayFuse && this.#products !== "") {
      const fused = fuseProducts(bytes, bytesOf(this.#products));
      if (WebAssembly.validate(fused)) return { bytes: fused, fused: true };
    }
    if (WebAssembly.validate(bytes)) return { bytes, fused: false };
    throw new RunError("no-wasm", "This engine's WebAssembly has no vectors (SIMD).", remedy);
  }
}

function bytesOf(hexadecimal: string): Uint8Array {
  // Eight digits at a time: this runs once, where a loop is slow, and what the loop calls is not.
  const words = new DataView(new ArrayBuffer(4 * Math.ceil(hexadecimal.length / 8)));
  for (let k = 0; k < hexadecimal.length; k += 8) {
    words.setUint32(k / 2, Number.parseInt(hexadecimal.slice(k, k + 8).padEnd(8, "0"), 16));
  }
  return new Uint8Array(words.buffer, 0, hexadecimal.length / 2);
}

/** `a b mul c add` becomes `a b nop nop nop c relaxed_madd`: as many bytes, and ab + c is rounded once. */
function fuseProducts(bytes: Uint8Array, products: Uint8Array): Uint8Array {
  const fused = bytes.slice();
  let at = 0;
  for (const gap of products) {
    at += gap;
    if (gap === 255) continue;
    // f32x4.add is fd e4 01, f64x2.add fd f0 01; the fused ones are fd 85 02 and fd 87 02. All others are products.
    const operation = fused[at + 1];
    if (operation === 0xe4) fused.set([0x85, 2], at + 1);
    else if (operation === 0xf0) fused.set([0x87, 2], at + 1);
    else fused.fill(1, at, at + 3);
  }
  return fused;
}

/** What a worker is told. All arrays are shared. */
export interface WasmTask {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  /** First byte of the thread's own memory, less the first thread's. */
  readonly start: number;
  readonly single: boolean;
  /** First bytes in the first thread's memory. */
  readonly lossAt: number;
  readonly columnsAt: readonly number[];
  /** Elements of one example in each column. */
  readonly sizes: readonly number[];
  readonly block: number;
  /** Which worker this is, from 0. */
  readonly id: number;
  /** [number of the job, whether to end, number of the last job done by worker 0, 1, …] */
  readonly control: Int32Array;
  /** For each worker: its first example in `order`, the one before which it ends, the loss that it found. */
  readonly job: Float64Array;
  readonly order: Uint32Array;
  readonly columns: Columns;
}

/**
 * Job after job until it is told to end. It may run as the text of this very function, so it mentions nothing outside of it
 * and has no function inside.
 */
export function serveBlocks(task: WasmTask, ready: () => void): void {
  const { module, memory, start, single, lossAt, columnsAt, sizes, block, id, control, job, order, columns } = task;
  const { gradient } = new WebAssembly.Instance(module, { memory: { memory }, math: Math, thread: { start } }).exports;
  const Numbers: new (buffer: ArrayBufferLike, at: number, length: number) => Floats = single
    ? Float32Array
    : Float64Array;
  const found = new Numbers(memory.buffer, start + lossAt, 1);
  const staged = columns.map((_, c) => {
    return new Numbers(memory.buffer, start + (columnsAt[c] ?? 0), (sizes[c] ?? 0) * block);
  });
  // As `rowsOf` has it.
  const rows = columns.map((column, c) => {
    const size = sizes[c] ?? 0;
    const views: NumericArray[] = [];
    for (let at = 0; size >= 64 && at < column.length; at += size) views.push(column.subarray(at, at + size));
    return views;
  });
  ready();
  for (let seen = 0; ; ) {
    // A job follows soon or not at all: looking is faster than being woken.
    for (let looks = 0; looks < 20_000 && Atomics.load(control, 0) === seen; looks++);
    Atomics.wait(control, 0, seen);
    seen = Atomics.load(control, 0);
    if (Atomics.load(control, 1) === 1) return;
    const first = job[3 * id] ?? 0;
    const end = job[3 * id + 1] ?? 0;
    let loss = 0;
    for (let from = first; from < end; from += block) {
      const count = Math.min(block, end - from);
      for (let b = 0; b < block; b++) {
        const n = order[from + Math.min(b, count - 1)] ?? 0;
        for (let c = 0; c < columns.length; c++) {
          const column = columns[c];
          const target = staged[c];
          const size = sizes[c] ?? 0;
          if (column === undefined || target === undefined) continue;
          const row = rows[c]?.[n];
          if (row !== undefined) target.set(row, b * size);
          else for (let e = 0; e < size; e++) target[b * size + e] = column[n * size + e] ?? 0;
        }
      }
      gradient?.(count);
      loss += found[0] ?? 0;
    }
    job[3 * id + 2] = loss;
    Atomics.store(control, 2 + id, seen);
    Atomics.notify(control, 2 + id);
  }
}

/** In a browser's worker: waits for a task. */
export function serveThread(): void {
  addEventListener("message", ({ data }) => serveBlocks(data, () => postMessage("ready")));
}
