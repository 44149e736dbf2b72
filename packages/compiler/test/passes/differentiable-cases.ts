/** Owns: functions to differentiate: one for every rule, and for the places where rules meet. Each is smooth where it is sampled. */

import { type Node, type ScalarFunctionName, scalarFunctionNames, scalarFunctions } from "@adjoint/ir";
import { recurrenceCases } from "./recurrence-cases.ts";
import { type Formulas, numbers, type Values } from "./support.ts";

export interface Case {
  readonly name: string;
  /** A tensor of any shape over inputs; the tests make scalars of it. */
  readonly build: (f: Formulas) => Node;
  readonly at: Values;
}

const axis = (a: number, rank: number, offset = 0, coefficient = 1) => ({
  offset,
  coefficients: Array.from({ length: rank }, (_, k) => (k === a ? coefficient : 0)),
});

/** Every scalar function at points of its domain away from its kinks, but for the one whose derivative is a convention. */
const smooth = scalarFunctionNames.filter((fn) => fn !== "stop_gradient");
const scalarCases: readonly Case[] = smooth.map((fn: ScalarFunctionName) => {
  const { arity, domain } = scalarFunctions[fn];
  const samples = domain.map(({ from, to, kinks = [] }, k) =>
    numbers(24, 7 + k)
      .map((x) => from + ((x + 1) / 2) * (to - from))
      .filter((x) => kinks.every((kink) => Math.abs(x - kink) > 0.05))
      .slice(0, 6),
  );
  const names = ["x", "y", "z"].slice(0, arity);
  return {
    name: fn,
    build: (f) => {
      const value = f.call(fn, ...names.map((name) => f.input(name, [6])));
      // Selections and comparisons of themselves are no tensor that depends smoothly on anything: give them a factor.
      return f.call("mul", value, f.input("w", [6]));
    },
    at: { ...Object.fromEntries(names.map((name, k) => [name, samples[k] ?? []])), w: numbers(6, 3) },
  };
});

