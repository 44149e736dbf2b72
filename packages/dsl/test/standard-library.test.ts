import { readdirSync, readFileSync } from "node:fs";
import { erf } from "@adjoint/ir";
import { describe, expect, it } from "vitest";
import { checkPage } from "../src/check/check-page.ts";
import { decodePage } from "../src/encode-page.ts";
import { standardPages } from "../src/generated/std.generated.ts";
import { type Diagnostic, format, parse } from "../src/index.ts";
import { loadStandardLibrary } from "../src/standard-library.ts";
import { codes, evaluateModel, evaluateNode, modelOf, type Values } from "./loading.ts";

/** `expression` over p[3], y[3] and the class c, computed by the interpreter. */
function value(expression: string, values: Values): readonly number[] {
  const { r } = evaluateModel(modelOf(`model M { input p[3] input y[3] input c: class(3) r = ${expression} }`), values);
  return r ?? [];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, number] of expected.entries()) expect(actual[k]).toBeCloseTo(number, 12);
}

const sum = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);
const mean = (x: readonly number[]): number => sum(x) / x.length;
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

describe("the standard library", () => {
  it("in its generated form is current (see packages/dsl/scripts/generate-std.mjs)", () => {
    const folder = new URL("../std/", import.meta.url);
    const pages = readdirSync(folder).sort();
    expect(standardPages.map(({ file }) => file.path)).toEqual(pages.map((page) => `std/${page}`));
    for (const { file, tree } of standardPages) {
      expect(file.text).toBe(readFileSync(new URL(file.path.slice("std/".length), folder), "utf8"));
      expect(parse(file)).toMatchObject({ page: decodePage(tree, file), diagnostics: [] });
    }
    const all = standardPages.flatMap(({ file, tree }) => decodePage(tree, file).definitions);
    const library = [...loadStandardLibrary().names].map(([name, value]) => [
      name,
      value.kind === "definition" ? value.definition : null,
    ]);
    expect(library).toEqual(all.map((definition) => [definition.name.text, definition]));
  });

  it("passes every check that a user's page passes, and is formatted as the formatter would", () => {
    const diagnostics: Diagnostic[] = [];
    const library = loadStandardLibrary();
    for (const { file, tree } of standardPages) {
      const page = { page: decodePage(tree, file), scope: library, broken: new Set<string>() };
      checkPage(page, (diagnostic) => diagnostics.push(diagnostic));
      expect(format(file).text).toBe(file.text);
    }
    expect(diagnostics).toEqual([]);
  });

  it("documents every definition", () => {
    const undocumented = standardPages.flatMap(({ file, tree }) =>
      decodePage(tree, file)
        .definitions.filter(({ doc }) => doc === "")
        .map(({ name }) => name.text),
    );
    expect(undocumented).toEqual([]);
  });
});

describe("activations", () => {
  const table: Readonly<Record<string, (z: number) => number>> = {
    identity: (z) => z,
    sigmoid,
    relu: (z) => Math.max(z, 0),
    leaky_relu: (z) => (z > 0 ? z : 0.01 * z),
    elu: (z) => (z > 0 ? z : Math.exp(z) - 1),
    gelu: (z) => (z * (1 + erf(z / Math.SQRT2))) / 2,
    gelu_tanh: (z) => (z / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
    silu: (z) => z * sigmoid(z),
    softplus: (z) => Math.log(1 + Math.exp(z)),
    relu6: (z) => Math.min(Math.max(z, 0), 6),
    selu: (z) => 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * (Math.exp(z) - 1)),
    mish: (z) => z * Math.tanh(Math.log(1 + Math.exp(z))),
    softsign: (z) => z / (1 + Math.abs(z)),
    hard_sigmoid: (z) => (z <= -3 ? 0 : z >= 3 ? 1 : (z + 3) / 6),
    hard_silu: (z) => (z <= -3 ? 0 : z >= 3 ? z : (z * (z + 3)) / 6),
  };
  it.each(Object.entries(table))("%s", (name, f) => {
    for (const p of [
      [-1.5, 0.3, 2],
      [-4, 3.5, 7],
    ])
      expectClose(value(`${name}(p)`, { p }), p.map(f));
  });

  it("softmax and log_softmax", () => {
    const p = [-1, 0.5, 2];
    const total = sum(p.map(Math.exp));
    expectClose(
      value("softmax(p)", { p }),
      p.map((z) => Math.exp(z) / total),
    );
    expectClose(
      value("log_softmax(p)", { p }),
      p.map((z) => z - Math.log(total)),
    );
  });
});

