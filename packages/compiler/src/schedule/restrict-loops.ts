/**
 * Owns: running loops over just those indices at which they do something. A sum over elements that may lie outside their
 * tensor, and count as 0 there, needs no test of each index: the bounds of the read become bounds of the loops.
 *
 * Products with such an element are 0 too, whatever the other factor is, as everywhere in the compiler.
 */

import {
  coefficientOf,
  combineForms,
  dependsOn,
  formKey,
  type IndexSymbol,
  rangeOf,
  withoutSymbol,
} from "./index-form.ts";
import type { Bound, Item, Limit, LoopExpression, LoopItem, LoopRange, StoreItem } from "./loop-nest.ts";

export function restrictLoops(items: readonly Item[]): readonly Item[] {
  return items.map(restrictItem);
}

/** Whether the store's bounds become bounds of its loops. */
export function isRestricted({ operator, value }: StoreItem): boolean {
  const lifted = operator === "sum" ? liftGuards(value) : value;
  return operator === "sum" && lifted.kind === "guard" && lifted.fill === 0;
}

function restrictItem(item: Item): Item {
  switch (item.kind) {
    case "let":
      return item;
    case "store":
      return item.operator === "sum" ? { ...item, value: liftGuards(item.value) } : item;
    case "loop":
      return restrict({ ...item, body: restrictLoops(item.body) });
  }
}

/** Takes over the bounds that all the loop's work is under. */
function restrict(loop: LoopItem): LoopItem {
  const inside = new Set<IndexSymbol>();
  const work = loop.body.filter((item) => item.kind !== "let");
  for (const item of loop.body) if (item.kind === "let") inside.add(item.symbol);
  const [first, ...others] = work.map(boundsOf);
  const shared = (first ?? []).filter(
    (bound) =>
      !bound.form.terms.some(({ symbol }) => inside.has(symbol)) &&
      others.every((bounds) => bounds.some((other) => boundKey(other) === boundKey(bound))),
  );
  if (shared.length === 0) return loop;
  const taken = new Set(shared.map(boundKey));
  const range: LoopRange = { where: [], from: [], to: [] };
  const restricted = shared.reduce((sum, bound) => withBound(sum, bound, loop.symbol), range);
  return { ...loop, range: restricted, body: loop.body.map((item) => withoutBounds(item, taken)) };
}

function boundsOf(item: Item): readonly Bound[] {
  switch (item.kind) {
    case "let":
      return [];
    case "store":
      return item.operator === "sum" && item.value.kind === "guard" && item.value.fill === 0 ? item.value.bounds : [];
    case "loop":
      return item.range?.where ?? [];
  }
}

function withoutBounds(item: Item, taken: ReadonlySet<string>): Item {
  const rest = boundsOf(item).filter((bound) => !taken.has(boundKey(bound)));
  if (item.kind === "loop" && item.range !== undefined) return { ...item, range: { ...item.range, where: rest } };
  if (item.kind !== "store" || item.value.kind !== "guard") return item;
  return { ...item, value: rest.length === 0 ? item.value.value : { ...item.value, bounds: rest } };
}

/** With c·s + r for the bound's form: least ≤ c·s + r < limit, solved for s. */
function withBound(range: LoopRange, bound: Bound, symbol: IndexSymbol): LoopRange {
  const { form, least, limit } = bound;
  if (!dependsOn(form, symbol)) return { ...range, where: [...range.where, bound] };
  const coefficient = coefficientOf(form, symbol);
  const rest = withoutSymbol(form, symbol);
  const divisor = Math.abs(coefficient);
  // s ≥ ⌈(least − r)/c⌉ and s < ⌈(limit − r)/c⌉; for negative c, s < ⌈(r − least + 1)/|c|⌉ and s ≥ ⌈(r − limit + 1)/|c|⌉.
  const solved = (edge: number): Limit =>
    coefficient > 0
      ? { form: combineForms(edge, [-1], [rest]), divisor }
      : { form: combineForms(1 - edge, [1], [rest]), divisor };
  const atLeast = coefficient > 0 ? least : limit;
  const below = coefficient > 0 ? limit : least;
  const from = atLeast === null ? [] : [solved(atLeast)].filter((edge) => rangeOf(edge.form).max > 0);
  const last = (symbol.extent - 1) * divisor;
  const to = below === null ? [] : [solved(below)].filter((edge) => rangeOf(edge.form).min <= last);
  return { ...range, from: [...range.from, ...from], to: [...range.to, ...to] };
}

/**
 * 0 outside its bounds as a whole, where a factor is: `a · (b inside, else 0)` is `a · b` inside, else 0. So is a sum, where
 * all its terms are within the same bounds.
 */
function liftGuards(expression: LoopExpression): LoopExpression {
  if (expression.kind === "horizontal" && expression.operator === "sum") {
    const value = liftGuards(expression.value);
    if (value.kind !== "guard" || value.fill !== 0) return expression;
    return { ...value, value: { ...expression, value: value.value } };
  }
  if (expression.kind !== "apply") return expression;
  if (expression.fn === "add" || expression.fn === "sub") {
    const terms = expression.args.map(liftGuards);
    const [first] = terms;
    if (first?.kind !== "guard" || !terms.every((term) => isWithin(term, first.bounds))) return expression;
    const args = terms.map((term) => (term.kind === "guard" ? term.value : term));
    return { kind: "guard", bounds: first.bounds, value: { ...expression, args }, fill: 0 };
  }
  const factors = expression.fn === "mul" || expression.fn === "neg" ? 2 : expression.fn === "div" ? 1 : 0;
  const bounds: Bound[] = [];
  const args = expression.args.map((arg, k) => {
    const lifted = k < factors ? liftGuards(arg) : arg;
    if (k >= factors || lifted.kind !== "guard" || lifted.fill !== 0) return arg;
    bounds.push(...lifted.bounds);
    return lifted.value;
  });
  return bounds.length === 0 ? expression : { kind: "guard", bounds, value: { ...expression, args }, fill: 0 };
}

function isWithin(expression: LoopExpression, bounds: readonly Bound[]): boolean {
  if (expression.kind !== "guard" || expression.fill !== 0 || expression.bounds.length !== bounds.length) return false;
  return expression.bounds.every((bound, k) => {
    const other = bounds[k];
    return other !== undefined && boundKey(bound) === boundKey(other);
  });
}

function boundKey({ form, least, limit }: Bound): string {
  return `${least} ${limit} ${formKey(form)}`;
}
