import { describe, expect, it } from "vitest";
import { codes, evaluateModel, functionsOf, lowered, modelOf, rendered } from "./loading.ts";

const scanning = (body: string, rest = "") => `model M {\n  input x[4, 2]\n  scan t {\n${body}\n  }\n${rest}\n}`;

describe("a scan", () => {
  it("makes a sequence of what it carries, each step from the one before", () => {
    const model = modelOf(scanning("carry s[2] = 0\n s[0] <- 1".replace("s[0] <- 1", "s <- 2 * s + x[t, ..]")));
    expect(evaluateModel(model, { x: [1, 0, 0, 1, 0, 0, 0, 0] })).toEqual({ s: [1, 0, 2, 1, 4, 2, 8, 4] });
  });

  it("runs backwards from the last step", () => {
    const model = modelOf("model M { input x[3] scan t backwards { carry s = 10 s <- s + x[t] } }");
    expect(evaluateModel(model, { x: [1, 2, 3] })).toEqual({ s: [16, 15, 13] });
  });

  it("begins with a number, or with a tensor whose shape it takes", () => {
    const model = modelOf("model M { input h0[2] scan t < 2 { carry h = h0 h <- 3 * h } }");
    expect(evaluateModel(model, { h0: [1, 2] })).toEqual({ h: [3, 6, 9, 18] });
  });

  it("may take a single step", () => {
    const model = modelOf("model M { input x[1] scan t { carry s = 5 s <- s * x[t] } }");
    expect(evaluateModel(model, { x: [2] })).toEqual({ s: [10] });
  });

  it("has the new value of a name after its update, and the old one before", () => {
    const page = "model M { scan t < 4 { carry a = 0 carry b = 1 c = a a <- a + b b <- a + c } }";
    expect(evaluateModel(modelOf(page), {})).toEqual({ a: [1, 2, 5, 12], b: [1, 3, 7, 17] });
    const fibonacci = "model M { scan t < 5 { carry a = 0 carry b = 1 c = a + b d = b a <- d b <- c } }";
    expect(evaluateModel(modelOf(fibonacci), {})).toEqual({ a: [1, 1, 2, 3, 5], b: [1, 2, 3, 5, 8] });
  });

  it("computes outside of the steps what does not depend on what is carried", () => {
    const page = "model M { input x[5, 3] scan t { carry h[2] = 0 z = dense(x[t, ..], units: 2) h <- tanh(h + z) } }";
    expect(lowered(page)).toContain("z[i, j] = sum[k](z.W[j, k] * x[i, k]) + z.b[j]");
  });

  it("shares a layer's parameters over its steps", () => {
    const { parameters } = modelOf(
      scanning("carry h[3] = 0\n h <- tanh(dense(x[t, ..], units: 3) + dense(h, units: 3))"),
    );
    expect(parameters.map(({ name, shape }) => [name, shape])).toEqual([
      ["h.dense.W", [3, 2]],
      ["h.dense.b", [3]],
      ["h.dense2.W", [3, 3]],
      ["h.dense2.b", [3]],
    ]);
  });

  it("knows its index as a number", () => {
    const model = modelOf("model M { scan t < 4 { carry s = 0 s <- if t mod 2 == 0 then s + t else s } }");
    expect(evaluateModel(model, {})).toEqual({ s: [0, 0, 2, 2] });
  });

  it("stands in a scan, whose index it then knows as well", () => {
    const page = `model M { input x[2, 3]
      scan t { carry total = 0
        scan u { carry inner = total inner <- inner + x[t, u] * (t + 1) }
        total <- inner[2]
      }
    }`;
    expect(evaluateModel(modelOf(page), { x: [1, 1, 1, 1, 1, 1] })).toEqual({ total: [3, 9] });
  });

  it("stands in a layer that is called at every index of another tensor", () => {
    const page = `layer summed(x[n]) { scan t { carry s = 0 s <- s + x[t] } return s }
      model M { input A[2, 3] rows[i, k < 3] = summed(A[i, ..])[k] }`;
    expect(evaluateModel(modelOf(page), { A: [1, 2, 3, 4, 5, 6] })).toEqual({ rows: [1, 3, 6, 4, 9, 15] });
  });

  it("stands in a function, which is of numbers", () => {
    const [root] = functionsOf("function root(a) { scan k < 5 { carry z = 1 z <- (z + a / z) / 2 } return z[4] }");
    expect(root?.result.shape).toEqual([]);
  });

  it("stands in a repeat", () => {
    const page = `model M { input x[3] y = x + 0
      repeat 2 { scan t { carry s = 0 s <- s + y[t] } y[i] = s[i] } }`;
    expect(evaluateModel(modelOf(page), { x: [1, 0, 0] })["y"]).toEqual([1, 2, 3]);
  });
});

