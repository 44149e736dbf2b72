import { describe, expect, it } from "vitest";
import { codes, diagnose, evaluateModel, evaluateNode, lowered, modelOf } from "./loading.ts";

describe("a model", () => {
  it("has ports with shapes and elements, and documentation", () => {
    const model = modelOf(
      "// Says hello.\nmodel M {\n  // What is seen.\n  input x[2, 3]\n  input t[4]: class(5)\n  target label: class(3)\n}",
    );
    expect(model.doc).toBe("Says hello.");
    expect(
      [...model.inputs, ...model.targets].map(({ name, shape, element, doc }) => ({ name, shape, element, doc })),
    ).toEqual([
      { name: "x", shape: [2, 3], element: { kind: "real" }, doc: "What is seen." },
      { name: "t", shape: [4], element: { kind: "class", count: 5 }, doc: "" },
      { name: "label", shape: [], element: { kind: "class", count: 3 }, doc: "" },
    ]);
    expect(model.targets.map(({ node }) => node.role)).toEqual(["target"]);
  });

  it("computes its sizes from hyperparameters, which may be set from outside", () => {
    const page = "model M(n = 2, m = n + 1) { input x[n] param W[m] ~ zeros }";
    expect(modelOf(page).hyperparameters).toEqual([
      { name: "n", value: 2 },
      { name: "m", value: 3 },
    ]);
    const larger = modelOf(page, { hyperparameters: { n: 7 } });
    expect(larger.hyperparameters.map(({ value }) => value)).toEqual([7, 8]);
    expect(larger.parameters[0]?.shape).toEqual([8]);
  });

  it("lists what its own statements bind, in order, and not what its layers bind", () => {
    const model = modelOf(
      "model M { input x[2] k = 3 h = dense(x, units: k, activation: tanh) y[i] = h[i] * k output p = softmax(y) }",
    );
    expect(model.bindings.map(({ name }) => name)).toEqual(["h", "y", "p"]);
  });

  it("predicts its outputs or, without one, the last binding that depends on no target", () => {
    const outputs = (statements: string) =>
      modelOf(`model M { input x[2] target y[2] ${statements} }`).outputs.map(({ name }) => name);
    expect(outputs("h = x * 2 o = h + 1 e = o - y loss mse(o, y)")).toEqual(["o"]);
    expect(outputs("h = x * 2 output h output s = h + 1 output softmax(h)")).toEqual(["h", "s", "softmax"]);
    expect(outputs("output s[i] = x[1 - i] loss mse(s, y)")).toEqual(["s"]);
    expect(outputs("loss mse(x, y)")).toEqual([]);
  });

  it("knows the name of an output whose value is wrong: what reads it is silent", () => {
    expect(codes("model M { input x[2] target y[2] output p[i] = x[i] * q loss mse(p, y) }")).toEqual(["unknown-name"]);
  });

  it("names metrics after the call, or as it is told", () => {
    const model = modelOf(
      "model M { input x[3] target c: class(3) metric accuracy(x, c) metric sure = max[i](x[i]) > 0.5 loss cross_entropy(x, c) }",
    );
    expect(model.metrics.map(({ name }) => name)).toEqual(["accuracy", "sure"]);
    const { accuracy, sure } = evaluateModel(model, { x: [0, 1, 0], c: 1 });
    expect([accuracy, sure]).toEqual([[1], [1]]);
  });

  it("states what it is trained with; the rest has documented defaults", () => {
    const training = (settings: string) =>
      modelOf(`model M { param w ~ ones loss w^2 train { ${settings} } }`).training;
    expect(training("optimizer sgd")).toMatchObject({ epochs: 100, batch: 1, shuffle: true, seed: 0 });
    expect(training("optimizer sgd(rate: 0.5) epochs 10 batch 2 + 2 shuffle off seed 7")).toMatchObject({
      epochs: 10,
      batch: 4,
      shuffle: false,
      seed: 7,
      groups: [{ optimizer: { name: "sgd", settings: [{ name: "rate", value: 0.5 }] } }],
    });
    expect(modelOf("model M { param w ~ ones loss w^2 }").training).toBeNull();
  });

  it("freezes a parameter that is so declared", () => {
    const model = modelOf("model M { param w ~ ones frozen param v ~ ones }");
    expect(model.parameters.map(({ frozen }) => frozen)).toEqual([true, false]);
  });

  it("may use a name both for a value and for what computes it", () => {
    expect(codes("model M { input x[2] target y[2] softmax = softmax(x) mse = mse(softmax, y) }")).toEqual([]);
  });

  it("of 1,000 layers takes no deeper a stack and no more than its share of nodes", () => {
    const layers = Array.from({ length: 1000 }, (_, k) => `h${k + 1} = dense(h${k}, units: 2, activation: tanh)`);
    const model = modelOf(`model M {\ninput h0[2]\n${layers.join("\n")}\nloss mse(h1000, h0)\n}`);
    expect(model.parameters).toHaveLength(2000);
    const nodes = Math.max(...model.bindings.map(({ node }) => node.id));
    expect(nodes).toBeLessThan(1000 * 12);
  });
});

