/** Owns: every loss of the standard library: its value by a formula of its own, its derivatives, and where formulas end. */

import { checkProgram } from "@adjoint/check";
import { describe, expect, test } from "vitest";
import { standardPages } from "../architecture/sources.ts";
import { elementsOf, networksOf, programOf } from "./support/networks.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((each, k) => each * b[k]!));
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const logSumExp = (z: readonly number[]): number => Math.log(sum(z.map(Math.exp)));

type Vector = readonly number[];
interface Case {
  /** In terms of the parameter `p`, the targets `y` and `q`, the class `c`, the number `s` and the matrix parameter `W`. */
  readonly call: string;
  /** Where to measure it, instead of at arbitrary real numbers. */
  readonly p?: Vector;
  readonly y?: Vector;
  readonly value: (p: Vector, y: Vector, q: Vector) => number;
}

const probabilities = [0.2, 0.5, 0.3];
const answers = [0, 1, 1];
const signs = [-1, 1, 1];
const rates = [0.5, 2, 1.25];
const q = [0.3, -0.8, 1.1];
const klass = 2;
const matrix = [1.5, -2, 0.25, -1];

const overElements =
  (f: (p: number, y: number) => number): Case["value"] =>
  (p, y) =>
    mean(p.map((each, k) => f(each, y[k]!)));

