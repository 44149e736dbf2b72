/** Owns: recurrences to differentiate and to run: what can be carried, from where, in which direction, inside what. */

import { axisIndex, type Node, type Shape } from "@adjoint/ir";
import type { Case } from "./differentiable-cases.ts";
import { type Formulas, numbers } from "./support.ts";

interface Plan {
  readonly steps: number;
  readonly direction?: 1 | -1;
  readonly axis?: number;
  /** The initial value of each carry; its shape is the carry's at one step. */
  readonly initial: readonly Node[];
  readonly next: (previous: readonly Node[]) => readonly Node[];
}

/** The sequences of a recurrence, one for each carry. */
export function recur(f: Formulas, plan: Plan): readonly Node[] {
  const { steps, direction = 1, axis = 0, initial, next } = plan;
  const previous = initial.map(({ shape }, k) =>
    f.builder.freshCarried(`c${k}`, [...shape.slice(0, axis), steps, ...shape.slice(axis)]),
  );
  const nexts = next(previous);
  const carries = previous.map((each, k) => ({ previous: each, initial: initial[k]!, next: nexts[k]! }));
  const recurrence = f.builder.recurrence(direction, axis, carries);
  return carries.map((_, k) => f.builder.scan(recurrence, k, "after"));
}

/** Σⱼ W[i, j] · x[t, j], for every t. */
function applied(f: Formulas, W: Node, x: Node): Node {
  const [steps = 1] = x.shape;
  const [rows = 1, columns = 1] = W.shape;
  const space: Shape = [steps, rows, columns];
  return f.sum(f.call("mul", f.spread(W, space, 1, 2), f.spread(x, space, 0, 2)), 2);
}

/** x[t, …] at t. */
export function at(f: Formulas, x: Node, t: number): Node {
  const shape = x.shape.slice(1);
  const forms = x.shape.map((_, a) =>
    a === 0 ? { offset: t, coefficients: shape.map(() => 0) } : axisIndex(a - 1, shape.length),
  );
  return f.builder.read(x, shape, forms);
}

const T = 5;

function simple(f: Formulas, initial: Node, direction: 1 | -1 = 1): Node {
  const driven = applied(f, f.input("W", [3, 2]), f.input("x", [T, 2]));
  const U = f.input("U", [3, 3]);
  const [h] = recur(f, {
    steps: T,
    direction,
    initial: [initial],
    next: ([before]) => [f.call("tanh", f.call("add", driven, applied(f, U, before!)))],
  });
  return h!;
}

const simpleAt = { W: numbers(6, 1), x: numbers(2 * T, 2), U: numbers(9, 3) };