describe("an initializer", () => {
  const initial = (declaration: string, noise: readonly number[] = []) => {
    const [parameter] = modelOf(`model M(n = 2) { ${declaration} }`).parameters;
    const node = parameter?.initializer.outputs[0]?.node;
    if (node === undefined) throw new Error("no parameter");
    return evaluateNode(node, { noise0: noise, noise1: noise.map((value) => -value) });
  };

  it("is a number, a call, or the name of one that needs no arguments", () => {
    expect(initial("param W[2] ~ ones")).toEqual([1, 1]);
    expect(initial("param W[2] ~ constant(3)")).toEqual([3, 3]);
    expect(initial("param W[2, 2] ~ uniform(low: 0, high: 4)", [0, 0.25, 0.5, 0.75])).toEqual([0, 1, 2, 3]);
  });

  it("knows the fans of what it fills: all extents but the first, all but the second", () => {
    const uniform = (shape: string, count: number) =>
      initial(`param W[${shape}] ~ glorot_uniform`, Array(count).fill(0))[0];
    expect(uniform("3, 5", 15)).toBeCloseTo(-Math.sqrt(6 / 8), 12);
    expect(uniform("4, 3, 2, 2", 48)).toBeCloseTo(-Math.sqrt(6 / (12 + 16)), 12);
    expect(uniform("3", 3)).toBeCloseTo(-Math.sqrt(6 / 6), 12);
    expect(initial("param W[2, 8] ~ he_normal", Array(16).fill(1))[0]).toBeCloseTo(0.5, 12);
  });

  it("draws anew for each mention of a noise", () => {
    expect(
      codes("initializer triangle = random_uniform + random_uniform - 1  model M { param w[2] ~ triangle }"),
    ).toEqual([]);
    const [parameter] = modelOf(
      "initializer two = random_uniform + random_normal model M { param w[2] ~ two }",
    ).parameters;
    expect(
      parameter && evaluateNode(parameter.initializer.outputs[0]!.node, { noise0: [1, 2], noise1: [10, 20] }),
    ).toEqual([11, 22]);
  });

  it("sees the numbers in scope, but no tensor", () => {
    expect(initial("k = n + 1 param W[2] ~ constant(k / 2)")).toEqual([1.5, 1.5]);
    expect(codes("model M { input x[2] param W[2] ~ constant(x) }")).toEqual(["wrong-kind"]);
  });

  it("may be a parameter of a layer", () => {
    const page =
      "layer l(x[n], start = zeros) { param W[n] ~ start  return W + x }  model M { input x[2] y = l(x, start: ones) }";
    const [parameter] = modelOf(page).parameters;
    expect(parameter && evaluateNode(parameter.initializer.outputs[0]!.node, {})).toEqual([1, 1]);
  });
});

