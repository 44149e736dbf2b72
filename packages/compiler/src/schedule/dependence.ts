/** Owns: what may change places with what, decided on addresses. */

import {
  coefficientOf,
  type IndexForm,
  type IndexSymbol,
  rangeOf,
  subtractForms,
  withoutSymbol,
} from "./index-form.ts";
import {
  type Access,
  accessesOf,
  type Buffer,
  forEachExpression,
  forEachLeaf,
  formsOf,
  type Item,
  type LoopItem,
  type MemoryAccess,
} from "./loop-nest.ts";

/** The accesses of items by buffer, remembered: items are immutable and asked about again and again. */
export class Dependences {
  readonly #accesses = new WeakMap<Item, ReadonlyMap<number, readonly MemoryAccess[]>>();
  readonly #symbols = new WeakMap<Item, ReadonlySet<IndexSymbol>>();

  accesses(item: Item): ReadonlyMap<number, readonly MemoryAccess[]> {
    const known = this.#accesses.get(item);
    if (known !== undefined) return known;
    const map = new Map<number, MemoryAccess[]>();
    for (const access of accessesOf(item)) {
      const list = map.get(access.access.buffer.id);
      if (list === undefined) map.set(access.access.buffer.id, [access]);
      else list.push(access);
    }
    this.#accesses.set(item, map);
    return map;
  }

  /** Whether the two items have the same effect in either order. */
  commute(a: Item, b: Item): boolean {
    return !this.#defines(a, b) && !this.#defines(b, a) && this.#everyConflict(a, b, () => false);
  }

  /** Every symbol in the forms of the item. */
  symbols(item: Item): ReadonlySet<IndexSymbol> {
    const known = this.#symbols.get(item);
    if (known !== undefined) return known;
    const found = new Set<IndexSymbol>();
    forEachLeaf(item, (leaf) => {
      const forms = leaf.kind === "store" ? [leaf.target.at] : [];
      forEachExpression(leaf.value, (part) => forms.push(...formsOf(part)));
      for (const form of forms) for (const { symbol } of form.terms) found.add(symbol);
    });
    this.#symbols.set(item, found);
    return found;
  }

  #defines(a: Item, b: Item): boolean {
    return a.kind === "let" && this.symbols(b).has(a.symbol);
  }

  /** Whether they touch data in common, so that running them together saves memory traffic. */
  share(a: Item, b: Item): boolean {
    const ofA = this.accesses(a);
    const ofB = this.accesses(b);
    const [few, many] = this.#bySize(ofA, ofB);
    for (const id of few.keys()) {
      if (!many.has(id)) continue;
      for (const x of ofA.get(id) ?? []) {
        for (const y of ofB.get(id) ?? []) if (!areDisjoint(x.access, y.access)) return true;
      }
    }
    return false;
  }

  /**
   * Whether running iteration v of `b` right after iteration v of `a`, for v = 0, 1, …, equals running all of `a` and then
   * all of `b`: no iteration of `b` may touch what another iteration of `a` touches, if one of them writes.
   */
  mayMerge(a: LoopItem, b: LoopItem): boolean {
    if (a.symbol.extent !== b.symbol.extent) return false;
    return this.#everyConflict(a, b, (x, y) => meetOnlyTogether(x, a.symbol, y, b.symbol));
  }

  #everyConflict(a: Item, b: Item, allowed: (x: Access, y: Access) => boolean): boolean {
    const ofA = this.accesses(a);
    const ofB = this.accesses(b);
    const [few, many] = this.#bySize(ofA, ofB);
    for (const id of few.keys()) {
      if (!many.has(id)) continue;
      for (const x of ofA.get(id) ?? []) {
        for (const y of ofB.get(id) ?? []) {
          if (!x.writes && !y.writes) continue;
          if (!areDisjoint(x.access, y.access) && !allowed(x.access, y.access)) return false;
        }
      }
    }
    return true;
  }

  #bySize<T>(a: ReadonlyMap<number, T>, b: ReadonlyMap<number, T>) {
    return a.size < b.size ? ([a, b] as const) : ([b, a] as const);
  }
}

/** Whether two accesses to one buffer never meet, whatever their indices are. */
export function areDisjoint(a: Access, b: Access): boolean {
  const { min, max } = rangeOf(subtractForms(a.at, b.at));
  return min > 0 || max < 0;
}

