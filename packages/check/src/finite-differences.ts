/** Owns: the numerical derivative of a function of one variable, with an estimate of its own error, or none at all. */

/** A function's value and the branch it took there. */
export interface Sample {
  readonly value: number;
  readonly branch: string;
}

export type Difference =
  | { readonly kind: "estimate"; readonly value: number; readonly error: number }
  /** Why no derivative can be told: a kink inside every step tried, or no finite values. */
  | { readonly kind: "none"; readonly reason: "branches" | "not-finite" };

export interface DifferenceOptions {
  /** The first step tried. Default 2⁻⁴. */
  readonly step?: number;
  /** How often that step may be halved to get away from a kink. Default 12. */
  readonly retreats?: number;
  /** An error, relative to the greater of 1 and the derivative, below which no finer step is tried. Default 0. */
  readonly enough?: number;
}

/** Halvings of the step within one extrapolation; rounding outweighs what further ones gain. */
const rows = 7;

/**
 * f′(0) by central differences at h, h/2, h/4, …, extrapolated to h = 0 (Richardson; the tableau and its error estimate
 * as in C. J. F. Ridders, "Accurate computation of F′(x) and F′(x)F″(x)", Adv. Eng. Software 4 (1982) 75–76).
 *
 * All points of the stencil must lie on the branch of the centre: the first step is halved until they do, and without
 * such a step there is no estimate, instead of a wrong one.
 */
export function centralDifference(f: (t: number) => Sample, options: DifferenceOptions = {}): Difference {
  const centre = f(0);
  if (!Number.isFinite(centre.value)) return { kind: "none", reason: "not-finite" };
  let reason: "branches" | "not-finite" = "branches";
  let step = options.step ?? 2 ** -4;
  for (let retreat = 0; retreat <= (options.retreats ?? 12); retreat++, step /= 2) {
    const outcome = extrapolate(f, centre, step, options.enough ?? 0);
    if (outcome.kind === "estimate") return outcome;
    reason = outcome.reason;
  }
  return { kind: "none", reason };
}

function extrapolate(f: (t: number) => Sample, centre: Sample, first: number, enough: number): Difference {
  let best = { value: Number.NaN, error: Number.POSITIVE_INFINITY };
  let above: readonly number[] = [];
  let magnitude = Math.abs(centre.value);
  for (let row = 0; row < rows; row++) {
    const h = first / 2 ** row;
    const right = f(h);
    if (right.branch !== centre.branch) return { kind: "none", reason: "branches" };
    const left = f(-h);
    if (left.branch !== centre.branch) return { kind: "none", reason: "branches" };
    magnitude = Math.max(magnitude, Math.abs(right.value), Math.abs(left.value));
    if (!Number.isFinite(magnitude)) return { kind: "none", reason: "not-finite" };
    // Row of the tableau: each column removes the next even power of h from the error.
    const current = [(right.value - left.value) / (2 * h)];
    const rounding = (2 * Number.EPSILON * magnitude + Number.MIN_VALUE) / h;
    for (const [column, coarser] of above.entries()) {
      const finer = current[column]!;
      const value = finer + (finer - coarser) / (4 ** (column + 1) - 1);
      current.push(value);
      // No better than the two entries it came from agree, nor than the rounding of f itself allows.
      const error = Math.max(Math.abs(value - finer), Math.abs(value - coarser)) + rounding;
      if (error < best.error) best = { value, error };
    }
    if (best.error <= enough * Math.max(1, Math.abs(best.value))) break;
    above = current;
  }
  return { kind: "estimate", ...best };
}
