import { describe, expect, it } from "vitest";
import { codes, modelOf, rendered } from "./loading.ts";

/** The shapes of the named values of a model over x[8], A[4, 6], k[3]. */
function shapes(statements: string): Readonly<Record<string, readonly number[]>> {
  const model = modelOf(`model M { input x[8] input A[4, 6] input S[5, 5] input k[3] ${statements} }`);
  return Object.fromEntries(model.bindings.map(({ name, node }) => [name, node.shape]));
}

function codesOf(statements: string): readonly string[] {
  return codes(`model M { input x[8] input A[4, 6] input S[5, 5] input k[3] ${statements} }`);
}

describe("the range of an index", () => {
  it("is the extent of the axis that a plain read gives it", () => {
    expect(shapes("y[i] = x[i]  z[i, j] = A[i, j]  t[j, i] = A[i, j]")).toEqual({ y: [8], z: [4, 6], t: [6, 4] });
  });

  it("is the largest with every read inside, for a shift, a stride, a reflection", () => {
    expect(shapes("a[i] = x[i + 2]  b[i] = x[2*i + 1]  c[i] = x[7 - i]  d[i] = x[i + 1] - x[i]")).toEqual({
      a: [6],
      b: [4],
      c: [8],
      d: [7],
    });
  });

  it("follows from a kernel's plain reads in a convolution", () => {
    expect(
      shapes("y[i] = sum[u](k[u] * x[i + u])  z[i] = sum[u](k[u] * x[2*i + u])  w[i] = sum[u](k[u] * x[i + 2*u])"),
    ).toEqual({
      y: [6],
      z: [3],
      w: [4],
    });
  });

  it("does not depend on the order in which reads are written", () => {
    expect(shapes("y[i] = sum[u](x[i + u] * k[u])")).toEqual({ y: [6] });
  });

  it("is what is written after <, and numbers may be computed there", () => {
    expect(shapes("n = 3  y[i < n] = x[i]  z[i < 2 * n, j < 2] = x[i] * j  p[i] = max[u < 2](x[2*i + u])")).toEqual({
      y: [3],
      z: [6, 2],
      p: [4],
    });
  });

  it("is not fixed by a read that may fall outside", () => {
    expect(shapes("y[i < 8] = x[i - 1 else 0]  z[i] = x[i - 1 else 0] + x[i]")).toEqual({ y: [8], z: [8] });
    expect(codesOf("y[i] = x[i - 1 else 0]")).toEqual(["unknown-range"]);
  });

  it("is fixed by both axes of a diagonal, which must agree", () => {
    expect(shapes("d[i] = S[i, i]")).toEqual({ d: [5] });
    expect(codesOf("d[i] = A[i, i]")).toEqual(["shape-mismatch"]);
  });

  it("is independent for two reductions that use the same letter", () => {
    expect(shapes("y = sum[i](x[i]) + sum[i](k[i])")).toEqual({ y: [] });
  });

  it("is unknown, one report per cause, where only the sum of two indices is bounded", () => {
    expect(codesOf("y[i, j] = x[i + j]")).toEqual(["unknown-range"]);
    expect(codesOf("y[i, j, u, v] = x[i + j] * k[u + v]")).toEqual(["unknown-range", "unknown-range"]);
    expect(codesOf("y[i, j] = x[i - j else 0]")).toEqual(["unknown-range"]);
    expect(codesOf("y[i, j] = 3")).toEqual(["unknown-range"]);
    expect(shapes("y[i, j < 3] = x[i + j]")).toEqual({ y: [6, 3] });
  });

  it("is not missed where a whole tensor stands for its element, which is told instead", () => {
    expect(codesOf("y[i] = x")).toEqual(["not-a-scalar"]);
    expect(codesOf("y[i] = 2 * relu(x) - k[0]")).toEqual(["not-a-scalar"]);
    expect(codesOf("y = mean[i]((x - 1)^2)")).toEqual(["not-a-scalar"]);
    expect(codesOf("y[i] = softmax(x)[i]")).toEqual([]);
    expect(codesOf("y[i] = softmax(relu(x + 1))[i] + x[i]")).toEqual([]);
  });

  it("is empty where a kernel is larger than what it moves over", () => {
    expect(codesOf("y[i] = sum[u](x[u] * k[i + u])")).toEqual(["empty-range"]);
  });

  it("is checked where it is written", () => {
    expect(codesOf("y[i < 9] = x[i]")).toEqual(["out-of-bounds"]);
    expect(codesOf("y[i < 8] = x[i - 1]")).toEqual(["out-of-bounds"]);
    expect(codesOf("y[i < 2.5] = 1")).toEqual(["invalid-size"]);
    expect(codesOf("y[i < 0] = 1")).toEqual(["invalid-size"]);
  });

  it("says which reads disagree, and where they are declared", () => {
    const page = "model Gender {\n  input x[2]\n  param W[2, 3] ~ zeros\n  z[i] = sum[j](W[i, j] * x[j])\n}";
    expect(rendered(page)).toBe(
      [
        "error[shape-mismatch]: `W` has 3 columns where `x` has 2 elements",
        "  ┌ page.adj:4:29",
        "4 │   z[i] = sum[j](W[i, j] * x[j])",
        "  │                      ─      ─ j runs over 2 here",
        "  │                      j runs over 3 here",
        "  = help: `W` is declared at page.adj:3, `x` is declared at page.adj:2",
      ].join("\n"),
    );
  });
});

describe("the scope of an index", () => {
  it("ends with its reduction", () => {
    expect(codesOf("y = sum[i](x[i]) + i")).toEqual(["unknown-name"]);
  });

  it("may not be shadowed, by an index or of a name", () => {
    expect(codesOf("y[i] = sum[i](x[i])")).toEqual(["shadowed-index"]);
    expect(codesOf("y[i, i] = x[i]")).toEqual(["shadowed-index"]);
    expect(codesOf("y = sum[k](x[k])")).toEqual(["shadowed-index"]);
  });
});
