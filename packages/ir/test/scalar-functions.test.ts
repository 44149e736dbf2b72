/** Owns: the proof of each scalar function. Both tables below are exhaustive, so a new function is tested by existing. */

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

/** Points over the domain on a grid of irrational steps: no kink, no tie of two arguments is ever met. */
function samples(fn: ScalarFunctionName, count = 60): readonly (readonly number[])[] {
  const steps = [Math.SQRT2, Math.sqrt(3), Math.sqrt(5)];
  return Array.from({ length: count }, (_, n) =>
    scalarFunctions[fn].domain.map(({ from, to }, k) => from + (to - from) * (((n + 0.5) * steps[k]!) % 1)),
  ).filter((x) => {
    const nearKink = scalarFunctions[fn].domain.some(({ kinks }, k) =>
      kinks?.some((at) => Math.abs(at - x[k]!) < 1e-2),
    );
    const nearTie = x.length > 1 && Math.abs(x[0]! - x[1]!) < 1e-2;
    return !nearKink && !nearTie;
  });
}

// What is a constant to differentiation is not one to differences.
const differentiable = scalarFunctionNames.filter((fn) => fn !== "stop_gradient");

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

  test("is finite over its domain, and so are its partials", () => {
    const points = samples(fn);
    expect(points.length).toBeGreaterThan(20);
    for (const x of points) {
      expect(value(...x), `${x}`).toSatisfy(Number.isFinite);
      for (const k of x.keys()) expect(partial(fn, k, x), `${x}`).toSatisfy(Number.isFinite);
    }
  });
});

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
