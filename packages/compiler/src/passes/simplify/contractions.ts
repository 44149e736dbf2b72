/**
 * Owns: the order in which a sum over products of several tensors is carried out. Σⱼₖ a[i,j] b[j,k] c[k] costs |i||j||k|
 * multiplications as it is written, and |j||k| + |i||j| when Σₖ b[j,k] c[k] comes first.
 */

import { type Builder, elementCount, type Node, type Origin, type ReduceNode } from "@adjoint/ir";
import { argument } from "../rewrite.ts";
import type { Context, Rule } from "../rewriting/rule.ts";
import { argumentsOfMap, dropAxes, repeatAlong, variesAlong } from "../rewriting/views.ts";

/** More factors than this are not looked at. */
const mostFactors = 8;
/** How many times fewer elements must be visited for another tensor in memory to be worth it. */
const leastGain = 2;

interface Step {
  /** Axes that are summed over first, and the factors that vary along one of them. */
  readonly axes: readonly number[];
  readonly factors: readonly Node[];
  /** Axes along which those factors do not vary. */
  readonly spare: readonly number[];
  /** Elements visited by both sums. */
  readonly cost: number;
}

function contract(node: ReduceNode, { builder, origin, shared }: Context): Node | null {
  const { arg, axes } = node;
  if (node.op !== "sum" || axes.length < 2 || arg.kind !== "map" || arg.fn !== "mul" || shared(arg)) return null;
  const factors = factorsOf(builder, arg);
  if (factors.length < 3) return null;
  const step = cheapest(node, factors);
  if (step === null || step.cost * leastGain > elementCount(arg.shape)) return null;
  const first = dropAxes(builder, product(builder, step.factors, origin), step.spare);
  const inner = builder.reduce("sum", first, renumbered(step.axes, step.spare), origin);
  // Back among the axes that are left, along those that it does not vary with.
  const left = (axis: number): boolean => !step.axes.includes(axis);
  const shape = arg.shape.filter((_, axis) => left(axis));
  const repeated = repeatAlong(builder, inner, shape, renumbered(step.spare, step.axes));
  const others = factors.filter((factor) => !step.factors.includes(factor));
  const rest = others.map((factor) => dropAxes(builder, factor, step.axes));
  const outer = product(builder, [...rest, repeated], origin);
  return builder.reduce("sum", outer, renumbered(axes.filter(left), step.axes), origin);
}

/** The axis to begin with, together with those along which the same factors vary. */
function cheapest(node: ReduceNode, factors: readonly Node[]): Step | null {
  const { shape } = node.arg;
  const varying = (axis: number): readonly Node[] => factors.filter((factor) => variesAlong(factor, axis));
  let best: Step | null = null;
  for (const axis of node.axes) {
    const involved = varying(axis);
    if (involved.length === 0 || involved.length === factors.length) continue;
    const together = node.axes.filter((other) => {
      const same = varying(other);
      return same.length === involved.length && same.every((factor) => involved.includes(factor));
    });
    const spare = shape.flatMap((_, k) => (involved.some((factor) => variesAlong(factor, k)) ? [] : [k]));
    const inside = elementCount(shape.filter((_, k) => !spare.includes(k)));
    const outside = elementCount(shape.filter((_, k) => !together.includes(k)));
    const step: Step = { axes: together, factors: involved, spare, cost: inside + outside };
    if (best === null || step.cost < best.cost) best = step;
  }
  return best;
}

function product(builder: Builder, factors: readonly Node[], origin: Origin | null): Node {
  return factors.reduce((left, right) => builder.map("mul", [left, right], origin));
}

/** The factors of a product, also of one that was computed along fewer axes and is repeated along the others. */
function factorsOf(builder: Builder, node: Node): readonly Node[] {
  const factors: Node[] = [];
  const pending: Node[] = [node];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    const args = factors.length + pending.length < mostFactors ? argumentsOfMap(builder, part, "mul") : null;
    if (args === null) factors.push(part);
    else pending.push(argument(args, 1), argument(args, 0));
  }
  return factors;
}

/** `axes`, counted without those of `gone`. */
function renumbered(axes: readonly number[], gone: readonly number[]): readonly number[] {
  return axes.filter((axis) => !gone.includes(axis)).map((axis) => axis - gone.filter((g) => g < axis).length);
}

export const contractionRules: readonly Rule[] = [
  {
    name: "sum-of-products",
    doc: "Σⱼₖ a[i,j] b[j,k] c[k] = Σⱼ a[i,j] (Σₖ b[j,k] c[k]), where that visits half as many elements",
    heads: ["reduce"],
    apply: (node, context) => (node.kind === "reduce" ? contract(node, context) : null),
    examples: [
      ({ builder, m, n }) => {
        // Σⱼₖ m[j, i] m[j, k] n[l, k]
        const space = [4, 3, 3, 4];
        const [a, b, c] = [
          builder.broadcast(m, space, [2, 0]),
          builder.broadcast(m, space, [2, 3]),
          builder.broadcast(n, space, [1, 3]),
        ];
        return builder.reduce("sum", builder.map("mul", [builder.map("mul", [a, b]), c]), [2, 3]);
      },
      ({ builder, x, y, m }) => {
        // Σⱼₖ x[i] m[j, k] y[j] m[i, k] m[l, k]: j alone goes first.
        const space = [3, 3, 4, 3];
        const [a, b, c, d, e] = [
          builder.broadcast(x, space, [0]),
          builder.broadcast(m, space, [1, 2]),
          builder.broadcast(y, space, [1]),
          builder.broadcast(m, space, [0, 2]),
          builder.broadcast(m, space, [3, 2]),
        ];
        const left = builder.map("mul", [builder.map("mul", [a, b]), c]);
        return builder.reduce("sum", builder.map("mul", [left, builder.map("mul", [d, e])]), [1, 2]);
      },
      ({ builder, m, n }) => {
        // Σⱼₖ (m[i, j] n[i, k])[i, j, k] n[l, k], the first product computed where it varies.
        const [a, b] = [builder.broadcast(m, [3, 4, 4], [0, 1]), builder.broadcast(n, [3, 4, 4], [0, 2])];
        const first = builder.broadcast(builder.map("mul", [a, b]), [3, 3, 4, 4], [0, 2, 3]);
        return builder.reduce("sum", builder.map("mul", [first, builder.broadcast(n, [3, 3, 4, 4], [1, 3])]), [2, 3]);
      },
    ],
    counterexamples: [
      ({ builder, x, y, m }) => {
        // Σⱼₖ x[j] m[j, k] y'[k] visits no fewer elements.
        const z = builder.reduce("sum", m, [0]);
        const left = builder.map("mul", [builder.broadcast(x, [3, 4], [0]), m]);
        const right = builder.map("mul", [builder.broadcast(z, [3, 4], [1]), builder.broadcast(y, [3, 4], [0])]);
        return builder.reduce("sum", builder.map("mul", [left, right]), [0, 1]);
      },
    ],
  },
];
