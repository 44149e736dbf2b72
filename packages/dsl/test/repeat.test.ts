/** What `repeat` means: its statements that many times, each turn with the names that the one before bound anew. */

import { describe, expect, it } from "vitest";
import { codes, evaluateModel, functionsOf, modelOf, rendered } from "./loading.ts";

function value(statements: string): readonly number[] {
  const { y } = evaluateModel(modelOf(`model M { input x[3] ${statements} }`), { x: [1, 2, 3] });
  return y ?? [];
}

function parameters(page: string): readonly string[] {
  return modelOf(page).parameters.map(({ name, shape }) => `${name}[${shape}]`);
}

describe("repeat", () => {
  it("binds names from outside anew, turn after turn", () => {
    expect(value("y = x  repeat 3 { y = 2 * y }")).toEqual([8, 16, 24]);
    expect(value("y = x  repeat 2 { y = y + 1  repeat 2 { y = 2 * y } }")).toEqual([36, 52, 68]);
  });

  it("knows the number of the turn, if it has a name", () => {
    expect(value("y = x  repeat k < 3 { y = y + 10^k }")).toEqual([112, 113, 114]);
  });

  it("may change a shape", () => {
    const page = "h = x  repeat 2 { s[i] = h[i + 1] - h[i]  h = s }  y = h";
    expect(value(page)).toEqual([0]);
  });

  it("forgets what only a turn has named", () => {
    expect(value("y = x  repeat 2 { z = 2 * y  y = z + 1 }")).toEqual([7, 11, 15]);
    expect(codes("model M { input x y = x  repeat 2 { z = 2 * y  y = z } o = z }")).toEqual(["unknown-name"]);
  });

  it("makes parameters of their own in each turn, named by its number", () => {
    expect(parameters("model M { input x[3] h = x  repeat 2 { h = dense(h, units: 3) } }")).toEqual([
      "h.0.W[3,3]",
      "h.0.b[3]",
      "h.1.W[3,3]",
      "h.1.b[3]",
    ]);
    expect(
      parameters(
        "model M { input x[3] h = x repeat 2 { param g ~ ones repeat 2 { h = g * h + relu(dense(h, units: 3)) } } }",
      ),
    ).toEqual(
      ["g.0[]", "h.0.0.dense", "h.0.1.dense", "g.1[]", "h.1.0.dense", "h.1.1.dense"].flatMap((name) =>
        name.startsWith("g") ? [name] : [`${name}.W[3,3]`, `${name}.b[3]`],
      ),
    );
  });

  it("stands in layers and functions, where a parameter of theirs may be bound anew", () => {
    const layer = "layer deep(x[n], depth) { repeat depth { x = dense(x, units: n) } return x }";
    expect(parameters(`${layer} model M { input x[2] h = deep(x, depth: 2) }`)).toEqual([
      "h.x.0.W[2,2]",
      "h.x.0.b[2]",
      "h.x.1.W[2,2]",
      "h.x.1.b[2]",
    ]);
    const [newton] = functionsOf("function root(a) { r = a repeat 6 { r = (r + a / r) / 2 } return r }");
    expect(newton?.name).toBe("root");
  });

  it("names each binding of a model once", () => {
    const model = modelOf("model M { input x[3] h = x repeat 3 { h = tanh(h) } o = 2 * h }");
    expect(model.bindings.map(({ name }) => name)).toEqual(["h", "o"]);
  });

  it("adds a loss in each turn", () => {
    const page = "model M { input x h = x repeat 2 { param w ~ ones  h = w * h  loss w^2 } loss h^2 }";
    const { loss } = modelOf(page);
    expect(loss).not.toBeNull();
    const at = { x: 2, "w.0": 3, "w.1": 5 };
    expect(evaluateModel(modelOf(page), at)).toMatchObject({ loss: [9 + 25 + 900] });
  });

  it("is required of what it says", () => {
    const page = (width: number) => `layer half(x[n]) { require n mod 2 == 0 y[i < n / 2] = x[2 * i] return y }
      model M { input x[${width}] h = x repeat 2 { h = half(h) } }`;
    expect(codes(page(8))).toEqual([]);
    expect(codes(page(6))).toEqual(["requirement-not-met"]);
    expect(rendered(page(6))).toContain("n is 3");
    expect(codes("model M { input x require x > 0 }")).toEqual(["wrong-kind"]);
  });

  it("has a word that is a name elsewhere", () => {
    expect(value("repeat = 2 * x  y = repeat")).toEqual([2, 4, 6]);
  });
});

describe("mistakes in a repeat", () => {
  it("are told once, however many turns show them", () => {
    expect(codes("model M { input x[3] h = x repeat 5 { h = dense(h) } }")).toEqual(["missing-argument"]);
    expect(codes("model M { input x[3] h = x repeat 5 { h = h + q } }")).toEqual(["unknown-name"]);
  });

  it("are binding a name twice in a turn, and a parameter anew", () => {
    expect(codes("model M { input x[3] h = x repeat 5 { h = 2 * h  h = 3 * h } }")).toEqual(["duplicate-name"]);
    expect(codes("model M { input x[3] h = x repeat 5 { k = 2 * h  k = 3 * h  h = k } }")).toEqual(["duplicate-name"]);
    expect(codes("model M { param w ~ ones repeat 5 { param w ~ ones } loss w }")).toEqual(["duplicate-name"]);
  });

  it("are statements that a model holds once, and a return", () => {
    expect(codes("model M { repeat 2 { input x } }")).toEqual(["misplaced-statement"]);
    expect(codes("layer f(x) { repeat 2 { return x } return x }")).toEqual(["misplaced-statement"]);
    expect(codes("optimizer o(rate = 1) { repeat 2 { w <- w - g } w <- w }")).toContain("misplaced-statement");
  });

  it("are turns that cannot be counted, or are too many", () => {
    expect(codes("model M { input x h = x repeat 1.5 { h = 2 * h } }")).toEqual(["invalid-size"]);
    expect(codes("model M { input x h = x repeat h { h = 2 * h } }")).toEqual(["wrong-kind"]);
    expect(codes("model M { input x h = x repeat 1e9 { h = 2 * h } }")).toEqual(["page-too-large"]);
    expect(codes("model M { input x h = x repeat 1e9 { } }")).toEqual(["page-too-large"]);
  });

  it("are names used only inside that nothing uses", () => {
    expect(codes("layer f(x) { repeat 2 { k = 2 * x } return x }")).toEqual(["unused-name"]);
    expect(rendered("layer f(x) { repeat k < 2 { x = 2 * x } return x }")).toBe("");
  });
});
