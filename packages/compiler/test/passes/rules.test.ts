import { Builder, type Node, verify } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { analyseRanges } from "../../src/passes/ranges.ts";
import { rewriteWithRules, type Statistics, tableOfRules } from "../../src/passes/rewriting/engine.ts";
import type { Context, Rule, Samples } from "../../src/passes/rewriting/rule.ts";
import { releaseRules } from "../../src/passes/simplify/release.ts";
import { simplifyRules } from "../../src/passes/simplify/rules.ts";
import { stabiliseRules } from "../../src/passes/stabilise/rules.ts";
import { numbers, run, type Values } from "./support.ts";

const rules: readonly Rule[] = [...simplifyRules, ...stabiliseRules, ...releaseRules];

function samples(): Samples {
  const builder = new Builder();
  const label = (name: string, shape: number[]) => builder.input(name, "target", shape, { kind: "class", count: 3 });
  return {
    builder,
    x: builder.input("x", "input", [3]),
    y: builder.input("y", "input", [3]),
    s: builder.input("s", "input", []),
    m: builder.input("m", "input", [3, 4]),
    n: builder.input("n", "input", [3, 4]),
    k: label("k", []),
    ks: label("ks", [4]),
  };
}

const special = [0, -0, 1, -1, 0.5, 2, -3, 30, -30, 1000, -1000, Infinity, -Infinity, Number.NaN];

/** Ordinary numbers, then every pair of special ones in x and y, and the same in the first elements of the others. */
const points: readonly Values[] = [
  ...Array.from({ length: 20 }, (_, k) =>
    valuesFrom((count, seed) => numbers(count, 100 * k + seed).map((v) => 3 * v)),
  ),
  ...special.flatMap((a) =>
    special.map((b) =>
      valuesFrom((count, seed) => Array.from({ length: count }, (_, k) => ((k + seed) % 2 === 0 ? a : b))),
    ),
  ),
];

function valuesFrom(draw: (count: number, seed: number) => number[]): Values {
  return { x: draw(3, 0), y: draw(3, 1), s: draw(1, 2), m: draw(12, 3), n: draw(12, 4), k: [1], ks: [2, 0, 1, 1] };
}

function context(builder: Builder): Context {
  return {
    builder,
    ranges: analyseRanges(),
    origin: null,
    known: () => false,
    shared: () => false,
    named: () => false,
  };
}

/** Relative to the size of what is computed with: a sum of numbers around 1000 is right to 1000 roundings. */
function tolerance(at: Values): number {
  const size = Math.max(1, ...Object.values(at).flat().filter(Number.isFinite).map(Math.abs));
  return 1e-11 * size;
}

function isExcepted({ except }: Rule, at: Values): boolean {
  const inputs = Object.values(at).flat();
  if (except === undefined) return false;
  return except === "nan" ? inputs.some(Number.isNaN) : !inputs.every(Number.isFinite);
}

describe.each(rules)("$name: $doc", (rule) => {
  const built = rule.examples.map((example) => {
    const s = samples();
    const before = example(s);
    return { before, after: rule.apply(before, context(s.builder)) };
  });

  test("its examples are instances of it", () => {
    for (const { before, after } of built) {
      expect(after).not.toBeNull();
      expect(after).not.toBe(before);
      expect(after?.shape).toEqual(before.shape);
    }
  });

  test("it does not apply where its conditions are not met", () => {
    for (const counterexample of rule.counterexamples ?? []) {
      const s = samples();
      expect(rule.apply(counterexample(s), context(s.builder))).toBeNull();
    }
  });

  test("it keeps every finite value", () => {
    let compared = 0;
    for (const { before, after } of built) {
      if (after === null) continue;
      for (const at of points) {
        if (isExcepted(rule, at)) continue;
        const [was = [], is = []] = run([before, after], at);
        was.forEach((value, k) => {
          if (!Number.isFinite(value)) return;
          compared++;
          const actual = is[k] ?? Number.NaN;
          const scale = Math.max(1, Math.abs(value));
          const allowed = rule.sharper === true ? 1e-4 : tolerance(at);
          if (!(Math.abs(actual - value) <= allowed * scale)) {
            expect.fail(`${value} became ${actual} at ${JSON.stringify(at)}`);
          }
        });
      }
    }
    expect(compared > 0 || rule.examples.length === 0).toBe(true);
  });

  test("it comes to an end, alone and with the others", () => {
    for (const { before } of built) {
      for (const table of [tableOfRules([rule]), tableOfRules(rules)]) {
        let seen: Statistics | null = null;
        const graph = rewriteWithRules({ name: "t", outputs: [{ name: "v", node: before }] }, table, (statistics) => {
          seen = statistics;
        });
        verify(graph, { expanded: true });
        expect(seen).toMatchObject({ exhausted: false });
      }
    }
  });
});

test("rules have names of their own", () => {
  const names = rules.map((rule) => rule.name);
  expect(new Set(names).size).toBe(names.length);
});

describe("rules that ask what else is in the graph", () => {
  const outputs = (build: (s: Samples) => readonly Node[]) => {
    const nodes = build(samples());
    const graph = { name: "t", outputs: nodes.map((node, k) => ({ name: `${k}`, node })) };
    return rewriteWithRules(graph, tableOfRules(rules)).outputs.map((output) => output.node);
  };

  test("they are the only ones without an example", () => {
    const without = rules.filter((rule) => rule.examples.length === 0).map((rule) => rule.name);
    expect(without).toEqual(["regrouped", "positive-part", "commuted"]);
  });

  test("commuted: x · y and y · x are one node", () => {
    const [a, b] = outputs(({ builder, x, y }) => [builder.map("mul", [x, y]), builder.map("mul", [y, x])]);
    expect(a).toBe(b);
  });

  test("positive-part: what passes where z > 0 is told from the part of z that did", () => {
    const [part, passed] = outputs(({ builder, x, y }) => {
      const zero = builder.constant(0, [3]);
      const isPositive = builder.map("lt", [zero, x]);
      return [builder.map("select", [isPositive, x, zero]), builder.map("select", [isPositive, y, zero])];
    });
    const condition = passed?.kind === "map" ? passed.args[0] : undefined;
    expect(condition?.kind === "map" && condition.args[1]).toBe(part);
  });

  test("regrouped: (x / y) · z uses z / y if that is a result", () => {
    const [quotient, product] = outputs(({ builder, y, m }) => {
      const rows = (v: Node) => builder.broadcast(v, [3, 4], [0]);
      const shared = builder.map("div", [m, rows(y)]);
      return [shared, builder.map("mul", [builder.map("div", [builder.map("sin", [m]), rows(y)]), m])];
    });
    expect(product).toMatchObject({ kind: "map", fn: "mul" });
    expect(product?.kind === "map" && product.args.includes(quotient!)).toBe(true);
  });
});
