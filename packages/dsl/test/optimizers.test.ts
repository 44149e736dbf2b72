/** What `train` says of optimizers: arguments that depend on the step, chains, and which parameters each one trains. */

import { describe, expect, it } from "vitest";
import { codes, diagnose, evaluateGraph, modelOf, rendered } from "./loading.ts";

const trained = (settings: string, before = "") =>
  modelOf(`${before} model M(rate = 0.5) { param p ~ ones loss p^2 train { ${settings} } }`);

function only(settings: string, before = "") {
  const { training } = trained(settings, before);
  const [group] = training?.groups ?? [];
  if (group === undefined) throw new Error("no parameters are trained");
  return group.optimizer;
}

describe("an argument of an optimizer", () => {
  it("may depend on the step", () => {
    const { update, settings } = only("optimizer sgd(rate: step_decay(t, from: rate, every: 2, factor: 0.1))");
    const w = (t: number) => evaluateGraph(update, { w: 1, g: 1, t })["w"]?.[0];
    expect([1, 2, 3, 4, 5].map(w)).toEqual([0.5, 0.5, 0.95, 0.95, expect.closeTo(0.995, 12)]);
    expect(settings).toEqual([{ name: "rate", value: null, text: "step_decay(t, from: rate, every: 2, factor: 0.1)" }]);
  });

  it("may come from a function of the page's own, and from a default", () => {
    const page = `function falling(t) = 1 / t
      optimizer mine(rate, half = rate / 2) { w <- w - half * g }`;
    const { update, settings } = only("optimizer mine(falling(t))", page);
    expect(evaluateGraph(update, { w: 1, g: 1, t: 4 })["w"]).toEqual([0.875]);
    expect(settings.map(({ value, text }) => [value, text])).toEqual([
      [null, "falling(t)"],
      [null, "rate / 2"],
    ]);
  });

  it("knows nothing of an example", () => {
    const page = "model M { input x param p ~ ones loss p * x train { optimizer sgd(rate: x) } }";
    expect(codes(page)).toEqual(["wrong-kind"]);
    expect(rendered(page)).toContain("`x` is not known when parameters are updated");
  });
});

describe("a chain of optimizers", () => {
  const twice =
    "optimizer twice { g <- 2 * g }  optimizer heavy(rate = 1) { state v ~ zeros v <- v + g w <- w - rate * v }";

  it("hands the changed gradient on", () => {
    const { name, update, settings } = only("optimizer twice, clip_value(1.5), sgd(rate: 0.1)", twice);
    expect(name).toBe("twice, clip_value, sgd");
    expect(settings.map(({ name, value }) => [name, value])).toEqual([
      ["most", 1.5],
      ["rate", 0.1],
    ]);
    expect(evaluateGraph(update, { w: 1, g: 0.5, t: 1 })["w"]).toEqual([0.9]);
    expect(evaluateGraph(update, { w: 1, g: 5, t: 1 })["w"]).toEqual([0.85]);
  });

  it("keeps the states of its links apart", () => {
    const { state, settings, update } = only("optimizer heavy(rate: 0.5), twice, heavy", twice);
    expect(state.map(({ name }) => name)).toEqual(["v", "v 2"]);
    expect(settings.map(({ name, value }) => [name, value])).toEqual([
      ["rate", 0.5],
      ["heavy.rate", 1],
    ]);
    expect(evaluateGraph(update, { w: 1, g: 3, t: 1, v: 1, "v 2": 10 })).toEqual({
      w: [1 - 2 - 16],
      v: [4],
      "v 2": [16],
    });
  });

  it("reads reductions over a tensor and over the network, each after those that it reads", () => {
    const page = "optimizer o { c = w - mean[tensor](w) w <- w - g * sum[tensor](c^2) / max[network](abs(g)) }";
    const { statistics, update } = only("optimizer o", page);
    expect(statistics.map(({ over, op, mean }) => [over, op, mean])).toEqual([
      ["tensor", "sum", true],
      ["tensor", "sum", false],
      ["network", "max", false],
    ]);
    const values = { w: 5, g: 2, statistic0: 4, statistic1: 3, statistic2: 8 };
    expect(evaluateGraph(update, values)["w"]).toEqual([5 - (2 * 3) / 8]);
    const [, squares] = statistics;
    expect(squares && evaluateGraph({ name: "of", outputs: [{ name: "of", node: squares.of }] }, values)["of"]).toEqual(
      [1],
    );
  });

  it("ends in one that updates the parameter", () => {
    const page = (settings: string) => `${twice} model M { param p ~ ones loss p^2 train { optimizer ${settings} } }`;
    expect(codes(page("twice"))).toEqual(["missing-update"]);
    expect(diagnose(page("twice"))[0]?.help).toContain("optimizer twice, sgd");
    expect(codes(page("twice, heavy"))).toEqual([]);
    expect(codes(page("heavy, twice"))).toEqual(["missing-update"]);
    expect(diagnose(page("heavy, twice"))[0]?.message).toBe("`twice` changes the gradient when `w` has been updated");
  });
});