describe("an optimizer", () => {
  const step = (optimizer: string, values: Readonly<Record<string, number>>) => {
    const training = modelOf(`model M { param v ~ ones loss v^2 train { optimizer ${optimizer} } }`).training;
    const outputs = training?.groups[0]?.optimizer.update.outputs ?? [];
    return Object.fromEntries(outputs.map(({ name, node }) => [name, evaluateNode(node, values)[0]]));
  };

  it("sees in each update the new values of those before it", () => {
    expect(step("momentum(rate: 0.5, momentum: 0.5)", { w: 1, g: 2, t: 1, v: 4 })).toEqual({ v: 1, w: 2 });
  });

  it("keeps states with initial values of their own", () => {
    const page = `optimizer o(start = 3) { state s ~ constant(start)  state u ~ zeros  s <- s + g  u <- u + s  w <- w - u }
      model M { param v ~ ones loss v^2 train { optimizer o(start: 4) } }`;
    const optimizer = modelOf(page).training?.groups[0]?.optimizer;
    expect(
      optimizer?.state.map(({ name, initializer }) => [name, evaluateNode(initializer.outputs[0]!.node, {})]),
    ).toEqual([
      ["s", [4]],
      ["u", [0]],
    ]);
    expect(optimizer?.update.outputs.map(({ name }) => name)).toEqual(["w", "s", "u"]);
  });
});

describe("an optimizer's state", () => {
  it("is changed, not defined anew, and that is all that is said", () => {
    const page = (body: string): string =>
      `optimizer o(rate = 1) { state v ~ zeros ${body} } model M { param p ~ ones loss p^2 train { optimizer o } }`;
    expect(diagnose(page("v = v + g  w = w - rate * v")).map(({ code, help }) => [code, help])).toEqual([
      ["duplicate-name", "write v <- …"],
      ["duplicate-name", "write w <- …"],
    ]);
  });
});

describe("a loss", () => {
  it("depends on something", () => {
    expect(codes("model M { loss 1 }")).toEqual(["constant-loss"]);
    expect(codes("model M { input x  loss sum[i < 3](i) }")).toEqual(["constant-loss"]);
    expect(codes("model M { input x  target y  loss (x - y)^2 }")).toEqual([]);
  });

  it("that does not depend on a parameter is warned of, once for what a statement makes", () => {
    const page = "model M { input x[2]  h = dense(x, units: 2)  k = dense(x, units: 3)  loss mse(h, x) }";
    expect(diagnose(page).map(({ code, message }) => [code, message])).toEqual([
      ["unused-parameter", "the loss does not depend on `k.W` and `k.b`"],
    ]);
    expect(codes("model M { param w ~ ones frozen  param v ~ ones  loss v^2 }")).toEqual([]);
    expect(codes("model M { param w ~ ones  param v ~ ones  output w  loss stop_gradient(w) * v^2 }")).toEqual([]);
    expect(codes("model M { param w ~ ones  output w }")).toEqual([]);
  });
});

describe("a gradient", () => {
  it("is a value of the shape of what it is taken by", () => {
    expect(lowered("model M { input x[3] y = sum[i](x[i]^2) d = grad(y, x) e = grad(d[0], x) }")).toEqual([
      "y = sum[i](x[i]^2)",
      "d[i] = grad(y, x)[i]",
      expect.stringContaining("d[0]"),
      expect.stringContaining("grad("),
    ]);
  });

  it("inside a function is taken element by element", () => {
    const page = "function slope(x) = grad(x^3, x)  model M { input x[2] d = slope(x) }";
    expect(lowered(page)).toEqual([expect.stringContaining("sum[i](x[i]^3)"), expect.stringContaining("grad(")]);
  });

  it("is of a single number, by a named tensor of real numbers", () => {
    const declarations = "input x[2] input c: class(3)";
    expect(codes(`model M { ${declarations} d = grad(x, x) }`)).toEqual(["not-a-scalar"]);
    expect(codes(`model M { ${declarations} d = grad(x[0], x[0]) }`)).toEqual(["invalid-gradient"]);
    expect(codes(`model M { ${declarations} d = grad(c * 1, c) }`)).toEqual(["invalid-gradient"]);
    expect(codes(`model M { ${declarations} y[i] = x[i] * sum[j](grad(x[j], x)[j]) }`)).toEqual(["not-a-scalar"]);
  });

  it("that is always 0 is warned of", () => {
    expect(codes("model M { input x[2] input u d = grad(x[0], u) }")).toEqual(["zero-gradient"]);
  });
});
