/**
 * Owns: networks whose functions are WebAssembly. Each has a memory of its own, in which everything has a fixed place:
 * parameters, gradients, the optimizer's state, and a block of examples that is filled before each call.
 */

import { demandRoom } from "./coupled.ts";
import type { Columns } from "./definition.ts";
import { RunError } from "./error.ts";
import { seedOfPass } from "./random.ts";
import type { ThreadWorker } from "./report.ts";
import { leastRow, type Rows, rowsOf } from "./rows.ts";
import type { Floats } from "./tensor.ts";
import {
  instantiate,
  newMemory,
  type WasmCode,
  type WasmFunction,
  type WasmMemory,
  type WasmModule,
} from "./wasm-code.ts";
import { shareOf, type WasmTeam } from "./wasm-team.ts";

/** Where something lies in memory: its first byte and its number of elements. */
export type WasmSpan = readonly [at: number, length: number];

export interface WasmLayout {
  /** Pages of memory, 64 KiB each. */
  readonly pages: number;
  readonly p: WasmSpan;
  readonly grad: WasmSpan;
  readonly state: WasmSpan;
  readonly out: WasmSpan;
  /** Where each output lies among those of one example: first element and number of elements. */
  readonly outputs: readonly WasmSpan[];
  readonly metrics: WasmSpan;
  readonly loss: WasmSpan;
  /** For each column, where its block of examples lies; inputs before targets. */
  readonly columns: readonly WasmSpan[];
  /** How many of the columns are inputs. */
  readonly inputs: number;
  /** Examples in a block. */
  readonly block: number;
  /** Functions in which the examples of a block see each other: a block is a batch. */
  readonly together?: readonly WasmRole[];
  /** How many may share a batch, and the bytes from one's own memory to the next one's; left out for one thread. */
  readonly threads?: { readonly team: typeof WasmTeam; readonly count: number; readonly stride: number };
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
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): F;
}

/** What an array is for: those that the code reads and writes lie in its memory. */
export type WasmUse = "parameters" | "gradient" | "state";

/** One network's memory and functions: what a definition binds. */
export class WasmNetwork<F extends Floats> {
  readonly #module: WasmModule;
  readonly #memory: WasmMemory;
  #team: WasmTeam | null = null;
  #threads = 1;
  readonly #floats: FloatsType<F>;
  readonly #layout: WasmLayout;
  readonly #run: Readonly<Record<string, WasmFunction>>;
  readonly #p: F;
  readonly #grad: F;
  readonly #state: F;
  readonly #out: F;
  readonly #metrics: F;
  readonly #loss: F;
  /** Where a sum of losses is left: a number that is returned may be allocated. */
  readonly #sum = new Float64Array(1);
  readonly #columns: readonly F[];
  /** Of the columns that steps have learnt from; what is looked at once is not worth views. */
  readonly #rows = new WeakMap<Columns, Rows>();
  readonly #noise: Readonly<Record<WasmRole, readonly { readonly noise: WasmNoise; readonly values: F }[]>>;

