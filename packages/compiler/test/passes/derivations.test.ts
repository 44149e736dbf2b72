import { Builder, type Graph, type Node, type Origin, printGraph } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { runPipeline } from "../../src/pipeline.ts";
import { type Formulas, formulas, runGraph, type Values } from "./support.ts";

/** Value and derivative with respect to `z`, through the whole pipeline. */
function derive(build: (f: Formulas, z: Node) => Node, shape: number[]): Graph {
  const builder = new Builder();
  const f = formulas(builder);
  const z = builder.input("z", "parameter", shape);
  const loss = build(f, z);
  return runPipeline({
    name: "derived",
    outputs: [
      { name: "loss", node: loss },
      { name: "d_z", node: builder.gradient(loss, z) },
    ],
  });
}

/** The lines that define the outputs, in the notation of the language. */
function lines(graph: Graph): string[] {
  return printGraph(graph)
    .split("\n")
    .filter((line) => line.includes(" = "));
}

const named = (name: string): Origin => ({ name, span: null, statement: null, adjoint: false });

const sigmoid = (f: Formulas, z: Node): Node => f.call("div", 1, f.call("add", 1, f.call("exp", f.call("neg", z))));

function binaryCrossEntropy(f: Formulas, h: Node, y: Node): Node {
  const first = f.call("mul", y, f.call("log", h));
  const second = f.call("mul", f.call("sub", 1, y), f.call("log", f.call("sub", 1, h)));
  return f.call("neg", f.call("add", first, second));
}

function softmaxOf(f: Formulas, z: Node): Node {
  const e = f.call("exp", z);
  return f.call("div", e, f.sum(e));
}

function shiftedSoftmaxOf(f: Formulas, z: Node): Node {
  return softmaxOf(f, f.call("sub", z, f.builder.reduce("max", z, [0])));
}

