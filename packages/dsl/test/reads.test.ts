import { describe, expect, it } from "vitest";
import { codes, evaluateModel, lowered, modelOf, type Values } from "./loading.ts";

const declarations =
  "input x[4] input A[2, 3] input S[3, 3] input c: class(3) input t[2]: class(3) input big: class(5) input K[2, 2]: class(3)";
const values: Values = {
  x: [10, 20, 30, 40],
  A: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  S: [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ],
  c: 2,
  t: [1, 0],
  big: 4,
  K: [
    [0, 1],
    [2, 2],
  ],
};

function value(expression: string): readonly number[] {
  const { y } = evaluateModel(modelOf(`model M { ${declarations} y${expression} }`), values);
  return y ?? [];
}

function graph(statements: string): readonly string[] {
  return lowered(`model M { ${declarations} ${statements} }`);
}

function codesOf(statements: string): readonly string[] {
  return codes(`model M { ${declarations} ${statements} }`);
}

describe("a read", () => {
  it("shifts, strides, reflects, transposes, takes diagonals and constants", () => {
    expect(value("[i] = x[i + 1]")).toEqual([20, 30, 40]);
    expect(value("[i] = x[2*i]")).toEqual([10, 30]);
    expect(value("[i] = x[3 - i]")).toEqual([40, 30, 20, 10]);
    expect(value("[j, i] = A[i, j]")).toEqual([1, 4, 2, 5, 3, 6]);
    expect(value("[i] = S[i, i]")).toEqual([1, 5, 9]);
    expect(value(" = x[0] + A[1, 2]")).toEqual([16]);
  });

  it("that moves nothing adds no node", () => {
    const page = `model M { ${declarations} y[i, j] = A[i, j] }`;
    const model = modelOf(page);
    expect(model.bindings[0]?.node).toBe(model.inputs[1]?.node);
  });

  it("gives what `else` says outside its tensor", () => {
    expect(value("[i < 6] = x[i - 1 else 7]")).toEqual([7, 10, 20, 30, 40, 7]);
    expect(value("[i < 6] = x[i - 1 else -i]")).toEqual([-0, 10, 20, 30, 40, -5]);
    expect(value("[i < 3, j < 4] = A[i, j else x[j]]")).toEqual([1, 2, 3, 40, 4, 5, 6, 40, 10, 20, 30, 40]);
  });

  it("without `else` stays inside, at constants too", () => {
    expect(codesOf("y = x[4]")).toEqual(["out-of-bounds"]);
    expect(codesOf("y = x[-1]")).toEqual(["out-of-bounds"]);
    expect(value("[i] = S[i, i + 1]")).toEqual([2, 6]);
  });

  it("takes one index per axis", () => {
    expect(codesOf("y = x[0, 0]")).toEqual(["rank-mismatch"]);
    expect(codesOf("y[i] = A[i]")).toEqual(["rank-mismatch"]);
    expect(codesOf("y[i, j] = x[i, j]")).toEqual(["rank-mismatch"]);
    expect(codesOf("s = x[0] y = s[0]")).toEqual(["rank-mismatch"]);
  });

  it("reads the elements of any tensor, named or not", () => {
    expect(value("[i] = (x * 2)[i + 2]")).toEqual([60, 80]);
    expect(value(" = softmax(x - x)[1]")).toEqual([0.25]);
  });

  it("is indexed by whole steps only", () => {
    expect(codesOf("y[i] = x[i / 2]")).toEqual(["not-affine"]);
    expect(codesOf("y[i < 2, j < 2] = x[i * j]")).toEqual(["not-affine"]);
    expect(codesOf("y[i < 2] = x[0.5 * i]")).toEqual(["not-affine"]);
    expect(codesOf("y = x[x[0]]")).toEqual(["not-affine"]);
    expect(value("[i] = x[2 * (i + 1) - 2]")).toEqual([10, 30]);
  });
});

describe("a read at a class", () => {
  it("picks the element of that class", () => {
    expect(value(" = A[1, c]")).toEqual([6]);
    expect(value("[i] = A[i, c]")).toEqual([3, 6]);
    expect(value("[i] = A[i, t[i]]")).toEqual([2, 4]);
    expect(value("[i, j] = S[t[i], j]")).toEqual([4, 5, 6, 1, 2, 3]);
    expect(value("[i, j] = S[t[i], t[j]]")).toEqual([5, 4, 2, 1]);
    expect(value(" = S[c, t[0]]")).toEqual([8]);
  });

  it("of rows in order moves nothing before it picks", () => {
    expect(graph("y[i] = A[i, t[i]]")).toEqual(["y[i] = A[i, t[i]]"]);
  });

  it("takes a tensor with at least as many elements as there are classes", () => {
    expect(value(" = x[c]")).toEqual([30]);
    expect(codesOf("y = x[big]")).toEqual(["class-mismatch"]);
  });

  it("keeps classes classes through reads, and makes numbers of them in arithmetic", () => {
    expect(value("[i] = x[t[1 - i]]")).toEqual([10, 20]);
    expect(value(" = c * 2")).toEqual([4]);
    expect(codesOf("y = x[c + 1]")).toEqual(["not-affine"]);
  });
});

