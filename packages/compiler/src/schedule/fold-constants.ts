/**
 * Owns: what becomes known once loops have their shape. An iteration that stands by itself has its index as a number, so
 * comparisons with it are decided, and so is what they choose: nothing of them is left to be computed, or to be printed as
 * a comparison of two literals, which a type checker takes for a slip.
 */

import { type ScalarFunctionName, scalarFunctions } from "@adjoint/ir";
import { constantForm, type IndexForm, type IndexSymbol, rangeOf, subtractForms } from "./index-form.ts";
import { substitute } from "./instantiate-items.ts";
import {
  accessesOf,
  type Bound,
  type Buffer,
  type Item,
  type LoopExpression,
  lanesOf,
  lanesOfAccess,
  mapExpression,
  mapForms,
} from "./loop-nest.ts";

/**
 * Indices lie within the extents of their loops, whatever these do besides: the ranges that loops are restricted to only
 * take values away.
 * @param locals buffers that are local variables
 * @param kept a local variable that is asked for from outside
 */
export function foldConstants(
  items: readonly Item[],
  locals: ReadonlySet<Buffer>,
  kept: Buffer | null,
): readonly Item[] {
  const sets = new Map<Buffer, number>();
  const others = new Set<Buffer>(kept === null ? [] : [kept]);
  for (const item of items) {
    for (const { access, writes, accumulates } of accessesOf(item)) {
      const { buffer } = access;
      if (!locals.has(buffer)) continue;
      if (writes) sets.set(buffer, (sets.get(buffer) ?? 0) + 1);
      if (accumulates !== null || lanesOfAccess(access) > 1) others.add(buffer);
    }
  }
  const single = [...sets].flatMap(([buffer, times]) => (times === 1 && !others.has(buffer) ? [buffer] : []));
  return new Folder(new Set(single)).block(items);
}

class Folder {
  /** Local variables of one number that are set once. */
  readonly #single: ReadonlySet<Buffer>;
  /** Names of values that turned out constant: they stand by themselves, or in addresses if they are whole numbers. */
  readonly #names = new Map<IndexSymbol, IndexForm>();
  readonly #values = new Map<Buffer, LoopExpression>();

  constructor(single: ReadonlySet<Buffer>) {
    this.#single = single;
  }

  /** Loops nest no deeper than tensors have axes. */
  block(items: readonly Item[]): readonly Item[] {
    return items.flatMap((item): readonly Item[] => {
      if (item.kind === "loop") {
        const body = this.block(item.body);
        return body.length === 0 ? [] : [{ ...item, body }];
      }
      const moved = this.#names.size === 0 ? item : mapForms(item, (form) => substitute(form, this.#names));
      if (moved.kind === "loop") return [moved];
      const value = mapExpression(moved.value, (part) => this.#fold(part));
      if (value.kind === "number") {
        if (moved.kind === "let" && moved.symbol.lanes === undefined) {
          this.#names.set(moved.symbol, constantForm(value.value));
          return [];
        }
        if (moved.kind === "store" && this.#single.has(moved.target.buffer)) {
          this.#values.set(moved.target.buffer, value);
          return [];
        }
      }
      return [{ ...moved, value }];
    });
  }

  /** A vector stays one, and so does a number: what stands around it counts the lanes. */
  #fold(part: LoopExpression): LoopExpression {
    const known = part.kind === "load" ? this.#values.get(part.access.buffer) : undefined;
    const folded = known ?? fold(part);
    return lanesOf(folded) === lanesOf(part) ? folded : part;
  }
}

/** One step, its parts being folded already. */
function fold(part: LoopExpression): LoopExpression {
  switch (part.kind) {
    case "number":
    case "load":
    case "argument":
    case "noise":
    case "horizontal":
      return part;
    case "position":
      return part.form.terms.length === 0 ? { kind: "number", value: part.form.offset } : part;
    case "guard": {
      const bounds = part.bounds.flatMap(tighten);
      if (bounds.includes("never")) return { kind: "number", value: part.fill };
      const open = bounds.filter((bound) => bound !== "never");
      return open.length === 0 ? part.value : { ...part, bounds: open };
    }
    case "apply":
      return foldOperation(part.fn, part.args) ?? part;
  }
}

