/** The loss of a model: the sum of its statements and of its layers'. */

import { describe, expect, it } from "vitest";
import { codes, evaluateModel, modelOf, rendered } from "./loading.ts";

const penalised = `layer penalised(x[n], units) {
  param W[units, n] ~ ones
  loss weight = 0.5 * sum[i, j](W[i, j]^2)
  loss 0.1 * sum[i](x[i])
  y[i] = sum[j](W[i, j] * x[j])
  return y
}
layer row(A[m, n], i) {
  r[j] = A[i, j]
  return r
}
`;

describe("a loss", () => {
  it("is the sum of its statements", () => {
    const model = modelOf("model M { input x param w ~ ones loss w * x loss 3 * w^2 loss 0.5 }");
    expect(evaluateModel(model, { x: 2, w: 5 })).toEqual({ loss: [10 + 75 + 0.5] });
  });

  it("reports the terms that have a name, before the metrics", () => {
    const model = modelOf(
      "model M { input x param w ~ ones loss fit = w * x loss 3 * w^2 loss size = 2 * w metric half = x / 2 }",
    );
    expect(model.metrics.map(({ name }) => name)).toEqual(["fit", "size", "half"]);
    expect(evaluateModel(model, { x: 2, w: 5 })).toEqual({ loss: [10 + 75 + 10], fit: [10], size: [10], half: [1] });
  });

  it("takes in what layers state, under their names", () => {
    const model = modelOf(
      `${penalised}model M { input x[2] h = penalised(x, units: 1) o = penalised(h, units: 1) loss o[0] }`,
    );
    expect(model.metrics.map(({ name }) => name)).toEqual(["h.weight", "o.weight"]);
    const values = evaluateModel(model, { x: [1, 2], "h.W": [3, 4], "o.W": [2] });
    expect(values).toMatchObject({ h: [11], o: [22], "h.weight": [12.5], "o.weight": [2] });
    expect(values["loss"]?.[0]).toBeCloseTo(12.5 + 0.3 + 2 + 1.1 + 22, 12);
  });

  it("sums over an index what moves with it, and counts once what does not", () => {
    const model = modelOf(
      `${penalised}model M { input A[3, 2] y[t < 3, k < 1] = penalised(row(A, t), units: 1)[k] loss y[0, 0] }`,
    );
    const values = evaluateModel(model, { A: [[1, 2], [3, 4], [5, 6]], "y.penalised.W": [3, 4] }); // biome-ignore format: a matrix
    expect(values["y.penalised.weight"]).toEqual([12.5]);
    expect(values["loss"]?.[0]).toBeCloseTo(12.5 + 0.1 * 21 + 11, 12);
  });

  it("is a single number, and depends on something", () => {
    expect(codes("model M { input x[2] loss x }")).toEqual(["not-a-scalar"]);
    expect(codes("model M { input x[2] loss tanh }")).toEqual(["wrong-kind"]);
    expect(codes("model M { input x[2] loss 2 loss 3 }")).toEqual(["constant-loss"]);
    expect(codes("model M { input x loss a = x loss a = x^2 }")).toEqual(["duplicate-statement"]);
    expect(codes("loss l(x[n]) { loss 3 return x[0] } model M { input x[2] loss l(x) }")).toContain(
      "misplaced-statement",
    );
    expect(codes("model M { param p ~ ones loss p[0] train { optimizer sgd } }")).toEqual(["rank-mismatch"]);
  });
});

describe("the parameters of a layer", () => {
  it("are read by the name of the statement that made it", () => {
    const model = modelOf(
      "layer two(x[n]) { a = dense(x, units: 1) s = a.W[0, 0] y[i] = a[i] * s return y }\n" +
        "model M { input x[1] h = two(x) loss h[0] + h.a.b[0] }",
    );
    const values = evaluateModel(model, { x: 3, "h.a.W": 5, "h.a.b": 7 });
    expect(values).toMatchObject({ h: [(5 * 3 + 7) * 5], loss: [110 + 7] });
  });

  it("are told by name where there is no such one", () => {
    const text = rendered("model M { input x[1] h = dense(x, units: 1) loss h[0] + h.w[0, 0] }");
    expect(text).toContain("there is no parameter `h.w` here");
    expect(text).toContain("did you mean `h.W`?");
    expect(codes("model M { input x[1] loss x[0] + k.W }")).toEqual(["unknown-name"]);
    expect(codes("model M { input x[1] h = dense(x, units: 1) loss h[0] + h .W }")).toEqual(["foreign-operator"]);
  });
});
