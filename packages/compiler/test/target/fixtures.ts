/** Owns: graphs that between them use every kind of node in every way that a schedule treats differently. */

import { type Affine, axisIndex, Builder, constantIndex, type Node, reachable, type Shape } from "@adjoint/ir";
import { cotangents } from "../../src/passes/differentiate.ts";
import type { Case } from "../passes/differentiable-cases.ts";
import { recurrenceCases } from "../passes/recurrence-cases.ts";
import { formulas } from "../passes/support.ts";
import { genderProcedures } from "./gender.ts";
import { type Prepared, ports, prepare } from "./procedures.ts";

export type Fixture = readonly [name: string, make: () => Prepared];

/** An affine form by its coefficients. */
function form(offset: number, ...coefficients: readonly number[]): Affine {
  return { offset, coefficients };
}

function dense(g: Builder, W: Node, b: Node, x: Node): Node {
  const product = g.map("mul", [W, g.broadcast(x, W.shape, [1])]);
  return g.map("add", [g.reduce("sum", product, [1]), b]);
}

/** ∂/∂W, ∂/∂b and ∂/∂x of a dense layer, given the cotangent of its sum. */
function denseBackward(g: Builder, W: Node, x: Node, dz: Node) {
  const spread = g.broadcast(dz, W.shape, [0]);
  return {
    dW: g.map("mul", [spread, g.broadcast(x, W.shape, [1])]),
    dx: g.reduce("sum", g.map("mul", [W, spread]), [0]),
  };
}

function softmax(g: Builder, z: Node): Node {
  const top = g.broadcast(g.reduce("max", z, [0]), z.shape, []);
  const e = g.map("exp", [g.map("sub", [z, top])]);
  return g.map("div", [e, g.broadcast(g.reduce("sum", e, [0]), z.shape, [])]);
}

/** Two-dimensional convolution of one image, with a border of zeros. */
function convolution(g: Builder, K: Node, x: Node, out: Shape, border: number): Node {
  const [f = 1, c = 1, h = 1, w = 1] = K.shape;
  const shape = [f, out[0] ?? 1, out[1] ?? 1, c, h, w];
  const kernel = g.read(K, shape, [axisIndex(0, 6), axisIndex(3, 6), axisIndex(4, 6), axisIndex(5, 6)]);
  const window = g.read(
    x,
    shape,
    [axisIndex(3, 6), form(-border, 0, 1, 0, 0, 1, 0), form(-border, 0, 0, 1, 0, 0, 1)],
    border > 0 ? 0 : null,
  );
  return g.reduce("sum", g.map("mul", [kernel, window]), [3, 4, 5]);
}

/** A recurrence and the derivatives of a scalar of it, by every input. */
function recurrence({ name, build }: Case): Fixture {
  return [
    name,
    () => {
      const g = new Builder();
      const f = formulas(g);
      const y = build(f);
      const inputs = reachable([y]).filter((node) => node.kind === "input");
      const gradients = cotangents(g, f.sum(f.call("mul", y, y)), inputs);
      return prepare("f", {
        y: { node: y, to: "out" },
        ...Object.fromEntries(gradients.map((node, k) => [`d${k}`, { node, to: "grad" as const }])),
      });
    },
  ];
}