/** What of a bound is not decided by the ranges of the indices. */
function tighten({ form, least, limit }: Bound): readonly (Bound | "never")[] {
  const { min, max } = rangeOf(form);
  if ((least !== null && max < least) || (limit !== null && min >= limit)) return ["never"];
  const rest: Bound = {
    form,
    least: least !== null && min < least ? least : null,
    limit: limit !== null && max >= limit ? limit : null,
  };
  return rest.least === null && rest.limit === null ? [] : [rest];
}

/** Null where nothing is decided. */
function foldOperation(fn: ScalarFunctionName, args: readonly LoopExpression[]): LoopExpression | null {
  const [x, y, z] = args;
  if (x === undefined) return null;
  if (args.every((arg) => arg.kind === "number")) {
    const value = scalarFunctions[fn].value(...args.map((arg) => arg.value));
    return Number.isFinite(value) ? { kind: "number", value } : null;
  }
  if (fn === "select" && x.kind === "number") return (x.value === 0 ? z : y) ?? null;
  if (fn === "and" || fn === "or") {
    // 0 decides a conjunction and anything else a disjunction.
    const deciding = fn === "or";
    const decided = args.some((arg) => arg.kind === "number" && (arg.value !== 0) === deciding);
    return decided ? { kind: "number", value: deciding ? 1 : 0 } : null;
  }
  const neutral = withoutZero(fn, x, y);
  if (neutral !== null) return neutral;
  const difference = y === undefined ? null : differenceOf(x, y);
  if (difference === null) return null;
  const truth = decideComparison(fn, rangeOf(difference));
  return truth === null ? null : { kind: "number", value: truth ? 1 : 0 };
}

/** x + 0 = x − 0 = x, x · 0 = 0 / x = −0 = 0, on the reals. */
function withoutZero(fn: ScalarFunctionName, x: LoopExpression, y: LoopExpression | undefined): LoopExpression | null {
  const isZero = (part: LoopExpression): boolean => part.kind === "number" && part.value === 0;
  if (y === undefined) return null;
  if (fn === "add" && isZero(x)) return y;
  if (fn === "sub" && isZero(x)) return { kind: "apply", fn: "neg", args: [y] };
  if (fn === "add" || fn === "sub") return isZero(y) ? x : null;
  if ((fn === "mul" || fn === "div") && isZero(x)) return x;
  return fn === "mul" && isZero(y) ? y : null;
}

/** The outcome of comparing two numbers whose difference lies in the range. */
function decideComparison(
  fn: ScalarFunctionName,
  { min, max }: { readonly min: number; readonly max: number },
): boolean | null {
  if (fn === "lt") return max < 0 ? true : min >= 0 ? false : null;
  if (fn === "le") return max <= 0 ? true : min > 0 ? false : null;
  if (fn !== "eq" && fn !== "ne") return null;
  return min > 0 || max < 0 ? fn === "ne" : min === 0 && max === 0 ? fn === "eq" : null;
}

/** x − y of whole numbers in loops' indices; null of anything else. */
function differenceOf(x: LoopExpression, y: LoopExpression): IndexForm | null {
  const [left, right] = [formOf(x), formOf(y)];
  return left === null || right === null ? null : subtractForms(left, right);
}

/** Of a name nothing is known but its value, which need not be whole, nor lie anywhere. */
function formOf(expression: LoopExpression): IndexForm | null {
  if (expression.kind === "number") return constantForm(expression.value);
  if (expression.kind !== "position") return null;
  const { terms } = expression.form;
  return terms.every(({ symbol }) => symbol.kind === "loop" || symbol.kind === "lane") ? expression.form : null;
}
