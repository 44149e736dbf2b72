/**
 * Owns: the step of the gender network as a person would write it for speed: everything unrolled, weights in locals,
 * update in place. The bar that the emitted step is held against.
 */

/** Stochastic gradient descent on one example; returns its squared error before the step. */
export function handStep(p, x, y, n) {
  const x0 = x[2 * n];
  const x1 = x[2 * n + 1];
  const w1 = p[0];
  const w2 = p[1];
  const w3 = p[2];
  const w4 = p[3];
  const b1 = p[4];
  const b2 = p[5];
  const w5 = p[6];
  const w6 = p[7];
  const b3 = p[8];
  const h1 = 1 / (1 + Math.exp(-(w1 * x0 + w2 * x1 + b1)));
  const h2 = 1 / (1 + Math.exp(-(w3 * x0 + w4 * x1 + b2)));
  const o = 1 / (1 + Math.exp(-(w5 * h1 + w6 * h2 + b3)));
  const error = o - y[n];
  const d = 2 * error * o * (1 - o);
  const d1 = d * w5 * h1 * (1 - h1);
  const d2 = d * w6 * h2 * (1 - h2);
  p[0] = w1 - 0.1 * (d1 * x0);
  p[1] = w2 - 0.1 * (d1 * x1);
  p[2] = w3 - 0.1 * (d2 * x0);
  p[3] = w4 - 0.1 * (d2 * x1);
  p[4] = b1 - 0.1 * d1;
  p[5] = b2 - 0.1 * d2;
  p[6] = w5 - 0.1 * (d * h1);
  p[7] = w6 - 0.1 * (d * h2);
  p[8] = b3 - 0.1 * d;
  return error * error;
}
