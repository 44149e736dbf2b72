import { describe, expect, it } from "vitest";
import { codes, evaluateModel, functionsOf, graphOf, lowered, modelOf, rendered } from "./loading.ts";

function parameters(page: string): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(modelOf(page).parameters.map(({ name, shape }) => [name, shape]));
}

describe("a layer", () => {
  it("makes parameters anew for each call, qualified by the statement that makes it", () => {
    const page = "model M { input x[3] h = dense(x, units: 2) o = dense(h, units: 1) }";
    expect(parameters(page)).toEqual({ "h.W": [2, 3], "h.b": [2], "o.W": [1, 2], "o.b": [1] });
  });

  it("qualifies by each layer on the way, and by its own name where a call is no statement of its own", () => {
    const page = `layer twice(x[n]) {
        first = dense(x, units: n)
        return first + relu(dense(first, units: n)) * dense(first, units: n)
      }
      model M { input x[2] y = twice(x) }`;
    expect(Object.keys(parameters(page))).toEqual([
      "y.first.W",
      "y.first.b",
      "y.dense.W",
      "y.dense.b",
      "y.dense2.W",
      "y.dense2.b",
    ]);
  });

  it("has the same axes wherever its header says `..`", () => {
    const join = (a: string, b: string) => codes(`model M { input a[${a}] input b[${b}] output c = concat(a, b) }`);
    expect(join("3, 4", "2, 4")).toEqual([]);
    expect(join("3, 4", "2, 5")).toEqual(["shape-mismatch"]);
    expect(join("3", "2, 4")).toEqual(["shape-mismatch"]);
  });

  it("may hold states; of a function that tries, each misplaced statement is told, and nothing that follows from it", () => {
    const page = "function f(x) { state s ~ zeros s <- s + x return x + s } model M { input x[3] output p = f(x) }";
    expect(codes(page)).toEqual(["misplaced-statement", "misplaced-statement"]);
  });

  it("gives its result the name it is bound to", () => {
    expect(lowered("model M { input x[2] h = dense(x, units: 2, activation: tanh) o = dense(h, units: 1) }")).toEqual([
      "h.z[i] = sum[j](h.W[i, j] * x[j]) + h.b[i]",
      "h[i] = tanh(h.z[i])",
      "o[0] = sum[j](o.W[0, j] * h[j]) + o.b[0]",
    ]);
  });

  it("names what it computes within an expression after itself", () => {
    expect(lowered("model M { input x[2] h = relu(dense(x, units: 2)) }")).toEqual([
      "h.dense[i] = sum[j](h.dense.W[i, j] * x[j]) + h.dense.b[i]",
      "h[i] = if 0 < h.dense[i] then h.dense[i] else 0",
    ]);
  });

  it("learns sizes from its arguments, in order, and compares those it knows", () => {
    const page = (shapes: string) => `layer dot(a[n], b[n]) = sum[i](a[i] * b[i])  model M { ${shapes} y = dot(a, b) }`;
    expect(codes(page("input a[3] input b[3]"))).toEqual([]);
    expect(codes(page("input a[3] input b[2]"))).toEqual(["shape-mismatch"]);
    expect(codes(page("input a[3] input b[3, 1]"))).toEqual(["rank-mismatch"]);
    expect(codes(page("input a[3] b = 2"))).toEqual(["rank-mismatch"]);
    expect(codes(page("input a[3] b = tanh"))).toEqual(["wrong-kind"]);
  });

  it("may compute extents and defaults from what is bound before", () => {
    const page = `layer halve(x[2, n], y[2 * n], k = n - 1, f = tanh) { z[i] = f(y[i] + k * x[0, 0])  return z }
      model M { input x[2, 3] input y[6] z = halve(x, y) }`;
    expect(lowered(page)).toEqual(["z[i] = tanh(y[i] + 2 * x[0, 0])"]);
    expect(codes(page.replace("y[6]", "y[5]"))).toEqual(["shape-mismatch"]);
  });

  it("given an index, selects by it as its caller would, and so is mapped over what it is a layer of", () => {
    const row = "layer row(A[m, n], i) { r[j] = A[i, j] return r }";
    const page = (statement: string) => `${row} model M { input A[3, 2] ${statement} }`;
    expect(lowered(page("y[i < 3, k < 1] = dense(row(A, 2 - i), units: 1)[k]"))).toEqual([
      "y.dense[i < 3, 0] = sum[k](y.dense.W[0, k] * A[2 - i, k]) + y.dense.b[0]",
    ]);
    expect(parameters(page("y[i < 3, k < 4] = dense(row(A, i), units: 4)[k]"))).toEqual({
      "y.dense.W": [4, 2],
      "y.dense.b": [4],
    });
    expect(codes(page("y[i < 4] = row(A, i)[0]"))).toEqual(["out-of-bounds"]);
    expect(codes(page("y[i < 3] = row(A, 2 * i - 1)[0]"))).toEqual(["out-of-bounds"]);
    expect(codes(page("y[i < 3] = row(A, i * i)[0]"))).toEqual(["not-affine"]);
    expect(codes(page("y[i < 3] = row(A, i / 2)[0]"))).toEqual(["not-affine"]);
  });

  it("given an index, infers its own ranges knowing how far that index runs", () => {
    const page = `layer tail(x[n], from) { r[j] = x[from + j] return r }
      model M { input x[7] y[i < 3] = sum[j < 5](tail(x, i)[j]) }`;
    expect(lowered(page)).toEqual([expect.stringContaining("j < 5"), expect.stringContaining("y[i]")]);
    expect(codes(page.replace("j < 5", "j < 6"))).toEqual(["out-of-bounds"]);
  });

  it("takes its activation from anywhere: the language, a page, a layer", () => {
    const model = modelOf(`function half(z) = z / 2
      model M { input x[2]
        a = dense(x, units: 1, activation: half)
        b = dense(x, units: 2, activation: softmax)
        f = softplus
        c = f(x) }`);
    const values = {
      x: [0, 0],
      "a.W": [[1, 1]],
      "a.b": [3],
      "b.W": [
        [1, 0],
        [0, 1],
      ],
      "b.b": [0, 0],
    };
    expect(evaluateModel(model, values)).toEqual({ a: [1.5], b: [0.5, 0.5], c: [Math.log(2), Math.log(2)] });
  });

  it("called inside an element definition is mapped over its indices, with one set of parameters", () => {
    const page = `layer scale(v) { param a ~ ones  return a * v }
      model M { input x[2, 3] y[t, i] = scale(x[t, i]) }`;
    expect(lowered(page)).toEqual(["y[i, j] = y.a * x[i, j]"]);
  });

  it("may not contain itself without end, however indirectly", () => {
    expect(codes("layer a(x) = b(x)  layer b(x) = a(x) + a(x)  model M { input x[1] y = a(x) }")).toEqual([
      "recursive-definition",
    ]);
    expect(codes("layer f(g) = g(g)  model M { y = f(f) }")).toEqual(["recursive-definition"]);
  });

  it("may contain itself where a condition known at compile time ends it, or through a function it is given", () => {
    const stack = `layer stack(x[n], depth) = if depth == 0 then x else stack(dense(x, units: n), depth - 1)
      model M { input x[2] y = stack(x, depth: 2) }`;
    expect(Object.keys(parameters(stack))).toEqual(["y.dense.W", "y.dense.b", "y.stack.dense.W", "y.stack.dense.b"]);
    const residual = `layer residual(x[n], f) = x + f(x)
      layer inner(x[n]) = residual(x, tanh)
      model M { input x[2] y = residual(x, inner) }`;
    expect(lowered(residual)).toEqual(["y.inner[i] = x[i] + tanh(x[i])", "y[i] = x[i] + y.inner[i]"]);
  });

  it("in error is reported once, however often it is called, with the page's call", () => {
    const page = [
      "layer bad(x[n]) = x[5]",
      "layer outer(x[n]) = bad(x)",
      "model M {",
      "  input x[2]",
      "  a = outer(x)",
      "  b = bad(x)",
      "}",
    ];
    expect(rendered(page.join("\n"))).toBe(
      [
        "error[out-of-bounds]: `x` has no element 5",
        "  ┌ page.adj:1:21",
        "1 │ layer bad(x[n]) = x[5]",
        "  │                   ─ ─ outside",
        "  │                   has 2 elements, counted from 0",
        "  ·",
        "5 │   a = outer(x)",
        "  │       ──────── in this use of `outer`",
        "  = help: the last is 1",
      ].join("\n"),
    );
  });
});

