/** Owns: the proof that the numerical oracle is right, and silent where it cannot know. */

import {
  type BranchTrace,
  centralDifference,
  closeTo,
  distance,
  innerProduct,
  normalStream,
  randomDirection,
  restrictToLine,
  type Sample,
  traceBranches,
  uniformStream,
  worstMismatch,
} from "@adjoint/check";
import { Builder, type Graph, interpret, type Node } from "@adjoint/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const smooth =
  (f: (t: number) => number) =>
  (t: number): Sample => ({ value: f(t), branch: "" });

describe("a central difference", () => {
  test.each<[string, (t: number) => number, number]>([
    ["t", (t) => t, 1],
    ["exp(3t)", (t) => Math.exp(3 * t), 3],
    ["sin(10t)", (t) => Math.sin(10 * t), 10],
    ["log(1 + 5t)", (t) => Math.log(1 + 5 * t), 5],
    ["1e6 + t", (t) => 1e6 + t, 1],
    ["t⁴ + 2t", (t) => t ** 4 + 2 * t, 2],
    ["a constant", () => 3, 0],
  ])("of %s is right, within the error that it admits", (_, f, truth) => {
    const estimate = centralDifference(smooth(f));
    if (estimate.kind === "none") throw new Error(estimate.reason);
    expect(Math.abs(estimate.value - truth)).toBeLessThanOrEqual(estimate.error);
    expect(estimate.error).toBeLessThan(1e-7);
  });

  test("of random polynomials, likewise", () => {
    const coefficient = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(coefficient, { minLength: 2, maxLength: 8 }), (c) => {
        const estimate = centralDifference(smooth((t) => c.reduceRight((sum, a) => sum * t + a, 0)));
        expect(estimate.kind).toBe("estimate");
        if (estimate.kind === "estimate") expect(Math.abs(estimate.value - c[1]!)).toBeLessThanOrEqual(estimate.error);
      }),
    );
  });

  test("takes no finer steps once it is as precise as asked", () => {
    const taken = (enough: number): number => {
      let samples = 0;
      const estimate = centralDifference(
        smooth((t) => ++samples && Math.exp(t)),
        { enough },
      );
      if (estimate.kind === "none") throw new Error(estimate.reason);
      expect(Math.abs(estimate.value - 1)).toBeLessThanOrEqual(estimate.error);
      return samples;
    };
    expect([taken(0), taken(1e-8)]).toEqual([15, 9]);
  });

  test("steps back from a kink beside it", () => {
    const f = (t: number): Sample => ({ value: Math.abs(t - 1e-3) + t * t, branch: String(t < 1e-3) });
    const estimate = centralDifference(f);
    expect(estimate).toMatchObject({ kind: "estimate" });
    if (estimate.kind === "estimate") expect(estimate.value).toBeCloseTo(-1, 8);
  });

  test("at a kink says nothing", () => {
    const f = (t: number): Sample => ({ value: Math.abs(t), branch: String(Math.sign(t)) });
    expect(centralDifference(f)).toEqual({ kind: "none", reason: "branches" });
  });

  test("of what is not finite says nothing", () => {
    expect(centralDifference(smooth(() => Number.NaN))).toEqual({ kind: "none", reason: "not-finite" });
    const pole = smooth((t) => (t === 0 ? 1 : Number.POSITIVE_INFINITY));
    expect(centralDifference(pole)).toEqual({ kind: "none", reason: "not-finite" });
  });
});

/** The branches of a graph of the vector `x`. */
function branchesOf(build: (b: Builder, x: Node) => Node, x: readonly number[]): string {
  const b = new Builder();
  const node = build(b, b.input("x", "input", [x.length]));
  const trace: BranchTrace = traceBranches();
  interpret({ name: "G", outputs: [{ name: "out", node }] }, () => x, trace.observe);
  return trace.signature();
}