export const fixtures: readonly Fixture[] = [
  ["gender forward", () => genderProcedures().forward],
  ["gender gradient", () => genderProcedures().gradient],
  ["gender step, which overwrites its parameters", () => genderProcedures().step],
  [
    "dense with an epilogue",
    () => {
      const g = new Builder();
      const { parameter, input } = ports(g);
      const h = dense(g, parameter("W", [3, 4]), parameter("b", [3]), input("x", [4]));
      return prepare("f", { h: { node: g.map("tanh", [h]), to: "out" } });
    },
  ],
  [
    "two dense layers and their gradients",
    () => {
      const g = new Builder();
      const { parameter, input } = ports(g);
      const [W, b, V, c] = [parameter("W", [4, 3]), parameter("b", [4]), parameter("V", [2, 4]), parameter("c", [2])];
      const x = input("x", [3]);
      const y = input("y", [2]);
      const h = g.map("tanh", [dense(g, W, b, x)]);
      const error = g.map("sub", [dense(g, V, c, h), y]);
      const loss = g.reduce("sum", g.map("mul", [error, error]), [0]);
      const outer = denseBackward(g, V, h, error);
      const slope = g.map("sub", [g.constant(1, [4]), g.map("mul", [h, h])]);
      const dz = g.map("mul", [outer.dx, slope]);
      const inner = denseBackward(g, W, x, dz);
      return prepare("f", {
        loss: { node: loss, to: "return" },
        dW: { node: inner.dW, to: "grad" },
        db: { node: dz, to: "grad" },
        dV: { node: outer.dW, to: "grad" },
        dc: { node: error, to: "grad" },
        dx: { node: inner.dx, to: "out" },
      });
    },
  ],
  [
    "softmax and cross-entropy of a class",
    () => {
      const g = new Builder();
      const { parameter, input, label } = ports(g);
      const z = dense(g, parameter("W", [5, 2]), parameter("b", [5]), input("x", [2]));
      const y = label("y", 5);
      const loss = g.map("neg", [g.map("log", [g.pick(softmax(g, z), 0, y)])]);
      const hit = g.map("eq", [g.index([5], form(0, 1)), g.broadcast(y, [5], [])]);
      return prepare("f", {
        loss: { node: loss, to: "return" },
        p: { node: softmax(g, z), to: "out" },
        dz: { node: g.map("sub", [softmax(g, z), hit]), to: "grad" },
      });
    },
  ],
  [
    "a pick from a parameter (embedding) and its gradient",
    () => {
      const g = new Builder();
      const { parameter, label } = ports(g);
      const table = parameter("E", [5, 3]);
      const word = label("word", 5);
      const row = g.pick(table, 0, g.broadcast(word, [3], []));
      const loss = g.reduce("sum", g.map("mul", [row, row]), [0]);
      const hit = g.map("eq", [g.index([5, 3], form(0, 1, 0)), g.broadcast(word, [5, 3], [])]);
      const d = g.broadcast(g.map("add", [row, row]), [5, 3], [1]);
      const dE = g.map("select", [hit, d, g.constant(0, [5, 3])]);
      return prepare("f", {
        loss: { node: loss, to: "return" },
        row: { node: row, to: "out" },
        dE: { node: dE, to: "grad" },
      });
    },
  ],
  [
    "the gradient of an embedded sequence, in which a word may occur twice",
    () => {
      const g = new Builder();
      const { label, input } = ports(g);
      const words = label("words", 5, [7]);
      const d = input("d", [7, 3]);
      const space = [5, 7, 3];
      const hit = g.map("eq", [g.index(space, form(0, 1, 0, 0)), g.broadcast(words, space, [1])]);
      const masked = g.map("select", [hit, g.broadcast(d, space, [1, 2]), g.constant(0, space)]);
      return prepare("f", { dE: { node: g.reduce("sum", masked, [1]), to: "grad" } });
    },
  ],
  [
    "the gradient of an embedding whose test is made along fewer axes than the gradient has",
    () => {
      const g = new Builder();
      const { label, input } = ports(g);
      const word = label("word", 7);
      const d = input("d", [3]);
      const hit = g.map("eq", [g.index([7], form(0, 1)), g.broadcast(word, [7], [])]);
      const masked = g.map("select", [
        g.broadcast(hit, [7, 3], [0]),
        g.broadcast(d, [7, 3], [1]),
        g.constant(0, [7, 3]),
      ]);
      return prepare("f", { dE: { node: masked, to: "grad" } });
    },
  ],
  [
    "a pick from every other row of a parameter, the same for all that pick",
    () => {
      const g = new Builder();
      const { parameter, label } = ports(g);
      const shared = g.read(parameter("E", [7, 3]), [3, 4, 2], [form(1, 2, 0, 0), form(1, 0, 0, 1)]);
      const picked = g.pick(shared, 0, g.broadcast(label("at", 3, [4]), [4, 2], [0]));
      return prepare("f", { picked: { node: picked, to: "out" } });
    },
  ],
  [
    "a pick through a shifted read of a computed tensor",
    () => {
      const g = new Builder();
      const { parameter, label } = ports(g);
      const e = g.map("exp", [parameter("E", [4, 3])]);
      const shifted = g.read(e, [4, 3], [form(1, 1, 0), form(-1, 0, 1)], 0.5);
      const picked = g.pick(shifted, 1, label("at", 3, [4]));
      return prepare("f", { picked: { node: picked, to: "out" } });
    },
  ],
  [
    "a convolution inside",
    () => {
      const g = new Builder();
      const { parameter, input } = ports(g);
      const y = convolution(g, parameter("K", [2, 2, 2, 3]), input("x", [2, 4, 5]), [3, 3], 0);
      return prepare("f", { y: { node: g.map("max", [y, g.constant(0, y.shape)]), to: "out" } });
    },
  ],
  [
    "a convolution with a border of zeros, pooled",
    () => {
      const g = new Builder();
      const { parameter, input } = ports(g);
      const y = convolution(g, parameter("K", [2, 1, 3, 3]), input("x", [1, 4, 4]), [4, 4], 1);
      const windows = g.read(y, [2, 2, 2, 2, 2], [axisIndex(0, 5), form(0, 0, 2, 0, 1, 0), form(0, 0, 0, 2, 0, 1)]);
      return prepare("f", { y: { node: g.reduce("max", windows, [3, 4]), to: "out" } });
    },
  ],
  [
    "transposes, diagonals, strides and reversals",
    () => {
      const g = new Builder();
      const { parameter } = ports(g);
      const A = parameter("A", [4, 4]);
      const squared = g.map("mul", [A, A]);
      const transposed = g.read(squared, [4, 4], [form(0, 0, 1), form(0, 1, 0)]);
      return prepare("f", {
        transposed: { node: transposed, to: "out" },
        diagonal: { node: g.read(squared, [4], [form(0, 1), form(0, 1)]), to: "out" },
        strided: { node: g.read(A, [2, 2], [form(1, 2, 0), form(3, 0, -2)]), to: "out" },
        symmetric: { node: g.map("add", [squared, transposed]), to: "out" },
      });
    },
  ],
  [
    "products, minima and ties",
    () => {
      const g = new Builder();
      const { parameter, input } = ports(g);
      const A = parameter("A", [3, 4]);
      const x = input("x", [4]);
      const top = g.reduce("max", A, [0, 1]);
      const ties = g.map("eq", [A, g.broadcast(top, [3, 4], [])]);
      return prepare("f", {
        product: { node: g.reduce("prod", A, [1]), to: "out" },
        least: { node: g.reduce("min", A, [0]), to: "out" },
        ties: { node: ties, to: "out" },
        shares: { node: g.map("div", [ties, g.broadcast(g.reduce("sum", ties, [0, 1]), [3, 4], [])]), to: "out" },
        all: { node: g.reduce("prod", g.map("add", [x, g.constant(1.5, [4])]), [0]), to: "return" },
      });
    },
  ],
  [
    "conditions as numbers and as conditions",
    () => {
      const g = new Builder();
      const { input } = ports(g);
      const x = input("x", [6]);
      const zero = g.constant(0, [6]);
      const less = g.map("lt", [x, zero]);
      const both = g.map("and", [less, g.map("ne", [x, g.constant(-0.5, [6])])]);
      return prepare("f", {
        sum: { node: g.map("add", [less, both]), to: "out" },
        not: { node: g.map("not", [g.map("or", [less, x])]), to: "out" },
        not2: { node: g.map("not", [both]), to: "out" },
        chosen: { node: g.map("select", [both, x, g.map("select", [x, less, zero])]), to: "out" },
        compared: { node: g.map("eq", [less, both]), to: "out" },
      });
    },
  ],
  [
    "an update in place, with state",
    () => {
      const g = new Builder();
      const w = g.input("w", "parameter", [7]);
      const grad = g.input("g", "gradient", [7]);
      const m = g.input("m", "state", [7]);
      const t = g.input("t", "step", []);
      const c = (value: number) => g.constant(value, [7]);
      const next = g.map("add", [g.map("mul", [c(0.9), m]), g.map("mul", [c(0.1), grad])]);
      const scale = g.broadcast(g.map("pow", [g.constant(0.9), t]), [7], []);
      const rate = g.map("div", [next, g.map("sub", [c(1), scale])]);
      return prepare("update", {
        w: { node: g.map("sub", [w, rate]), to: { overwrite: w } },
        m: { node: next, to: { overwrite: m } },
        g: { node: c(0), to: { overwrite: grad } },
      });
    },
  ],
  [
    "a transpose in place, where every element is read after another is stored",
    () => {
      const g = new Builder();
      const A = ports(g).parameter("A", [3, 3]);
      const transposed = g.read(A, [3, 3], [form(0, 0, 1), form(0, 1, 0)]);
      return prepare("f", {
        A: { node: g.map("add", [transposed, g.constant(1, [3, 3])]), to: { overwrite: A } },
        trace: { node: g.reduce("sum", g.read(A, [3], [form(0, 1), form(0, 1)]), [0]), to: "return" },
      });
    },
  ],
  [
    "an overwritten parameter that a later statement reads",
    () => {
      const g = new Builder();
      const { parameter } = ports(g);
      const file = { path: "page.adj", text: "first second" };
      const statement = (start: number, end: number) => ({ file, start, end });
      const [first, second] = [statement(0, 5), statement(6, 12)].map((span) => {
        return { name: null, span, statement: span, adjoint: false };
      });
      const [a, b] = [parameter("a", [3]), parameter("b", [3])];
      const next = g.map("exp", [b], first);
      const total = g.reduce("sum", g.map("mul", [a, next], second), [0], second);
      return prepare("f", { a: { node: next, to: { overwrite: a } }, total: { node: total, to: "out" } });
    },
  ],
  [
    "an element and its neighbours",
    () => {
      const g = new Builder();
      const s = g.map("exp", [ports(g).input("x", [8])]);
      const [before, after] = [g.read(s, [8], [form(-1, 1)], 0), g.read(s, [8], [form(1, 1)], 0)];
      return prepare("f", {
        y: { node: g.map("sub", [g.map("mul", [s, after]), before]), to: "out" },
        z: { node: after, to: "grad" },
      });
    },
  ],
  [
    "two parameters exchanged in place",
    () => {
      const g = new Builder();
      const { parameter } = ports(g);
      const [a, b] = [parameter("a", [4]), parameter("b", [4])];
      return prepare("f", { a: { node: b, to: { overwrite: a } }, b: { node: a, to: { overwrite: b } } });
    },
  ],
  [
    "noise",
    () => {
      const g = new Builder();
      const u = g.input("u", "uniform", [5]);
      const v = g.input("v", "normal", [2, 2]);
      return prepare("f", {
        a: { node: g.map("mul", [u, g.map("sub", [u, g.constant(0.5, [5])])]), to: "out" },
        b: { node: g.map("mul", [v, g.constant(0.1, [2, 2])]), to: "out" },
      });
    },
  ],
  [
    "noise of several examples, used more than once",
    () => {
      const g = new Builder();
      const u = g.input("u rows", "uniform", [3, 4]);
      const v = g.input("v", "normal", [4]);
      const both = g.map("mul", [u, g.broadcast(v, [3, 4], [1])]);
      return prepare("f", {
        a: { node: g.reduce("sum", both, [0]), to: "out" },
        b: { node: g.reduce("sum", g.map("exp", [both]), [1]), to: "out" },
        c: { node: g.read(u, [4, 3], [axisIndex(1, 2), axisIndex(0, 2)]), to: "out" },
      });
    },
  ],
  [
    "layer normalisation over rows",
    () => {
      const g = new Builder();
      const x = ports(g).input("x", [3, 4]);
      const mean = (node: Node) => g.map("div", [g.reduce("sum", node, [1]), g.constant(4, [3])]);
      const centred = g.map("sub", [x, g.broadcast(mean(x), [3, 4], [0])]);
      const variance = mean(g.map("mul", [centred, centred]));
      const scale = g.map("sqrt", [g.map("add", [variance, g.constant(1e-5, [3])])]);
      return prepare("f", { y: { node: g.map("div", [centred, g.broadcast(scale, [3, 4], [0])]), to: "out" } });
    },
  ],
  [
    "attention of a sequence to itself",
    () => {
      const g = new Builder();
      const { parameter, input } = ports(g);
      const x = input("x", [4, 3]);
      const project = (name: string): Node => {
        const product = g.map("mul", [
          g.read(parameter(name, [3, 3]), [4, 3, 3], [axisIndex(1, 3), axisIndex(2, 3)]),
          g.read(x, [4, 3, 3], [axisIndex(0, 3), axisIndex(2, 3)]),
        ]);
        return g.reduce("sum", product, [2]);
      };
      const [q, k, v] = [project("Q"), project("K"), project("V")];
      const s = [4, 4, 3];
      const scores = g.reduce("sum", g.map("mul", [g.broadcast(q, s, [0, 2]), g.broadcast(k, s, [1, 2])]), [2]);
      const e = g.map("exp", [g.map("sub", [scores, g.broadcast(g.reduce("max", scores, [1]), [4, 4], [0])])]);
      const p = g.map("div", [e, g.broadcast(g.reduce("sum", e, [1]), [4, 4], [0])]);
      const r = [4, 3, 4];
      const y = g.reduce("sum", g.map("mul", [g.broadcast(p, r, [0, 2]), g.broadcast(v, r, [2, 1])]), [2]);
      return prepare("f", { y: { node: y, to: "out" } });
    },
  ],
  [
    "a mean over windows that overlap, used twice",
    () => {
      const g = new Builder();
      const x = ports(g).input("x", [8]);
      const s = g.map("sin", [x]);
      const windows = g.read(s, [6, 3], [form(0, 1, 1)]);
      const mean = g.map("div", [g.reduce("sum", windows, [1]), g.constant(3, [6])]);
      const shifted = g.read(mean, [8], [form(-1, 1)], -1);
      return prepare("f", {
        y: { node: g.map("add", [shifted, s]), to: "out" },
        z: { node: g.map("mul", [shifted, g.read(s, [8], [form(7, -1)])]), to: "out" },
      });
    },
  ],
  [
    "one output twice, a constant, an input as it is, positions",
    () => {
      const g = new Builder();
      const x = ports(g).input("x", [2, 3]);
      const y = g.map("cos", [x]);
      return prepare("f", {
        a: { node: y, to: "out" },
        b: { node: y, to: "out" },
        c: { node: y, to: "grad" },
        one: { node: g.constant(1, [3]), to: "out" },
        x: { node: x, to: "out" },
        at: { node: g.index([2, 3], form(1, 3, 1)), to: "out" },
        sum: { node: g.reduce("sum", y, [0, 1]), to: "return" },
      });
    },
  ],
  [
    "plain scalars",
    () => {
      const g = new Builder();
      const x = g.input("t", "step", []);
      const square = g.map("mul", [x, x]);
      const inner = g.map("add", [g.map("sin", [square]), g.map("mul", [g.constant(3), square])]);
      const helped = g.map("mul", [g.map("erf", [x]), g.map("log1pexp", [g.map("neg", [x])])]);
      return prepare("J", { y: { node: g.map("add", [g.map("cos", [inner]), helped]), to: "return" } });
    },
  ],
  [
    "axes of extent 1",
    () => {
      const g = new Builder();
      const { parameter, input } = ports(g);
      const h = dense(g, parameter("W", [1, 1]), parameter("b", [1]), input("x", [1]));
      return prepare("f", {
        h: { node: g.map("exp", [h]), to: "out" },
        s: { node: g.reduce("sum", h, [0]), to: "return" },
        c: { node: g.read(h, [2, 1], [constantIndex(0, 2)]), to: "grad" },
      });
    },
  ],
  ...recurrenceCases.map(recurrence),
];
