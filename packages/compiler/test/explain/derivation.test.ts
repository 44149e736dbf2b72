/** Owns: what an explanation says of a derivative: its factors, its paths, and their names. */

import { Builder, constantIndex, type Model } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import {
  type Derivation,
  explainFunction,
  explainParameter,
  printExpression,
  renderDerivation,
} from "../../src/explain/index.ts";
import { alice, bind, cosine, named, restOf, Sketch, statement, twoTwoOne } from "./models.ts";

/** `∂o/∂h = symbols` of every factor. */
function factorsOf(derivation: Derivation): readonly string[] {
  return derivation.factors.map(
    ({ of, by, expression }) => `${of} by ${by}: ${printExpression(expression, { kind: "symbols", digits: 3 })}`,
  );
}

describe("a weight of the first layer", () => {
  const derivation = explainParameter(twoTwoOne(), { parameter: "h.W", index: [0, 0] }, alice);

  test("is explained factor by factor, as the tutorial writes it", () => {
    expect(renderDerivation(derivation, { digits: 3 })).toEqual([
      "Forward",
      "  h[0] = logistic(h.W[0,0]·x[0] + h.W[0,1]·x[1] + h.b[0]) = logistic(1·(−2) + 1·(−1) + 0) = 0.0474",
      "  o[0] = logistic(o.W[0,0]·h[0] + o.W[0,1]·h[1] + o.b[0]) = logistic(1·0.0474 + 1·0.0474 + 0) = 0.524",
      "  loss = (y[0] − o[0])² = (1 − 0.524)² = 0.227",
      "",
      "Chain rule",
      "  ∂loss/∂h.W[0,0] = ∂loss/∂o[0] · ∂o[0]/∂h[0] · ∂h[0]/∂h.W[0,0]",
      "",
      "Factors",
      "  ∂loss/∂o[0]     = −2·(y[0] − o[0]) = −2·(1 − 0.524) = −0.952   (−0.953 without earlier rounding)",
      "  ∂o[0]/∂h[0]     = o[0]·(1 − o[0])·o.W[0,0] = 0.524·(1 − 0.524)·1 = 0.249",
      "  ∂h[0]/∂h.W[0,0] = h[0]·(1 − h[0])·x[0] = 0.0474·(1 − 0.0474)·(−2) = −0.0903   (−0.0904 without earlier rounding)",
      "",
      "Product",
      "  ∂loss/∂h.W[0,0] = −0.952 · 0.249 · (−0.0903) = 0.0214   (0.0215 without earlier rounding)",
    ]);
  });

  test("has factors whose product is the derivative by an independent sweep", () => {
    expect(derivation.complete).toBe(true);
    expect(derivation.total).toBeCloseTo(0.02147, 5);
    expect(restOf(derivation)).toBeCloseTo(0, 15);
  });
});

test("a bias's last factor is the slope alone", () => {
  const derivation = explainParameter(twoTwoOne(), { parameter: "h.b", index: [0] }, alice);
  expect(factorsOf(derivation).at(-1)).toBe("h[0] by h.b[0]: h[0]·(1 − h[0])");
  expect(derivation.factors.at(-1)?.value).toBeCloseTo(0.0452, 4);
});

test("only what lies between the loss and the element is a factor", () => {
  expect(factorsOf(explainParameter(twoTwoOne(), { parameter: "o.W", index: [0, 1] }, alice))).toEqual([
    "loss by o[0]: −2·(y[0] − o[0])",
    "o[0] by o.W[0,1]: o[0]·(1 − o[0])·h[1]",
  ]);
  expect(factorsOf(explainParameter(twoTwoOne(), { parameter: "o", index: [0] }, alice))).toEqual([
    "loss by o[0]: −2·(y[0] − o[0])",
  ]);
});

test("an input that is read twice has a path through each reader", () => {
  const derivation = explainParameter(twoTwoOne(), { parameter: "x", index: [1] }, alice);
  expect(derivation.paths.map((path) => path.factors.map(({ by }) => by))).toEqual([
    ["o[0]", "h[0]", "x[1]"],
    ["o[0]", "h[1]", "x[1]"],
  ]);
  expect(restOf(derivation)).toBeCloseTo(0, 15);
});