describe("whole-tensor arithmetic", () => {
  const declarations = "input x[2] input y[2] input A[2, 2] input s";

  it("needs equal shapes, or a single number", () => {
    expect(codes(`model M { ${declarations} a = x + y  b = x * s  c = 2 * A - s  d = -x }`)).toEqual([]);
    expect(codes(`model M { ${declarations} a = x + A }`)).toEqual(["shape-mismatch"]);
  });

  it("has no place for what is used elsewhere: models, optimizers, initializers", () => {
    expect(codes(`model N { } model M { ${declarations} a = N()  b = sgd()  c = uniform() }`)).toEqual([
      "wrong-kind",
      "wrong-kind",
      "wrong-kind",
    ]);
  });

  it("needs quantities", () => {
    expect(codes(`model M { ${declarations} a = x + tanh }`)).toEqual(["wrong-kind"]);
    expect(codes(`model M { ${declarations} a = -dense }`)).toEqual(["wrong-kind"]);
  });

  it("reports one cause once", () => {
    expect(
      codes(`model M { ${declarations} a = x + A  b = a + 1  c[i] = b[i]  d = dense(c, units: 2) loss mse(d, y) }`),
    ).toEqual(["shape-mismatch"]);
  });
});

describe("a function", () => {
  it("is applied to each element of a tensor by itself", () => {
    const page =
      "function f(a, b) { s = a + b  return s * s }  model M { input x[2, 2] y = f(x, 3) z[i] = f(x[i, 0], x[0, i]) }";
    expect(lowered(page)).toEqual([
      "y.s[i, j] = x[i, j] + 3",
      "y[i, j] = y.s[i, j] * y.s[i, j]",
      "z.s[i] = x[i, 0] + x[0, i]",
      "z[i] = z.s[i] * z.s[i]",
    ]);
  });

  it("applied to numbers is a number, and sizes may be computed with it", () => {
    expect(parameters("function twice(n) = 2 * n  model M { param W[twice(3)] ~ zeros }")).toEqual({ W: [6] });
  });

  it("needs arguments of one shape", () => {
    expect(codes("function f(a, b) = a + b  model M { input x[2] input y[3] z = f(x, y) }")).toEqual([
      "shape-mismatch",
    ]);
  });

  it("declares no tensors, and returns a single number", () => {
    expect(codes("function f(x[n]) = 1")).toEqual(["misplaced-shape"]);
    expect(codes("function f(x) { y[i < 2] = x  return y }")).toEqual(["not-a-scalar"]);
  });

  it("of a page is a program: inputs, named steps, a result", () => {
    const [J] = functionsOf("// J.\nfunction J(x) { a = x^2  b = sin(a)  c = 3 * x^2  d = b + c  return cos(d) }");
    expect(J?.doc).toBe("J.");
    expect(J?.parameters.map(({ name, role }) => [name, role])).toEqual([["x", "input"]]);
    expect(J?.bindings.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
    expect(J?.result.origin?.name).toBe("J");
  });

  it("of a page keeps defaults, and is none if it takes a function", () => {
    expect(functionsOf("function f(x, k = 2) = k * x").map(({ parameters }) => parameters.length)).toEqual([1]);
    expect(functionsOf("function g(x, f) = f(x)")).toEqual([]);
  });
});

describe("a condition known at compile time", () => {
  it("chooses its branch, and the other is not looked at", () => {
    const page = (n: number) =>
      `model M(n = ${n}) { input x[2] y = if n > 1 then sum[i](x[i]) else x[5]  z[i] = if n > 1 then x[i] else x[i + 1] }`;
    expect(lowered(page(2))).toEqual(["y = sum[i](x[i])"]);
    expect(codes(page(1))).toEqual(["out-of-bounds"]);
  });
});

describe("the origin of a node", () => {
  it("is its own text, perhaps in the library, and the statement of the page that asked for it", () => {
    const model = modelOf("model M {\n  input x[2]\n  h = dense(x, units: 1, activation: sigmoid)\n}");
    const h = graphOf(model).outputs[0]?.node;
    expect(h?.origin?.span?.file.path).toBe("std/activations.adj");
    const statement = h?.origin?.statement;
    expect(statement?.file.text.slice(statement.start, statement.end)).toBe(
      "h = dense(x, units: 1, activation: sigmoid)",
    );
  });
});