describe("layers of noise", () => {
  /** An expression of x[2, 3] in training, where what is drawn uniformly is given, or in prediction, where nothing is. */
  const noisy = (expression: string, x: readonly number[], drawn: readonly number[] | null): readonly number[] => {
    const { bindings, outputs, noise } = modelOf(
      `model M {\n  input x[2, 3]\n  y = ${expression}\n  output y\n  loss sum[i, j](y[i, j])\n}`,
    );
    const node = (drawn === null ? outputs : bindings).find(({ name }) => name === "y")?.node;
    if (node === undefined) throw new Error("y is not there");
    const values = drawn === null ? {} : Object.fromEntries(noise.map(({ name }) => [name, drawn]));
    return evaluateNode(node, { x, ...values });
  };
  const x = [1, 2, 3, 4, 5, 6];

  it("spatial_dropout drops whole rows, and nothing in prediction", () => {
    expect(noisy("spatial_dropout(x, rate: 0.25)", x, [0.5, 0.9])).toEqual([4 / 3, 8 / 3, 4, 0, 0, 0]);
    expect(noisy("spatial_dropout(x)", x, null)).toEqual(x);
  });

  it("alpha_dropout keeps mean 0 and variance 1, and changes nothing in prediction", () => {
    const d = -1.7580993408473766;
    const [kept = Number.NaN, , , dropped = Number.NaN] = noisy(
      "alpha_dropout(x, rate: 0.2)",
      [1, 1, 1, 1, 1, 1],
      [0, 0, 0, 0.9, 0.9, 0.9],
    );
    const [none = Number.NaN] = noisy("alpha_dropout(x, rate: 0.2)", [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]);
    // An affine map: 1 ↦ kept, 0 ↦ none; and E = 0.8 (a 0 + b) + 0.2 (a d + b) = 0, E² = 0.8 (a² 1 + b²) + 0.2 (a d + b)² = 1.
    const a = kept - none;
    expect(dropped).toBeCloseTo(a * d + none, 12);
    expect(0.8 * none + 0.2 * dropped).toBeCloseTo(0, 12);
    expect(0.8 * (a * a + none * none) + 0.2 * dropped * dropped).toBeCloseTo(1, 12);
    expect(noisy("alpha_dropout(x)", x, null)).toEqual(x);
  });
});

describe("losses", () => {
  const p = [0.2, 0.7, 0.9];
  const y = [0, 1, 0.5];
  const z = [-3, 0.5, 4];
  const each = (f: (p: number, y: number) => number): readonly number[] => p.map((value, k) => f(value, y[k] ?? 0));

  it("mse, mae, huber", () => {
    expectClose(value("mse(p, y)", { p, y }), [mean(each((a, b) => (a - b) ** 2))]);
    expectClose(value("mae(p, y)", { p, y }), [mean(each((a, b) => Math.abs(a - b)))]);
    const huber = (d: number): number => (Math.abs(d) <= 0.35 ? (d * d) / 2 : 0.35 * (Math.abs(d) - 0.175));
    expectClose(value("huber(p, y, delta: 0.35)", { p, y }), [mean(each((a, b) => huber(a - b)))]);
  });

  it("binary_cross_entropy, on probabilities and on logits", () => {
    const entropy = (h: number, t: number): number => -t * Math.log(h) - (1 - t) * Math.log(1 - h);
    expectClose(value("binary_cross_entropy(p, y)", { p, y }), [mean(each(entropy))]);
    expectClose(value("binary_cross_entropy_with_logits(p, y)", { p: z, y }), [
      mean(z.map((logit, k) => entropy(sigmoid(logit), y[k] ?? 0))),
    ]);
  });

  it("cross_entropy is minus the logarithm of the softmax of the true class", () => {
    const total = sum(z.map(Math.exp));
    expectClose(value("cross_entropy(p, c)", { p: z, c: 2 }), [-Math.log(Math.exp(4) / total)]);
  });

  it("hinge, kl", () => {
    expectClose(value("hinge(p, y)", { p: z, y: [-1, 1, -1] }), [(0 + 0.5 + 5) / 3]);
    const q = [0.5, 0.25, 0.25];
    expectClose(value("kl(p, y)", { p: q, y: [0, 0.5, 0.5] }), [Math.log(2)]);
  });
});

