/** Owns: how graphs read. The golden files are whole networks; the cases below are one line of notation each. */

import { Builder, type Graph, type Node, printGraph } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { convolution, crossEntropy, deep, form, gender, named } from "./networks.ts";

test.each([
  ["gender", gender()],
  ["cross-entropy", crossEntropy(3)],
  ["convolution", convolution(6)],
  ["deep", deep(8, 4)],
])("golden: %s", async (name, graph) => {
  await expect(printGraph(graph)).toMatchFileSnapshot(`golden/${name}.txt`);
});

/** The definitions that `build` makes of a scalar `a`, vectors `x`, `y` of 3, and a matrix `M` of 2 × 3. */
function lines(build: (b: Builder, of: Record<"a" | "x" | "y" | "M", Node>) => Node): readonly string[] {
  const b = new Builder();
  const result = build(b, {
    a: b.input("a", "input", []),
    x: b.input("x", "input", [3]),
    y: b.input("y", "input", [3]),
    M: b.input("M", "input", [2, 3]),
  });
  const text = printGraph({ name: "G", outputs: [{ name: "out", node: result }] });
  return text.split("\n\n").at(-2)!.split("\n");
}
const line = (...args: Parameters<typeof lines>): string => lines(...args).join("\n");

describe("operators have the parentheses they need and no more", () => {
  test.each<[string, (b: Builder, x: Node, y: Node) => Node]>([
    ["x[i] + y[i] + x[i]", (b, x, y) => b.map("add", [b.map("add", [x, y]), x])],
    ["x[i] + (y[i] + x[i])", (b, x, y) => b.map("add", [x, b.map("add", [y, x])])],
    ["x[i] - (x[i] - y[i])", (b, x, y) => b.map("sub", [x, b.map("sub", [x, y])])],
    ["(x[i] + y[i]) * x[i]", (b, x, y) => b.map("mul", [b.map("add", [x, y]), x])],
    ["x[i] / (y[i] * x[i])", (b, x, y) => b.map("div", [x, b.map("mul", [y, x])])],
    ["-x[i] * y[i]", (b, x, y) => b.map("mul", [b.map("neg", [x]), y])],
    ["-(x[i] * y[i])", (b, x, y) => b.map("neg", [b.map("mul", [x, y])])],
    ["-x[i]^2", (b, x) => b.map("neg", [b.map("pow", [x, b.constant(2, [3])])])],
    ["(-x[i])^2", (b, x) => b.map("pow", [b.map("neg", [x]), b.constant(2, [3])])],
    ["x[i]^(-2)", (b, x) => b.map("pow", [x, b.constant(-2, [3])])],
    ["x[i]^y[i]^x[i]", (b, x, y) => b.map("pow", [x, b.map("pow", [y, x])])],
    ["(x[i]^y[i])^x[i]", (b, x, y) => b.map("pow", [b.map("pow", [x, y]), x])],
    ["exp(x[i] + y[i])", (b, x, y) => b.map("exp", [b.map("add", [x, y])])],
    ["max(x[i], y[i])", (b, x, y) => b.map("max", [x, y])],
    ["not x[i] < y[i]", (b, x, y) => b.map("not", [b.map("lt", [x, y])])],
    [
      "if x[i] < y[i] and x[i] != 0 then x[i] else y[i]",
      (b, x, y) => {
        const both = b.map("and", [b.map("lt", [x, y]), b.map("ne", [x, b.constant(0, [3])])]);
        return b.map("select", [both, x, y]);
      },
    ],
    ["1 + (if x[i] then y[i] else x[i])", (b, x, y) => b.map("add", [b.constant(1, [3]), b.map("select", [x, y, x])])],
    ["x[i] + -inf", (b, x) => b.map("add", [x, b.constant(Number.NEGATIVE_INFINITY, [3])])],
  ])("%s", (expected, build) => {
    expect(line((b, { x, y }) => build(b, x, y))).toBe(`out[i] = ${expected}`);
  });
});

