/** Owns: the library as a user meets it: pages that agree, and what is said of derivatives that do not. */

import {
  arbitraryRecipe,
  assertGradients,
  buildProgram,
  checkGradients,
  checkPoint,
  checkSubject,
  describeReport,
  normalStream,
  PageError,
  randomDirection,
  type Subject,
  subjectOf,
  subjectOfModel,
} from "@adjoint/check";
import { Builder, type Node } from "@adjoint/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const network = {
  text: `
    model Small {
      input x[2]
      target y: class(3)
      h = dense(x, units: 4, activation: relu)
      o = dense(h, units: 3)
      loss cross_entropy(o, y)
    }
    function J(x) = cos(sin(x^2) + 3 * x^2)
  `,
};

describe("a page", () => {
  test("is right in three lines", () => {
    assertGradients(network);
  });

  test("is checked model by model and function by function, as often as asked", () => {
    const reports = checkGradients(network, { runs: 30, seed: 1 });
    expect(reports.map(({ name, counterexample }) => [name, counterexample])).toEqual([
      ["Small", null],
      ["J", null],
    ]);
    for (const { checked, undecided } of reports) expect(checked + undecided).toBe(30);
  });

  test("with errors is refused with its diagnostics", () => {
    expect(() => checkGradients({ text: "function f(x) = y" })).toThrow(PageError);
    expect(() => checkGradients({ text: "function f(x) = y" })).toThrow(/page\.adj/);
    expect(() => checkGradients("no/such/page.adj")).toThrow(PageError);
  });

  test("of which no point can be decided says so, and what to do", () => {
    const page = { text: "function f(x) = log(x - 10)" };
    expect(() => assertGradients(page, { runs: 5, seed: 1 })).toThrow(
      "f: none of 5 random points could be decided: values are not finite there, at a kink, or decided by rounding; " +
        "give ranges in which they are not (seed 1)",
    );
    assertGradients(page, { runs: 5, ranges: { x: [11, 12] } });
  });

  test("says nothing of second derivatives exactly on a kink: there they depend on how a formula is written", () => {
    const page = { text: "function f(x) = abs(x) * abs(x)" };
    expect(checkGradients(page, { runs: 3, ranges: { x: [0, 0] } })).toMatchObject([
      { checked: 0, undecided: 3, counterexample: null },
    ]);
    expect(checkGradients(page, { runs: 20 })).toMatchObject([{ counterexample: null }]);
  });

  test.each(["constructor", "toString", "__proto__"])("may call a number %s", (name) => {
    const page = { text: `function f(${name}) = log(${name})` };
    assertGradients(page, { runs: 5, ranges: Object.fromEntries([[name, [1, 2] as const]]) });
    expect(checkGradients(page, { runs: 5, seed: 1 })).toMatchObject([{ counterexample: null }]);
  });
});

/** Σ w·x² of x[3], w[3], where x² is differentiated as the product of x and a constant: half of what it should be. */
function mistaken(): Subject {
  const subject = (stopped: boolean): Subject => {
    const b = new Builder();
    const x = b.input("x", "input", [3]);
    const w = b.input("w", "parameter", [3]);
    const factor: Node = stopped ? b.map("stop_gradient", [x]) : x;
    const squares = b.map("mul", [x, factor]);
    return subjectOf("Mistaken", b.reduce("sum", b.map("mul", [w, squares]), [0]));
  };
  return { ...subject(true), value: subject(false).value };
}