describe("a function", () => {
  const derivation = explainFunction(cosine(true), "x", { x: 1.2 });

  test("shows the forward pass in the steps of its page", () => {
    expect(renderDerivation(derivation, { digits: 4 }).slice(0, 6)).toEqual([
      "Forward",
      "  a = x² = 1.2² = 1.44",
      "  b = sin(a) = sin(1.44) = 0.9915",
      "  c = 3·x² = 3·1.2² = 4.32",
      "  d = b + c = 0.9915 + 4.32 = 5.311",
      "  J = cos(d) = cos(5.311) = 0.5639",
    ]);
  });

  test("has every local derivative of the tutorial", () => {
    expect(factorsOf(derivation)).toEqual([
      "J by d: −sin(d)",
      "d by b: 1",
      "b by a: cos(a)",
      "a by x: 2·x",
      "d by c: 1",
      "c by x: 6·x",
    ]);
  });

  test("sums its paths in the order in which the page names them", () => {
    expect(renderDerivation(derivation).slice(8, 10)).toEqual([
      "  dJ/dx = dJ/dd · dd/db · db/da · da/dx",
      "        + dJ/dd · dd/dc · dc/dx",
    ]);
    const x = 1.2;
    expect(derivation.total).toBeCloseTo(
      -Math.sin(Math.sin(x * x) + 3 * x * x) * (2 * x * Math.cos(x * x) + 6 * x),
      12,
    );
    expect(restOf(derivation)).toBeCloseTo(0, 12);
  });

  test("without steps of its own is taken apart into a, b, c, …", () => {
    const steps = explainFunction(cosine(false), "x", { x: 1.2 });
    expect(steps.steps.map(({ text }) => text)).toEqual(["a", "b", "c", "d", "J"]);
    expect(factorsOf(steps).at(-1)).toBe("c by a: 3");
    expect(steps.total).toBe(derivation.total);
  });
});

/** z = w·x + b, h = squash(z), loss −y·log(h) − (1 − y)·log(1 − h) */
function logisticRegression(): Model {
  const s = new Sketch();
  const { b } = s;
  const x = s.port("input", "x", [2]);
  const y = s.port("target", "y", []);
  const products = b.map("mul", [s.parameter("w", [2]), x]);
  const z = b.map("add", [b.reduce("sum", products, [0]), s.parameter("b", [])]);
  const h = s.squash(z);
  const log = (value: typeof z) => b.map("log", [value]);
  const not = (value: typeof z) => b.map("sub", [b.constant(1), value]);
  const positive = b.map("neg", [b.map("mul", [y, log(h)])]);
  const loss = b.map("sub", [positive, b.map("mul", [not(y), log(not(h))])]);
  const bindings = [bind("z", z, "z = sum[i](w[i] * x[i]) + b"), bind("h", h, "h = 1 / (1 + exp(-z))")];
  return s.model(bindings, bind("loss", loss, "loss -y * log(h) - (1 - y) * log(1 - h)"));
}

test("logistic regression has the tutorial's three derivatives", () => {
  const values = { parameters: { w: [0.5, -0.25], b: [0.1] }, inputs: { x: [1, 2] }, targets: { y: [1] } };
  const derivation = explainParameter(logisticRegression(), { parameter: "w", index: [1] }, values);
  expect(factorsOf(derivation)).toEqual(["loss by h: −y/h + (1 − y)/(1 − h)", "h by z: h·(1 − h)", "z by w[1]: x[1]"]);
  const h = 1 / (1 + Math.exp(-0.1));
  expect(derivation.total).toBeCloseTo(2 * (h - 1), 14);
});

