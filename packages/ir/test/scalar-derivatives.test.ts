/** Owns: the proof of each scalar function's derivatives, first and second, and of the conventions where there are none. */

import {
  type Algebra,
  Builder,
  interpret,
  type Node,
  nodesOf,
  type ScalarFunctionName,
  scalarFunctionNames,
  scalarFunctions,
} from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { samples } from "./sample-domain.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

const numbers: Algebra<number> = {
  constant: (value) => value,
  call: (fn, ...args) => scalarFunctions[fn].value(...args),
};

/** The partial ∂fn/∂x_k by its rule; exactly 0 where the table has no rule. */
function partial(fn: ScalarFunctionName, k: number, x: readonly number[]): number {
  const { partials, value } = scalarFunctions[fn];
  return partials[k]?.(numbers, x, value(...x)) ?? 0;
}

/** f′ of five points about x; its error is of order h⁴, and the width stays inside every domain's margin. */
function difference(f: (x: number) => number, x: number): number {
  const h = 1e-4;
  return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
}

const replaced = (x: readonly number[], k: number, value: number): number[] =>
  x.map((old, j) => (j === k ? value : old));

describe.each(scalarFunctionNames)("%s", (fn) => {
  test("has finite partials over its domain", () => {
    for (const x of samples(fn)) {
      for (const k of x.keys()) expect(partial(fn, k, x), `${x}`).toSatisfy(Number.isFinite);
    }
  });
});

// What is a constant to differentiation is not one to differences.
const differentiable = scalarFunctionNames.filter((fn) => fn !== "stop_gradient");

describe.each(differentiable)("%s", (fn) => {
  test("partials agree with differences", () => {
    for (const x of samples(fn)) {
      for (const k of x.keys()) {
        const truth = difference((at) => scalarFunctions[fn].value(...replaced(x, k, at)), x[k]!);
        expect(relativeError(partial(fn, k, x), truth), `∂${k} at ${x}`).toBeLessThan(1e-8);
      }
    }
  });

  test("second partials, through the graph, agree with differences of the first", () => {
    const { arity, partials } = scalarFunctions[fn];
    for (const k of partials.keys()) {
      const b = new Builder();
      const x = Array.from({ length: arity }, (_, j) => b.input(`x${j}`, "input", []));
      const y = b.map(fn, x);
      const first = partials[k]?.(b.algebra([]), x, y);
      if (first === undefined) continue;
      for (const j of x.keys()) {
        const second = { name: "second", outputs: [{ name: "value", node: tangent(b, first, x[j]!) }] };
        for (const at of samples(fn, 12)) {
          const value = interpret(second, (node) => [at[x.indexOf(node)]!]).get("value")![0]!;
          const truth = difference((moved) => partial(fn, k, replaced(at, j, moved)), at[j]!);
          expect(relativeError(value, truth), `∂${j}∂${k} at ${at}`).toBeLessThan(1e-8);
        }
      }
    }
  });
});

describe("conventions at kinks", () => {
  test("|x|′ and sign′ are 0 at 0", () => {
    expect(partial("abs", 0, [0])).toBe(0);
    expect(partial("sign", 0, [0])).toBe(0);
  });

  test("a tie of min or max gives each argument half", () => {
    for (const fn of ["min", "max"] as const) expect([0, 1].map((k) => partial(fn, k, [3, 3]))).toEqual([0.5, 0.5]);
  });

  test("a select gives its cotangent to one branch only", () => {
    expect([0, 1, 2].map((k) => partial("select", k, [1, nan, inf]))).toEqual([0, 1, 0]);
    expect([0, 1, 2].map((k) => partial("select", k, [0, nan, inf]))).toEqual([0, 0, 1]);
  });

  test("stop_gradient stops it", () => {
    expect(partial("stop_gradient", 0, [2])).toBe(0);
  });
});

describe("pow at its edges", () => {
  test.each([
    { x: 0, z: 0, wrtBase: 0 },
    { x: 0, z: 1, wrtBase: 1 },
    { x: 0, z: 2, wrtBase: 0 },
    { x: -3, z: 2, wrtBase: -6 },
    { x: -2, z: 3, wrtBase: 12 },
    { x: -2, z: -1, wrtBase: -0.25 },
  ])("∂(x^z)/∂x at x = $x, z = $z is $wrtBase", ({ x, z, wrtBase }) => {
    expect(partial("pow", 0, [x, z])).toBeCloseTo(wrtBase, 12);
  });

  test("∂(x^z)/∂z is its limit 0 at x = 0", () => {
    expect(partial("pow", 1, [0, 2])).toBe(0);
  });
});

describe("far from 0", () => {
  test.each(["tanh", "logistic", "log1pexp", "erf", "atan", "asinh"] as const)("%s′ is finite at ±1000", (fn) => {
    for (const x of [-1000, 1000]) expect(partial(fn, 0, [x])).toSatisfy(Number.isFinite);
  });

  test("asin′ keeps its digits near 1, where 1 − x² cancels", () => {
    const gap = 2 ** -40;
    const truth = 1 / Math.sqrt(gap * (2 - gap));
    expect(relativeError(partial("asin", 0, [1 - gap]), truth)).toBeLessThan(1e-15);
  });
});

function relativeError(value: number, truth: number): number {
  return Math.abs(value - truth) / Math.max(1, Math.abs(truth));
}

/** Forward mode over a graph of scalar maps: dy of every node, in topological order. */
function tangent(b: Builder, y: Node, wrt: Node): Node {
  const algebra = b.algebra([]);
  const tangents = new Map<Node, Node>();
  for (const node of nodesOf({ name: "", outputs: [{ name: "", node: y }] })) {
    let sum = b.constant(node === wrt ? 1 : 0);
    if (node.kind === "map") {
      for (const [k, rule] of scalarFunctions[node.fn].partials.entries()) {
        if (rule === null) continue;
        sum = b.map("add", [sum, b.map("mul", [rule(algebra, node.args, node), tangents.get(node.args[k]!)!])]);
      }
    }
    tangents.set(node, sum);
  }
  return tangents.get(y)!;
}