export const recurrenceCases: readonly Case[] = [
  {
    name: "recurrence: a network of tanh from 0",
    build: (f) => simple(f, f.builder.constant(0, [3])),
    at: simpleAt,
  },
  {
    name: "recurrence: from an initial value that is computed, backwards",
    build: (f) => simple(f, f.call("exp", f.input("h0", [3])), -1),
    at: { ...simpleAt, h0: numbers(3, 4) },
  },
  {
    name: "recurrence: only its last step is used",
    build: (f) => at(f, simple(f, f.builder.constant(0.5, [3])), T - 1),
    at: simpleAt,
  },
  {
    name: "recurrence: gates and two carried values, one of them read by nobody outside",
    build: (f) => {
      const x = f.input("x", [T, 2]);
      const gate = (name: string, h: Node): Node =>
        f.call(
          "logistic",
          f.call("add", applied(f, f.input(`W${name}`, [3, 2]), x), applied(f, f.input(`U${name}`, [3, 3]), h)),
        );
      const zero = f.builder.constant(0, [3]);
      const [h] = recur(f, {
        steps: T,
        initial: [zero, zero],
        next: ([before, memory]) => {
          const c = f.call("add", f.call("mul", gate("f", before!), memory!), gate("i", before!));
          return [f.call("mul", gate("o", before!), f.call("tanh", c)), c];
        },
      });
      return h!;
    },
    at: {
      x: numbers(2 * T, 2),
      ...Object.fromEntries(
        ["f", "i", "o"].flatMap((g, k) => [
          [`W${g}`, numbers(6, k)],
          [`U${g}`, numbers(9, 9 + k)],
        ]),
      ),
    },
  },
  {
    name: "recurrence: of a single number, with a product and a choice",
    build: (f) => {
      const x = f.input("x", [T]);
      const [s] = recur(f, {
        steps: T,
        initial: [f.input("s0")],
        next: ([before]) => [
          f.call("select", f.call("lt", 0, x), f.call("mul", x, before!), f.call("sub", before!, x)),
        ],
      });
      return s!;
    },
    at: { x: [0.5, -0.7, 1.3, -0.2, 0.9], s0: [0.8] },
  },
  {
    name: "recurrence: what is carried is only a delay of something else",
    build: (f) => {
      const x = f.call("exp", f.input("x", [T]));
      const zero = f.builder.constant(0, []);
      const [, , sum] = recur(f, {
        steps: T,
        initial: [zero, zero, zero],
        next: ([one, two, sum]) => [x, one!, f.call("add", sum!, f.call("mul", two!, x))],
      });
      return sum!;
    },
    at: { x: numbers(T, 3) },
  },
  {
    name: "recurrence: time along the last axis, of elements that do not meet",
    build: (f) => {
      const x = f.input("x", [2, T]);
      const [y] = recur(f, {
        steps: T,
        axis: 1,
        initial: [f.input("y0", [2])],
        next: ([before]) => [f.call("sin", f.call("add", x, f.call("mul", before!, before!)))],
      });
      return y!;
    },
    at: { x: numbers(2 * T, 3), y0: numbers(2, 4) },
  },
  {
    name: "recurrence: within a recurrence",
    build: (f) => {
      const x = f.input("x", [3, 4, 2]);
      const w = f.input("w", [2]);
      const [h] = recur(f, {
        steps: 3,
        initial: [f.builder.constant(0.1, [2])],
        next: ([outer]) => {
          // Runs over the 4 for each of the 3, from where the outer one stands.
          const [inner] = recur(f, {
            steps: 4,
            axis: 1,
            initial: [outer!],
            next: ([before]) => {
              const product = f.call("mul", before!, f.spread(w, [3, 4, 2], 2));
              return [f.call("tanh", f.call("add", product, x))];
            },
          });
          return [
            f.builder.read(inner!, [3, 2], [axisIndex(0, 2), { offset: 3, coefficients: [0, 0] }, axisIndex(1, 2)]),
          ];
        },
      });
      return h!;
    },
    at: { x: numbers(24, 3), w: numbers(2, 4) },
  },
  {
    name: "recurrence: within a recurrence, from what that carries and from nothing else",
    build: (f) => {
      const [h] = recur(f, {
        steps: 3,
        initial: [f.input("h0")],
        next: ([outer]) => {
          const [inner] = recur(f, {
            steps: 2,
            axis: 1,
            initial: [outer!],
            next: ([before]) => [f.call("sin", before!)],
          });
          return [f.builder.read(inner!, [3], [axisIndex(0, 1), { offset: 1, coefficients: [0] }])];
        },
      });
      return h!;
    },
    at: { h0: [0.7] },
  },
  {
    name: "recurrence: within a recurrence, from what is known of each of its times before it runs",
    build: (f) => {
      const x = f.input("x", [3]);
      const [h] = recur(f, {
        steps: 3,
        initial: [f.input("h0")],
        next: ([outer]) => {
          const [inner] = recur(f, {
            steps: 2,
            axis: 1,
            initial: [x],
            next: ([before]) => [f.call("mul", before!, f.spread(outer!, [3, 2], 0))],
          });
          return [f.builder.read(inner!, [3], [axisIndex(0, 1), { offset: 1, coefficients: [0] }])];
        },
      });
      return h!;
    },
    at: { x: numbers(3, 3), h0: [0.7] },
  },
  {
    name: "recurrence: within a recurrence, of which one of two carries knows nothing",
    build: (f) => {
      const [x, w] = [f.input("x", [4]), f.input("w")];
      const [h] = recur(f, {
        steps: 3,
        initial: [f.input("h0")],
        next: ([outer]) => {
          // The first is the same at each of the 3.
          const inner = recur(f, {
            steps: 4,
            axis: 1,
            initial: [f.spread(w, [3]), outer!],
            next: ([sum, product]) => [f.call("add", sum!, f.spread(x, [3, 4], 1)), f.call("mul", product!, sum!)],
          });
          const last = inner.map((each) =>
            f.builder.read(each, [3], [axisIndex(0, 1), { offset: 3, coefficients: [0] }]),
          );
          return [f.call("tanh", f.call("add", last[0]!, last[1]!))];
        },
      });
      return h!;
    },
    at: { x: numbers(4, 3), w: [0.4], h0: [0.7] },
  },
  {
    name: "recurrence: what is carried on is something from outside along other axes",
    build: (f) => {
      const [h] = recur(f, {
        steps: 3,
        initial: [f.input("h0", [2])],
        next: () => [f.builder.reshape(f.call("sin", f.input("x", [2, 3])), [3, 2])],
      });
      return h!;
    },
    at: { x: numbers(6, 3), h0: numbers(2, 4) },
  },
  {
    name: "recurrence: what is carried is seen along other axes, inside and outside",
    build: (f) => {
      const x = f.input("x", [T, 2, 3]);
      const [h] = recur(f, {
        steps: T,
        initial: [f.builder.constant(0, [2, 3])],
        next: ([before]) => {
          const flat = f.builder.reshape(f.call("sin", f.call("add", before!, x)), [T, 6]);
          const turned = f.builder.read(flat, [T, 6], [axisIndex(0, 2), { offset: 5, coefficients: [0, -1] }]);
          return [f.builder.reshape(turned, [T, 2, 3])];
        },
      });
      return f.call("exp", f.builder.reshape(h!, [2 * T, 3]));
    },
    at: { x: numbers(6 * T, 6) },
  },
  {
    name: "recurrence: after a recurrence, the other way",
    build: (f) => {
      const first = simple(f, f.builder.constant(0, [3]));
      const V = f.input("V", [3, 3]);
      const [second] = recur(f, {
        steps: T,
        direction: -1,
        initial: [at(f, first, T - 1)],
        next: ([before]) => [f.call("tanh", f.call("add", first, applied(f, V, before!)))],
      });
      return second!;
    },
    at: { ...simpleAt, V: numbers(9, 8) },
  },
];