describe("a read with `..`", () => {
  it("keeps the axes that are not indexed", () => {
    expect(value(" = A[1, ..]")).toEqual([4, 5, 6]);
    expect(value("[i] = sum[j](A[1 - i, ..][j] * A[i, ..][j])")).toEqual([32, 32]);
    expect(value(" = 2 * A[0, ..] + A[1, ..]")).toEqual([6, 9, 12]);
  });

  it("has the classes of what it reads", () => {
    expect(value(" = x[K[1, ..][0]]")).toEqual([30]);
    expect(value("[i, ..] = S[K[i, ..][1], ..]")).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it("at data reads a row", () => {
    expect(value("[i, ..] = S[t[i], ..]")).toEqual([4, 5, 6, 1, 2, 3]);
  });

  it("says what lies outside: a number for all elements, or a tensor of the axes that are kept", () => {
    expect(value("[i < 3, ..] = A[i - 1, .. else 0]")).toEqual([0, 0, 0, 1, 2, 3, 4, 5, 6]);
    expect(value("[i < 3, ..] = A[i - 1, .. else A[1, ..]]")).toEqual([4, 5, 6, 1, 2, 3, 4, 5, 6]);
    expect(codesOf("y[i < 3, ..] = A[i - 1, .. else x]")).toEqual(["shape-mismatch"]);
  });

  it("is what a read with too few indices should have been", () => {
    expect(codesOf("y = A[1, 2, 0, ..]")).toEqual(["rank-mismatch"]);
    expect(codesOf("y[i] = A[i]")).toEqual(["rank-mismatch"]);
    expect(codesOf("y[i] = A[i, ..]")).toEqual(["not-a-scalar"]);
  });
});

describe("an element definition with `..`", () => {
  it("maps a layer over the indices, which the reads inside it fix", () => {
    expect(value("[i, ..] = softmax(0 * A[i, ..])").map((p) => Math.round(3 * p))).toEqual([1, 1, 1, 1, 1, 1]);
    expect(graph("y[i, ..] = 2 * A[i, ..]")).toEqual(["y[i, j] = 2 * A[i, j]"]);
  });

  it("stands for as many axes as there are", () => {
    expect(value("[i, ..] = x[i]")).toEqual([10, 20, 30, 40]);
    expect(codesOf("y[i < 2, ..] = sigmoid")).toEqual(["wrong-kind"]);
  });
});

describe("an index as a number", () => {
  it("is its position", () => {
    expect(value("[i < 3] = 2 * i")).toEqual([0, 2, 4]);
    expect(value("[i < 2, j < 2] = if i == j then 1 else 0")).toEqual([1, 0, 0, 1]);
    expect(value("[i] = sum[j](if j <= i then x[j] else 0) + 0 * x[i]")).toEqual([10, 30, 60, 100]);
  });
});

describe("a reduction", () => {
  it("runs over several indices, nested anywhere", () => {
    expect(value(" = sum[i, j](A[i, j])")).toEqual([21]);
    expect(value(" = max[i](sum[j](A[i, j]))")).toEqual([15]);
    expect(value("[j] = prod[i](A[i, j])")).toEqual([4, 10, 18]);
    expect(value(" = min[i](x[i]) + mean[i](x[i])")).toEqual([35]);
  });

  it("of what does not move with its index repeats it", () => {
    expect(value(" = sum[i < 3](x[0])")).toEqual([30]);
    expect(value(" = mean[i < 3](5)")).toEqual([5]);
    expect(value(" = prod[i < 3](2)")).toEqual([8]);
  });

  it("computes what does not move with an index once", () => {
    expect(graph("y[i] = x[i] / sum[j](exp(x[j]))")).toEqual(["sum1 = sum[i](exp(x[i]))", "y[i] = x[i] / sum1"]);
  });
});

describe("an element", () => {
  it("is a single number", () => {
    expect(codesOf("y[i < 4] = x")).toEqual(["not-a-scalar"]);
    expect(codesOf("y = sum[i < 4](x)")).toEqual(["not-a-scalar"]);
    expect(codesOf("y[i < 4] = sigmoid")).toEqual(["wrong-kind"]);
  });
});