/** Whether two accesses meet only where their loops are at the same index: v = w. */
function meetOnlyTogether(a: Access, v: IndexSymbol, b: Access, w: IndexSymbol): boolean {
  const stride = coefficientOf(a.at, v);
  if (stride !== coefficientOf(b.at, w)) return false;
  return isZeroOnlyAtRest(stride, v.extent, subtractForms(withoutSymbol(a.at, v), withoutSymbol(b.at, w)));
}

/**
 * Whether c·d + rest = 0 only for d = 0, with |d| < extent: the row-major argument, which needs no knowledge of shapes.
 * What moves in larger steps than c moves in multiples of g, and all else by less than |c|: as long as c·d stays within g,
 * nothing can make up for it.
 */
function isZeroOnlyAtRest(c: number, extent: number, rest: IndexForm): boolean {
  const stride = Math.abs(c);
  if (stride === 0) return false;
  const large = rest.terms.filter(({ coefficient }) => Math.abs(coefficient) > stride);
  const step = large.reduce((divisor, { coefficient }) => greatestDivisor(divisor, Math.abs(coefficient)), 0);
  // The offset may be a multiple of the large step and a little more or less.
  const offset = step === 0 ? rest.offset : rest.offset - step * Math.round(rest.offset / step);
  const { min, max } = rangeOf({ offset, terms: rest.terms.filter((term) => !large.includes(term)) });
  const reach = Math.max(Math.abs(min), Math.abs(max));
  return reach < stride && (step === 0 || stride * (extent - 1) + reach < step);
}

function greatestDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}

/**
 * Whether a loop's iterations may run in any order, or at once: whatever one of them writes, no other touches, but for
 * sums (products, maxima, minima) that all of them accumulate to and none reads. Local variables are each iteration's own,
 * except for `outer`, those of the blocks around the loop.
 */
export function iterationsCommute(
  loop: LoopItem,
  locals: ReadonlySet<Buffer>,
  outer: ReadonlySet<Buffer>,
  dependences: Dependences,
): boolean {
  const bound = new Set<IndexSymbol>();
  const bind = (item: Item): void => {
    if (item.kind === "store") return;
    bound.add(item.symbol);
    if (item.kind === "loop") item.body.forEach(bind);
  };
  loop.body.forEach(bind);
  for (const list of dependences.accesses(loop).values()) {
    const buffer = list[0]?.access.buffer;
    if (buffer === undefined || (locals.has(buffer) && !outer.has(buffer))) continue;
    for (const x of list) {
      if (!x.writes) continue;
      for (const y of list) {
        if (x.accumulates !== null && x.accumulates === y.accumulates) continue;
        if (!meetWithin(x.access.at, y.access.at, loop.symbol, bound)) continue;
        return false;
      }
    }
  }
  return true;
}

/** Whether two accesses in the body of a loop may meet in different iterations of it. `bound` are the symbols of the body. */
function meetWithin(a: IndexForm, b: IndexForm, symbol: IndexSymbol, bound: ReadonlySet<IndexSymbol>): boolean {
  // In another iteration, what the body binds has other values: each side has its own.
  const own = (form: IndexForm, sign: number, alsoIndex: boolean) =>
    form.terms
      .filter((term) => bound.has(term.symbol) || (alsoIndex && term.symbol === symbol))
      .map((term) => ({ symbol: term.symbol, coefficient: sign * term.coefficient }));
  const free = (form: IndexForm): IndexForm => ({
    offset: form.offset,
    terms: form.terms.filter((term) => term.symbol !== symbol && !bound.has(term.symbol)),
  });
  const shared = subtractForms(free(a), free(b));
  const difference = (alsoIndex: boolean): IndexForm => ({
    offset: shared.offset,
    terms: [...shared.terms, ...own(a, 1, alsoIndex), ...own(b, -1, alsoIndex)],
  });
  const { min, max } = rangeOf(difference(true));
  if (min > 0 || max < 0) return false;
  const stride = coefficientOf(a, symbol);
  return stride !== coefficientOf(b, symbol) || !isZeroOnlyAtRest(stride, symbol.extent, difference(false));
}
