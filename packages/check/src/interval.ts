/** Owns: bounds on a tensor's elements, as far as a random graph needs them to stay inside the domains of its functions. */

import type { ReductionOp, ScalarFunction } from "@adjoint/ir";

export interface Interval {
  readonly from: number;
  readonly to: number;
}

export function hull(...values: readonly number[]): Interval {
  return { from: Math.min(...values), to: Math.max(...values) };
}

export function isWithin(inner: Interval, outer: Interval): boolean {
  return inner.from >= outer.from && inner.to <= outer.to;
}

/** The points of a grid over the box of the given sides, each cut into `steps`; its corners are among them. */
export function gridOf(sides: readonly Interval[], steps: number): readonly (readonly number[])[] {
  let points: readonly (readonly number[])[] = [[]];
  for (const { from, to } of sides) {
    const side = Array.from({ length: steps + 1 }, (_, k) => from + ((to - from) * k) / steps);
    points = points.flatMap((point) => side.map((x) => [...point, x]));
  }
  return points;
}

/**
 * Where f takes the arguments: the hull of its values on a grid, a tenth wider. Exact for what is monotone in each
 * argument; elsewhere an estimate, which suffices because every domain keeps a distance from its poles.
 */
export function imageOf(f: ScalarFunction, args: readonly Interval[]): Interval {
  const { from, to } = hull(...gridOf(args, 8).map((point) => f.value(...point)));
  const margin = (to - from) / 10;
  return { from: from - margin, to: to + margin };
}

export function reducedInterval(op: ReductionOp, { from, to }: Interval, count: number): Interval {
  switch (op) {
    case "sum":
      return { from: count * from, to: count * to };
    case "prod": {
      if (from >= 0) return { from: from ** count, to: to ** count };
      const bound = Math.max(-from, Math.abs(to)) ** count;
      return { from: -bound, to: bound };
    }
    case "max":
    case "min":
      return { from, to };
  }
}