describe("derived, not special-cased", () => {
  test("cross-entropy of a sigmoid, both written out, has the gradient h − y", () => {
    const graph = derive((f, z) => binaryCrossEntropy(f, sigmoid(f, z), f.input("y")), []);
    expect(lines(graph)).toEqual(["loss = y * log1pexp(-z) + (1 - y) * log1pexp(z)", "d_z = logistic(z) - y"]);
  });

  test("it is finite wherever z is", () => {
    const graph = derive((f, z) => binaryCrossEntropy(f, sigmoid(f, z), f.input("y")), []);
    for (const y of [0, 1]) {
      for (const z of [-1000, 1000]) {
        const wrong = z > 0 !== (y === 1);
        expect(runGraph(graph, { z: [z], y: [y] })).toEqual({
          loss: [wrong ? 1000 : 0],
          d_z: [wrong ? Math.sign(z) : -0 + 0],
        });
      }
    }
  });

  test("what the page names is named in the derivative, although the stable loss has no use for it", () => {
    const builder = new Builder();
    const f = formulas(builder);
    const z = builder.input("z", "parameter", []);
    const one = builder.constant(1);
    const exponential = builder.map("exp", [builder.map("neg", [z])]);
    const h = builder.map("div", [one, builder.map("add", [one, exponential])], named("h"));
    const loss = binaryCrossEntropy(f, h, f.input("y"));
    const value = { name: "loss", node: loss };
    const withGradient = runPipeline({
      name: "derived",
      outputs: [value, { name: "d_z", node: builder.gradient(loss, z) }],
    });
    expect(lines(withGradient)).toContain("h = logistic(z)");
    expect(lines(withGradient)).toContain("d_z = h - y");
    expect(lines(runPipeline({ name: "value", outputs: [value] })).join()).not.toContain("h =");
  });

  const crossEntropies: readonly [string, (f: Formulas, z: Node, label: Node) => Node][] = [
    ["−log(softmax(z))[y]", (f, z, y) => f.call("neg", f.builder.pick(f.call("log", softmaxOf(f, z)), 0, y))],
    ["−log(softmax(z)[y])", (f, z, y) => f.call("neg", f.call("log", f.builder.pick(softmaxOf(f, z), 0, y)))],
    [
      "−log(softmax(z − max z))[y]",
      (f, z, y) => f.call("neg", f.builder.pick(f.call("log", shiftedSoftmaxOf(f, z)), 0, y)),
    ],
    ["log Σ exp z − z[y]", (f, z, y) => f.call("sub", f.call("log", f.sum(f.call("exp", z))), f.builder.pick(z, 0, y))],
  ];

  describe.each(crossEntropies)("%s", (_, build) => {
    const graph = derive((f, z) => build(f, z, f.label("y", 3)), [3]);

    test("has the gradient p − onehot(y), of the softmax that does not overflow", () => {
      expect(lines(graph).at(-1)).toMatch(/^d_z\[i\] = exp1\[i\] \/ sum1 - \(i == y\)$/);
    });

    test("is finite at ±1000", () => {
      const { loss, d_z } = runGraph(graph, { z: [1000, 0, -1000], y: [2] });
      expect(loss).toEqual([2000]);
      expect(d_z).toEqual([1, 0, -1]);
    });
  });

  test("the derivative of a sigmoid is h · (1 − h) with the h that is there", () => {
    const graph = derive((f, z) => sigmoid(f, z), []);
    expect(lines(graph)).toEqual(["loss = logistic(z)", "d_z = loss * (1 - loss)"]);
  });

  test("softmax in a loss of its own: its derivative uses p", () => {
    const graph = derive((f, z) => f.sum(f.call("mul", f.input("w", [3]), softmaxOf(f, z))), [3]);
    expect(lines(graph).join("\n")).not.toMatch(/log/);
    const at: Values = { z: [0.1, 0.5, -0.3], w: [1, 2, 3] };
    const { loss = [], d_z = [] } = runGraph(graph, at);
    const e = [0.1, 0.5, -0.3].map(Math.exp);
    const total = e.reduce((a, b) => a + b);
    const expected = e.map((x, k) => (x / total) * (k + 1 - (loss[0] ?? Number.NaN)));
    d_z.forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k] ?? Number.NaN, 14);
    });
  });

  test("softplus written with max has the derivative 0.5 at 0", () => {
    const build = (f: Formulas, z: Node) =>
      f.call("add", f.call("max", z, 0), f.call("log1p", f.call("exp", f.call("neg", f.call("abs", z)))));
    expect(runGraph(derive(build, []), { z: [0] })).toEqual({ loss: [Math.LN2], d_z: [0.5] });
  });

  test("a rectifier's gradient is its condition", () => {
    const graph = derive((f, z) => f.sum(f.call("select", f.call("lt", 0, z), z, 0)), [3]);
    expect(lines(graph)[0]).toBe("d_z[i] = 0 < z[i]");
  });

  test("second derivatives: the gradient of a squared gradient", () => {
    const builder = new Builder();
    const f = formulas(builder);
    const z = builder.input("z", "parameter", []);
    const slope = builder.gradient(f.call("sin", z), z);
    const loss = f.call("mul", slope, slope);
    const graph = runPipeline({ name: "g", outputs: [{ name: "d_z", node: builder.gradient(loss, z) }] });
    const { d_z = [] } = runGraph(graph, { z: [0.3] });
    expect(d_z[0]).toBeCloseTo(-2 * Math.cos(0.3) * Math.sin(0.3), 15);
  });

  test("a gradient that the page names bears that name, whole", () => {
    const builder = new Builder();
    const f = formulas(builder);
    const x = f.input("x");
    const u = f.call("mul", f.call("sin", x), x);
    const du = builder.gradient(u, x, named("du"));
    const loss = f.call("mul", du, f.call("exp", du));
    const graph = runPipeline({ name: "g", outputs: [{ name: "loss", node: loss }] });
    expect(lines(graph)).toEqual(["du = sin(x) + x * cos(x)", "loss = du * exp(du)"]);
  });

  test("a rectifier's derivative is told from its value, and reaches a matrix along its rows", () => {
    const builder = new Builder();
    const f = formulas(builder);
    const W = builder.input("W", "parameter", [3, 2]);
    const z = f.sum(f.call("mul", W, f.spread(f.input("x", [2]), [3, 2], 1)), 1);
    const h = builder.map("select", [f.call("lt", 0, z), z, builder.constant(0, [3])], named("h"));
    const loss = f.sum(f.call("mul", h, h));
    const graph = runPipeline({ name: "g", outputs: [{ name: "d_W", node: builder.gradient(loss, W) }] });
    expect(lines(graph).slice(-2)).toEqual([
      "d_h[i] = 2 * h[i]",
      "d_W[i, j] = (if 0 < h[i] then d_h[i] else 0) * x[j]",
    ]);
  });

  test("a gradient with respect to an intermediate value", () => {
    const builder = new Builder();
    const f = formulas(builder);
    const z = builder.input("z", "parameter", [2]);
    const h = f.call("mul", z, z);
    const slope = builder.gradient(f.sum(f.call("mul", h, f.call("add", h, z))), h);
    const graph = runPipeline({ name: "g", outputs: [{ name: "slope", node: slope }] });
    expect(runGraph(graph, { z: [1, 2] })).toEqual({ slope: [3, 10] });
  });

  test("a gradient inside a loss is as stable as the gradient of the loss", () => {
    const builder = new Builder();
    const f = formulas(builder);
    const z = builder.input("z", "parameter", []);
    const slope = builder.gradient(binaryCrossEntropy(f, sigmoid(f, z), f.input("y")), z);
    const graph = runPipeline({
      name: "g",
      outputs: [
        { name: "slope", node: slope },
        { name: "curvature", node: builder.gradient(slope, z) },
      ],
    });
    expect(lines(graph).slice(1)).toEqual(["slope = logistic1 - y", "curvature = logistic1 * (1 - logistic1)"]);
    expect(runGraph(graph, { z: [-1000], y: [1] })).toEqual({ slope: [-1], curvature: [0] });
  });

  test("a gradient with respect to an intermediate value that is stable in itself", () => {
    const builder = new Builder();
    const f = formulas(builder);
    const w = builder.input("w", "parameter", []);
    const z = f.call("mul", w, 3);
    const slope = builder.gradient(binaryCrossEntropy(f, sigmoid(f, z), f.input("y")), z);
    const graph = runPipeline({ name: "g", outputs: [{ name: "slope", node: slope }] });
    expect(lines(graph)).toEqual(["slope = logistic(3 * w) - y"]);
  });

  test("a guard against rounding stays, and so does what it guards", () => {
    const build = (f: Formulas, z: Node) => {
      const p = f.call("exp", z);
      return f.call("select", f.call("lt", 0, p), f.call("mul", p, f.call("log", f.call("mul", p, p))), 0);
    };
    expect(runGraph(derive(build, []), { z: [-1000] })).toEqual({ loss: [0], d_z: [0] });
  });

  test("ties split at each maximum, although nested maxima are computed as one", () => {
    const graph = derive((f, z) => f.builder.reduce("max", f.builder.reduce("max", z, [1]), [0]), [2, 2]);
    expect(runGraph(graph, { z: [1, 0, 1, 1] })).toEqual({ loss: [1], d_z: [0.5, 0, 0.25, 0.25] });
  });
});
