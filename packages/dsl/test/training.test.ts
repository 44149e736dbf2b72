/** What differs between a model that is trained and the same model that predicts. */

import type { Graph, Model, Node } from "@adjoint/ir";
import { interpret, printGraph } from "@adjoint/ir";
import { describe, expect, it } from "vitest";
import { diagnose, modelOf } from "./loading.ts";

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

describe("training", () => {
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
