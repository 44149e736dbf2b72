/** Owns: the ends of an explanation: questions that have no answer, and networks that are too large to be told whole. */

import { describe, expect, test } from "vitest";
import { ExplainError, explainFunction, explainParameter, renderDerivation } from "../../src/explain/index.ts";
import { alice, bind, cosine, restOf, Sketch, twoTwoOne } from "./models.ts";

describe("a question without an answer is refused with the reason", () => {
  const model = twoTwoOne();
  test.each<[string, () => unknown, ExplainError["code"], RegExp]>([
    [
      "no such name",
      () => explainParameter(model, { parameter: "h.V", index: [0, 0] }, alice),
      "unknown-name",
      /`h\.V`; it has h\.W, h\.b, o\.W/,
    ],
    [
      "an index outside",
      () => explainParameter(model, { parameter: "h.W", index: [0, 2] }, alice),
      "no-such-element",
      /`h\.W\[0, 2\]`.*shape \[2, 2\]/,
    ],
    [
      "too few indices",
      () => explainParameter(model, { parameter: "h.W", index: [0] }, alice),
      "no-such-element",
      /`h\.W\[0\]`/,
    ],
    [
      "a fraction as index",
      () => explainParameter(model, { parameter: "h.b", index: [0.5] }, alice),
      "no-such-element",
      /`h\.b\[0\.5\]`/,
    ],
    [
      "a missing value",
      () => explainParameter(model, { parameter: "h.b", index: [0] }, { ...alice, inputs: {} }),
      "missing-value",
      /`x` has no value/,
    ],
    [
      "a value of another length",
      () => explainParameter(model, { parameter: "h.b", index: [0] }, { ...alice, inputs: { x: [1] } }),
      "wrong-length",
      /`x` has 2 numbers, not 1/,
    ],
    [
      "no loss",
      () => explainParameter({ ...model, loss: null }, { parameter: "h.b", index: [0] }, alice),
      "no-loss",
      /no loss/,
    ],
    [
      "no such argument",
      () => explainFunction(cosine(true), "y", { x: 1 }),
      "unknown-name",
      /no argument `y`; it has x/,
    ],
    ["an argument without value", () => explainFunction(cosine(true), "x", {}), "missing-value", /`x` has no value/],
  ])("%s", (_what, ask, code, message) => {
    expect(ask).toThrow(ExplainError);
    expect(ask).toThrow(message);
    expect(ask).toThrow(expect.objectContaining({ code }));
  });
});

describe("large networks are explained lazily", () => {
  const wave = (count: number, phase: number): number[] =>
    Array.from({ length: count }, (_, k) => Math.sin(k + phase) / 20);

  test("784-128-10: the paths that carry most are listed, and the rest is summed", () => {
    const s = new Sketch();
    const x = s.port("input", "x", [784]);
    const y = s.port("target", "y", [10]);
    const h = s.squash(s.affine("h", x, 128));
    const o = s.affine("o", h, 10);
    const model = s.model(
      [bind("h", h, "h = layer(x)"), bind("o", o, "o = layer(h)")],
      bind("loss", s.meanSquare(o, y), "loss square(o, y)"),
    );
    const parameters = { "h.W": wave(784 * 128, 1), "h.b": wave(128, 2), "o.W": wave(1280, 3), "o.b": wave(10, 4) };
    const started = process.cpuUsage();
    const derivation = explainParameter(
      model,
      { parameter: "h.W", index: [0, 0] },
      { parameters, inputs: { x: wave(784, 5) }, targets: { y: wave(10, 6) } },
    );
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(1000);
    expect(derivation.paths).toHaveLength(8);
    expect(derivation.complete).toBe(false);
    expect(derivation.rest).toBeCloseTo(restOf(derivation), 15);
    expect(Math.abs(derivation.rest)).toBeLessThan(Math.abs(derivation.total));
    // All of it, on demand.
    const all = explainParameter(
      model,
      { parameter: "h.W", index: [0, 0] },
      { parameters, inputs: { x: wave(784, 5) }, targets: { y: wave(10, 6) } },
      { paths: 10 },
    );
    expect(all.complete).toBe(true);
    expect(restOf(all) / all.total).toBeCloseTo(0, 12);
  });

  test("1,000 layers: 2¹⁰⁰⁰ paths, of which a few are found, and the text stays short", () => {
    const s = new Sketch();
    const x = s.port("input", "x", [2]);
    const y = s.port("target", "y", [2]);
    const bindings = [];
    let last = s.b.read(x, [2], [{ offset: 0, coefficients: [1] }]);
    for (let k = 0; k < 1000; k++) {
      last = s.b.map("tanh", [s.affine(`h${k}`, last, 2)]);
      bindings.push(bind(`h${k}`, last, `h${k} = layer(${k === 0 ? "x" : `h${k - 1}`})`));
    }
    const model = s.model(bindings, bind("loss", s.meanSquare(last, y), "loss square(h999, y)"));
    const parameters = Object.fromEntries(
      s.parameters.map(({ name }) => [name, name.endsWith("W") ? [1, 0.2, -0.2, 1] : [0.1, 0]]),
    );
    const derivation = explainParameter(
      model,
      { parameter: "h0.W", index: [0, 0] },
      { parameters, inputs: { x: [1, 2] }, targets: { y: [1, 0] } },
    );
    expect(derivation.paths).toHaveLength(8);
    expect(derivation.paths[0]?.factors).toHaveLength(1001);
    expect(renderDerivation(derivation).length).toBeLessThan(120);
  });
});
