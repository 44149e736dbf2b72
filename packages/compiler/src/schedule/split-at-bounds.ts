/**
 * Owns: loops over an index that a read's bounds test, cut where a test changes its outcome: a tensor that is put together
 * from parts is then computed part by part, without tests, and each part meets in a loop with what computes it.
 */

import { foldConstants } from "./fold-constants.ts";
import { coefficientOf, combineForms, constantForm, type IndexSymbol, symbolForm } from "./index-form.ts";
import { instantiateItems } from "./instantiate-items.ts";
import { type Bound, forEachExpression, forEachLeaf, type Item, type LoopItem } from "./loop-nest.ts";
import { isRestricted } from "./restrict-loops.ts";
import type { Supply } from "./supply.ts";

/** Parts of one loop, and expression nodes in all of them together, beyond which a loop stays whole. */
const mostParts = 8;
const mostNodes = 240;
/** A loop without a part of this length is not worth more text. */
const leastLength = 8;

export function splitAtBounds(items: readonly Item[], supply: Supply): readonly Item[] {
  return items.flatMap((item) => (item.kind === "loop" ? splitLoop(item, supply) : [item]));
}

/** Loops nest no deeper than tensors have axes. */
function splitLoop(loop: LoopItem, supply: Supply): readonly Item[] {
  const cuts = cutsOf(loop);
  const starts = [0, ...cuts];
  const lengths = starts.map((start, k) => (cuts[k] ?? loop.symbol.extent) - start);
  const isWorthwhile =
    cuts.length > 0 &&
    starts.length <= mostParts &&
    Math.max(...lengths) >= leastLength &&
    starts.length * countNodes(loop) <= mostNodes;
  if (!isWorthwhile) return [{ ...loop, body: splitAtBounds(loop.body, supply) }];
  return starts.flatMap((start, k) => {
    const extent = lengths[k] ?? 0;
    const symbol = supply.loop(extent, loop.symbol.label);
    const at = extent === 1 ? constantForm(start) : combineForms(start, [1], [symbolForm(symbol)]);
    const copying = { forms: new Map([[loop.symbol, at]]), shared: supply.locals, sameLoops: false };
    const part: Item = { ...loop, symbol, body: instantiateItems(loop.body, copying, supply) };
    return splitAtBounds(withoutEmptySums(foldConstants([part], supply.locals, null)), supply);
  });
}

/** Where the loop's index crosses a bound that it alone decides, in order. */
function cutsOf(loop: LoopItem): readonly number[] {
  const { symbol } = loop;
  const cuts = new Set<number>();
  if (loop.ordered === true) return [];
  forEachLeaf(loop, (leaf) => {
    if (leaf.kind === "store" && isRestricted(leaf)) return;
    forEachExpression(leaf.value, (part) => {
      if (part.kind !== "guard") return;
      for (const bound of part.bounds) for (const cut of cutsAt(bound, symbol)) cuts.add(cut);
    });
  });
  return [...cuts].sort((a, b) => a - b);
}

/** c·s + r ≥ edge holds on one side of s = ⌈(edge − r) / c⌉, or ⌊ … ⌋ + 1 for a negative c. */
function cutsAt({ form, least, limit }: Bound, symbol: IndexSymbol): readonly number[] {
  const c = coefficientOf(form, symbol);
  if (c === 0 || form.terms.length > 1) return [];
  return [least, limit].flatMap((edge) => {
    if (edge === null) return [];
    const crossing = (edge - form.offset) / c;
    const cut = c > 0 ? Math.ceil(crossing) : Math.floor(crossing) + 1;
    return cut > 0 && cut < symbol.extent ? [cut] : [];
  });
}

function countNodes(loop: LoopItem): number {
  let count = 0;
  forEachLeaf(loop, (leaf) => {
    forEachExpression(leaf.value, () => count++);
  });
  return count;
}

/** The items without sums to which 0 is added. */
function withoutEmptySums(items: readonly Item[]): readonly Item[] {
  return items.flatMap((item): readonly Item[] => {
    if (item.kind === "store") {
      const addsNothing = item.operator === "sum" && item.value.kind === "number" && item.value.value === 0;
      return addsNothing ? [] : [item];
    }
    if (item.kind === "let") return [item];
    const body = withoutEmptySums(item.body);
    return body.length === 0 ? [] : [{ ...item, body }];
  });
}