describe("a normalised exponential", () => {
  const s = new Sketch();
  const { b } = s;
  const z = s.parameter("z", [3]);
  const label = b.input("y", "target", [], { kind: "class", count: 3 });
  const e = b.map("exp", [z]);
  const p = b.map("div", [e, b.read(b.reduce("sum", e, [0]), [3], [])]);
  const loss = b.map("neg", [b.map("log", [b.pick(p, 0, label)])]);
  const model = s.model([bind("p", p, "p = share(z)")], bind("loss", loss, "loss -log(p[y])"));
  const values = { parameters: { z: [0.5, -0.25, 1] }, inputs: {}, targets: { y: [1] } };

  test("is differentiated in terms of its own value", () => {
    const derivation = explainParameter(model, { parameter: "z", index: [1] }, values);
    expect(factorsOf(derivation)).toEqual(["loss by p[1]: −1/p[1]", "p[1] by z[1]: p[1]·(1 − p[1])"]);
  });

  test("names only the element that the class chooses", () => {
    const derivation = explainParameter(model, { parameter: "z", index: [0] }, values);
    expect(derivation.steps.map(({ text }) => text)).toEqual(["p[1]", "loss"]);
    const exponentials = [0.5, -0.25, 1].map(Math.exp);
    expect(derivation.total).toBeCloseTo((exponentials[0] ?? 0) / exponentials.reduce((x, y) => x + y), 14);
  });
});

describe("a branch", () => {
  /** h = max(z, 0), loss h² */
  function explainAt(w: number): Derivation {
    const s = new Sketch();
    const { b } = s;
    const z = s.affine("h", s.port("input", "x", [1]), 1);
    const h = b.map("max", [z, b.constant(0, [1])]);
    const loss = b.reduce("sum", b.map("pow", [h, b.constant(2, [1])]), [0]);
    const model = s.model([bind("h", h, "h = layer(x)")], bind("loss", loss, "loss square(h)"));
    return explainParameter(
      model,
      { parameter: "h.W", index: [0, 0] },
      { parameters: { "h.W": [w], "h.b": [0] }, inputs: { x: [3] }, targets: {} },
    );
  }

  test.each([
    [2, "∂h[0]/∂h.W[0,0] = x[0] = 3   (since h.z[0] > 0)"],
    [0, "∂h[0]/∂h.W[0,0] = 0.5·x[0] = 0.5·3 = 1.5   (since h.z[0] = 0)"],
    [-2, "∂h[0]/∂h.W[0,0] = 0   (since h.z[0] < 0)"],
  ])("is resolved as it is at the point, and says why: w = %d", (w, line) => {
    const derivation = explainAt(w);
    expect(renderDerivation(derivation).map((text) => text.trim())).toContain(line);
    expect(renderDerivation(derivation)[1]).toContain("h[0] = max(h.W[0,0]·x[0] + h.b[0], 0) = ");
    expect(restOf(derivation)).toBe(0);
  });
});

test("a selection shows the side that is taken, and why", () => {
  const s = new Sketch();
  const { b } = s;
  const w = s.parameter("w", []);
  const zero = b.constant(0);
  const h = b.map("select", [b.map("lt", [zero, w]), w, b.map("mul", [b.constant(0.01), w])]);
  const model = s.model(
    [bind("h", h, "h = if w > 0 then w else 0.01 * w")],
    bind("loss", b.map("mul", [h, h]), "loss h * h"),
  );
  const derivation = explainParameter(
    model,
    { parameter: "w", index: [] },
    { parameters: { w: [-2] }, inputs: {}, targets: {} },
  );
  const lines = renderDerivation(derivation).map((line) => line.trim());
  expect(lines).toContain("h = 0.01·w = 0.01·(−2) = −0.02   (since w < 0)");
  expect(lines).toContain("∂h/∂w    = 0.01   (since w < 0)");
});

test("a gradient within the loss is expanded: ∂(∂u/∂x)²/∂w for u = w·x² is 8wx²", () => {
  const s = new Sketch();
  const { b } = s;
  const x = s.port("input", "x", []);
  const w = s.parameter("w", []);
  const u = b.map("mul", [w, b.map("mul", [x, x])], named("u"));
  const slope = b.gradient(u, x);
  const loss = b.map("mul", [slope, slope]);
  const model = s.model(
    [bind("u", u, "u = w * x * x"), bind("du", slope, "du = grad(u, x)")],
    bind("loss", loss, "loss du * du"),
  );
  const derivation = explainParameter(
    model,
    { parameter: "w", index: [] },
    { parameters: { w: [3] }, inputs: { x: [2] }, targets: {} },
  );
  expect(factorsOf(derivation)).toEqual(["loss by du: 2·du", "du by w: 2·x"]);
  expect(derivation.total).toBe(8 * 3 * 4);
});