describe("a mistake", () => {
  const report = checkSubject(mistaken(), { seed: 5 });
  const { counterexample } = report;

  test("is found, with what was derived and what it should be", () => {
    expect(counterexample).toMatchObject({ claim: "backward", seed: 5 });
    expect(counterexample!.expected / counterexample!.actual).toBeCloseTo(2, 5);
  });

  test("is shrunk to one coordinate and numbers that are nearly all 0", () => {
    expect(Object.keys(counterexample!.direction)).toEqual(["x"]);
    const [along] = Object.values(counterexample!.direction);
    expect(along!.filter((each) => each !== 0)).toHaveLength(1);
    const k = along!.findIndex((each) => each !== 0);
    for (const values of Object.values({ ...counterexample!.inputs, ...counterexample!.parameters })) {
      expect(values.filter((each, j) => j !== k && each !== 0)).toEqual([]);
    }
  });

  test("is replayed by its seed and path, at once", () => {
    const { seed, path } = counterexample!;
    const again = checkSubject(mistaken(), { seed, path });
    expect(again.counterexample).toMatchObject({
      parameters: counterexample!.parameters,
      inputs: counterexample!.inputs,
    });
    expect(again.checked).toBe(0);
  });

  test("is told as a person would", () => {
    const { seed, path } = counterexample!;
    const told = describeReport(report);
    expect(told).toContain("Mistaken: the derivative along a direction differs from central differences: ");
    expect(told).toMatch(/^ {2}parameter w = \[.*\]$/m);
    expect(told).toMatch(/^ {2}input x = \[.*\]$/m);
    expect(told).toMatch(/^ {2}direction x = \[.*\]$/m);
    expect(told).toContain(`  replay with seed ${seed} and path ${path}`);
  });
});

test("a pole beside the point deceives no difference: one looks from nearby before a derivative is denied", () => {
  // Six steps of Heron's method from 1 have poles at −tan²(π/64), −tan²(3π/64), …, and the slope 21.328125 at 0.
  const heron = "function heron(a) {\n  scan k < 6 {\n    carry z = 1\n    z <- (z + a / z) / 2\n  }\n  return z[5]\n}";
  const [report] = checkGradients({ text: heron }, { runs: 5, seed: 1, ranges: { a: [0, 0] } });
  expect(report).toMatchObject({ checked: 5, counterexample: null });
});

describe("a network that takes its time", () => {
  const wide = {
    text: "model Wide {\n  input x[400]\n  h = dense(x, units: 300, activation: tanh)\n  loss sum[i](h[i])\n}",
  };

  test("is checked at as many points as there is time for, and says so", () => {
    const [report] = checkGradients(wide, { runs: 1_000_000, seconds: 1, seed: 1 });
    if (report === undefined) throw new Error("one model");
    expect(report).toMatchObject({ outOfTime: true, counterexample: null });
    expect(report.checked).toBeGreaterThan(0);
    expect(report.checked).toBeLessThan(1000);
    expect(describeReport(report)).toMatch(/agree at \d+ random points?, all that there was time for \(seed 1\)$/);
  }, 30_000);

  test("is checked at one point at least", () => {
    const [report] = checkGradients(wide, { runs: 10, seconds: 0, seed: 1 });
    expect(report).toMatchObject({ outOfTime: true, checked: 1, counterexample: null });
  }, 30_000);

  test("within its time says nothing of time", () => {
    const [report] = checkGradients({ text: "function f(x) = x^3" }, { runs: 4, seconds: 60, seed: 1 });
    expect(report).toMatchObject({ outOfTime: false, checked: 4 });
  });
});

