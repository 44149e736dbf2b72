/** Owns: what is put down to rounding, and that nothing else is. */

import { checkPoint, Expectation, precisions, type Subject, subjectOf } from "@adjoint/check";
import { Builder, type Graph, type Node } from "@adjoint/ir";
import { describe, expect, test } from "vitest";

/** loss = sign(16 · log1pexp(2) · 0.5 − 17.01542408834378) · w + slope · w: whatever sign rounding leaves of 0. */
function decidedByRounding(slope: number): Subject {
  const b = new Builder();
  const w = b.input("w", "parameter", []);
  const terms = b.reduce("sum", b.map("log1pexp", [b.constant(2, [4, 4])]), [0, 1]);
  const nothing = b.map("add", [b.map("mul", [terms, b.constant(0.5)]), b.constant(-17.01542408834378)]);
  const smooth = b.map("mul", [w, b.constant(slope)]);
  return subjectOf("Decided", b.map("add", [b.map("mul", [b.map("sign", [nothing]), w]), smooth]));
}

/** The same, with 1 instead of a sign that is as sure as the 1. */
function decidedByFormula(slope: number): Subject {
  const b = new Builder();
  const w = b.input("w", "parameter", []);
  return subjectOf("Sure", b.map("mul", [w, b.constant(1 + slope)]));
}

const at = { point: new Map([["w", [1.5]]]), direction: new Map([["w", [1]]]) };

describe("a branch that rounding decides", () => {
  const subject = decidedByRounding(3);
  const signed = (sign: number): Subject => ({ ...subject, optimised: decidedByFormula(2 + sign).optimised });

  test("may be decided otherwise by the optimised graph: the point says nothing", () => {
    const results = [-1, 0, 1].map((sign) => checkPoint(signed(sign), at.point, at.direction));
    const known = results.filter(({ kind }) => kind === "agree");
    const unknown = results.filter(({ kind }) => kind === "undecided");
    expect(known).toHaveLength(1);
    expect(unknown).toEqual(Array(2).fill({ kind: "undecided", reason: "rounding" }));
  });

  test("is no verdict by itself: the graph that takes the same way agrees", () => {
    const same = { ...subject, optimised: subject.derivatives };
    expect(checkPoint(same, at.point, at.direction)).toEqual({ kind: "agree" });
  });

  test("excuses no more than the branch explains", () => {
    const wrong = { ...subject, optimised: decidedByRounding(30).optimised };
    expect(checkPoint(wrong, at.point, at.direction)).toMatchObject({ kind: "disagree", claim: "optimised" });
  });

  test("excuses no derivative that differences deny", () => {
    const wrong = { ...signed(0), value: decidedByRounding(30).value };
    expect(checkPoint(wrong, at.point, at.direction)).toMatchObject({ kind: "disagree", claim: "backward" });
  });
});

describe("what is expected of a graph", () => {
  const graphOf = (build: (b: Builder, x: Node) => Node): Graph => {
    const b = new Builder();
    return { name: "G", outputs: [{ name: "y", node: build(b, b.input("x", "input", [2])) }] };
  };
  const compare = (graph: Graph, x: readonly number[], actual: readonly number[]): string =>
    new Expectation(graph, () => x).compare(new Map([["y", actual]]), precisions.f64).kind;
  const total = (b: Builder, x: Node): Node => b.reduce("sum", x, [0]);

  test.each<[string, Graph, number[], number[], string]>([
    ["the same number", graphOf(total), [0.1, 0.2], [0.1 + 0.2], "equal"],
    ["another order of a sum", graphOf(total), [0.1, 0.2], [0.3], "equal"],
    ["digits that cancel", graphOf(total), [1e9 + 0.1, -1e9], [0.1], "undecided"],
    ["more than cancels", graphOf(total), [1e9 + 0.1, -1e9], [0.2], "mismatch"],
    ["a mistake in the ninth digit", graphOf((b, x) => b.map("exp", [x])), [1, 2], [Math.E, 7.3890561], "mismatch"],
    ["a tie of exact numbers", graphOf((b, x) => b.map("sign", [total(b, x)])), [0.5, -0.5], [1], "mismatch"],
    ["a tie of inexact ones", graphOf((b, x) => b.map("sign", [total(b, x)])), [0.1, -0.1], [1], "undecided"],
    ["a product with 0", graphOf((b, x) => b.reduce("prod", x, [0])), [1e6, 0], [1e-9], "mismatch"],
    ["what is not finite", graphOf((b, x) => b.map("log", [x])), [0, 1], [Number.NaN, 0], "equal"],
  ])("%s", (_, graph, x, actual, kind) => {
    expect(compare(graph, x, actual)).toBe(kind);
  });

  test.each<[string, (b: Builder, x: Node) => Node]>([
    ["given", (_, x) => x],
    ["computed", (b, x) => b.map("mul", [x, b.constant(0.7)])],
  ])("two formulas for almost the same number, %s: rounding may make them equal", (_, from) => {
    // asinh(m) = m − m³/6 + …, which float32 does not tell from a small m.
    const graph = graphOf((b, x) => {
      const m = from(b, b.read(x, [], [{ offset: 0, coefficients: [] }], null));
      return b.map("ne", [b.map("asinh", [m]), m]);
    });
    const single = (x: number, actual: number): string =>
      new Expectation(graph, () => [Math.fround(x), 0]).compare(new Map([["y", [actual]]]), precisions.single).kind;
    expect(single(-1.7e-4, 0)).toBe("undecided");
    expect(single(-1.7e-4, 1)).toBe("equal");
    expect(single(0.5, 0)).toBe("mismatch");
  });

  test("a row's rounding is its own, however large the others are", () => {
    const b = new Builder();
    const rows = b.reduce("sum", b.input("x", "input", [2, 2]), [1]);
    const graph: Graph = { name: "G", outputs: [{ name: "y", node: rows }] };
    expect(compare(graph, [1e9 + 0.1, 1e9, 0.1, 0.2], [2e9 + 0.1, 0.3 + 1e-6])).toBe("mismatch");
    expect(compare(graph, [1e9 + 0.1, 1e9, 0.1, 0.2], [2e9 + 0.1 + 1e-6, 0.3])).toBe("equal");
  });
});