test("an element that the loss does not depend on has derivative 0, and the text says so", () => {
  const s = new Sketch();
  const x = s.port("input", "x", [1]);
  const y = s.port("target", "y", [1]);
  const unused = s.affine("unused", x, 1);
  const model = s.model(
    [bind("unused", unused, "unused = layer(x)")],
    bind("loss", s.meanSquare(x, y), "loss square(x, y)"),
  );
  const values = { parameters: { "unused.W": [1], "unused.b": [0] }, inputs: { x: [1] }, targets: { y: [0] } };
  const derivation = explainParameter(model, { parameter: "unused.W", index: [0, 0] }, values);
  expect(renderDerivation(derivation)).toEqual(["∂loss/∂unused.W[0,0] = 0: loss does not depend on unused.W[0,0]."]);
});

test("a definition stops at the names of its own statement, although equal definitions are one node", () => {
  const b = new Builder();
  const x = b.input("x", "input", []);
  const a = b.map("mul", [x, x]);
  const twice = b.map("add", [a, a]);
  const make = (text: string) =>
    explainFunction(
      {
        name: "f",
        doc: "",
        span: statement("function f(x) {…}"),
        parameters: [x],
        bindings: [bind("a", a, "a = x * x"), bind("f", twice, text)],
        result: twice,
      },
      "x",
      { x: 2 },
    );
  expect(factorsOf(make("f = x * x + x * x"))).toEqual(["f by x: 4·x"]);
  expect(factorsOf(make("f = a + a"))).toEqual(["f by a: 2", "a by x: 2·x"]);
});

test("what is explained keeps its name and comes last, even if a binding is the same node", () => {
  const s = new Sketch();
  const x = s.port("input", "x", [1]);
  const error = s.meanSquare(s.affine("p", x, 1), s.port("target", "y", [1]));
  const other = s.b.map("exp", [x]);
  const model = s.model(
    [bind("error", error, "error = square(p, y)"), bind("other", other, "other = exp(x)")],
    bind("loss", error, "loss error"),
  );
  const values = { parameters: { "p.W": [2], "p.b": [0] }, inputs: { x: [1] }, targets: { y: [1] } };
  const derivation = explainParameter(model, { parameter: "p.W", index: [0, 0] }, values);
  expect(factorsOf(derivation)).toEqual(["loss by p.W[0,0]: −2·(y[0] − p.z[0])·x[0]"]);
  expect(derivation.total).toBe(2);
});

test("a function of several arguments has partial derivatives", () => {
  const b = new Builder();
  const [x, y] = [b.input("x", "input", []), b.input("y", "input", [])];
  const result = b.map("atan2", [y, x]);
  const definition = { name: "angle", doc: "", span: statement("function angle(x, y) = atan2(y, x)") };
  const derivation = explainFunction({ ...definition, parameters: [x, y], bindings: [], result }, "y", { x: 3, y: 4 });
  expect(renderDerivation(derivation)).toContain("  ∂angle/∂y = x/(y² + x²) = 3/(4² + 3²) = 0.12");
});

test("reads outside a tensor contribute nothing", () => {
  const s = new Sketch();
  const { b } = s;
  const w = s.parameter("w", [2]);
  // s[i] = w[i + 1 else 5]
  const shifted = b.read(w, [2], [{ offset: 1, coefficients: [1] }], 5);
  const loss = b.reduce("prod", shifted, [0]);
  const first = b.read(w, [], [constantIndex(0, 0)]);
  const model = s.model(
    [bind("s", shifted, "s[i] = w[i + 1 else 5]")],
    bind("loss", b.map("mul", [loss, first]), "loss prod[i](s[i]) * w[0]"),
  );
  const derivation = explainParameter(
    model,
    { parameter: "w", index: [1] },
    { parameters: { w: [3, 7] }, inputs: {}, targets: {} },
  );
  expect(factorsOf(derivation)).toEqual(["loss by s[0]: w[0]·s[1]", "s[0] by w[1]: 1"]);
  expect(derivation.total).toBe(15);
});