describe("a model without a loss", () => {
  const outputs = { text: "model Tail {\n  input x[3]\n  output e = exp(x)\n  output s = sum[i](e[i])\n}" };

  test("is checked in all its outputs", () => {
    assertGradients(outputs, { runs: 20, seed: 1 });
    const [report, ...others] = checkGradients(outputs, { runs: 20, seed: 1 });
    expect(others).toEqual([]);
    expect(report).toMatchObject({ name: "Tail", checked: 20, undecided: 0, counterexample: null });
  });

  test("with neither has nothing to check", () => {
    expect(checkGradients({ text: "model Bare { param w ~ ones }" })).toEqual([]);
  });

  test("tells which output is wrong, and by which of its elements that is seen", () => {
    const b = new Builder();
    const x = b.input("x", "input", [2]);
    const square = (factor: Node): Node => b.map("mul", [x, factor]);
    const modelWith = (wrong: Node) => ({
      name: "Two",
      loss: null,
      outputs: [
        { name: "right", node: b.map("exp", [x]) },
        { name: "wrong", node: wrong },
      ],
    });
    const subject = subjectOfModel(modelWith(square(b.map("stop_gradient", [x]))))!;
    const truth = subjectOfModel(modelWith(square(x)))!;
    const report = checkSubject({ ...subject, value: truth.value }, { seed: 3 });
    const { cotangents, inputs } = report.counterexample!;
    expect(Object.keys(inputs)).toEqual(["x"]);
    expect(cotangents["right"]).toEqual([0, 0]);
    expect(cotangents["wrong"]!.filter((weight) => weight !== 0)).toHaveLength(1);
    expect(describeReport(report)).toMatch(/^ {2}cotangent of output wrong = \[.*\]$/m);
  });
});

describe("each claim is checked", () => {
  const at = { point: new Map([["x", [2]]]), direction: new Map([["x", [1]]]) };
  const of = (build: (b: Builder, x: Node) => Node): Subject => {
    const b = new Builder();
    return subjectOf("f", build(b, b.input("x", "input", [1])));
  };
  const square = of((b, x) => b.reduce("sum", b.map("mul", [x, x]), [0]));
  const cube = of((b, x) => b.reduce("sum", b.map("mul", [x, b.map("mul", [x, x])]), [0]));
  const withOutput = (graph: Subject["derivatives"], name: string, other: Subject["derivatives"]) => ({
    ...graph,
    outputs: graph.outputs.map((output) =>
      output.name === name ? other.outputs.find((each) => each.name === name)! : output,
    ),
  });
  const broken = (output: string): Subject => {
    const derivatives = withOutput(square.derivatives, output, cube.derivatives);
    return { ...square, derivatives, optimised: derivatives };
  };

  test("nothing is wrong with x²", () => {
    expect(checkPoint(square, at.point, at.direction)).toEqual({ kind: "agree" });
  });

  test.each([
    ["forward", broken("forward"), 12, 4],
    ["backward", { ...square, value: cube.value }, 4, 12],
    ["second-order", broken("curvature"), 12, 2],
    ["optimised", { ...square, optimised: cube.optimised }, 8, 4],
  ] as const)("%s", (claim, subject, actual, expected) => {
    const verdict = checkPoint(subject, at.point, at.direction);
    expect(verdict).toMatchObject({ kind: "disagree", claim });
    if (verdict.kind !== "disagree") return;
    expect(verdict.actual).toBeCloseTo(actual, 6);
    expect(verdict.expected).toBeCloseTo(expected, 6);
  });

  test("a kink is no mistake", () => {
    const kink = of((b, x) => b.reduce("sum", b.map("abs", [b.map("sub", [x, b.constant(2, [1])])]), [0]));
    expect(checkPoint(kink, at.point, at.direction)).toEqual({ kind: "undecided", reason: "branches" });
  });

  test("nor is a pole", () => {
    const pole = of((b, x) => b.reduce("sum", b.map("log", [b.map("sub", [x, b.constant(2, [1])])]), [0]));
    expect(checkPoint(pole, at.point, at.direction)).toEqual({ kind: "undecided", reason: "not-finite" });
  });
});

test("random programs, with gradients as values in them", () => {
  fc.assert(
    fc.property(arbitraryRecipe({ gradients: true, steps: 6 }), (recipe) => {
      const program = buildProgram(recipe);
      const subject = subjectOf("Random", program.loss);
      const direction = randomDirection(subject.variables, normalStream(recipe.seed));
      expect(checkPoint(subject, program.values, direction)).not.toMatchObject({ kind: "disagree" });
    }),
    { numRuns: 100 },
  );
});
