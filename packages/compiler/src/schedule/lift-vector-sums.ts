/**
 * Owns: sums whose lanes are taken together once for all turns of a loop, instead of in each of them: a loop that adds
 * to a number what a vector has summed up in it lets the vector grow from turn to turn.
 */

import { type Buffer, forEachExpression, forEachLeaf, type Item, type LoopItem, type StoreItem } from "./loop-nest.ts";
import { reductionSteps } from "./reductions.ts";

/** The loop, with what begins such vectors in front of it and what takes them together behind it. */
export function liftVectorSums(loop: LoopItem, locals: ReadonlySet<Buffer>): readonly Item[] {
  const before: Item[] = [];
  const after: Item[] = [];
  for (const end of loop.body) {
    const begin = beginningOf(end, loop, locals);
    if (begin === null) continue;
    before.push(begin);
    after.push(end);
  }
  if (after.length === 0) return [loop];
  const body = loop.body.filter((item) => !before.includes(item) && !after.includes(item));
  return [...before, { ...loop, body }, ...after];
}

/** Where a vector begins whose lanes `end` adds to a number, if nothing in the loop knows either of them otherwise. */
function beginningOf(end: Item, loop: LoopItem, locals: ReadonlySet<Buffer>): StoreItem | null {
  if (end.kind !== "store" || end.operator === "set" || end.value.kind !== "horizontal") return null;
  const { operator, value } = end.value;
  if (operator !== end.operator || value.kind !== "load") return null;
  const number = end.target.buffer;
  const vector = value.access.buffer;
  if (!locals.has(number) || !locals.has(vector)) return null;
  const begin = loop.body.find((item) => item.kind === "store" && item.target.buffer === vector);
  if (begin?.kind !== "store" || begin.operator !== "set" || begin.value.kind !== "number") return null;
  if (begin.value.value !== reductionSteps[operator].start) return null;
  let isFree = true;
  forEachLeaf(loop, (leaf) => {
    forEachExpression(leaf.value, (part) => {
      if (part.kind !== "load") return;
      const { buffer } = part.access;
      if (buffer === number || (buffer === vector && leaf !== end)) isFree = false;
    });
    if (leaf.kind !== "store" || leaf === begin) return;
    const { buffer } = leaf.target;
    if ((buffer === number || buffer === vector) && leaf.operator !== operator) isFree = false;
  });
  return isFree ? begin : null;
}
