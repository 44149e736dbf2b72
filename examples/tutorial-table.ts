/** Owns: every number that the two tutorials print, beside what the compiled networks compute. */

import type { Derivation } from "@adjoint/compiler";
import { type Example, flat, openExample } from "./workbench.ts";

export interface TutorialRow {
  readonly example: string;
  readonly quantity: string;
  /** As the tutorial prints it: `-0.952`; or a bound: `< 0.005`. */
  readonly expected: string;
  /** Without any rounding on the way. */
  readonly computed: number;
  /** What comes out if one rounds where the tutorial does and carries that on; null where it makes no difference. */
  readonly carried: { readonly value: number; readonly because: string } | null;
  /** Whether the tutorial rounds its last digit or cuts the rest off. */
  readonly lastDigit: "rounded" | "cut off";
  readonly source: string;
}

type Rounding = Partial<Pick<TutorialRow, "carried" | "lastDigit">>;
type Write = (quantity: string, expected: string, computed: number, rounding?: Rounding) => TutorialRow;

const first = "Introduction to Neural Networks";
const second = "Working of Neural Networks";

/** Whether the computed number, rounded as the tutorial rounds, is the printed one, digit for digit. */
export function agrees(row: TutorialRow): boolean {
  const value = row.carried?.value ?? row.computed;
  const bound = /^([<>]) (.*)$/.exec(row.expected);
  if (bound !== null) return bound[1] === "<" ? value < Number(bound[2]) : value > Number(bound[2]);
  const decimals = row.expected.split(".")[1]?.length ?? 0;
  return printed(value, decimals, row.lastDigit) === row.expected;
}

function printed(value: number, decimals: number, lastDigit: TutorialRow["lastDigit"]): string {
  if (lastDigit === "rounded") return value.toFixed(decimals);
  const scale = 10 ** decimals;
  return (Math.trunc(value * scale) / scale).toFixed(decimals);
}

/** Compiles every example of the tutorials and asks it for its numbers. `root` is the folder of the examples. */
export async function tutorialTable(root?: string): Promise<readonly TutorialRow[]> {
  const tables = [
    ["neuron", first, neuron],
    ["feedforward", first, feedforward],
    ["mse", first, meanSquaredError],
    ["backprop", first, backprop],
    ["gender", first, gender],
    ["cosine", first, cosine],
    ["logistic-regression", first, logisticRegression],
    ["two-three-one", second, twoThreeOne],
  ] as const;
  const rows: TutorialRow[] = [];
  for (const [folder, source, numbersOf] of tables) {
    const write: Write = (quantity, expected, computed, rounding = {}) => ({
      example: folder,
      quantity,
      expected,
      computed,
      carried: null,
      lastDigit: "rounded",
      source,
      ...rounding,
    });
    rows.push(...(await numbersOf(await openExample(folder, { root }), write)));
  }
  return rows;
}

type NumbersOf = (example: Example, write: Write) => readonly TutorialRow[] | Promise<readonly TutorialRow[]>;

const neuron: NumbersOf = (example, write) => {
  const { y } = example.begin({ parameters: example.read("parameters.json") }).predict({ x: [2, 3] });
  return [write("y = f(7)", "0.999", only(y))];
};

const feedforward: NumbersOf = (example, write) => {
  const { h, o } = example.begin({ parameters: example.read("parameters.json") }).predict({ x: [2, 3] });
  const [h1 = Number.NaN, h2 = Number.NaN] = flat(h);
  return [write("h₁ = f(3)", "0.9526", h1), write("h₂ = f(3)", "0.9526", h2), write("o₁", "0.7216", only(o))];
};

const meanSquaredError: NumbersOf = (example, write) => [
  write("MSE of always answering 0", "0.5", example.begin().evaluate(example.read("data.json")).loss),
];

const backprop: NumbersOf = (example, write) => {
  const parameters = example.read("parameters.json");
  const alice = example.read("alice.json");
  const w1 = example.explain("h.W", [0, 0], parameters, alice);
  const b1 = example.explain("h.b", [0], parameters, alice);
  const h = stepOf(w1, "h[0]");
  const slope = (rounded: number): number => rounded * (1 - rounded);
  return [
    write("h₁ = h₂", "0.0474", h),
    write("o₁", "0.524", stepOf(w1, "o[0]")),
    write("∂L/∂y", "-0.952", factorOf(w1, "loss", "o[0]"), {
      carried: { value: -2 * (1 - 0.524), because: "o₁ rounded to 0.524" },
    }),
    write("∂y/∂h₁", "0.249", factorOf(w1, "o[0]", "h[0]")),
    write("∂h₁/∂w₁", "-0.0904", factorOf(w1, "h[0]", "h.W[0,0]")),
    write("∂L/∂w₁", "0.0214", w1.total, {
      carried: { value: -0.952 * 0.249 * -0.0904, because: "the three factors rounded" },
    }),
    write("∂h₁/∂b₁", "0.044791", factorOf(b1, "h[0]", "h.b[0]"), {
      carried: { value: slope(0.047), because: "h₁ rounded to 0.047" },
    }),
    write("∂h₁/∂b₁, short", "0.0448", factorOf(b1, "h[0]", "h.b[0]"), {
      carried: { value: slope(0.047), because: "h₁ rounded to 0.047" },
    }),
  ];
};

