/** What `div` and `mod` mean, of indices and of numbers: the digits of an index, and the tensors they regroup. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codes, evaluateModel, lowered, modelOf, rendered } from "./loading.ts";

const declarations = "input x[12] input A[3, 4] input b[10]";
const count = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k);
const values = { x: count(12), A: count(12), b: count(10) };

function value(statements: string): readonly number[] {
  const { y } = evaluateModel(modelOf(`model M { ${declarations} ${statements} }`), values);
  return y ?? [];
}

function shape(statements: string): readonly number[] | undefined {
  return modelOf(`model M { ${declarations} ${statements} }`).bindings.at(-1)?.node.shape;
}

function codesOf(statements: string): readonly string[] {
  return codes(`model M { ${declarations} ${statements} }`);
}

describe("digits of an index", () => {
  it("flatten a tensor, and take it apart again", () => {
    expect(value("y[k] = A[k div 4, k mod 4]")).toEqual(count(12));
    expect(value("f[k] = A[k div 4, k mod 4]  y[i, j < 4] = f[4 * i + j]")).toEqual(count(12));
    expect(lowered(`model M { ${declarations} f[k] = A[k div 4, k mod 4]  y[i < 3, j < 4] = f[4 * i + j] }`)).toEqual([
      "f[i] = reshape(A)[i]",
    ]);
  });

  it("transpose what is flat", () => {
    expect(value("y[k] = A[k mod 3, k div 3]")).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
  });

  it("repeat, and take every so-manieth", () => {
    expect(value("y[k < 6] = x[k div 2]")).toEqual([0, 0, 1, 1, 2, 2]);
    expect(value("y[k < 6] = x[k mod 3]")).toEqual([0, 1, 2, 0, 1, 2]);
    expect(value("y[k < 4] = x[k - k mod 2]")).toEqual([0, 0, 2, 2]);
  });

  it("may be three, by divisors that divide one another, in any order", () => {
    const digits = "y[k < 12] = 100 * x[k div 6] + 10 * x[(k div 2) mod 3] + x[k mod 2]";
    expect(value(digits)).toEqual([0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121]);
    expect(value("y[k < 12] = x[k mod 2] + 10 * x[k mod 6 div 2] + 100 * x[k div 6]")).toEqual(value(digits));
  });

  it("need nothing else in a reduction", () => {
    expect(value("y = sum[k < 12](A[k div 4, k mod 4] * x[k])")).toEqual([count(12).reduce((s, k) => s + k * k, 0)]);
    expect(value("y[g < 3] = max[k < 8](x[4 * (k div 4) + g])")).toEqual([4, 5, 6]);
  });

  it("may be taken of sums and differences as far as they come out even", () => {
    expect(value("y[k < 4] = x[(k + 4) div 2]")).toEqual([2, 2, 3, 3]);
    expect(value("y[k < 4] = x[(3 - k) div 2]")).toEqual([1, 1, 0, 0]);
    expect(value("y[i < 2, j < 3] = x[(6 * i + 2 * j) div 2]")).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("are numbers as well", () => {
    expect(value("y[k < 6] = 10 * (k div 2) + k mod 2")).toEqual([0, 1, 10, 11, 20, 21]);
    expect(value("y[k < 5] = k mod 2")).toEqual([0, 1, 0, 1, 0]);
  });

  it("are given to layers like any index", () => {
    const layer = "layer at(x[n], i) { r[j < 1] = x[i]  return r }";
    const page = `${layer} model M { ${declarations} y[k < 6] = at(x, k div 2)[0] }`;
    expect(evaluateModel(modelOf(page), values)["y"]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("stay classes", () => {
    const page = "model M { input t[2]: class(3) input x[3] y[k < 4] = x[t[k div 2]] }";
    expect(evaluateModel(modelOf(page), { t: [2, 0], x: [5, 6, 7] })["y"]).toEqual([7, 7, 5, 5]);
  });
});

describe("the range of an index with digits", () => {
  it("follows from what its foremost digit reads", () => {
    expect(shape("y[k] = A[k div 4, k mod 4]")).toEqual([12]);
    expect(shape("y[k] = A[k mod 3, k div 3]")).toEqual([12]);
  });

  it("is the axis where it stands whole", () => {
    expect(shape("y[k] = x[k] * b[k mod 2]")).toEqual([12]);
    expect(codesOf("y[k] = b[k] * A[k div 4, k mod 4]")).toEqual(["shape-mismatch"]);
    expect(codesOf("y[k] = b[k] * x[k mod 4]")).toEqual(["shape-mismatch"]);
  });

  it("must leave every digit inside", () => {
    expect(codesOf("y[k] = A[k div 5, k mod 5]")).toEqual(["out-of-bounds"]);
    expect(codesOf("y[k < 16] = A[k div 4, k mod 4]")).toEqual(["out-of-bounds"]);
    expect(value("y[k < 16] = A[k div 4, k mod 4 else -1]").slice(12)).toEqual([-1, -1, -1, -1]);
  });

  it("is a multiple of the divisors, which divide one another", () => {
    expect(codesOf("y[k < 10] = x[k div 4]")).toEqual(["not-affine"]);
    expect(codesOf("y[k < 12] = x[k div 4] + x[k div 6]")).toEqual(["not-affine"]);
    expect(codesOf("y[k < 12] = x[(k + 1) div 4]")).toEqual(["not-affine"]);
    expect(codesOf("y[k < 12] = x[k div (k + 1)]")).toEqual(["not-affine"]);
    expect(codesOf("y[k < 12] = x[k div 0]")).toEqual(["not-affine"]);
    expect(rendered(`model M { ${declarations} y[k < 10] = x[k div 4] }`)).toContain("divide its range");
  });

  it("is not written as the floor of a fraction", () => {
    expect(codesOf("y[k < 10] = x[floor(k / 4)]")).toEqual(["not-affine"]);
    const page = `model M { ${declarations} y[k < 10] = x[floor(k / 4)] }`;
    expect(rendered(page)).toContain("the quotient of an index is written `k div 4`");
  });

  it("holds the digits for random sizes", () => {
    const extent = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(extent, extent, extent, (a, b, c) => {
        const page = `model M { input T[${a}, ${b}, ${c}]
          f[k] = T[k div ${b * c}, (k div ${c}) mod ${b}, k mod ${c}]
          y[i < ${a}, j < ${b}, k < ${c}] = f[(i * ${b} + j) * ${c} + k] }`;
        const result = evaluateModel(modelOf(page), { T: count(a * b * c) });
        expect([result["f"], result["y"]]).toEqual([count(a * b * c), count(a * b * c)]);
      }),
      { numRuns: 50 },
    );
  });
});

describe("div and mod of numbers", () => {
  it("round down, and leave what is left", () => {
    expect(value("y[i < 2] = (7 div 2) + i * 0")).toEqual([3, 3]);
    expect(value("y[i] = (x[i] - 6) div 4")).toEqual([-2, -2, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1]);
    expect(value("y[i] = (x[i] - 6) mod 4")).toEqual([2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1]);
    expect(shape("y[i < 17 mod 12] = x[i]")).toEqual([5]);
    expect(codesOf("y[i < 3 div 0] = x[i]")).toEqual(["not-finite"]);
  });
});
