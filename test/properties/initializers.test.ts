/** Owns: initial matrices as they are emitted: what holds of the whole matrix, not of one element. */

import { expect, test } from "vitest";
import { networksOf } from "./support/networks.ts";

test.each([
  [3, 5],
  [5, 3],
  [6, 6],
  [1, 4],
])("orthogonal, %i by %i: the shorter side's vectors are orthogonal and of one length", async (rows, columns) => {
  const page = `model M {
    input x[${columns}]
    param W[${rows}, ${columns}] ~ orthogonal(gain: 2)
    y[i] = sum[j](W[i, j] * x[j])
    loss sum[i](y[i]^2)
  }`;
  const drawn = await networksOf(page);
  for (const { p } of drawn) {
    const at = (i: number, j: number): number => (rows <= columns ? p[i * columns + j]! : p[j * columns + i]!);
    const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
    for (let a = 0; a < short; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let k = 0; k < long; k++) product += at(a, k) * at(b, k);
        expect(product).toBeCloseTo(a === b ? 4 : 0, 12);
      }
    }
  }
  // Straight lines and loops draw the same numbers.
  const [first, second] = drawn;
  for (const [k, each] of first!.p.entries()) expect(second!.p[k]).toBeCloseTo(each, 12);
});
