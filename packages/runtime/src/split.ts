/** Owns: the division of a data set into examples to learn from and examples to measure. */

import { DataError, RunError } from "./error.ts";
import { checkSeed, permutation } from "./random.ts";
import type { NumericArray } from "./tensor.ts";

export interface SplitOptions {
  /** The share that is not learnt from, between 0 and 1. */
  readonly validation: number;
  /** Decides which examples these are (0 if left out). */
  readonly seed?: number;
  /** How many examples there are: needed where all of the data are flat typed arrays, whose lengths do not tell. */
  readonly examples?: number;
}

export interface Split<Data> {
  readonly train: Data;
  readonly validation: Data;
}

/**
 * Draws the examples to measure, as many as the share comes to and at least one; both parts keep the order of the data.
 * @throws {DataError} for members of unequal lengths, or of lengths that do not tell the number of examples.
 * @throws {RunError} for a share that leaves nothing to learn from or nothing to measure.
 */
export function split<Data extends Readonly<Record<keyof Data, readonly unknown[] | NumericArray>>>(
  data: Data,
  { validation, seed = 0, examples }: SplitOptions,
): Split<Data> {
  const members = Object.entries<readonly unknown[] | NumericArray>(data);
  const count = examples ?? members.find(([, member]) => Array.isArray(member))?.[1].length;
  if (count === undefined) {
    const message = "All of the data are flat arrays, whose lengths do not tell the number of examples.";
    throw new DataError("wrong-shape", "", null, message, "Give it as `examples`.");
  }
  for (const [name, member] of members) {
    const { length } = member;
    if (Array.isArray(member) ? length === count : count > 0 && length % count === 0) continue;
    const message = `\`${name}\` has ${length} entries, which are not those of ${count} examples.`;
    throw new DataError("unequal-lengths", name, null, message, "Supply as many examples of one as of the other.");
  }
  const held = Math.max(1, Math.round(count * validation));
  if (!(validation > 0 && validation < 1) || held >= count) {
    const message = `\`validation\` is ${validation} of ${count} examples.`;
    throw new RunError("bad-option", message, "Use a share between 0 and 1 that leaves examples to both parts.");
  }
  const order = new Uint32Array(count);
  permutation(checkSeed(seed), splitStream, order, 0, count);
  const part = (chosen: Uint32Array): Data => {
    const ordered = chosen.slice().sort();
    // The same members as the data's, of the same types: only the examples are fewer.
    return Object.fromEntries(members.map(([name, member]) => [name, take(member, ordered, count)])) as Data;
  };
  return { train: part(order.subarray(held)), validation: part(order.subarray(0, held)) };
}

/** An epoch whose order no run is likely to visit. */
const splitStream = 2 ** 31 - 1;

/** The examples of the given numbers. */
function take(
  member: readonly unknown[] | NumericArray,
  chosen: Uint32Array,
  count: number,
): readonly unknown[] | NumericArray {
  const size = member.length / count;
  if (!ArrayBuffer.isView(member)) return Array.from(chosen, (n) => member[n]);
  const length = chosen.length * size;
  // The `slice` of a Node Buffer, which is a Uint8Array, is a view of it.
  const taken = member instanceof Uint8Array ? new Uint8Array(length) : member.slice(0, length);
  chosen.forEach((n, k) => {
    taken.set(member.subarray(n * size, (n + 1) * size), k * size);
  });
  return taken;
}
