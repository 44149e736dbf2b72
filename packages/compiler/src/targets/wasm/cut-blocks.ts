/**
 * Owns: where a tile's body is cut into blocks. Within a block an engine's compiler orders what it finds as it likes, and
 * V8's puts all loads first: the more a tile reads, the more sums it then keeps in memory. A branch that is never taken
 * keeps the loads behind it there.
 */

import {
  type Buffer,
  forEachExpression,
  type Item,
  type LoopExpression,
  lanesOfAccess,
} from "../../schedule/loop-nest.ts";

/** Vectors that code has at hand: 16 registers, of which an engine keeps one for itself. */
const registers = 15;
/** Registers that have to be left beside a tile's sums: without them there is nothing to gain. */
const leastLeft = 3;

/**
 * The items of an innermost loop's body in front of which it is cut, so that the sums and what one part loads fit into
 * registers together; the parts have equally many sums.
 */
export function findCuts(body: readonly Item[], locals: ReadonlySet<Buffer>): ReadonlySet<Item> {
  const sums: Item[] = [];
  let loads = 0;
  for (const item of body) {
    if (item.kind === "loop") return new Set();
    loads += countLoads(item.value, locals);
    const isSum = item.kind === "store" && item.operator === "sum" && locals.has(item.target.buffer);
    if (isSum && lanesOfAccess(item.target) > 1) sums.push(item);
    else if (item.kind === "store") return new Set();
  }
  const left = registers - sums.length;
  if (loads <= left || left < leastLeft) return new Set();
  const length = Math.ceil(sums.length / Math.ceil(loads / left));
  return new Set(sums.filter((_, k) => k > 0 && k % length === 0));
}

/** Loads that end in vectors: those of vectors, and those of numbers beside them. */
function countLoads(value: LoopExpression, locals: ReadonlySet<Buffer>): number {
  let count = 0;
  forEachExpression(value, (part) => {
    if (part.kind === "load" && !locals.has(part.access.buffer)) count++;
  });
  return count;
}
