/** Owns: when two numbers are the same, and how far apart two tensors are. */

/**
 * What rounding alone may do. Float64 has ε = 2.2e−16; a small random graph chains some 10² operations, each of which may
 * magnify a relative error by its condition number (within the functions' domains, up to some 10²), and a mistake in a
 * formula is not that small.
 */
export const tolerances = {
  /** The same operations in the same order. */
  identical: 0,
  /** The same mathematics in another order, or by other formulas. */
  reordered: 1e-9,
  /** A numerical derivative, beyond the error that it estimates of itself. */
  numerical: 1e-7,
} as const;

/** |a − b| relative to the greater magnitude, or absolute where both are below `unit`. 0 for equal NaNs and infinities. */
export function distance(a: number, b: number, unit = 1): number {
  if (Object.is(a, b) || a === b) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), unit);
}

export function closeTo(a: number, b: number, tolerance: number = tolerances.reordered, unit = 1): boolean {
  return distance(a, b, unit) <= tolerance;
}

export interface Mismatch {
  readonly index: number;
  readonly actual: number;
  readonly expected: number;
  readonly distance: number;
}

/** The greatest distance between elements of equal position beyond `tolerance`; null if there is none. */
export function worstMismatch(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number = tolerances.reordered,
): Mismatch | null {
  if (actual.length !== expected.length) throw new RangeError(`${actual.length} elements beside ${expected.length}`);
  let worst: Mismatch | null = null;
  for (let index = 0; index < actual.length; index++) {
    const found = { index, actual: actual[index]!, expected: expected[index]! };
    const gap = distance(found.actual, found.expected);
    if (gap > (worst?.distance ?? tolerance)) worst = { ...found, distance: gap };
  }
  return worst;
}