  /** @throws {RunError} where the engine cannot run the code */
  constructor(code: WasmCode, floats: FloatsType<F>, layout: WasmLayout) {
    this.#module = code.module;
    this.#floats = floats;
    this.#layout = layout;
    const memory = newMemory(layout.pages, layout.threads !== undefined);
    this.#memory = memory;
    this.#run = instantiate(this.#module, { memory: { memory }, math: Math, thread: { start: 0 } });
    const view = ([at, length]: WasmSpan): F => new floats(memory.buffer, at, length);
    this.#p = view(layout.p);
    this.#grad = view(layout.grad);
    this.#state = view(layout.state);
    this.#out = view(layout.out);
    this.#metrics = view(layout.metrics);
    this.#loss = view(layout.loss);
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

  readonly initialize = (_p: F, seed: number): void => {
    this.#call("initialize", seed, 0);
  };

  readonly forward = (_p: F, columns: Columns, out: F, n: number, seed: number): void => {
    this.#stage("forward", columns, this.#layout.inputs, null, n, n + 1, seed);
    if (this.#isTogether("forward")) this.#call("forwardAll", 1, 0);
    else this.#call("forward", 0, 0);
    const size = this.#out.length / this.#layout.block;
    for (let k = 0; k < size; k++) out[n * size + k] = this.#out[k] ?? 0;
  };

  readonly forwardAll = (p: F, columns: Columns, out: F, count: number, seed: number): void => {
    const { block, inputs, outputs } = this.#layout;
    const width = this.#out.length / block;
    if (this.#run["forwardAll"] === undefined) {
      for (let n = 0; n < count; n++) this.forward(p, columns, out, n, seed);
      return;
    }
    for (let start = 0; start < count; start += block) {
      const stop = Math.min(start + block, count);
      this.#stage("forward", columns, inputs, null, start, stop, seed);
      this.#call("forwardAll", stop - start, 0);
      for (const [offset, size] of outputs) {
        for (let n = start; n < stop; n++) {
          const from = offset * block + (n - start) * size;
          const to = n * width + offset;
          for (let k = 0; k < size; k++) out[to + k] = this.#out[from + k] ?? 0;
        }
      }
    }
  };

  readonly evaluate = (_p: F, columns: Columns, metrics: F, n: number, seed: number): number => {
    this.#stage("evaluate", columns, columns.length, null, n, n + 1, seed);
    this.#call("evaluate", 1, 0);
    metrics.set(this.#metrics);
    return this.#loss[0] ?? 0;
  };

  readonly evaluateAll = (_p: F, columns: Columns, sums: Float64Array, count: number, seed: number): number => {
    const { block } = this.#layout;
    let loss = 0;
    for (let start = 0; start < count; start += block) {
      const stop = Math.min(start + block, count);
      this.#stage("evaluate", columns, columns.length, null, start, stop, seed);
      this.#call("evaluate", stop - start, 0);
      loss += this.#loss[0] ?? 0;
      for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (this.#metrics[m] ?? 0);
    }
    return loss;
  };

  // Between two steps the code's own gradient is 0, so that it can be borrowed.
  readonly gradient = (_p: F, columns: Columns, grad: F, n: number, seed: number): number => {
    if (grad !== this.#grad) this.#grad.set(grad);
    this.#gradients(columns, null, n, n + 1, seed);
    return this.#handOver(grad);
  };

  readonly gradientAll = (_p: F, columns: Columns, grad: F, count: number, seed: number): number => {
    this.#gradients(columns, null, 0, count, seed);
    this.#call("average", count, 0);
    return this.#handOver(grad);
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
    seed: number,
  ): number => {
    if (this.#isTogether("gradient")) demandRoom(batch, this.#layout.block);
    // Of an argument V8 does not know that it is a number, and would allocate each sum; nor that a step's number is below
    // 2³¹, and would allocate each that it passes on.
    let sum = +total;
    if (!this.#rows.has(columns)) this.#rows.set(columns, rowsOf(columns, this.#sizes()));
    for (let start = first, step = t | 0; start < end; start += batch, step++) {
      const stop = Math.min(start + batch, end);
      if (batch === 1 && this.#run["step"] !== undefined) {
        this.#stage("step", columns, columns.length, order, start, stop, seed);
        this.#call("step", step, 0);
        sum += this.#loss[0] ?? 0;
      } else {
        this.#sharedGradients(columns, order, start, stop, seed);
        sum += this.#sum[0] ?? 0;
        this.#call("update", step, stop - start);
      }
    }
    return sum;
  };

  /**
   * Until it is dismissed, a team of `threads − 1` workers and this thread share the batches of the columns.
   * @throws {RunError} where there can be no team
   */
  readonly recruit = async (
    threads: number,
    columns: Columns,
    batch: number,
    worker: (() => ThreadWorker) | null,
  ): Promise<() => void> => {
    const { threads: most, loss, columns: spans, block } = this.#layout;
    if (most === undefined || threads > most.count) {
      const message = `This network was compiled for ${most?.count ?? 1} threads, not ${threads}.`;
      throw new RunError("no-threads", message, `Compile it with \`--threads ${threads}\`, or ask for fewer.`);
    }
    const task = {
      module: this.#module,
      memory: this.#memory,
      single: this.#p instanceof Float32Array,
      lossAt: loss[0],
      columnsAt: spans.map(([at]) => at),
      sizes: this.#sizes(),
      block,
    };
    const team = await most.team.start(threads - 1, task, most.stride, columns, batch, worker);
    this.#team = team;
    this.#threads = threads;
    return () => {
      this.#team = null;
      team.dismiss();
    };
  };

  /** Moves the gradient to where it is wanted; returns the sum of the losses. */
  #handOver(grad: F): number {
    if (grad !== this.#grad) {
      grad.set(this.#grad);
      this.#grad.fill(0);
    }
    return this.#sum[0] ?? 0;
  }

  /** The same by all threads: each has a stretch of whole blocks, this one the first. */
  #sharedGradients(columns: Columns, order: Uint32Array | null, first: number, end: number, seed: number): void {
    const team = this.#team;
    if (team === null || team.columns !== columns || end - first <= this.#layout.block) {
      this.#gradients(columns, order, first, end, seed);
      return;
    }
    const own = shareOf(1, this.#threads, end - first, this.#layout.block);
    team.begin(order, first, end - first);
    this.#gradients(columns, order, first, first + own, seed);
    this.#sum[0] = (this.#sum[0] ?? 0) + team.end();
    this.#call("collect", 0, 0);
  }

  /** Adds the gradients of examples to `#grad`, and leaves the sum of their losses in `#sum`. */
  #gradients(columns: Columns, order: Uint32Array | null, first: number, end: number, seed: number): void {
    const { block } = this.#layout;
    let loss = 0;
    for (let start = first; start < end; start += block) {
      const stop = Math.min(start + block, end);
      this.#stage("gradient", columns, columns.length, order, start, stop, seed);
      this.#call("gradient", stop - start, 0);
      loss += this.#loss[0] ?? 0;
    }
    this.#sum[0] = loss;
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
    const rows = this.#rows.get(columns);
    for (let c = 0; c < count; c++) {
      const column = columns[c];
      const staged = this.#columns[c];
      if (column === undefined || staged === undefined) continue;
      const size = staged.length / block;
      // What is looked at once is copied as a whole, where that is worth a view of it.
      if (rows === undefined && order === null && (end - first) * size >= leastRow) {
        const [from, to] = [first * size, end * size];
        staged.set(to - from === column.length ? column : column.subarray(from, to));
        for (let b = end - first; b < block; b++) staged.copyWithin(b * size, to - from - size, to - from);
        continue;
      }
      const views = rows?.[c];
      for (let b = 0; b < block; b++) {
        const k = Math.min(first + b, end - 1);
        const n = order === null ? k : (order[k] ?? 0);
        const row = views?.[n];
        if (row !== undefined) staged.set(row, b * size);
        else for (let e = 0; e < size; e++) staged[b * size + e] = column[n * size + e] ?? 0;
      }
    }
    if (this.#noise[role].length > 0) this.#draw(role, order, first, end, seed);
  }

  /** The noise of a block of examples. */
  #draw(role: WasmRole, order: Uint32Array | null, first: number, end: number, seed: number): void {
    const { block } = this.#layout;
    const together = this.#isTogether(role);
    // What examples see of each other depends on the batch that they stand in, and so do draws: by row.
    const drawn = together ? seedOfPass(seed, first) : seed;
    for (const { noise, values } of this.#noise[role]) {
      const size = values.length / block;
      for (let b = 0; b < block; b++) {
        const k = Math.min(first + b, end - 1);
        const stream = noise.stream + (together ? b : order === null ? k : (order[k] ?? 0)) * noise.stride;
        for (let e = 0; e < size; e++) values[b * size + e] = noise.draw(drawn, stream, e);
      }
    }
  }

  /** Elements of one example in each column. */
  #sizes(): readonly number[] {
    const { columns, block } = this.#layout;
    return columns.map(([, length]) => length / block);
  }

  #isTogether(role: WasmRole): boolean {
    return this.#layout.together?.includes(role) ?? false;
  }

  /** Runs a function, which leaves its loss in memory. */
  #call(name: string, x: number, y: number): void {
    this.#run[name]?.(x, y);
  }
}
