/** Owns: how many multiplications and additions loops make, counted from the loops as they will run. */

import type { ScalarFunctionName } from "@adjoint/ir";
import type { IndexForm, IndexSymbol } from "./index-form.ts";
import {
  type Bound,
  formsOfRange,
  type Item,
  type Limit,
  type LoopExpression,
  type LoopItem,
  lanesOf,
} from "./loop-nest.ts";

/**
 * Operations of the sums of products that the items make: of `s += a · b` two for each element of each lane, however often
 * the loops turn. Zero for items without any. What is done once to each sum, such as adding a bias, is not counted.
 */
export function countContractions(items: readonly Item[]): number {
  return countBlock(items, new Map());
}

type Values = ReadonlyMap<IndexSymbol, number>;

/** Loops nest no deeper than tensors have axes. */
function countBlock(items: readonly Item[], values: Values): number {
  let count = 0;
  for (const item of items) {
    if (item.kind === "loop") count += countLoop(item, values);
    else if (item.kind === "store" && item.operator === "sum") {
      const operations = countOf(item.value, "mul");
      if (operations > 0) count += operations + countOf(item.value, "add", "sub") + lanesOf(item.value);
    }
  }
  return count;
}

function countLoop(loop: LoopItem, values: Values): number {
  const { symbol, range, body } = loop;
  const where = range?.where ?? [];
  if (!where.every((bound) => holds(bound, values))) return 0;
  const from = Math.max(0, ...(range?.from ?? []).map((limit) => limitAt(limit, values)));
  const to = Math.min(symbol.extent, ...(range?.to ?? []).map((limit) => limitAt(limit, values)));
  if (to <= from) return 0;
  // Only where bounds inside move with this loop do its turns differ.
  if (!body.some((item) => item.kind === "loop" && bounds(item).has(symbol)))
    return (to - from) * countBlock(body, values);
  let count = 0;
  for (let k = from; k < to; k++) count += countBlock(body, new Map([...values, [symbol, k]]));
  return count;
}

/** The symbols on which the ranges of a loop, and of those in it, depend. */
function bounds(loop: LoopItem): ReadonlySet<IndexSymbol> {
  const own = formsOfRange(loop).flatMap(({ terms }) => terms.map(({ symbol }) => symbol));
  return new Set([...own, ...loop.body.flatMap((item) => (item.kind === "loop" ? [...bounds(item)] : []))]);
}

function countOf(expression: LoopExpression, ...functions: readonly ScalarFunctionName[]): number {
  switch (expression.kind) {
    case "number":
    case "load":
    case "argument":
    case "noise":
    case "position":
      return 0;
    case "guard":
    case "horizontal":
      return countOf(expression.value, ...functions);
    case "apply": {
      const own = functions.includes(expression.fn) ? lanesOf(expression) : 0;
      return expression.args.reduce((sum, arg) => sum + countOf(arg, ...functions), own);
    }
  }
}

function holds({ form, least, limit }: Bound, values: Values): boolean {
  const value = evaluate(form, values);
  return (least === null || value >= least) && (limit === null || value < limit);
}

function limitAt({ form, divisor }: Limit, values: Values): number {
  return Math.ceil(evaluate(form, values) / divisor);
}

/** A symbol that has no value here is one of data; a range never depends on those. */
function evaluate({ offset, terms }: IndexForm, values: Values): number {
  return terms.reduce((sum, { symbol, coefficient }) => sum + coefficient * (values.get(symbol) ?? 0), offset);
}
