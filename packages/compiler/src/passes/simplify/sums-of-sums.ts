/**
 * Owns: sums over sums that stand inside a sum of their own, are shown along other axes, or are a part of a larger tensor: the
 * outer one is carried out with the inner ones. A batch's gradient of a matrix that is read in parts is such a sum.
 */

import { type Affine, type Builder, type Node, plainAxis, type ReadNode, type ReshapeNode } from "@adjoint/ir";
import { argument } from "../rewrite.ts";
import type { Context, Rule } from "../rewriting/rule.ts";
import { constantValue } from "../rewriting/views.ts";

/** Deeper sums than this are not looked into. */
const deepest = 8;

/** Σ over the axes of the node, if that leads to sums everywhere; else null. */
function summed(node: Node, axes: readonly number[], context: Context, depth: number): Node | null {
  const { builder, origin, shared } = context;
  if (depth > deepest || shared(node)) return null;
  const inside = (inner: Node, along: readonly number[]): Node | null => summed(inner, along, context, depth + 1);
  switch (node.kind) {
    case "reduce": {
      if (node.op !== "sum") return null;
      const kept = node.arg.shape.flatMap((_, axis) => (node.axes.includes(axis) ? [] : [axis]));
      return builder.reduce("sum", node.arg, [...node.axes, ...axes.flatMap((axis) => kept[axis] ?? [])], origin);
    }
    case "map": {
      if (node.fn === "mul" && constantValue(argument(node.args, 0)) !== null) {
        const inner = inside(argument(node.args, 1), axes);
        const scale = constantValue(argument(node.args, 0)) ?? 1;
        return inner === null
          ? null
          : builder.map("mul", [builder.constant(scale, inner.shape, origin), inner], origin);
      }
      if (node.fn !== "add" && node.fn !== "sub" && node.fn !== "neg") return null;
      const args = node.args.flatMap((arg) => inside(arg, axes) ?? []);
      return args.length < node.args.length ? null : builder.map(node.fn, args, origin);
    }
    case "read": {
      const along = axesOfSource(node, axes);
      const inner = along === null ? null : inside(node.source, along);
      return along === null || inner === null ? null : withoutAxes(builder, node, inner, axes, along);
    }
    case "reshape": {
      if (!leadAlike(node, axes)) return null;
      const inner = inside(node.source, axes);
      return inner === null ? null : builder.reshape(inner, node.shape.slice(axes.length), origin);
    }
    case "input":
    case "constant":
    case "index":
    case "pick":
    case "gradient":
    case "carried":
    case "scan":
      return null;
  }
}

/** The axes of its source that the read goes along, whole, in its axes `axes`, and nowhere else; null if it does not. */
function axesOfSource(read: ReadNode, axes: readonly number[]): readonly number[] | null {
  if (read.fill !== null && read.fill !== 0) return null;
  const found = axes.flatMap((axis) => {
    const moved = read.index.flatMap((form, a) => (form.coefficients[axis] === 0 ? [] : [a]));
    const [only, ...others] = moved;
    if (only === undefined || others.length > 0) return [];
    const form = read.index[only];
    const isWhole = form !== undefined && plainAxis(form) === axis && read.source.shape[only] === read.shape[axis];
    return isWhole ? [only] : [];
  });
  return found.length === axes.length ? found : null;
}

/** `inner`, the read's source without its axes `gone`, read as the read does along its axes without `axes`. */
function withoutAxes(
  builder: Builder,
  read: ReadNode,
  inner: Node,
  axes: readonly number[],
  gone: readonly number[],
): Node {
  const left = (axis: number): boolean => !axes.includes(axis);
  const forms = read.index
    .filter((_, a) => !gone.includes(a))
    .map(
      ({ offset, coefficients }): Affine => ({ offset, coefficients: coefficients.filter((_, axis) => left(axis)) }),
    );
  const shape = read.shape.filter((_, axis) => left(axis));
  return builder.read(inner, shape, forms, read.fill, read.origin);
}

/** Whether the axes are the leading ones, and the same of the tensor and of what it shows. */
function leadAlike({ shape, source }: ReshapeNode, axes: readonly number[]): boolean {
  return axes.every((axis, k) => axis === k && shape[axis] === source.shape[axis]);
}

export const sumOfSums: Rule = {
  name: "sum-of-sums",
  doc: "Σᵢ (Σⱼ x[i, j, k] + (Σⱼ y[i, j])[k − 1 else 0]) = Σᵢⱼ x[i, j, k] + (Σᵢⱼ y)[k − 1 else 0]",
  heads: ["reduce"],
  apply: (node, context) => {
    if (node.kind !== "reduce" || node.op !== "sum" || node.arg.kind === "reduce") return null;
    return summed(node.arg, node.axes, context, 0);
  },
  examples: [
    ({ builder, m, n }) => {
      const cube = builder.map("mul", [
        builder.broadcast(m, [3, 4, 3], [0, 1]),
        builder.broadcast(n, [3, 4, 3], [2, 1]),
      ]);
      const [first, second] = [
        builder.reduce("sum", cube, [1]),
        builder.reduce("sum", builder.map("sin", [cube]), [1]),
      ];
      const forms = [
        { offset: 0, coefficients: [1, 0] },
        { offset: -1, coefficients: [0, 1] },
      ];
      const part = builder.read(second, [3, 5], forms, 0);
      const whole = builder.read(first, [3, 5], forms, 0);
      return builder.reduce("sum", builder.map("sub", [whole, builder.map("neg", [part])]), [0]);
    },
    ({ builder, m, n }) => {
      const cube = builder.map("mul", [
        builder.broadcast(m, [3, 4, 2, 2], [0, 1]),
        builder.broadcast(n, [3, 4, 2, 2], [0, 1]),
      ]);
      const square = builder.map("mul", [cube, builder.index([3, 4, 2, 2], { offset: 1, coefficients: [0, 1, 2, 3] })]);
      const inner = builder.reshape(builder.reduce("sum", square, [1]), [3, 4]);
      return builder.reduce("sum", builder.map("mul", [builder.constant(2, [3, 4]), inner]), [0]);
    },
  ],
  counterexamples: [
    // One part is no sum: it would have to become one.
    ({ builder, m, x }) => {
      const sum = builder.reduce("sum", m, [1]);
      return builder.reduce("sum", builder.map("add", [sum, builder.map("sin", [x])]), [0]);
    },
  ],
};
