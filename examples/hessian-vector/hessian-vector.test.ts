import { expect, test } from "vitest";
import { flat, openExample } from "../workbench.ts";

const { begin, read } = await openExample("hessian-vector");

test.each([
  [0.5, -1.25, 2],
  [-1, 0.75, 0.25],
])("H·v is the product with the Hessian found by hand, at w = (%d, %d, %d)", (a, b, c) => {
  const network = begin({ parameters: { w: [a, b, c] } });
  const e = Math.exp(a - c);
  const sine = Math.sin(b * c);
  const mixed = Math.cos(b * c) - b * c * sine;
  const hessian = [
    [2 * b + e, 2 * a, -e],
    [2 * a, -c * c * sine, mixed],
    [-e, mixed, -b * b * sine + e],
  ];
  const { v } = read("data.json");
  const vectors = Array.isArray(v) ? v.map(flat) : [];
  expect(vectors).toHaveLength(4);
  for (const vector of vectors) {
    const product = hessian.map((row) => row.reduce((total, value, k) => total + value * (vector[k] ?? 0), 0));
    const { hv } = network.predict({ v: vector });
    expect(flat(hv)).toEqual(product.map((value) => expect.closeTo(value, 12)));
  }
});