describe("indices", () => {
  test("a read shows where it reads, a scalar has no brackets", () => {
    const text = line((b, { a, x }) => b.map("mul", [b.read(x, [2, 3], [form(0, 0, 1)]), b.broadcast(a, [2, 3], [])]));
    expect(text).toBe("out[i < 2, j] = x[j] * a");
  });

  test("a read of an expression is the expression at that index", () => {
    const text = line((b, { x, y }) => b.read(b.map("add", [x, y]), [2], [form(2, -1)]));
    expect(text).toBe("out[i < 2] = x[2 - i] + y[2 - i]");
  });

  test("strides, shifts and what lies outside", () => {
    const text = line((b, { x }) => b.read(x, [4, 2], [form(-1, 2, -1)], 0));
    expect(text).toBe("out[i < 4, j < 2] = x[2 * i - j - 1 else 0]");
  });

  test("an index as a number", () => {
    const text = line((b, { x }) => b.map("mul", [b.index([3], form(1, 2)), x]));
    expect(text).toBe("out[i] = (2 * i + 1) * x[i]");
  });

  test("a diagonal, and an axis that can only be 0", () => {
    const diagonal = line((b, { M }) => b.read(M, [2], [form(0, 1), form(1, 1)]));
    expect(diagonal).toBe("out[i] = M[i, i + 1]");
    const row = line((b, { M }) => b.read(M, [1, 3], [form(1, 0, 0), form(0, 0, 1)]));
    expect(row).toBe("out[0, i] = M[1, i]");
  });

  test("letters that name a tensor are no indices", () => {
    const b = new Builder();
    const i = b.input("i", "input", [2]);
    const k = b.input("k", "input", [2, 3]);
    const text = printGraph({ name: "G", outputs: [{ name: "j", node: b.map("add", [b.reduce("sum", k, [1]), i]) }] });
    expect(text).toContain("j[l] = sum[m](k[l, m]) + i[l]");
  });

  test("a data-dependent read", () => {
    const text = line((b, { M }) => {
      const label = b.input("label", "target", [2], { kind: "class", count: 3 });
      return b.pick(M, 1, label);
    });
    expect(text).toBe("out[i] = M[i, label[i]]");
  });

  test("a gradient that was never expanded", () => {
    const text = lines((b, { x }) => b.gradient(b.reduce("sum", b.map("exp", [x]), [0]), x));
    expect(text).toEqual(["sum1 = sum[i](exp(x[i]))", "out[i] = grad(sum1, x)[i]"]);
  });
});

describe("lines", () => {
  test("what is used twice has a line, what is used once has none", () => {
    const text = lines((b, { x }) => {
      const shared = b.map("exp", [x]);
      return b.map("add", [b.map("mul", [shared, shared]), b.map("neg", [x])]);
    });
    expect(text).toEqual(["exp1[i] = exp(x[i])", "out[i] = exp1[i] * exp1[i] + -x[i]"]);
  });

  test("a reduction stands where it is evaluated once per element, else on its own line", () => {
    const pointwise = line((b, { M, a }) => b.map("mul", [b.reduce("sum", M, [0, 1]), a]));
    expect(pointwise).toBe("out = sum[i, j](M[i, j]) * a");
    const repeated = lines((b, { x, y }) => {
      const total = b.broadcast(b.reduce("sum", x, [0]), [3], []);
      return b.reduce("max", b.map("mul", [total, y]), [0]);
    });
    expect(repeated).toEqual(["sum1 = sum[i](x[i])", "out = max[i](sum1 * y[i])"]);
  });

  test("reductions beside each other share their letters", () => {
    const beside = line((b, { x, y }) => b.map("add", [b.reduce("sum", x, [0]), b.reduce("prod", y, [0])]));
    expect(beside).toBe("out = sum[i](x[i]) + prod[i](y[i])");
  });

  test("of several nodes that serve one name, the last bears it", () => {
    const text = lines((b, { x, y }) => {
      const part = b.map("mul", [x, y], named("h", true));
      const twice = b.map("add", [part, part], named("h", true));
      return b.map("neg", [twice], named("h", true));
    });
    expect(text).toEqual(["d_h_1[i] = x[i] * y[i]", "d_h[i] = -(d_h_1[i] + d_h_1[i])"]);
  });

  test("two inputs of one name are told apart", () => {
    const b = new Builder();
    const w = b.input("w", "parameter", []);
    const dw = b.input("w", "gradient", []);
    expect(printGraph({ name: "G", outputs: [{ name: "step", node: b.map("sub", [w, dw]) }] })).toBe(
      "graph G\n\nparam    w\ngradient w_1\n\nstep = w - w_1\n\noutput step\n",
    );
  });

  test("a name that an input has already gives way to the output's", () => {
    const b = new Builder();
    const w = b.input("w", "parameter", [2]);
    const gradient = b.gradient(b.reduce("sum", w, [0], named("loss")), w, named("w"));
    const text = printGraph({ name: "G", outputs: [{ name: "d_w", node: gradient }] });
    expect(text).toContain("d_w[i] = grad(loss, w)[i]\n\noutput d_w\n");
  });

  test("outputs that are constants, inputs, or one node twice", () => {
    const b = new Builder();
    const x = b.input("x", "input", [2]);
    const zero = b.constant(0, [2]);
    const outputs = [
      { name: "first", node: zero },
      { name: "second", node: zero },
      { name: "x", node: x },
    ];
    expect(printGraph({ name: "G", outputs })).toBe(
      "graph G\n\ninput x[2]\n\nfirst[i < 2] = 0\n\noutput first, second = first, x\n",
    );
  });
});

describe("size", () => {
  test("a long unnamed expression is cut into lines", () => {
    const b = new Builder();
    let node: Node = b.input("x", "input", []);
    for (let k = 0; k < 100_000; k++) node = b.map("sin", [node]);
    const text = printGraph({ name: "Chain", outputs: [{ name: "y", node }] });
    expect(Math.max(...text.split("\n").map((each) => each.length))).toBeLessThan(400);
  });

  test("a thousand layers take a thousand times as many lines as one", () => {
    const count = (graph: Graph): number => printGraph(graph).split("\n\n")[2]!.split("\n").length;
    expect(count(deep(1000, 2))).toBe(1000 * count(deep(1, 2)));
  });
});
