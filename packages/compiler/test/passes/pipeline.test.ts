import { Builder, type Graph, type InputNode, type Node, reachable, verify } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { expandGradients } from "../../src/passes/expand-gradients.ts";
import { rewriteWithRules, type Statistics, tableOfRules } from "../../src/passes/rewriting/engine.ts";
import { simplifyRules } from "../../src/passes/simplify/rules.ts";
import { stabiliseRules } from "../../src/passes/stabilise/rules.ts";
import { pipeline, runPipeline } from "../../src/pipeline.ts";
import { cases } from "./differentiable-cases.ts";
import { countNodes, type Formulas, formulas, numbers, runGraph } from "./support.ts";

/** A scalar of the case's tensor and its gradients, not yet expanded. */
function graphOf(build: (f: Formulas) => Node): Graph {
  const builder = new Builder();
  const f = formulas(builder);
  const y = build(f);
  const weights = builder.input("weights", "input", y.shape);
  const loss = f.sum(f.call("mul", weights, f.call("add", y, f.call("mul", y, y))));
  const variables = reachable([y]).filter((n): n is InputNode => n.kind === "input" && n.element.kind === "real");
  const root = loss.shape.length === 0 ? loss : f.sum(loss);
  return {
    name: "case",
    outputs: [
      { name: "loss", node: root },
      ...variables.map((v) => ({ name: `d_${v.name}`, node: builder.gradient(root, v) })),
    ],
  };
}

describe.each(cases)("$name", ({ build, at }) => {
  const graph = graphOf(build);
  const weights = reachable([graph.outputs[0]!.node]).find((n) => n.kind === "input" && n.name === "weights");
  const values = {
    ...at,
    weights: numbers(
      (weights?.shape ?? []).reduce((a, b) => a * b, 1),
      99,
    ),
  };
  const plain = expandGradients(graph);
  const names: string[] = [];
  const optimised = runPipeline(graph, {
    observe: (name, result) => {
      names.push(name);
      verify(result);
    },
  });

  test("optimised = unoptimised", () => {
    const expected = runGraph(plain, values);
    const actual = runGraph(optimised, values);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [name, row] of Object.entries(expected)) {
      row.forEach((value, k) => {
        const difference = Math.abs((actual[name]?.[k] ?? Number.NaN) - value);
        expect(difference, `${name}[${k}]`).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(value)));
      });
    }
  });

  test("every pass ran, and each result is well-formed", () => {
    expect(names).toEqual(pipeline.map((pass) => pass.name));
    verify(optimised, { expanded: true });
  });

  test("simplification comes to rest", () => {
    const rules = tableOfRules([...stabiliseRules, ...simplifyRules]);
    const rounds: number[] = [];
    let current = plain;
    // What is shared in the graph given may no longer be in the result: then a second round finds a little more.
    for (let round = 0; round < 4; round++) {
      current = rewriteWithRules(current, rules, ({ applied, exhausted }: Statistics) => {
        expect(exhausted).toBe(false);
        rounds.push([...applied.values()].reduce((a, b) => a + b, 0));
      });
    }
    expect(rounds.at(-1)).toBe(0);
    expect(rounds[1] ?? 0).toBeLessThanOrEqual(4);
  });
});

describe("depth", () => {
  /** `layers` dense layers of width 2 and the gradient of all of their weights. */
  function network(layers: number): Graph {
    const builder = new Builder();
    const f = formulas(builder);
    let h: Node = builder.input("x", "input", [2]);
    const weights: Node[] = [];
    for (let k = 0; k < layers; k++) {
      const W = builder.input(`W${k}`, "parameter", [2, 2]);
      const b = builder.input(`b${k}`, "parameter", [2]);
      weights.push(W, b);
      const z = f.call("add", f.sum(f.call("mul", W, f.spread(h, [2, 2], 1)), 1), b);
      h = f.call("div", 1, f.call("add", 1, f.call("exp", f.call("neg", z))));
    }
    const loss = f.sum(f.call("mul", h, h));
    return {
      name: "deep",
      outputs: [
        { name: "loss", node: loss },
        ...weights.map((w, k) => ({ name: `g${k}`, node: builder.gradient(loss, w) })),
      ],
    };
  }

  test("work grows with the number of layers, not faster", () => {
    const rewrites = (layers: number) => {
      let count = 0;
      const graph = expandGradients(network(layers));
      const simple = rewriteWithRules(
        graph,
        tableOfRules([...stabiliseRules, ...simplifyRules]),
        ({ applied, exhausted }) => {
          expect(exhausted).toBe(false);
          for (const times of applied.values()) count += times;
        },
      );
      return { count, nodes: countNodes(simple) };
    };
    const small = rewrites(100);
    const large = rewrites(1000);
    expect(large.count / small.count).toBeLessThan(10.5);
    expect(large.nodes / small.nodes).toBeLessThan(10.5);
  });

  test("1,000 layers go through the pipeline without recursion", () => {
    const graph = runPipeline(network(1000));
    expect(graph.outputs.length).toBe(2001);
  });
});
