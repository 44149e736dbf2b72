/** Owns: examples as views of their columns, so that the engine copies them whole. */

import type { Columns } from "./definition.ts";
import type { NumericArray } from "./tensor.ts";

/** By column, each example's numbers; null for a column that is copied number by number. */
export type Rows = readonly (readonly NumericArray[] | null)[];

/** Numbers of an example from which on a view of them, which takes about a hundred bytes, is worth its memory. */
export const leastRow = 64;

/** @param sizes numbers of one example, by column */
export function rowsOf(columns: Columns, sizes: readonly number[]): Rows {
  return columns.map((column, c) => {
    const size = sizes[c] ?? 0;
    if (size < leastRow) return null;
    return Array.from({ length: column.length / size }, (_, n) => column.subarray(n * size, (n + 1) * size));
  });
}