describe("where there is nothing to train", () => {
  it.each([
    ["all parameters are frozen", 'param p ~ ones loss p^2 train { optimizer sgd frozen "*" }'],
    ["there are states only", "state s ~ ones s <- s / 2 input x loss (s * x)^2 train { optimizer sgd }"],
  ])("`train` is refused: %s", (_, statements) => {
    expect(codes(`model M { ${statements} }`)).toEqual(["unmatched-pattern"]);
    expect(rendered(`model M { ${statements} }`)).toContain("there is nothing to train");
  });
});

it("what is summed over parameters is an optimizer's", () => {
  const page = "model M { param w[3] ~ ones loss sum[network](w^2) }";
  expect(codes(page)).toEqual(["misplaced-reduction"]);
  expect(rendered(page)).toContain("only optimizers see all parameters");
});

describe("which optimizer trains a parameter", () => {
  const groups = (settings: string) => {
    const model = modelOf(`model M {
      input x[2]
      h = dense(x, units: 2)
      o = dense(h, units: 1)
      loss o[0]
      train { ${settings} }
    }`);
    return [
      ...(model.training?.groups ?? []).map(({ optimizer, parameters }) => [optimizer.name, ...parameters]),
      ["frozen", ...model.parameters.filter(({ frozen }) => frozen).map(({ name }) => name)],
    ];
  };

  it("is the first that has a pattern for it, else the one without", () => {
    expect(groups('optimizer sgd optimizer adam for "*.b" optimizer adamw for "h.*"')).toEqual([
      ["sgd", "o.W"],
      ["adam", "h.b", "o.b"],
      ["adamw", "h.W"],
      ["frozen"],
    ]);
    expect(groups('optimizer adam for "h.W", "o.*" optimizer sgd')).toEqual([
      ["adam", "h.W", "o.W", "o.b"],
      ["sgd", "h.b"],
      ["frozen"],
    ]);
  });

  it("is none of them for what is frozen", () => {
    expect(groups('optimizer sgd frozen "h.*"')).toEqual([
      ["sgd", "o.W", "o.b"],
      ["frozen", "h.W", "h.b"],
    ]);
    expect(groups('frozen "*.W"  optimizer sgd')).toEqual([
      ["sgd", "h.b", "o.b"],
      ["frozen", "h.W", "o.W"],
    ]);
  });

  it("leaves a state alone too, if it is frozen", () => {
    const model = (frozen: string) =>
      modelOf(`model M {
        input x
        param w ~ ones
        state seen ~ zeros
        seen <- seen + 1
        loss w * x + 0 * seen
        train { optimizer sgd ${frozen} }
      }`).parameters.map(({ name, update }) => [name, update === null]);
    expect(model("")).toEqual([
      ["w", true],
      ["seen", false],
    ]);
    expect(model('frozen "seen"')).toEqual([
      ["w", true],
      ["seen", true],
    ]);
  });

  it("may be said above the statements that make the parameters", () => {
    const model = modelOf('model M { train { optimizer sgd frozen "a" } param a ~ ones param b ~ ones loss a * b }');
    expect(model.training?.groups.map(({ parameters }) => parameters)).toEqual([["b"]]);
  });

  it("is said of something, and of everything", () => {
    const page = (settings: string) => `model M { param a ~ ones param b ~ ones loss a * b train { ${settings} } }`;
    expect(codes(page('optimizer sgd frozen "c"'))).toEqual(["unmatched-pattern"]);
    expect(codes(page('optimizer sgd optimizer adam for "A"'))).toEqual(["unmatched-pattern"]);
    expect(codes(page('optimizer sgd for "a" optimizer adam for "a*" optimizer lion'))).toEqual(["unmatched-pattern"]);
    expect(rendered(page('optimizer sgd for "a"'))).toContain("no optimizer trains `b`");
    expect(codes(page("optimizer sgd optimizer adam"))).toEqual(["duplicate-name"]);
    expect(codes(page("optimizer sgd frozen a"))).toEqual(["invalid-setting"]);
    expect(codes(page('optimizer sgd epochs 1 for "a"'))).toEqual(["invalid-setting"]);
    expect(codes(page("optimizer sgd epochs 1, 2"))).toEqual(["invalid-setting"]);
    expect(codes(page('optimizer "sgd"'))).toEqual(["invalid-setting"]);
  });
});