describe("what a scan cannot be", () => {
  it.each([
    ["a carry of changing shape", scanning("carry h[2] = 0\n h <- x[t, 0]"), "shape-mismatch"],
    ["a carry that begins in another shape", scanning("carry h[3] = x[0, ..]\n h <- h + x[t, 0]"), "shape-mismatch"],
    ["a carry that is never updated", scanning("carry h[2] = 0\n z = h + x[t, ..]"), "missing-update"],
    ["without a carry", scanning("z = x[t, 0]"), "missing-update"],
    ["a carry that is updated twice", scanning("carry h = 0\n h <- h + x[t, 0]\n h <- 2 * h"), "duplicate-name"],
    ["a carry that is defined instead", scanning("carry h = 0\n h = h + x[t, 0]"), "duplicate-name"],
    ["an update of what is not carried", scanning("carry h = 0\n h <- h + x[t, 0]\n g <- 1"), "unknown-name"],
    ["an update outside", "model M { input x h = x h <- x }", "not-a-state"],
    ["a carry outside", "model M { input x carry h = 0 }", "misplaced-statement"],
    [
      "a return inside",
      "layer l(x[n]) { scan t { carry h = 0 h <- h + x[t] return h } return x }",
      "misplaced-statement",
    ],
    ["the sequence of a carry, inside", scanning("carry h = 0\n h <- h[t - 1] + x[t, 0]"), "rank-mismatch"],
    ["an unknown length", "model M { input x scan t { carry h = 0 h <- h + x } }", "unknown-range"],
    ["two lengths", "model M { input x[3] input y[4] scan t { carry h = 0 h <- h + x[t] * y[t] } }", "shape-mismatch"],
    ["a reduction over its own index", scanning("carry h = 0\n h <- h + sum[t](x[t, 0])"), "shadowed-index"],
    ["a read outside", scanning("carry h = x[0, 0]\n h <- h + x[t + 1, 0] - x[t, 0]"), "out-of-bounds"],
    ["an initial value that varies with the step", scanning("carry h = x[t, 0]\n h <- h + 1"), "scan-initial-value"],
    [
      "what it defines inside, read afterwards",
      scanning("carry h = 0\n z = x[t, 0]\n h <- h + z", "y = z"),
      "unknown-name",
    ],
  ])("%s", (_, page, code) => {
    expect(codes(page)).toEqual([code]);
  });

  it("is nested in others without end", () => {
    const nested = (depth: number): string =>
      depth === 0 ? "" : `scan t${depth} < 2 { carry s${depth} = 1 ${nested(depth - 1)} s${depth} <- s${depth} * 2 }`;
    expect(codes(`model M { ${nested(6)} }`)).not.toContain("nesting-too-deep");
    expect(codes(`model M { ${nested(7)} }`)).toContain("nesting-too-deep");
  });

  it("is told in the page's own names", () => {
    expect(rendered(scanning("    carry h[2] = 0\n    h <- x[t, 0]"))).toMatchInlineSnapshot(`
      "error[shape-mismatch]: \`h\` is carried as [2] and updated to a scalar
        ┌ page.adj:5:10
      4 │     carry h[2] = 0
        │           ─ [2] here
      5 │     h <- x[t, 0]
        │          ─────── this is a scalar
        = help: what is carried has the same shape at every step"
    `);
  });
});

describe("the loss ctc", () => {
  /** −log of the sum over all ways to say the label in the rows of z, by going through every sequence of classes. */
  const byEnumeration = (z: readonly (readonly number[])[], label: readonly number[]): number => {
    const p = z.map((row) => {
      const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
      return row.map((x) => Math.exp(x) / total);
    });
    const classes = z[0]!.length;
    let sum = 0;
    for (let code = 0; code < classes ** z.length; code++) {
      const said = z.map((_, t) => Math.floor(code / classes ** t) % classes);
      const spelt = said.filter((c, t) => c !== 0 && c !== said[t - 1]);
      if (spelt.join() === label.join()) sum += said.reduce((product, c, t) => product * p[t]![c]!, 1);
    }
    return -Math.log(sum);
  };

  it.each([[[1, 2]], [[1, 1]], [[2]], [[2, 1, 2]]])("is that of all ways to say %j", (label) => {
    const z = Array.from({ length: 5 }, (_, t) => [0, 1, 2].map((c) => 2 * Math.sin(3 * t + 5 * c)));
    const page = `model M { input z[5, 3] target y[${label.length}]: class(3) loss ctc(z, y) }`;
    const { loss } = evaluateModel(modelOf(page), { z, y: label });
    expect(loss![0]).toBeCloseTo(byEnumeration(z, label), 12);
  });
});
