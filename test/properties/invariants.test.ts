/** Owns: what mathematics knows of well-known functions without computing them, at numbers of any size. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { elementsOf, networksOf } from "./support/networks.ts";

/** From ordinary numbers to such as overflow in exp. */
const number = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -1000, max: 1000, noNaN: true }));
const rows = fc.array(number, { minLength: 12, maxLength: 12 });
const extents: readonly (readonly [rows: number, columns: number])[] = [
  [3, 4],
  [12, 1],
  [1, 12],
];

const sum = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);
const cut = (x: readonly number[], columns: number): readonly (readonly number[])[] =>
  Array.from({ length: x.length / columns }, (_, k) => x.slice(k * columns, (k + 1) * columns));

test.each(extents)("rows of softmax [%i, %i] are positive and sum to 1, wherever they start", async (n, m) => {
  const networks = await networksOf(`model M {
    input x[${n}, ${m}]
    input c
    s[i, j] = exp(x[i, j]) / sum[k](exp(x[i, k]))
    shifted[i, j] = exp(x[i, j] + c) / sum[k](exp(x[i, k] + c))
    output s
    output shifted
  }`);
  fc.assert(
    fc.property(rows, number, (x, c) => {
      for (const network of networks) {
        const { s = [], shifted = [] } = network.predict({ x, c });
        for (const row of cut(elementsOf(s), m)) {
          expect(row.every((p) => p >= 0 && p <= 1)).toBe(true);
          expect(sum(row)).toBeCloseTo(1, 12);
        }
        elementsOf(shifted).forEach((p, k) => {
          expect(p).toBeCloseTo(elementsOf(s)[k]!, 9);
        });
      }
    }),
  );
});

test("the gradient of a cross-entropy is p − y, and sums to 0", async () => {
  const spelled = ["cross_entropy(z, k)", "-log(softmax(z))[k]", "-log_softmax(z)[k]"];
  for (const loss of spelled) {
    const networks = await networksOf(`model M {
      target k: class(6)
      param z[6] ~ zeros
      output p = softmax(z)
      loss ${loss}
    }`);
    fc.assert(
      fc.property(fc.array(number, { minLength: 6, maxLength: 6 }), fc.nat(5), (z, k) => {
        for (const network of networks) {
          network.p.set(z);
          const gradient = elementsOf(network.gradients({ k: [k] })["z"]!);
          const p = elementsOf(network.predict({})["p"]!);
          expect(sum(gradient)).toBeCloseTo(0, 12);
          gradient.forEach((g, c) => {
            expect(g).toBeCloseTo(p[c]! - (c === k ? 1 : 0), 12);
          });
          expect(Number.isFinite(network.evaluate({ k: [k] }).loss)).toBe(true);
        }
      }),
    );
  }
});

test("the gradient of a logistic loss is h − y, at logits of any size", async () => {
  for (const loss of ["binary_cross_entropy_with_logits(z, y)", "binary_cross_entropy(sigmoid(z), y)"]) {
    const networks = await networksOf(`model M { target y[1]  param z[1] ~ zeros  loss ${loss} }`);
    fc.assert(
      fc.property(number, fc.constantFrom(0, 1), (z, y) => {
        for (const network of networks) {
          network.p.set([z]);
          const [g] = elementsOf(network.gradients({ y: [y] })["z"]!);
          expect(g).toBeCloseTo(1 / (1 + Math.exp(-z)) - y, 12);
        }
      }),
    );
  }
});

test("a normalised layer ignores scale and shift, and so its gradient is orthogonal to both", async () => {
  const networks = await networksOf(`
layer normalise(x[n]) {
  m = mean[i](x[i])
  v = mean[i]((x[i] - m)^2)
  return (x - m) / sqrt(v)
}
model M {
  input w[6]
  param x[6] ~ zeros
  y = normalise(x)
  loss sum[i](w[i] * y[i])
}`);
  const six = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 });
  const spread = six.filter((x) => Math.max(...x) - Math.min(...x) > 0.5);
  fc.assert(
    fc.property(spread, six, fc.double({ min: 0.5, max: 8, noNaN: true }), number, (x, w, scale, shift) => {
      for (const network of networks) {
        network.p.set(x);
        const loss = network.evaluate({ w: [w] }).loss;
        const gradient = elementsOf(network.gradients({ w: [w] })["x"]!);
        expect(sum(gradient)).toBeCloseTo(0, 9);
        expect(sum(gradient.map((g, k) => g * x[k]!))).toBeCloseTo(0, 9);
        network.p.set(x.map((each) => scale * each + shift));
        expect(network.evaluate({ w: [w] }).loss).toBeCloseTo(loss, 8);
      }
    }),
  );
});
