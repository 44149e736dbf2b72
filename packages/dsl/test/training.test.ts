/** What differs between a model that is trained and the same model that predicts. */

import type { Graph, Model, Node } from "@adjoint/ir";
import { interpret, printGraph } from "@adjoint/ir";
import { describe, expect, it } from "vitest";
import { codes, diagnose, functionsOf, modelOf } from "./loading.ts";

/** The value of a scalar with every input at `fill`. */
function numberOf(node: Node, fill = 3): number {
  const values = interpret({ name: "", outputs: [{ name: "value", node }] }, (input) =>
    new Array<number>(input.shape.reduce((a, b) => a * b, 1)).fill(fill),
  );
  return values.get("value")?.[0] ?? Number.NaN;
}

function graphOf(name: string, node: Node): Graph {
  return { name, outputs: [{ name, node }] };
}

function lossOf(model: Model): Node {
  if (model.loss === null) throw new Error("the model has no loss");
  return model.loss.node;
}

describe("an example's number", () => {
  it("is part of an index, also of an element that is defined", () => {
    const page = (index: string): string =>
      `model M { input x[3] y[k < 2] = batch(x)[${index}, k] loss sum[k](y[k]) train { optimizer sgd()  batch 3 } }`;
    for (const index of ["example", "2 - example", "-example + 2"]) expect(codes(page(index))).toEqual([]);
    expect(codes(page("example * example"))).toEqual(["not-affine"]);
  });
});

describe("training", () => {
  it("is given no value, by whatever kind of statement", () => {
    const pages = [
      "model M { input x training = 1 output y = if training then x else 0 }",
      "model M { input training output y = 2 * training }",
      "model M(training = 1) { input x output y = training * x }",
      "layer half(x[n], training = 1) { return if training then x / 2 else x }",
    ];
    for (const page of pages) expect(codes(page)).toEqual(["reserved-name"]);
  });

  const page = `
    layer slack(x[n], factor) {
      y[i] = if training then factor * x[i] else x[i]
      return y
    }
    model M {
      input  x[2]
      target y[2]
      h = slack(x, factor: 2)
      loss   mse(h, y)
      metric far = abs(h[0])
      output h
    }`;

  it("chooses the branch of training in the loss that is trained", () => {
    expect(printGraph(graphOf("loss", lossOf(modelOf(page))))).toContain("2 * x[i]");
    expect(numberOf(lossOf(modelOf(page)))).toBe(9);
  });

  it("chooses the branch of prediction in outputs, metrics and the loss that is measured", () => {
    const model = modelOf(page);
    const validation = model.validation?.node;
    expect(validation === undefined ? null : numberOf(validation)).toBe(0);
    expect(model.metrics.map(({ node }) => numberOf(node))).toEqual([3]);
    expect(model.outputs.map(({ node }) => numberOf(node))).toEqual([3]);
  });

  it("leaves a model that does not ask as one graph", () => {
    const model = modelOf("model M {\n  input x\n  loss x^2\n}");
    expect(model.validation?.node).toBe(model.loss?.node);
  });

  it("is 0 in a function that is compiled by itself", () => {
    expect(diagnose("function f(x) = if training then 1 / 0 else x")).toEqual([]);
  });

  it("takes the output that is not declared from the graph of prediction", () => {
    const model = modelOf(
      "model M {\n  input x\n  target y\n  h = if training then 2 * x else 5 * x\n  loss (h - y)^2\n}",
    );
    expect(model.outputs.map(({ name, node }) => [name, numberOf(node)])).toEqual([["h", 15]]);
  });
});

