/** Owns: scalar functions that JavaScript's Math lacks, in float64. */

/**
 * The error function 2/√π ∫₀ˣ e^(−t²) dt, to a few units in the last place.
 * Below 2.5: e^(−x²) times a series of positive terms (Abramowitz & Stegun 7.1.6), so nothing cancels.
 * Above: 1 − erfc, with erfc's continued fraction (7.1.14) evaluated from its tail.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (!(a < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  if (a < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let tail = a;
  for (let n = 60; n > 0; n--) tail = a + n / 2 / tail;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * tail));
}

/** 1 / (1 + e^(−x)). */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** log(1 + eˣ) without overflow: max(x, 0) + log1p(e^(−|x|)). */
export function log1pexp(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