const cases: Readonly<Record<string, readonly Case[]>> = {
  mse: [{ call: "mse(p, y)", value: overElements((p, y) => (p - y) ** 2) }],
  mae: [{ call: "mae(p, y)", value: overElements((p, y) => Math.abs(p - y)) }],
  huber: [
    {
      call: "huber(p, y, delta: 0.5)",
      value: overElements((p, y) => (Math.abs(p - y) <= 0.5 ? (p - y) ** 2 / 2 : 0.5 * (Math.abs(p - y) - 0.25))),
    },
  ],
  binary_cross_entropy: [
    {
      call: "binary_cross_entropy(p, y)",
      p: probabilities,
      y: answers,
      value: overElements((p, y) => -Math.log(y === 1 ? p : 1 - p)),
    },
  ],
  binary_cross_entropy_with_logits: [
    {
      call: "binary_cross_entropy_with_logits(p, y)",
      y: [0, 1, 0.3],
      value: overElements((p, y) => -y * Math.log(sigmoid(p)) - (1 - y) * Math.log(1 - sigmoid(p))),
    },
  ],
  cross_entropy: [
    { call: "cross_entropy(p, c)", value: (p) => logSumExp(p) - p[klass]! },
    {
      call: "cross_entropy(p, c, smoothing: 0.3)",
      value: (p) => sum(p.map((each, k) => (logSumExp(p) - each) * (0.1 + (k === klass ? 0.7 : 0)))),
    },
  ],
  categorical_cross_entropy: [
    {
      call: "categorical_cross_entropy(p, y)",
      p: probabilities,
      y: [0.4, 0, 0.6],
      value: (p) => -0.4 * Math.log(p[0]!) - 0.6 * Math.log(p[2]!),
    },
  ],
  focal: [
    {
      call: "focal(p, y, gamma: 1.5, alpha: 0.3)",
      y: answers,
      value: overElements((z, y) => {
        const truth = y === 1 ? sigmoid(z) : 1 - sigmoid(z);
        return -(y === 1 ? 0.3 : 0.7) * (1 - truth) ** 1.5 * Math.log(truth);
      }),
    },
  ],
  hinge: [{ call: "hinge(p, y)", y: signs, value: overElements((p, y) => Math.max(0, 1 - y * p)) }],
  squared_hinge: [
    { call: "squared_hinge(p, y)", y: signs, value: overElements((p, y) => Math.max(0, 1 - y * p) ** 2) },
  ],
  kl: [
    {
      call: "kl(p, y)",
      p: probabilities,
      y: [0.4, 0, 0.6],
      value: (p) => 0.4 * Math.log(0.4 / p[0]!) + 0.6 * Math.log(0.6 / p[2]!),
    },
  ],
  normal_kl: [
    {
      call: "normal_kl(p, q)",
      // ∫ N(x; μ, σ²) (log N(x; μ, σ²) − log N(x; 0, 1)) dx
      value: (p, _, v) => sum(p.map((mu, k) => (Math.exp(v[k]!) + mu * mu - 1 - v[k]!) / 2)),
    },
    {
      call: "normal_kl(q, p)",
      value: (p, _, mu) => sum(p.map((v, k) => (Math.exp(v) + mu[k]! ** 2 - 1 - v) / 2)),
    },
  ],
  gaussian_nll: [
    {
      call: "gaussian_nll(q, p, y)",
      value: (p, y, mu) =>
        mean(
          p.map((v, k) => {
            const deviation = Math.sqrt(Math.exp(v));
            const density = Math.exp(-(((y[k]! - mu[k]!) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
            return -Math.log(density);
          }),
        ),
    },
    {
      call: "gaussian_nll(p, q, y)",
      value: (p, y, v) =>
        mean(p.map((mu, k) => 0.5 * (Math.log(2 * Math.PI * Math.exp(v[k]!)) + (y[k]! - mu) ** 2 / Math.exp(v[k]!)))),
    },
  ],
  poisson: [
    {
      call: "poisson(p, y)",
      p: rates,
      y: [0, 3, 1],
      value: overElements((p, y) => p - y * Math.log(p)),
    },
  ],
  log_cosh: [{ call: "log_cosh(p, y)", value: overElements((p, y) => Math.log(Math.cosh(p - y))) }],
  quantile: [
    {
      call: "quantile(p, y, level: 0.9)",
      value: overElements((p, y) => (y > p ? 0.9 * (y - p) : 0.1 * (p - y))),
    },
  ],
  squared_log_error: [
    {
      call: "squared_log_error(p, y)",
      p: rates,
      y: [0, 3, 1],
      value: overElements((p, y) => (Math.log(1 + p) - Math.log(1 + y)) ** 2),
    },
  ],
  cosine_distance: [
    {
      call: "cosine_distance(p, y)",
      value: (p, y) => 1 - dot(p, y) / Math.sqrt(dot(p, p) * dot(y, y)),
    },
  ],
  dice: [
    {
      call: "dice(p, y, smooth: 0.5)",
      p: probabilities,
      y: answers,
      value: (p, y) => 1 - (2 * dot(p, y) + 0.5) / (sum([...p]) + sum([...y]) + 0.5),
    },
  ],
  triplet: [
    {
      call: "triplet(p, y, q, margin: 2)",
      value: (p, y, n) =>
        Math.max(0, sum(p.map((a, k) => (a - y[k]!) ** 2)) - sum(p.map((a, k) => (a - n[k]!) ** 2)) + 2),
    },
  ],
  contrastive: [
    { call: "contrastive(p, y, 1)", value: (p, y) => sum(p.map((each, k) => (each - y[k]!) ** 2)) / 2 },
    {
      call: "contrastive(p, y, s, margin: 4)",
      value: (p, y) => Math.max(0, 4 - Math.sqrt(sum(p.map((each, k) => (each - y[k]!) ** 2)))) ** 2 / 2,
    },
  ],
  info_nce: [
    {
      call: "info_nce(p, c, temperature: 0.5)",
      value: (p) => logSumExp(p.map((each) => each / 0.5)) - p[klass]! / 0.5,
    },
  ],
  l2_penalty: [{ call: "l2_penalty(W)", value: () => dot(matrix, matrix) / 2 }],
  l1_penalty: [{ call: "l1_penalty(W)", value: () => sum(matrix.map(Math.abs)) }],
};

const page = (call: string): string => `model M {
  input  q[3]
  input  s
  target y[3]
  target c: class(3)
  param p[3]    ~ normal
  param W[2, 2] ~ normal
  loss ${call} + 0 * (p[0] + W[0, 0])
}`;

test("there is a case for every loss of the library", () => {
  const text = standardPages().find(({ path }) => path.endsWith("losses.adj"))?.text ?? "";
  const names = [...text.matchAll(/^loss (\w+)/gm)].map(([, name]) => name);
  expect(Object.keys(cases).sort()).toEqual(names.sort());
});

describe.each(Object.values(cases).flat())("$call", ({ call, p = [0.7, -1.2, 0.4], y = [1.9, -0.3, 0.1], value }) => {
  test("is what its formula says", async () => {
    for (const network of await networksOf(page(call))) {
      network.p.set([...p, ...matrix]);
      const { loss } = network.evaluate({ q: [q], s: [0], y: [y], c: [klass] });
      expect(loss).toBeCloseTo(value(p, y, q), 12);
    }
  });

  test("has the derivatives of its differences", () => {
    // Probabilities and rates are made of what may be any number.
    const domain = p === probabilities ? "r = softmax(p)" : p === rates ? "r = exp(p)" : "r = 1 * p";
    const given = y === answers ? "a[i] > 0" : y === signs ? "if a[i] > 0 then 1 else -1" : "a[i] - floor(a[i])";
    const text = page(call.replace(/\bp\b/g, "r"))
      .replace("loss ", `${domain}\n  loss `)
      .replace("target y[3]", `target a[3]\n  y[i] = ${given}`);
    for (const { counterexample, checked } of checkProgram(programOf(text), { runs: 10, seed: 3 })) {
      expect(counterexample).toBeNull();
      expect(checked).toBeGreaterThan(0);
    }
  });
});

describe("at the ends of formulas", () => {
  const at = async (call: string, p: Vector, y: Vector, s = 0) => {
    const found: { readonly loss: number; readonly gradient: readonly number[] }[] = [];
    for (const network of await networksOf(page(call))) {
      network.p.set(p);
      const data = { q: [q], s: [s], y: [y], c: [klass] };
      const { loss } = network.evaluate(data);
      found.push({ loss, gradient: elementsOf(network.gradients(data)["p"]!) });
    }
    return found;
  };

  test("cosine_distance of a zero vector is 1, and asks for nothing", async () => {
    for (const [p, y] of [
      [
        [0, 0, 0],
        [1, 2, 3],
      ],
      [
        [1, 2, 3],
        [0, 0, 0],
      ],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ] as const) {
      for (const found of await at("cosine_distance(p, y)", p, y))
        expect(found).toEqual({ loss: 1, gradient: [0, 0, 0] });
    }
  });

  test("a pair in one place is pushed in no direction", async () => {
    for (const found of await at("contrastive(p, y, s)", [1, 2, 3], [1, 2, 3])) {
      expect(found).toEqual({ loss: 0.5, gradient: [0, 0, 0] });
    }
  });

  test("log_cosh of errors of any size is their size", async () => {
    for (const { loss, gradient } of await at("log_cosh(p, y)", [1000, -1000, 0], [0, 0, 0])) {
      expect(loss).toBeCloseTo((2 * (1000 - Math.log(2))) / 3, 9);
      expect(gradient).toEqual([1 / 3, -1 / 3, 0].map((each) => expect.closeTo(each, 12)));
    }
  });

  test("focal of logits of any size is finite", async () => {
    for (const { loss, gradient } of await at("focal(p, y)", [800, -800, 800], [0, 1, 1])) {
      expect(loss).toBeCloseTo((0.75 * 800 + 0.25 * 800) / 3, 9);
      expect(gradient).toEqual([0.25, -0.25 / 3, 0].map((each) => expect.closeTo(each, 12)));
    }
  });

  test("dice of two empty sets is 0", async () => {
    for (const { loss } of await at("dice(p, y)", [0, 0, 0], [0, 0, 0])) expect(loss).toBe(0);
  });
});