describe("metrics", () => {
  it("accuracy, top_accuracy, binary_accuracy, mean_absolute_error; those of whole data sets are measured where they are emitted", () => {
    expect(value("accuracy(p, c)", { p: [1, 3, 2], c: 1 })).toEqual([1]);
    expect(value("accuracy(p, c)", { p: [1, 3, 2], c: 2 })).toEqual([0]);
    expectClose(value("binary_accuracy(p, y)", { p: [0.2, 0.6, 0.7], y: [0, 1, 0] }), [2 / 3]);
    expect(value("top_accuracy(p, c, among: 2)", { p: [1, 3, 2], c: 2 })).toEqual([1]);
    expect(value("top_accuracy(p, c, among: 2)", { p: [1, 3, 2], c: 0 })).toEqual([0]);
    expectClose(value("mean_absolute_error(p, y)", { p: [3, 0, 0], y: [0, 0, 1] }), [4 / 3]);
  });
});

describe("initializers", () => {
  it.each([
    ["zeros", 0, 0],
    ["ones", 1, 0],
    ["constant(2.5)", 2.5, 0],
    ["uniform", -1, 2],
    ["normal", 0, 1],
    ["glorot_uniform", -Math.sqrt(6 / 10), 2 * Math.sqrt(6 / 10)],
    ["glorot_normal", 0, Math.sqrt(2 / 10)],
    ["he_uniform", -Math.sqrt(6 / 4), 2 * Math.sqrt(6 / 4)],
    ["he_normal", 0, Math.sqrt(2 / 4)],
    ["lecun_uniform", -Math.sqrt(3 / 4), 2 * Math.sqrt(3 / 4)],
    ["lecun_normal", 0, Math.sqrt(1 / 4)],
  ])("%s is %d plus %d times the noise", (initializer, offset, scale) => {
    const [parameter] = modelOf(`model M { param W[6, 4] ~ ${initializer} }`).parameters;
    const node = parameter?.initializer.outputs[0]?.node;
    const noise0 = Array.from({ length: 24 }, (_, k) => k / 24);
    expectClose(
      node === undefined ? [] : evaluateNode(node, { noise0 }),
      noise0.map((noise) => offset + scale * noise),
    );
  });
});

describe("initializers that are not of one draw", () => {
  const initial = (declaration: string, noise: Readonly<Record<string, readonly number[]>>) => {
    const [parameter] = modelOf(`model M { param ${declaration} }`).parameters;
    return evaluateNode(parameter!.initializer.outputs[0]!.node, noise);
  };

  it("identity_matrix is 1 where both indices are equal, whatever the shape", () => {
    expect(initial("W[2, 3] ~ identity_matrix", {})).toEqual([1, 0, 0, 0, 1, 0]);
    expect(initial("W[3, 2] ~ identity_matrix(gain: 2)", {})).toEqual([2, 0, 0, 2, 0, 0]);
    expect(codes("model M { param b[3] ~ identity_matrix }")).toEqual(["shape-mismatch"]);
  });

  it("orthogonal is of matrices that are not too large", () => {
    expect(codes("model M { param W[160, 160] ~ orthogonal }")).toEqual([]);
    expect(codes("model M { param W[300, 200] ~ orthogonal }")).toEqual(["requirement-not-met"]);
    expect(codes("model M { param b[3] ~ orthogonal }")).toContain("rank-mismatch");
  });

  it("truncated_normal takes the first of its draws that lies within two deviations", () => {
    const draws = [
      [0.5, 2.5, -3, 2, 2],
      [1, 1.5, -2.1, -2, 9],
      [1, 1, 0.25, 2.2, 9],
      [1, 1, 1, -1.9, 9],
      [1, 1, 1, 1, 9],
      [1, 1, 1, 1, -9],
    ];
    const noise = Object.fromEntries(draws.map((row, k) => [`noise${k}`, row]));
    expectClose(
      initial("b[5] ~ truncated_normal(mean: 10, stddev: 2)", noise),
      [0.5, 1.5, 0.25, -1.9, 0].map((z) => 10 + 2 * z),
    );
  });
});

