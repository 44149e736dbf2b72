/** Owns: the proof of each scalar function's value. The table is exhaustive, so a new function is tested by existing. */

import { type ScalarFunctionName, scalarFunctionNames, scalarFunctions } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { samples } from "./sample-domain.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Arguments, and the value to the last places of float64 (from tables, or exact by definition). */
const known: Record<ScalarFunctionName, readonly (readonly [readonly number[], number])[]> = {
  add: [
    [[2, 3], 5],
    [[inf, -inf], nan],
  ],
  sub: [
    [[2, 3], -1],
    [[inf, inf], nan],
  ],
  mul: [
    [[2, 3], 6],
    [[0, inf], nan],
    [[-2, 0], -0],
  ],
  div: [
    [[3, 2], 1.5],
    [[1, 0], inf],
    [[1, -0], -inf],
    [[0, 0], nan],
  ],
  neg: [
    [[2], -2],
    [[0], -0],
  ],
  pow: [
    [[2, 10], 1024],
    [[2, -1], 0.5],
    [[2, 0.5], Math.SQRT2],
    [[0, 0], 1],
    [[-2, 3], -8],
    [[-8, 0.5], nan],
    [[nan, 0], 1],
  ],
  abs: [
    [[-2], 2],
    [[-0], 0],
    [[-inf], inf],
  ],
  sign: [
    [[-3], -1],
    [[0], 0],
    [[7], 1],
    [[nan], nan],
  ],
  sqrt: [
    [[2], Math.SQRT2],
    [[0], 0],
    [[-1], nan],
  ],
  exp: [
    [[1], Math.E],
    [[0], 1],
    [[-1000], 0],
    [[1000], inf],
  ],
  expm1: [
    [[1], 1.718281828459045],
    [[1e-10], 1.00000000005e-10],
    [[-1000], -1],
    [[-0], -0],
  ],
  log: [
    [[10], Math.LN10],
    [[1], 0],
    [[0], -inf],
    [[-1], nan],
  ],
  log1p: [
    [[1], Math.LN2],
    [[1e-10], 9.9999999995e-11],
    [[-1], -inf],
    [[-0], -0],
  ],
  sin: [
    [[Math.PI / 6], 0.5],
    [[1], 0.8414709848078965],
    [[inf], nan],
  ],
  cos: [
    [[Math.PI / 3], 0.5],
    [[1], 0.5403023058681398],
    [[0], 1],
  ],
  tan: [
    [[Math.PI / 4], 1],
    [[1], 1.5574077246549023],
  ],
  asin: [
    [[0.5], Math.PI / 6],
    [[1], Math.PI / 2],
    [[1.1], nan],
  ],
  acos: [
    [[0.5], Math.PI / 3],
    [[1], 0],
    [[-1], Math.PI],
  ],
  atan: [
    [[1], Math.PI / 4],
    [[inf], Math.PI / 2],
  ],
  atan2: [
    [[1, 1], Math.PI / 4],
    [[1, -1], (3 * Math.PI) / 4],
    [[-1, 0], -Math.PI / 2],
    [[0, -1], Math.PI],
    [[-0, -1], -Math.PI],
  ],
  sinh: [
    [[1], 1.1752011936438014],
    [[-0], -0],
    [[1000], inf],
  ],
  cosh: [
    [[1], 1.5430806348152437],
    [[0], 1],
    [[-1000], inf],
  ],
  tanh: [
    [[1], 0.7615941559557649],
    [[1000], 1],
    [[-1000], -1],
    [[-0], -0],
  ],
  asinh: [
    [[1], 0.881373587019543],
    [[1e10], 23.7189981105004],
    [[1e-10], 1e-10],
  ],
  acosh: [
    [[2], 1.3169578969248166],
    [[1], 0],
    [[0.5], nan],
  ],
  atanh: [
    [[0.5], 0.5493061443340548],
    [[1], inf],
    [[-1], -inf],
  ],
  erf: [
    [[0.1], 0.1124629160182849],
    [[0.5], 0.5204998778130465],
    [[1], 0.8427007929497149],
    [[2.4999], 0.9995928300996666],
    [[2.5], 0.999593047982555],
    [[4], 0.9999999845827421],
    [[-1], -0.8427007929497149],
    [[1000], 1],
    [[-inf], -1],
    [[-0], -0],
    [[nan], nan],
  ],
  logistic: [
    [[0], 0.5],
    [[1], 0.7310585786300049],
    [[-1], 0.2689414213699951],
    [[1000], 1],
    [[-1000], 0],
    [[-40], 4.248354255291589e-18],
  ],
  log1pexp: [
    [[0], Math.LN2],
    [[1], 1.3132616875182228],
    [[1000], 1000],
    [[-40], 4.248354255291589e-18],
    [[inf], inf],
    [[nan], nan],
  ],
  floor: [
    [[1.5], 1],
    [[-1.5], -2],
    [[-0], -0],
  ],
  ceil: [
    [[1.5], 2],
    [[-1.5], -1],
  ],
  round: [
    [[1.5], 2],
    [[2.5], 3],
    [[-1.5], -1],
    [[0.49999999999999994], 0],
  ],
  min: [
    [[2, 3], 2],
    [[3, 2], 2],
    [[1, nan], nan],
    [[0, -0], -0],
  ],
  max: [
    [[2, 3], 3],
    [[3, 2], 3],
    [[1, nan], nan],
    [[0, -0], 0],
  ],
  lt: [
    [[1, 2], 1],
    [[2, 2], 0],
    [[3, 2], 0],
    [[nan, 1], 0],
  ],
  le: [
    [[1, 2], 1],
    [[2, 2], 1],
    [[3, 2], 0],
    [[1, nan], 0],
  ],
  eq: [
    [[2, 2], 1],
    [[0, -0], 1],
    [[1, 2], 0],
    [[nan, nan], 0],
  ],
  ne: [
    [[2, 2], 0],
    [[0, -0], 0],
    [[1, 2], 1],
    [[nan, nan], 1],
  ],
  and: [
    [[1, 1], 1],
    [[1, 0], 0],
    [[0, 1], 0],
    [[-0, 1], 0],
  ],
  or: [
    [[1, 0], 1],
    [[0, 1], 1],
    [[0, 0], 0],
  ],
  not: [
    [[0], 1],
    [[-0], 1],
    [[1], 0],
    [[0.5], 0],
  ],
  select: [
    [[1, 7, nan], 7],
    [[0, nan, 8], 8],
    [[-0, nan, 8], 8],
    [[0.5, 7, 8], 7],
  ],
  stop_gradient: [
    [[2], 2],
    [[-0], -0],
  ],
};

describe.each(scalarFunctionNames)("%s", (fn) => {
  const { arity, partials, domain, doc, value } = scalarFunctions[fn];

  test("has a rule and a domain for every argument, and says what it is", () => {
    expect(partials).toHaveLength(arity);
    expect(domain).toHaveLength(arity);
    expect(domain.every(({ from, to }) => from < to)).toBe(true);
    expect(doc).not.toBe("");
  });

  test.each(known[fn])("of %j is %d", (x, expected) => {
    const got = value(...x);
    const exact = !Number.isFinite(expected) || expected === 0;
    if (exact) expect(got).toBe(expected);
    else expect(Math.abs(got / expected - 1)).toBeLessThan(1e-15);
  });

  test("is finite over its domain", () => {
    const points = samples(fn);
    expect(points.length).toBeGreaterThan(20);
    for (const x of points) expect(value(...x), `${x}`).toSatisfy(Number.isFinite);
  });
});