describe("branches", () => {
  const half = (b: Builder, x: Node): Node => b.constant(0.5, x.shape);
  test.each<[string, (b: Builder, x: Node) => Node, number[], number[], number[]]>([
    ["a comparison", (b, x) => b.map("lt", [x, half(b, x)]), [0, 0], [0.1, 0.2], [0, 0.6]],
    ["a sign", (b, x) => b.map("sign", [x]), [1, 1], [2, 0.1], [1, 0]],
    ["a rounding", (b, x) => b.map("floor", [x]), [1.2, 7], [1.9, 7.5], [0.9, 7]],
    ["a kink", (b, x) => b.map("abs", [x]), [1, -1], [3, -0.1], [1, 1]],
    ["the kink itself", (b, x) => b.map("abs", [x]), [0, 0], [0, 0], [0, 1e-300]],
    ["a maximum of two", (b, x) => b.map("max", [x, half(b, x)]), [0, 1], [0.4, 0.6], [0.6, 1]],
    ["a condition", (b, x) => b.map("select", [x, half(b, x), x]), [0, 1], [0, 2], [1, 1]],
    ["the greatest element", (b, x) => b.reduce("max", x, [0]), [1, 2, 3], [2, 1, 9], [3, 2, 1]],
    ["a tie for it", (b, x) => b.reduce("min", x, [0]), [1, 1, 3], [0, 0, 2], [1, 2, 3]],
    [
      "where a pick reads",
      (b, x) => b.pick(b.constant(1, [2, 3]), 1, b.map("floor", [x])),
      [0.5, 2],
      [0.7, 2.1],
      [1, 2],
    ],
  ])("%s", (_, build, x, same, other) => {
    expect(branchesOf(build, same)).toBe(branchesOf(build, x));
    expect(branchesOf(build, other)).not.toBe(branchesOf(build, x));
  });

  test("what is smooth has one", () => {
    const build = (b: Builder, x: Node): Node => b.reduce("prod", b.map("tanh", [b.map("mul", [x, x])]), [0]);
    expect(branchesOf(build, [-1, 2])).toBe(branchesOf(build, [3, 0]));
  });

  test("the element at which a decision falls matters", () => {
    const build = (b: Builder, x: Node): Node => b.map("sign", [x]);
    expect(branchesOf(build, [1, -1])).not.toBe(branchesOf(build, [-1, 1]));
  });
});

describe("a line through the inputs", () => {
  /** loss = Σ x² · stop_gradient(x) */
  function cubic(): Graph {
    const b = new Builder();
    const x = b.input("x", "input", [2]);
    const product = b.map("mul", [b.map("mul", [x, x]), b.map("stop_gradient", [x])]);
    return { name: "Cubic", outputs: [{ name: "loss", node: b.reduce("sum", product, [0]) }] };
  }
  const point = new Map([["x", [2, 3]]]);

  test("passes through the point, and holds what stop_gradient stops", () => {
    const line = restrictToLine(cubic(), "loss", point, new Map([["x", [1, 0]]]));
    expect(line(0).value).toBe(8 + 27);
    expect(line(1).value).toBe(3 * 3 * 2 + 27);
    expect(line(0).value).toBe(8 + 27);
  });

  test("has the slope ⟨gradient, direction⟩", () => {
    const direction = new Map([["x", [0.6, -0.8]]]);
    const estimate = centralDifference(restrictToLine(cubic(), "loss", point, direction));
    const slope = innerProduct(new Map([["x", [2 * 2 * 2, 2 * 3 * 3]]]), direction);
    expect(slope).toBeCloseTo(8 * 0.6 - 18 * 0.8, 12);
    expect(estimate.kind === "estimate" && closeTo(estimate.value, slope)).toBe(true);
  });

  test("refuses what it was not told", () => {
    expect(() => restrictToLine(cubic(), "loss", new Map(), new Map())).toThrow("the point says nothing of x");
    expect(() => restrictToLine(cubic(), "o", point, new Map())).toThrow("Cubic has no scalar output o");
    expect(() => innerProduct(new Map(), point)).toThrow("no gradient with respect to x");
  });
});

describe("numbers", () => {
  test("a random direction has length 1", () => {
    const inputs = [new Builder().input("a", "input", [3, 2]), new Builder().input("b", "input", [])];
    const direction = randomDirection(
      inputs.filter((node) => node.kind === "input"),
      normalStream(1),
    );
    const all = [...direction.values()].flatMap((values) => Array.from(values));
    expect(all).toHaveLength(7);
    expect(Math.hypot(...all)).toBeCloseTo(1, 14);
  });

  test("uniform and normal streams repeat, and have their moments", () => {
    const moments = (next: () => number): readonly [number, number] => {
      const draws = Array.from({ length: 20_000 }, next);
      const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
      return [mean, draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length];
    };
    expect(Array.from({ length: 5 }, uniformStream(3))).toEqual(Array.from({ length: 5 }, uniformStream(3)));
    const [uniformMean, uniformVariance] = moments(uniformStream(3));
    expect(uniformMean).toBeCloseTo(0.5, 2);
    expect(uniformVariance).toBeCloseTo(1 / 12, 2);
    const [normalMean, normalVariance] = moments(normalStream(3));
    expect(normalMean).toBeCloseTo(0, 1);
    expect(normalVariance).toBeCloseTo(1, 1);
  });

  test("distance is relative to what is large and absolute for what is small", () => {
    expect(distance(1e6, 1e6 + 1)).toBeCloseTo(1e-6, 10);
    expect(distance(1e-12, 0)).toBe(1e-12);
    expect(distance(Number.NaN, Number.NaN)).toBe(0);
    expect(distance(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(0);
    expect(distance(Number.NaN, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(distance(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });

  test("the worst of several mismatches is the one told", () => {
    expect(worstMismatch([1, 2, 3], [1, 2, 3])).toBeNull();
    expect(worstMismatch([1, 2.1, 5], [1, 2, 3])).toMatchObject({ index: 2, actual: 5, expected: 3 });
    expect(() => worstMismatch([1], [1, 2])).toThrow(RangeError);
  });
});
