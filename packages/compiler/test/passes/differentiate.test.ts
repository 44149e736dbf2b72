import { Builder, type InputNode, interpret, type Node, reachable, verify } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { cotangents } from "../../src/passes/differentiate.ts";
import { tangents } from "../../src/passes/push-forward.ts";
import { type Case, cases } from "./differentiable-cases.ts";
import { dot, formulas, numbers, run, type Values } from "./support.ts";

/** The case's tensor reduced to a scalar whose second derivatives vanish nowhere for a trivial reason. */
function scalarOf({ build }: Case): { builder: Builder; root: Node; variables: InputNode[] } {
  const builder = new Builder();
  const f = formulas(builder);
  const y = build(f);
  const weights = builder.input("weights", "input", y.shape);
  const root = f.sum(f.call("mul", weights, f.call("add", y, f.call("mul", y, f.call("mul", 0.25, y)))));
  const variables = reachable([y]).filter((n): n is InputNode => n.kind === "input" && n.element.kind === "real");
  return { builder, root: root.shape.length === 0 ? root : y, variables };
}

function withWeights(test: Case, root: Node): Values {
  const weights = reachable([root]).find((n) => n.kind === "input" && n.name === "weights");
  const count = (weights?.shape ?? []).reduce((a, b) => a * b, 1);
  return { ...test.at, weights: numbers(count, 99) };
}

/** (f(x + hv) − f(x − hv)) / 2h, extrapolated once: error O(h⁴). */
function directional(f: (values: Values) => number, at: Values, along: Values): number {
  const shifted = (h: number): Values =>
    Object.fromEntries(
      Object.entries(at).map(([name, x]) => [name, x.map((value, k) => value + h * (along[name]?.[k] ?? 0))]),
    );
  const difference = (h: number) => (f(shifted(h)) - f(shifted(-h))) / (2 * h);
  const h = 2e-4;
  return (4 * difference(h / 2) - difference(h)) / 3;
}

function directions(variables: readonly InputNode[], at: Values, seed: number): Values {
  return Object.fromEntries(
    variables.map(({ name }, k) => {
      const x = at[name] ?? [];
      // Only where the function is smooth: the cases put points that are not at exactly 0.
      return [name, numbers(x.length, seed + k).map((v, e) => (x[e] === 0 ? 0 : v))];
    }),
  );
}

function close(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected)));
}

describe.each(cases)("$name", (testCase) => {
  const { builder, root, variables } = scalarOf(testCase);
  const at = withWeights(testCase, root);
  const gradients = cotangents(builder, root, variables);
  const along = directions(variables, at, 17);
  const flatten = (rows: readonly (readonly number[])[]) => rows.flat();
  const flatAlong = flatten(variables.map(({ name }) => along[name] ?? []));

  test("the sweep makes a well-formed graph of the variables' shapes", () => {
    verify({ name: "gradients", outputs: gradients.map((node, k) => ({ name: `${k}`, node })) }, { expanded: true });
    expect(gradients.map((g) => g.shape)).toEqual(variables.map((v) => v.shape));
  });

  test("⟨∂f, v⟩ is the difference quotient along v", () => {
    const analytic = dot(flatten(run(gradients, at)), flatAlong);
    const numeric = directional((values) => run([root], values)[0]?.[0] ?? Number.NaN, at, along);
    close(analytic, numeric, 2e-8);
  });

  test("forward and reverse mode agree: J·v = ⟨Jᵀ, v⟩", () => {
    const seeds = new Map(variables.map((v) => [v, builder.input(`v ${v.name}`, "tangent", v.shape)] as const));
    const [tangent] = tangents(builder, [root], seeds);
    if (tangent === undefined) throw new Error("one output has one tangent");
    const seeded = { ...at, ...Object.fromEntries(variables.map(({ name }) => [`v ${name}`, along[name] ?? []])) };
    close(run([tangent], seeded)[0]?.[0] ?? Number.NaN, dot(flatten(run(gradients, at)), flatAlong), 1e-12);
  });

  test("second derivatives: ⟨∂⟨∂f, u⟩, v⟩ is the difference quotient of ⟨∂f, u⟩ along v", () => {
    const f = formulas(builder);
    const u = directions(variables, at, 31);
    const products = gradients.map((g, k) =>
      f.call("mul", g, builder.input(`u ${variables[k]?.name}`, "input", g.shape)),
    );
    const inner = products.map((p) => f.sum(p)).reduce((a, b) => f.call("add", a, b));
    const second = cotangents(builder, inner, variables);
    const seeded = { ...at, ...Object.fromEntries(Object.entries(u).map(([name, x]) => [`u ${name}`, x])) };
    const numeric = directional((values) => run([inner], values)[0]?.[0] ?? Number.NaN, seeded, along);
    close(dot(flatten(run(second, seeded)), flatAlong), numeric, 2e-7);
  });
});

describe("conventions", () => {
  const gradientOf = (build: (f: ReturnType<typeof formulas>, x: Node) => Node, x: readonly number[]) => {
    const builder = new Builder();
    const f = formulas(builder);
    const input = f.input("x", [x.length]);
    const root = f.sum(build(f, input));
    return run(cotangents(builder, root, [input]), { x })[0];
  };

  test("what the root does not depend on has the derivative 0", () => {
    const builder = new Builder();
    const f = formulas(builder);
    const [g] = cotangents(builder, f.sum(f.input("x", [2])), [f.input("unused", [3])]);
    expect(g).toMatchObject({ kind: "constant", value: 0, shape: [3] });
  });

  test("ties of max and min share evenly", () => {
    expect(gradientOf((f, x) => f.builder.reduce("max", x, [0]), [1, 3, 3, 2])).toEqual([0, 0.5, 0.5, 0]);
    expect(gradientOf((f, x) => f.builder.reduce("min", x, [0]), [1, 3, 1, 1])).toEqual([1 / 3, 0, 1 / 3, 1 / 3]);
    expect(gradientOf((f, x) => f.call("max", x, 0), [-1, 0, 1])).toEqual([0, 0.5, 1]);
  });

  test("a rectifier written as a select has derivative 0 at 0", () => {
    expect(gradientOf((f, x) => f.call("select", f.call("lt", 0, x), x, 0), [-1, 0, 1])).toEqual([0, 0, 1]);
  });

  test("stop_gradient is a constant to differentiation", () => {
    expect(gradientOf((f, x) => f.call("mul", x, f.call("stop_gradient", x)), [3])).toEqual([3]);
  });

  test("a seed makes Jᵀ·seed of a tensor-valued root", () => {
    const builder = new Builder();
    const f = formulas(builder);
    const x = f.input("x", [3]);
    const seed = builder.input("s", "cotangent", [3]);
    const values = { x: [1, 2, 3], s: [1, 0, -1] };
    expect(run(cotangents(builder, f.call("mul", x, x), [x], seed), values)).toEqual([[2, 0, -6]]);
  });

  test("adjoints are named after what they serve", () => {
    const builder = new Builder();
    const origin = { name: "h", span: null, statement: null, adjoint: false };
    const x = builder.input("x", "input", []);
    const h = builder.map("exp", [x], origin);
    const root = builder.map("sin", [h]);
    const graph = reachable(cotangents(builder, root, [x]));
    expect(graph.some((node) => node.origin?.name === "h" && node.origin.adjoint)).toBe(true);
    expect(interpret({ name: "g", outputs: [{ name: "h", node: h }] }, () => [0]).get("h")?.[0]).toBe(1);
  });
});
