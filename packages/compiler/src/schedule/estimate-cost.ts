/**
 * Owns: what a schedule costs: the cycles that a loop program takes, estimated. Everything that chooses between schedules
 * asks here.
 *
 * The machine: two arithmetic operations and two loads in a cycle, one store; a sum waits four cycles for the one before.
 * Measured on the contractions of a 784-128-10 network in WebAssembly (128 bits, x86): one accumulator per cycle of latency
 * and operation, so 4 × 2 vectors, reaches the machine's peak; 8 × 1 and 3 × 3 come close; from 4 × 4 on, accumulators and
 * operands no longer fit into 16 registers and a sixth is lost. It makes no difference whether vectors lie along the result
 * or along the sum.
 */

import type { ScalarFunctionName } from "@adjoint/ir";
import { coefficientOf, formKey, rangeOf } from "./index-form.ts";
import {
  type Access,
  type Buffer,
  forEachExpression,
  forEachLeaf,
  type Item,
  type Limit,
  type LoopExpression,
  type LoopItem,
  lanesOf,
  lanesOfAccess,
} from "./loop-nest.ts";

const arithmetic = 0.5;
/** A comparison of indices that decides what is computed. */
const test = 2;
const latency = 4;
const loopOverhead = 1;
/** Bringing a vector in or out element by element. */
const perElement = 1.5;
/** Combining the lanes of a vector. */
const horizontal = 4;
const registers = 16;
/** A value that has no register is stored and loaded again. */
const spill = 1;
/**
 * The nearest cache: elements of a line, how many sets its lines go round in, and how many lines of one set it holds; what
 * is beyond that is fetched again every time, from the cache behind.
 */
const line = 16;
const sets = 64;
const ways = 8;
const miss = 4;

/** @param locals buffers that are local variables */
export function estimateCost(items: readonly Item[], locals: ReadonlySet<Buffer>): number {
  return new CostModel(locals).block(items);
}

class CostModel {
  readonly #locals: ReadonlySet<Buffer>;

  constructor(locals: ReadonlySet<Buffer>) {
    this.#locals = locals;
  }

  /** Loops nest no deeper than tensors have axes. */
  block(items: readonly Item[]): number {
    let cost = 0;
    const loaded = new Set<string>();
    for (const item of items) {
      if (item.kind === "loop") cost += this.#loop(item);
      else {
        cost += this.#expression(item.value, loaded);
        if (item.kind === "store") cost += this.#store(item.target, item.operator !== "set");
      }
    }
    return cost;
  }

  #loop(loop: LoopItem): number {
    const extent = iterations(loop);
    const throughput = this.block(loop.body) + (extent === 1 ? 0 : loopOverhead);
    const isInnermost = !loop.body.some((item) => item.kind === "loop");
    if (!isInnermost) return extent * throughput;
    return extent * Math.max(throughput + this.#spills(loop) + this.#conflicts(loop), this.#chain(loop));
  }

  /**
   * Cycles that lines of memory, which the loop goes through side by side, keep each other out of the cache. Buffers begin
   * anywhere, so the first line of each in a set does not count; those of one buffer lie as far apart as its axes tell.
   */
  #conflicts(loop: LoopItem): number {
    const lines = new Map<number, Map<Buffer, Set<string>>>();
    const add = ({ buffer, at }: Access): void => {
      if (this.#locals.has(buffer)) return;
      const number = Math.floor(at.offset / line);
      const set = ((number % sets) + sets) % sets;
      const buffers = lines.get(set) ?? new Map<Buffer, Set<string>>();
      const known = buffers.get(buffer) ?? new Set();
      buffers.set(buffer, known.add(formKey({ ...at, offset: number })));
      lines.set(set, buffers);
    };
    forEachLeaf(loop, (leaf) => {
      if (leaf.kind === "store") add(leaf.target);
      forEachExpression(leaf.value, (part) => {
        if (part.kind === "load") add(part.access);
      });
    });
    const others = (buffers: ReadonlyMap<Buffer, ReadonlySet<string>>): number =>
      [...buffers.values()].reduce((sum, { size }) => sum + size - 1, 0);
    return [...lines.values()].reduce((sum, buffers) => sum + Math.max(0, others(buffers) - ways) * miss, 0);
  }

  /** Cycles from one iteration's sums to the next one's: the longest queue for one local variable. */
  #chain(loop: LoopItem): number {
    const queues = new Map<Buffer, number>();
    for (const item of loop.body) {
      if (item.kind !== "store" || item.operator === "set" || !this.#locals.has(item.target.buffer)) continue;
      queues.set(item.target.buffer, (queues.get(item.target.buffer) ?? 0) + latency);
    }
    return Math.max(0, ...queues.values());
  }

