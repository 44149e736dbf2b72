/** Owns: cutting a long body into parts that a just-in-time compiler is willing to optimise. */

import type { IndexSymbol } from "./index-form.ts";
import {
  type Access,
  accessesOf,
  type Buffer,
  forEachExpression,
  forEachLeaf,
  formsOf,
  formsOfRange,
  type Item,
} from "./loop-nest.ts";

/**
 * Expression nodes in one part. V8 gives up on functions of more than 60 KB of bytecode; a node takes some 10 bytes, an
 * address more.
 */
const partLimit = 3000;

export interface Parts {
  readonly parts: readonly (readonly Item[])[];
  /** Buffers that more than one part touches: they can't be local variables. */
  readonly shared: ReadonlySet<Buffer>;
}

/** @param limit with 0, every item that can stand alone is a part of its own */
export function splitItems(items: readonly Item[], result: Access | null, limit = partLimit): Parts {
  const parts: Item[][] = [[]];
  let size = 0;
  const open = openSymbols(items);
  for (const [k, item] of items.entries()) {
    const own = sizeOf(item);
    if (size > 0 && size + own > limit && open[k] === 0) {
      parts.push([]);
      size = 0;
    }
    parts[parts.length - 1]?.push(item);
    size += own;
  }
  const shared = new Set<Buffer>();
  const partOf = new Map<Buffer, number>();
  for (const [number, part] of parts.entries()) {
    for (const item of part) {
      for (const { access } of accessesOf(item)) {
        const first = partOf.get(access.buffer);
        if (first === undefined) partOf.set(access.buffer, number);
        else if (first !== number) shared.add(access.buffer);
      }
    }
  }
  if (result !== null && parts.length > 1) shared.add(result.buffer);
  return { parts, shared };
}

/**
 * For each position, how many symbols are defined before it and used at or after it: no cut can be there. Nor can it where
 * a vector is alive, which has no place in memory.
 */
function openSymbols(items: readonly Item[]): readonly number[] {
  const defined = new Map<IndexSymbol | Buffer, number>();
  const change = new Array<number>(items.length + 1).fill(0);
  const lastUse = new Map<IndexSymbol | Buffer, number>();
  for (const [k, item] of items.entries()) {
    if (item.kind === "let") defined.set(item.symbol, k);
    for (const { access } of accessesOf(item)) {
      if (access.buffer.lanes === undefined) continue;
      if (!defined.has(access.buffer)) defined.set(access.buffer, k);
      lastUse.set(access.buffer, k);
    }
    forEachLeaf(item, (leaf, loops) => {
      const forms = leaf.kind === "store" ? [leaf.target.at] : [];
      forms.push(...loops.flatMap(formsOfRange));
      forEachExpression(leaf.value, (part) => forms.push(...formsOf(part)));
      for (const form of forms) for (const { symbol } of form.terms) lastUse.set(symbol, k);
    });
  }
  for (const [symbol, from] of defined) {
    change[from + 1] = (change[from + 1] ?? 0) + 1;
    const to = (lastUse.get(symbol) ?? from) + 1;
    change[to] = (change[to] ?? 0) - 1;
  }
  let open = 0;
  return change.map((step) => {
    open += step;
    return open;
  });
}

function sizeOf(item: Item): number {
  let size = item.kind === "loop" ? 4 : 0;
  forEachLeaf(item, (leaf) => {
    forEachExpression(leaf.value, () => size++);
    size += 3;
  });
  return size;
}
