/** Owns: what may change places with what, decided on addresses. */

import { coefficientOf, type IndexSymbol, rangeOf, subtractForms, withoutSymbol } from "./index-form.ts";
import {
  type Access,
  accessesOf,
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

/**
 * Addresses c·v + r and c·w + s are equal only if v = w, when |r − s| < |c| always: the row-major argument, which needs no
 * knowledge of shapes.
 */
function meetOnlyTogether(a: Access, v: IndexSymbol, b: Access, w: IndexSymbol): boolean {
  const stride = Math.abs(coefficientOf(a.at, v));
  if (stride === 0 || coefficientOf(a.at, v) !== coefficientOf(b.at, w)) return false;
  const { min, max } = rangeOf(subtractForms(withoutSymbol(a.at, v), withoutSymbol(b.at, w)));
  return Math.max(Math.abs(min), Math.abs(max)) < stride;
}
