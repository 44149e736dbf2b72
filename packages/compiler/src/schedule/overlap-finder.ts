/** Owns: finding which of many address ranges an access may meet. */

import { rangeOf } from "./index-form.ts";
import type { Access, Buffer } from "./loop-nest.ts";

interface Range {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The indices of those targets whose addresses the access may meet. Logarithmic in their number if they lie apart, as the
 * parameters of a network do.
 */
export function overlapFinder(targets: readonly Access[]): (access: Access) => readonly number[] {
  const ranges = new Map<Buffer, Range[]>();
  for (const [index, target] of targets.entries()) {
    const { min, max } = rangeOf(target.at);
    const range = { index, from: min, to: max };
    const list = ranges.get(target.buffer);
    if (list === undefined) ranges.set(target.buffer, [range]);
    else list.push(range);
  }
  for (const list of ranges.values()) list.sort((a, b) => a.from - b.from);
  const apart = new Map([...ranges].map(([buffer, list]) => [buffer, lieApart(list)]));
  return (access) => {
    const list = ranges.get(access.buffer) ?? [];
    const { min, max } = rangeOf(access.at);
    const found: number[] = [];
    for (let k = countUpTo(list, max) - 1; k >= 0; k--) {
      const range = list[k];
      if (range === undefined) break;
      if (range.to >= min) found.push(range.index);
      else if (apart.get(access.buffer) === true) break;
    }
    return found;
  };
}

/** How many ranges begin at or before the address. */
function countUpTo(list: readonly Range[], address: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.from ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lieApart(list: readonly Range[]): boolean {
  return list.every((range, k) => k === 0 || (list[k - 1]?.to ?? 0) < range.from);
}