describe("the batch", () => {
  const page = (body: string) =>
    `model M {\n  input x[2]\n  target y\n  param w ~ ones\n  ${body}\n  train { optimizer sgd  batch 3 }\n}`;

  it("gives a model an axis of examples exactly where its formulas speak of it", () => {
    expect(modelOf(page("loss (w * x[0] - y)^2")).coupling).toBeNull();
    expect(modelOf(page("loss (w * x[0] - mean[batch](x[0]))^2\n  output w")).coupling).toMatchObject({
      size: 3,
      measuring: true,
      predicting: false,
    });
    const inTraining = "m = if training then mean[batch](x[0]) else 0\n  loss (w * x[0] - m)^2";
    expect(modelOf(page(inTraining)).coupling).toMatchObject({ measuring: false, predicting: false });
    const everywhere = "m = mean[batch](x[0])\n  loss (w * m - y)^2";
    expect(modelOf(page(everywhere)).coupling).toMatchObject({ measuring: true, predicting: true });
  });

  it("is left out by an index that happens to be called so", () => {
    const model = modelOf("model M {\n  input x[2]\n  param w ~ ones\n  loss sum[batch](w * x[batch])\n}");
    expect(model.coupling).toBeNull();
  });

  it("counts each example once, and what is the same for all of them once for each", () => {
    const { loss } = modelOf(page("loss w\n  loss x[1] * mean[batch](x[0])"));
    if (loss === null) throw new Error("the model has no loss");
    const values = interpret({ name: "", outputs: [loss] }, ({ name }) => {
      if (name === "examples") return [2];
      return name === "w" ? [10] : [1, 2, 3, 5, 100, 100];
    });
    // Two of three count: w twice, and (2 + 5) times the mean of 1 and 3.
    expect(values.get("loss")?.[0]).toBe(2 * 10 + 7 * 2);
  });

  it("reduces by every reduction, over what counts", () => {
    const reductions = ["sum", "mean", "prod", "max", "min"].map(
      (name) => `loss ${name} = w * ${name}[batch](x[0]) * example`,
    );
    const { metrics } = modelOf(page(reductions.join("\n  ")));
    const values = interpret({ name: "", outputs: metrics }, ({ name }) => {
      if (name === "examples") return [2];
      return name === "w" ? [1] : [4, 0, 6, 0, 100, 0];
    });
    expect([...values].map(([name, [value]]) => [name, value])).toEqual([
      ["sum", 10],
      ["mean", 5],
      ["prod", 24],
      ["max", 6],
      ["min", 4],
    ]);
  });

  it("is reduced over positions as well", () => {
    const { bindings, coupling } = modelOf(page("m = mean[batch, i](x[i])\n  loss (w * m - y)^2"));
    const node = bindings[0]?.node;
    if (node === undefined) throw new Error("nothing is bound");
    const values = interpret({ name: "", outputs: [{ name: "m", node }] }, (input) =>
      input === coupling?.examples ? [2] : [1, 2, 3, 6, 100, 100],
    );
    expect(values.get("m")?.[0]).toBe(3);
  });

  it("keeps a function that sees it from being compiled by itself", () => {
    expect(functionsOf("function f(x) = x - mean[batch](x)\nfunction g(x) = x").map(({ name }) => name)).toEqual(["g"]);
  });

  it("is told to a state that varies with its examples", () => {
    const state = "state m ~ zeros\n  m <- x[0] - mean[batch](x[0])\n  loss (w * x[0] - m)^2";
    expect(diagnose(page(state)).map(({ code }) => code)).toEqual(["state-varies"]);
  });
});

describe("noise", () => {
  const namesAndShapes = ({ noise }: Model): readonly string[] =>
    noise.map(({ name, role, shape }) => `${role} ${name}[${shape}]`);

  it("is an input of the graph, of the shape that is declared", () => {
    const model = modelOf(
      "model M(n = 3) {\n  input x[3]\n  noise e[n] ~ normal(stddev: 0.5)\n  z = x + e\n  loss sum[i](z[i])\n}",
    );
    expect(namesAndShapes(model)).toEqual(["normal e[3]"]);
    expect(printGraph(graphOf("z", lossOf(model)))).toContain("0.5 * e[i]");
  });

  it("is drawn for each element that a function is applied to, and by each call", () => {
    const model = modelOf(
      "model M {\n  input x[2, 3]\n  a = gaussian_noise(x)\n  b = dropout(a) + dropout(a)\n  loss sum[i, j](b[i, j])\n}",
    );
    expect(namesAndShapes(model)).toEqual([
      "normal a.e[2,3]",
      "uniform b.dropout.keep[2,3]",
      "uniform b.dropout2.keep[2,3]",
    ]);
  });

  it("is drawn for each index that what a layer is given moves with, and for no other", () => {
    const page = `
      layer jitter(x[n]) {
        noise e[n] ~ uniform
        y[i] = x[i] + e[i]
        return y
      }
      layer outer(x[n]) {
        y = jitter(x)
        return y
      }
      model M {
        input x[5, 3]
        input c[3]
        h[t < 5, ..] = outer(x[t, ..])
        g[t < 5, k < 3] = jitter(c)[k] + x[t, k]
        loss sum[t, k](h[t, k] + g[t, k])
      }`;
    expect(namesAndShapes(modelOf(page))).toEqual(["uniform h.y.e[5,3]", "uniform g.jitter.e[3]"]);
  });

  it("may be several draws", () => {
    const page = `
      initializer product = random_normal * random_uniform
      model M {
        input x
        noise e ~ product
        loss x * e
      }`;
    expect(namesAndShapes(modelOf(page))).toEqual(["normal e[]", "uniform e.draw2[]"]);
  });

  it("keeps a function that draws from being compiled by itself", () => {
    expect(
      functionsOf(
        "function f(x) {\n  noise e ~ normal\n  return x + e\n}\nfunction g(x) = f(x)\nfunction h(x) = x^2",
      ).map(({ name }) => name),
    ).toEqual(["h"]);
  });

  it("sees numbers, not what is computed", () => {
    expect(diagnose("model M {\n  input s\n  noise e ~ normal(stddev: s)\n  loss e\n}")[0]?.message).toBe(
      "`s` is not known when noise is drawn",
    );
  });
});