const gender: NumbersOf = async (example, write) => {
  const people = example.read("people.csv");
  const network = example.begin({ seed: 7 });
  for await (const _epoch of network.train(people)) {
    // 1,000 epochs, as the page says.
  }
  const answer = (x: readonly number[]): number => {
    const { o } = network.predict({ x });
    return only(o);
  };
  return [
    write("loss after 1,000 epochs", "< 0.005", network.evaluate(people).loss),
    write("answer for (−7, −3)", "> 0.9", answer([-7, -3])),
    write("answer for (20, 2)", "< 0.1", answer([20, 2])),
  ];
};

/** The tutorial has formulas here and no numbers: they are evaluated by hand at x = 1.2. */
const cosine: NumbersOf = (example, write) => {
  const x = 1.2;
  const d = Math.sin(x ** 2) + 3 * x ** 2;
  const derivation = example.explainFunction("J", "x", x);
  const expect = (value: number): string => value.toFixed(4);
  return [
    write("J(1.2)", expect(Math.cos(d)), example.call("J", x)),
    write("dJ/dd = −sin d", expect(-Math.sin(d)), factorOf(derivation, "J", "d")),
    write("dd/db", "1", factorOf(derivation, "d", "b")),
    write("dd/dc", "1", factorOf(derivation, "d", "c")),
    write("db/da = cos a", expect(Math.cos(x ** 2)), factorOf(derivation, "b", "a")),
    write("da/dx = 2x", expect(2 * x), factorOf(derivation, "a", "x")),
    write("dc/dx = 6x", expect(6 * x), factorOf(derivation, "c", "x")),
    write("dJ/dx", expect(-Math.sin(d) * (Math.cos(x ** 2) * 2 * x + 6 * x)), example.call("J_dx", x)),
  ];
};

/** Formulas only, too: evaluated by hand at the example's first point. */
const logisticRegression: NumbersOf = (example, write) => {
  const parameters = example.read("parameters.json");
  const data = { x: [1, 2], y: 1 };
  const h = 1 / (1 + Math.exp(-(0.5 * 1 - 0.25 * 2 + 0.1)));
  const w = example.explain("w", [1], parameters, data);
  const { w: dw, b: db } = example.begin({ parameters }).gradients({ x: [[1, 2]], y: [1] });
  const expect = (value: number): string => value.toFixed(4);
  return [
    write("h(x)", expect(h), stepOf(w, "h")),
    write("dJ/dh = −y/h + (1 − y)/(1 − h)", expect(-1 / h), factorOf(w, "loss", "h")),
    write("dh/dz = h(1 − h)", expect(h * (1 - h)), factorOf(w, "h", "z")),
    write("dz/dw = x", "2", factorOf(w, "z", "w[1]")),
    write("dJ/dw = x(h − y)", expect(2 * (h - 1)), flat(dw)[1] ?? Number.NaN),
    write("dJ/db = h − y", expect(h - 1), only(db)),
  ];
};

const twoThreeOne: NumbersOf = async (example, write) => {
  const parameters = example.read("parameters.json");
  const data = example.read("data.json");
  const w211 = example.explain("out.W", [0, 0], parameters, data);
  const w111 = example.explain("h.W", [0, 0], parameters, data);
  const network = example.begin({ parameters });
  for await (const _epoch of network.train(data)) {
    // One step.
  }
  const after = (name: string): number => network.parameters[name]?.values[0] ?? Number.NaN;
  const rounded = "o₁₁ rounded to 0.89";
  const d211 = -1.894 * 0.89;
  const d111 = -1.894 * -0.23 * 0.0979;
  return [
    write("output", "1.106", stepOf(w211, "out[0]")),
    write("o₁₁", "0.89", factorOf(w211, "out[0]", "out.W[0,0]")),
    write("dLoss/dOutput", "-1.894", factorOf(w211, "loss", "out[0]")),
    write("dLoss/dw₂₁₁", "-1.686", w211.total, { carried: { value: d211, because: rounded } }),
    write("new w₂₁₁", "-0.213", after("out.W")),
    write("dOutput/do₁₁", "-0.23", factorOf(w111, "out[0]", "o[0]")),
    write("do₁₁/dh₁₁", "0.0979", factorOf(w111, "o[0]", "h[0]"), {
      carried: { value: 0.89 * (1 - 0.89), because: rounded },
    }),
    write("dh₁₁/dw₁₁₁", "1", factorOf(w111, "h[0]", "h.W[0,0]")),
    write("dLoss/dw₁₁₁", "0.0426", w111.total, { carried: { value: d111, because: rounded } }),
    write("new w₁₁₁", "0.499", after("h.W"), { lastDigit: "cut off" }),
  ];
};

// ── asking a derivation ──────────────────────────────────────────────────────────────────────────────────────────────

function stepOf(derivation: Derivation, text: string): number {
  const step = derivation.steps.find((candidate) => candidate.text === text);
  if (step === undefined) throw new Error(`no step ${text} among ${derivation.steps.map((s) => s.text).join(", ")}`);
  return step.value;
}

function factorOf(derivation: Derivation, of: string, by: string): number {
  const factor = derivation.factors.find((candidate) => candidate.of === of && candidate.by === by);
  if (factor === undefined) throw new Error(`no factor ∂${of}/∂${by}`);
  return factor.value;
}

function only(value: unknown): number {
  const [number, ...others] = flat(value);
  if (number === undefined || others.length > 0) throw new Error("more or less than one number");
  return number;
}