describe("schedules", () => {
  /** The value in each of some steps. */
  const course = (call: string, steps: readonly number[]): readonly number[] =>
    steps.flatMap((t) => evaluateModel(modelOf(`model M { input x r = ${call} }`), { x: t })["r"] ?? []);

  it("warm_up, step_decay, exponential_decay, linear_decay", () => {
    expectClose(course("warm_up(x, steps: 4)", [1, 2, 4, 5, 100]), [0.25, 0.5, 1, 1, 1]);
    expectClose(course("step_decay(x, from: 8, every: 3)", [1, 3, 4, 6, 7]), [8, 8, 4, 4, 2]);
    expectClose(course("exponential_decay(x, from: 8, factor: 0.25, every: 2)", [1, 2, 3, 5]), [8, 4, 2, 0.5]);
    expectClose(course("linear_decay(x, from: 8, steps: 4, to: 4)", [1, 2, 4, 5, 9]), [8, 7, 5, 4, 4]);
  });

  it("cosine: half of it, from one value to the other", () => {
    expectClose(course("cosine(x, from: 3, steps: 6, to: 1)", [1, 3, 4, 5, 7, 50]), [3, 2.5, 2, 1.5, 1, 1]);
  });

  it("one_cycle rises to its peak, falls below where it began, and stays there", () => {
    const rates = course("one_cycle(x, peak: 1, steps: 10, rising: 0.4)", [1, 3, 5, 8, 11, 12]);
    expectClose(rates, [1 / 25, (1 / 25 + 1) / 2, 1, (1 + 1 / 250000) / 2, 1 / 250000, 1 / 250000]);
  });

  it("inverse_square_root meets its peak at the end of the warm-up", () => {
    expectClose(course("inverse_square_root(x, peak: 2, warm: 4)", [1, 2, 4, 16]), [0.5, 1, 2, 1]);
  });
});

describe("optimizers", () => {
  /** Two steps of an optimizer from w = 1 along the gradients 2 and −1, beside the same steps by hand. */
  function trajectory(optimizer: string): readonly number[] {
    const training = modelOf(`model M { param v ~ ones loss v^2 train { optimizer ${optimizer} } }`).training;
    if (training === null) throw new Error("no training");
    const { state, update } = training.groups[0]!.optimizer;
    let values: Record<string, number> = { w: 1 };
    for (const { name, initializer } of state)
      values[name] = evaluateNode(initializer.outputs[0]!.node, {})[0] ?? Number.NaN;
    const path: number[] = [];
    for (const [k, g] of [2, -1].entries()) {
      const inputs = { ...values, g, t: k + 1 };
      values = Object.fromEntries(
        update.outputs.map(({ name, node }) => [name, evaluateNode(node, inputs)[0] ?? Number.NaN]),
      );
      const { w = Number.NaN } = values;
      path.push(w);
    }
    return path;
  }

  it("sgd", () => expectClose(trajectory("sgd(rate: 0.1)"), [0.8, 0.9]));
  it("momentum", () => expectClose(trajectory("momentum(rate: 0.1, momentum: 0.5)"), [0.8, 0.8]));
  it("nesterov", () => expectClose(trajectory("nesterov(rate: 0.1, momentum: 0.5)"), [0.7, 0.8]));
  it("rmsprop", () => {
    const first = 1 - (0.1 * 2) / (Math.sqrt(0.5 * 4) + 1e-8);
    expectClose(trajectory("rmsprop(rate: 0.1, decay: 0.5)"), [first, first + 0.1 / (Math.sqrt(0.5 * 2 + 0.5) + 1e-8)]);
  });
  it("adagrad", () => {
    const first = 1 - (0.1 * 2) / (2 + 1e-8);
    expectClose(trajectory("adagrad(rate: 0.1)"), [first, first + 0.1 / (Math.sqrt(5) + 1e-8)]);
  });
  it("adam: the first step is of the size of the rate, whatever the gradient", () => {
    const first = 1 - (0.1 * 2) / (2 + 1e-8);
    const m = (0.9 * 0.1 * 2 - 0.1) / (1 - 0.81);
    const v = (0.999 * 0.001 * 4 + 0.001) / (1 - 0.999 ** 2);
    expectClose(trajectory("adam(rate: 0.1)"), [first, first - (0.1 * m) / (Math.sqrt(v) + 1e-8)]);
  });
  it("adamw decays the weight besides", () => {
    const [adam = Number.NaN] = trajectory("adam(rate: 0.1)");
    expect(trajectory("adamw(rate: 0.1, decay: 0.5)")[0]).toBeCloseTo(adam - 0.1 * 0.5, 12);
  });
});
