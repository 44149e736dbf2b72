/**
 * Owns: networks whose examples see each other. Their functions take a batch at once, from the first rows of columns that
 * are filled before each call.
 */

import type { Columns } from "./definition.ts";
import { RunError } from "./error.ts";
import { seedOfPass } from "./random.ts";
import { divide, type Floats } from "./tensor.ts";

/** The functions of a network, each of the first `examples` rows of its columns; those it has not take one example. */
export interface CoupledFunctions<F extends Floats> {
  /** Rows that a call reads; those beyond `examples` count for nothing, but must be numbers that it can be applied to. */
  readonly size: number;
  /** By column, the numbers of a row; inputs before targets. */
  readonly columns: readonly number[];
  /** Numbers of an example's outputs. */
  readonly outputs: number;
  /** Zeros. */
  readonly allocate: (length: number) => F;
  readonly forward?: (p: F, columns: Columns, out: F, seed: number, examples: number) => void;
  /** Returns the sum of the losses and writes the sums of the measures. */
  readonly evaluate?: (p: F, columns: Columns, measures: F, seed: number, examples: number) => number;
  /** Adds the gradients and writes what states become, behind them; returns the sum of the losses. */
  readonly gradient?: (p: F, columns: Columns, grad: F, seed: number, examples: number) => number;
  /** One step with the sum of the gradients of `examples` examples, which it clears, and with what states become. */
  readonly update?: (p: F, grad: F, state: F, t: number, examples: number) => void;
}

/** @throws {RunError} for batches of more examples than a network was made for whose examples see each other */
export function demandRoom(batch: number, size: number): void {
  if (batch <= size) return;
  const message = `\`batch\` is ${batch}; the examples of a batch see each other here, and the network is made for ${size}.`;
  throw new RunError("bad-option", message, "Use fewer, or compile the page with a larger `batch` in `train`.");
}

/** What a definition binds. Data are taken in batches from the first example on, the last with what is left. */
export class CoupledNetwork<F extends Floats> {
  readonly #functions: CoupledFunctions<F>;
  readonly #rows: readonly Float64Array[];

  constructor(functions: CoupledFunctions<F>) {
    this.#functions = functions;
    this.#rows = functions.columns.map((length) => new Float64Array(functions.size * length));
  }

  readonly forward = (p: F, columns: Columns, out: F, n: number, seed: number): void => {
    this.#forward(p, columns, out, n, n + 1, seedOfPass(seed, n));
  };

  readonly forwardAll = (p: F, columns: Columns, out: F, count: number, seed: number): void => {
    this.#each(0, count, (first, end) => this.#forward(p, columns, out, first, end, seedOfPass(seed, first)));
  };

  readonly evaluate = (p: F, columns: Columns, measures: F, n: number, seed: number): number => {
    this.#stage(columns, null, n, n + 1);
    return this.#functions.evaluate?.(p, this.#rows, measures, seedOfPass(seed, n), 1) ?? 0;
  };

  readonly evaluateAll = (p: F, columns: Columns, sums: Float64Array, count: number, seed: number): number => {
    const measures = this.#functions.allocate(sums.length);
    let loss = 0;
    this.#each(0, count, (first, end) => {
      this.#stage(columns, null, first, end);
      loss += this.#functions.evaluate?.(p, this.#rows, measures, seedOfPass(seed, first), end - first) ?? 0;
      for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (measures[m] ?? 0);
    });
    return loss;
  };

  readonly gradient = (p: F, columns: Columns, grad: F, n: number, seed: number): number =>
    this.#gradient(p, columns, grad, null, n, n + 1, seedOfPass(seed, n));

  readonly gradientAll = (p: F, columns: Columns, grad: F, count: number, seed: number): number => {
    let loss = 0;
    this.#each(0, count, (first, end) => {
      loss += this.#gradient(p, columns, grad, null, first, end, seedOfPass(seed, first));
    });
    divide(grad, count);
    return loss;
  };

  /** As a definition's `step`. @throws {RunError} for batches that the network was not made for. */
  readonly step = (
    p: F,
    columns: Columns,
    grad: F,
    state: F,
    t: number,
    batch: number,
    first: number,
    end: number,
    order: Uint32Array | null,
    total: number,
    seed: number,
  ): number => {
    const { size, update } = this.#functions;
    demandRoom(batch, size);
    // As in the step of `WasmNetwork`.
    let sum = +total;
    for (let start = first, step = t | 0; start < end; start += batch, step++) {
      const stop = Math.min(start + batch, end);
      sum += this.#gradient(p, columns, grad, order, start, stop, seedOfPass(seed, start));
      update?.(p, grad, state, step, stop - start);
    }
    return sum;
  };

  #gradient(
    p: F,
    columns: Columns,
    grad: F,
    order: Uint32Array | null,
    first: number,
    end: number,
    seed: number,
  ): number {
    this.#stage(columns, order, first, end);
    return this.#functions.gradient?.(p, this.#rows, grad, seed, end - first) ?? 0;
  }

  #forward(p: F, columns: Columns, out: F, first: number, end: number, seed: number): void {
    const { size, outputs, allocate, forward } = this.#functions;
    this.#stage(columns, null, first, end);
    const rows = allocate(size * outputs);
    forward?.(p, this.#rows, rows, seed, end - first);
    out.set(rows.subarray(0, (end - first) * outputs), first * outputs);
  }

  #each(first: number, count: number, visit: (first: number, end: number) => void): void {
    const { size } = this.#functions;
    for (let start = first; start < count; start += size) visit(start, Math.min(start + size, count));
  }

  /** Rows of order[first], …, order[end − 1] (without an order, first, …, end − 1); what is left repeats the last. */
  #stage(columns: Columns, order: Uint32Array | null, first: number, end: number): void {
    const { size, columns: lengths } = this.#functions;
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c];
      const rows = this.#rows[c];
      const length = lengths[c] ?? 0;
      if (column === undefined || rows === undefined) continue;
      for (let row = 0; row < size; row++) {
        const k = Math.min(first + row, end - 1);
        const from = (order === null ? k : (order[k] ?? 0)) * length;
        for (let i = 0; i < length; i++) rows[row * length + i] = column[from + i] ?? 0;
      }
    }
  }
}