const structureCases: readonly Case[] = [
  {
    name: "dense layer",
    build: (f) => {
      const product = f.call("mul", f.input("W", [3, 2]), f.spread(f.input("x", [2]), [3, 2], 1));
      return f.call("tanh", f.call("add", f.sum(product, 1), f.input("b", [3])));
    },
    at: { W: numbers(6, 1), x: numbers(2, 2), b: numbers(3, 3) },
  },
  {
    name: "fan-out: a value used three times",
    build: (f) => {
      const y = f.call("sin", f.input("x", [4]));
      return f.call("add", f.call("mul", y, y), f.call("exp", y));
    },
    at: { x: numbers(4, 5) },
  },
  {
    name: "reshape: the same elements along other axes",
    build: (f) => {
      const x = f.call("exp", f.input("x", [2, 3]));
      const regrouped = f.builder.reshape(x, [3, 2]);
      return f.call("mul", regrouped, f.builder.reshape(f.input("y", [6]), [3, 2]));
    },
    at: { x: numbers(6, 21), y: numbers(6, 22) },
  },
  {
    name: "sum over several axes",
    build: (f) => f.call("exp", f.sum(f.input("x", [2, 3, 2]), 0, 2)),
    at: { x: numbers(12, 8) },
  },
  {
    name: "product of elements, two of them zero",
    build: (f) => f.builder.reduce("prod", f.input("x", [3, 3]), [1]),
    at: { x: [0.5, -0.3, 2, 0, 0.7, -1.1, 0, 0, 0.4] },
  },
  {
    name: "product over two axes",
    build: (f) => f.builder.reduce("prod", f.input("x", [2, 3, 2]), [0, 2]),
    at: { x: numbers(12, 4) },
  },
  {
    name: "greatest along an axis",
    build: (f) => f.call("exp", f.builder.reduce("max", f.input("x", [3, 4]), [1])),
    at: { x: numbers(12, 21) },
  },
  {
    name: "greatest of the greatest, once",
    build: (f) => {
      const rows = f.builder.reduce("max", f.input("x", [3, 4]), [1]);
      return f.call("exp", f.builder.reduce("max", rows, [0]));
    },
    at: { x: numbers(12, 23) },
  },
  {
    name: "least of all",
    build: (f) => f.call("exp", f.builder.reduce("min", f.input("x", [3, 4]), [0, 1])),
    at: { x: numbers(12, 22) },
  },
  {
    name: "transpose",
    build: (f) => f.call("mul", f.input("w", [3, 2]), f.builder.broadcast(f.input("x", [2, 3]), [3, 2], [1, 0])),
    at: { x: numbers(6, 1), w: numbers(6, 2) },
  },
  {
    name: "digits of an index, the leading one last, beside an axis that repeats them",
    build: (f) => {
      // T[l, t, j] = x[2·j + l + 1]
      const digits = f.builder.read(f.input("x", [8]), [2, 3, 3], [{ offset: 1, coefficients: [1, 0, 2] }]);
      return f.call("mul", f.input("w", [2, 3, 3]), f.call("exp", digits));
    },
    at: { x: numbers(8, 1), w: numbers(18, 2) },
  },
  {
    name: "digits of two indices, as pooling reads them",
    build: (f) => {
      const forms = [
        { offset: 0, coefficients: [2, 0, 1, 0] },
        { offset: 0, coefficients: [0, 3, 0, 1] },
      ];
      const windows = f.builder.read(f.input("x", [4, 6]), [2, 2, 2, 3], forms);
      return f.sum(f.call("mul", windows, f.call("tanh", windows)), 2, 3);
    },
    at: { x: numbers(24, 1) },
  },
  {
    name: "digits that reach beyond the tensor, under a condition",
    build: (f) => {
      const digits = f.builder.read(f.input("x", [5]), [3, 2], [{ offset: -1, coefficients: [2, 1] }], 0);
      const chosen = f.call("lt", f.builder.index([3, 2], axis(1, 2)), f.builder.index([3, 2], axis(0, 2)));
      const logs = f.call("log", f.call("add", f.builder.constant(2, [3, 2]), digits));
      return f.call("select", chosen, logs, f.builder.constant(0, [3, 2]));
    },
    at: { x: numbers(5, 1) },
  },
  {
    name: "slice: what is not read has no derivative",
    build: (f) => f.call("exp", f.builder.read(f.input("x", [5]), [2], [axis(0, 1, 2)])),
    at: { x: numbers(5, 1) },
  },
  {
    name: "one element",
    build: (f) => f.call("exp", f.builder.read(f.input("x", [3, 4]), [], [axis(0, 0, 2), axis(0, 0, 1)])),
    at: { x: numbers(12, 1) },
  },
  {
    name: "reversal",
    build: (f) => f.call("mul", f.input("w", [4]), f.builder.read(f.input("x", [4]), [4], [axis(0, 1, 3, -1)])),
    at: { x: numbers(4, 1), w: numbers(4, 2) },
  },
  {
    name: "stride 2",
    build: (f) => f.call("mul", f.input("w", [3]), f.builder.read(f.input("x", [6]), [3], [axis(0, 1, 1, 2)])),
    at: { x: numbers(6, 1), w: numbers(3, 2) },
  },
  {
    name: "diagonal",
    build: (f) => f.call("mul", f.input("w", [3]), f.builder.read(f.input("x", [3, 3]), [3], [axis(0, 1), axis(0, 1)])),
    at: { x: numbers(9, 1), w: numbers(3, 2) },
  },
  {
    name: "convolution",
    build: (f) => {
      const window = f.builder.read(f.input("x", [6]), [4, 3], [{ offset: 0, coefficients: [1, 1] }]);
      return f.sum(f.call("mul", window, f.spread(f.input("k", [3]), [4, 3], 1)), 1);
    },
    at: { x: numbers(6, 1), k: numbers(3, 2) },
  },
  {
    name: "convolution in two dimensions with stride 2 and a border of 0.5",
    build: (f) => {
      const forms = [
        { offset: -1, coefficients: [2, 0, 1, 0] },
        { offset: -1, coefficients: [0, 2, 0, 1] },
      ];
      const window = f.builder.read(f.input("x", [5, 4]), [3, 2, 3, 2], forms, 0.5);
      return f.call("tanh", f.sum(f.call("mul", window, f.spread(f.input("k", [3, 2]), [3, 2, 3, 2], 2, 3)), 2, 3));
    },
    at: { x: numbers(20, 1), k: numbers(6, 2) },
  },
  {
    name: "shift with fill",
    build: (f) => f.call("mul", f.input("w", [4]), f.builder.read(f.input("x", [4]), [4], [axis(0, 1, 1)], 2)),
    at: { x: numbers(4, 1), w: numbers(4, 2) },
  },
  {
    name: "element at a data-dependent index",
    build: (f) => f.call("exp", f.builder.pick(f.input("x", [3]), 0, f.label("k", 3))),
    at: { x: numbers(3, 1), k: [1] },
  },
  {
    name: "rows of a table at data-dependent indices, one twice",
    build: (f) => {
      const table = f.spread(f.input("E", [3, 2]), [4, 3, 2], 1, 2);
      const at = f.spread(f.label("k", 3, [4]), [4, 2], 0);
      return f.call("exp", f.builder.pick(table, 1, at));
    },
    at: { E: numbers(6, 1), k: [2, 0, 2, 1] },
  },
  {
    name: "softmax",
    build: (f) => {
      const e = f.call("exp", f.input("x", [4]));
      return f.call("mul", f.input("w", [4]), f.call("div", e, f.sum(e)));
    },
    at: { x: numbers(4, 1), w: numbers(4, 2) },
  },
  {
    name: "a select between formulas with infinite derivatives at the branch not taken",
    build: (f) => {
      const x = f.input("x", [4]);
      const safe = f.call("select", f.call("lt", 0, x), f.call("sqrt", x), f.call("exp", x));
      return f.call("add", safe, f.call("select", f.call("lt", x, 1), x, f.call("log", f.call("sub", x, 1))));
    },
    at: { x: [0, 0.7, 2.5, -0.4] },
  },
  {
    name: "a logarithm of which only a positive part is read",
    build: (f) => {
      const logs = f.call("log", f.input("x", [4]));
      const part = f.builder.read(logs, [2], [axis(0, 1, 1)]);
      return f.call("mul", part, f.input("w", [2]));
    },
    at: { x: [0, 0.7, 2.5, -1], w: [0.5, -0.3] },
  },
  {
    name: "a scalar logarithm used under a condition by every element",
    build: (f) => {
      const log = f.spread(f.call("log", f.input("x")), [3]);
      return f.call("select", f.call("lt", 0, f.input("w", [3])), log, f.input("w", [3]));
    },
    at: { x: [0], w: [-1, -2, -0.5] },
  },
];

export const cases: readonly Case[] = [...scalarCases, ...structureCases, ...recurrenceCases];