  /**
   * What does not fit into registers, of the local variables and of the elements that more than one item uses: those are
   * kept from the first use to the last, items being run in order.
   */
  #spills(loop: LoopItem): number {
    const variables = new Set<Buffer>();
    const lives = new Map<string, { readonly from: number; to: number }>();
    let time = 0;
    forEachLeaf(loop, (leaf) => {
      time++;
      if (leaf.kind === "store" && this.#locals.has(leaf.target.buffer)) variables.add(leaf.target.buffer);
      forEachExpression(leaf.value, (part) => {
        if (part.kind !== "load" || this.#locals.has(part.access.buffer)) return;
        const key = keyOf(part.access);
        const life = lives.get(key);
        if (life === undefined) lives.set(key, { from: time, to: time });
        else life.to = time;
      });
    });
    const change = new Array<number>(time + 2).fill(0);
    for (const { from, to } of lives.values()) {
      if (from === to) continue;
      change[from] = (change[from] ?? 0) + 1;
      change[to + 1] = (change[to + 1] ?? 0) - 1;
    }
    let [alive, most] = [0, 0];
    for (const step of change) {
      alive += step;
      most = Math.max(most, alive);
    }
    // One more holds what is being computed.
    return Math.max(0, variables.size + most + 1 - registers) * spill * 2;
  }

  #expression(expression: LoopExpression, loaded: Set<string>): number {
    switch (expression.kind) {
      case "number":
      case "argument":
      case "position":
        return 0;
      case "load": {
        const { access } = expression;
        if (this.#locals.has(access.buffer)) return 0;
        const key = keyOf(access);
        if (loaded.has(key)) return 0;
        loaded.add(key);
        return isContiguous(access) ? 0.5 : lanesOf(expression) * perElement;
      }
      case "noise":
        return 40 * lanesOf(expression);
      case "apply":
        return expression.args.reduce((sum, arg) => sum + this.#expression(arg, loaded), costOf(expression.fn));
      case "guard":
        return expression.bounds.length * test + this.#expression(expression.value, loaded);
      case "horizontal":
        return horizontal + this.#expression(expression.value, loaded);
    }
  }

  #store(target: Access, accumulates: boolean): number {
    if (this.#locals.has(target.buffer)) return accumulates ? arithmetic : 0;
    const once = isContiguous(target) ? 1 : lanesOfAccess(target) * perElement;
    return accumulates ? once + (isContiguous(target) ? 0.5 : once) + arithmetic : once;
  }
}

/** How often a loop turns, with the indices around it in the middle of their ranges. */
function iterations({ symbol, range }: LoopItem): number {
  if (range === undefined) return symbol.extent;
  const middle = ({ form, divisor }: Limit): number => {
    const { min, max } = rangeOf(form);
    return Math.ceil(Math.floor((min + max) / 2) / divisor);
  };
  const from = Math.max(0, ...range.from.map(middle));
  const to = Math.min(symbol.extent, ...range.to.map(middle));
  return Number.isFinite(to - from) ? Math.max(1, to - from) : symbol.extent;
}

/** A number, the same number in all lanes, or lanes that lie side by side. */
function isContiguous({ at }: Access): boolean {
  const lane = at.terms.find(({ symbol }) => symbol.kind === "lane")?.symbol;
  return lane === undefined || coefficientOf(at, lane) === 1;
}

function keyOf({ buffer, at }: Access): string {
  return `${buffer.id} ${formKey(at)}`;
}

function costOf(fn: ScalarFunctionName): number {
  switch (fn) {
    case "add":
    case "sub":
    case "mul":
    case "neg":
    case "abs":
    case "min":
    case "max":
    case "lt":
    case "le":
    case "eq":
    case "ne":
    case "and":
    case "or":
    case "not":
    case "select":
    case "sign":
    case "floor":
    case "ceil":
    case "round":
      return arithmetic;
    case "stop_gradient":
      return 0;
    case "div":
    case "sqrt":
      return 4;
    case "exp":
    case "expm1":
    case "log":
    case "log1p":
    case "sin":
    case "cos":
    case "tan":
    case "asin":
    case "acos":
    case "atan":
    case "atan2":
    case "sinh":
    case "cosh":
    case "tanh":
    case "asinh":
    case "acosh":
    case "atanh":
    case "erf":
    case "logistic":
    case "log1pexp":
    case "pow":
      return 20;
  }
}
