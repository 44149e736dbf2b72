/**
 * Owns: horizontal fusion: loops of equal extent over the same data become one loop, as far as addresses allow, so that a
 * layer's weighted sum, its activation and what reads it run while the numbers are still at hand.
 */

import { costOf } from "../scalar-cost.ts";
import { Dependences } from "./dependence.ts";
import { coefficientOf } from "./index-form.ts";
import { forEachExpression, forEachLeaf, type Item, type LoopItem, renameSymbol } from "./loop-nest.ts";

/** How many items a loop may move back over to meet its like. A constant, so that scheduling stays linear. */
const reach = 8;
/** Loops that touch more than this many addresses don't grow further. */
const accessLimit = 48;
/** Products that a contraction sums up, from which on its own loops matter most. */
const largeContraction = 2 ** 16;

/** Cost of a function, in additions, from which on a vector of it saves more than a pass through memory costs. */
const costly = 8;

/**
 * The same work in fewer loops.
 * @param lanes numbers in a vector of the target; 1 for a target without any
 */
export function mergeLoops(items: readonly Item[], lanes = 1): readonly Item[] {
  return appendAll([], items, new Merging(lanes > 1));
}

/** What merging knows of items, and for whom it merges. */
class Merging extends Dependences {
  readonly hasVectors: boolean;

  constructor(hasVectors: boolean) {
    super();
    this.hasVectors = hasVectors;
  }
}

function appendAll(before: readonly Item[], items: readonly Item[], dependences: Merging): readonly Item[] {
  const list = [...before];
  for (const item of items) append(list, item, dependences);
  return list;
}

function append(list: Item[], appended: Item, dependences: Merging): void {
  const item = isOrdered(appended) ? { ...appended, body: appendAll([], appended.body, dependences) } : appended;
  if (item.kind === "loop") {
    for (let back = 1; back <= Math.min(reach, list.length); back++) {
      const position = list.length - back;
      const candidate = list[position];
      if (candidate === undefined) break;
      if (candidate.kind === "loop" && isWorthMerging(candidate, item, dependences)) {
        const moved = partition(list.slice(position + 1), candidate, item, dependences);
        if (moved !== null) {
          list.splice(position, back, ...moved.earlier, merge(candidate, item, dependences), ...moved.later);
          return;
        }
      }
    }
  }
  list.push(item);
}

function isWorthMerging(a: LoopItem, b: LoopItem, dependences: Merging): boolean {
  return (
    a.symbol.extent === b.symbol.extent &&
    // What needs no order is better left a nest of its own, over all of its indices.
    a.ordered === b.ordered &&
    mayShareTile(a, b) &&
    !(dependences.hasVectors && (isScalarEpilogue(a, b) || isScalarEpilogue(b, a))) &&
    countAccesses(a, dependences) + countAccesses(b, dependences) <= accessLimit &&
    dependences.share(a, b) &&
    dependences.mayMerge(a, b)
  );
}

/**
 * A large contraction is tiled along the indices of its result: only what has the very same indices joins it, as an
 * epilogue in the tile. What shares no more than the outermost ones would take those from it, and another large
 * contraction half of its registers.
 */
function mayShareTile(a: LoopItem, b: LoopItem): boolean {
  const [isLargeA, isLargeB] = [isLargeContraction(a), isLargeContraction(b)];
  if (!isLargeA && !isLargeB) return true;
  if (isLargeA && isLargeB) return false;
  const [ofA, ofB] = [spineOf(a), spineOf(b)];
  return ofA.length === ofB.length && ofA.every((extent, depth) => extent === ofB[depth]);
}

/**
 * A large contraction whose operands are contiguous along the sum, and not along its result, runs in lanes along the sum;
 * its results are numbers then, and costly functions of them are better computed in vectors, in a loop of their own.
 */
function isScalarEpilogue(contraction: LoopItem, other: LoopItem): boolean {
  if (!isLargeContraction(contraction)) return false;
  let isCostly = false;
  forEachLeaf(other, ({ value }) => {
    forEachExpression(value, (part) => {
      if (part.kind === "apply" && costOf(part.fn) >= costly) isCostly = true;
    });
  });
  if (!isCostly) return false;
  let isAlongSum = false;
  forEachLeaf(contraction, (leaf) => {
    if (leaf.kind !== "store" || leaf.operator === "set") return;
    const alongResult = leaf.target.at.terms.find(({ coefficient }) => coefficient === 1)?.symbol;
    if (alongResult === undefined) return;
    forEachExpression(leaf.value, (part) => {
      if (part.kind === "load" && coefficientOf(part.access.at, alongResult) > 1) isAlongSum = true;
    });
  });
  return isAlongSum;
}

/** Whether an item in it accumulates products of elements, so many that a tile is worth having. */
function isLargeContraction(loop: LoopItem): boolean {
  let large = false;
  forEachLeaf(loop, (leaf, loops) => {
    if (leaf.kind !== "store" || leaf.operator === "set" || large) return;
    const turns = loops.reduce((product, { symbol }) => product * symbol.extent, 1);
    if (turns < largeContraction) return;
    let loads = 0;
    forEachExpression(leaf.value, (part) => {
      if (part.kind === "load") loads++;
    });
    large = loads > 1;
  });
  return large;
}

/** The extents of the loops that hold nothing but the next one, and of the last of them. */
function spineOf(loop: LoopItem): readonly number[] {
  const extents = [loop.symbol.extent];
  for (let [inner, ...rest] = loop.body; inner?.kind === "loop" && rest.length === 0; [inner, ...rest] = inner.body) {
    extents.push(inner.symbol.extent);
  }
  return extents;
}

function isOrdered(item: Item): item is LoopItem {
  return item.kind === "loop" && item.ordered === true;
}

function countAccesses(item: Item, dependences: Merging): number {
  let count = 0;
  for (const list of dependences.accesses(item).values()) count += list.length;
  return count;
}

/**
 * For `moving` to join `host`, everything between them must either let `moving` pass or itself be able to pass `host`
 * (and what stays behind it). Null if something can do neither.
 */
function partition(
  between: readonly Item[],
  host: Item,
  moving: Item,
  dependences: Merging,
): { readonly earlier: readonly Item[]; readonly later: readonly Item[] } | null {
  const earlier: Item[] = [];
  const later: Item[] = [];
  for (const item of between) {
    if (dependences.commute(item, moving)) later.push(item);
    else if (dependences.commute(item, host) && later.every((other) => dependences.commute(other, item))) {
      earlier.push(item);
    } else return null;
  }
  return { earlier, later };
}

function merge(host: LoopItem, moving: LoopItem, dependences: Merging): LoopItem {
  const renamed = moving.body.map((item) => renameSymbol(item, moving.symbol, host.symbol));
  return { ...host, body: appendAll(host.body, renamed, dependences) };
}
