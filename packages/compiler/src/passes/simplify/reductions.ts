/** Owns: identities of reductions: what does not vary leaves them, what follows them merges into them. */

import {
  type Affine,
  type Builder,
  elementCount,
  type Node,
  type Origin,
  plainAxis,
  type ReduceNode,
} from "@adjoint/ir";
import { argument } from "../rewrite.ts";
import type { Context, Rule, Samples } from "../rewriting/rule.ts";
import { constantValue, dropAxes, isInvariant, keptForms, repeatAlong, variesAlong } from "../rewriting/views.ts";

function reduction(
  name: string,
  doc: string,
  apply: (node: ReduceNode, context: Context) => Node | null,
  ...examples: ((samples: Samples) => Node)[]
): Rule {
  return {
    name,
    doc,
    heads: ["reduce"],
    apply: (node, context) => (node.kind === "reduce" ? apply(node, context) : null),
    examples,
  };
}

const rows = (builder: Builder, x: Node): Node => builder.broadcast(x, [3, 4], [0]);

const single = reduction(
  "reduce-single",
  "a reduction over one element is that element",
  (node, { builder, origin }) => {
    const unit = node.axes.filter((axis) => node.arg.shape[axis] === 1);
    if (unit.length === 0) return null;
    const shape = node.arg.shape.filter((_, axis) => !unit.includes(axis));
    const element = builder.read(node.arg, shape, keptForms(node.arg.shape, unit), null, origin);
    return builder.reduce(node.op, element, axesWithout(node.axes, unit), origin);
  },
  ({ builder, x }) => builder.reduce("sum", builder.broadcast(x, [1, 3], [1]), [0]),
  ({ builder, s }) => builder.reduce("max", builder.broadcast(s, [1], []), [0]),
);

const repeated = reduction(
  "reduce-repeated",
  "Σⱼ x = n·x, Πⱼ x = xⁿ, maxⱼ x = x",
  (node, { builder, origin }) => {
    const spare = node.axes.filter((axis) => !variesAlong(node.arg, axis));
    if (spare.length === 0) return null;
    const inner = builder.reduce(node.op, dropAxes(builder, node.arg, spare), axesWithout(node.axes, spare), origin);
    const count = builder.constant(elementCount(spare.map((axis) => node.arg.shape[axis] ?? 1)), inner.shape, origin);
    switch (node.op) {
      case "sum":
        return builder.map("mul", [count, inner], origin);
      case "prod":
        return builder.map("pow", [inner, count], origin);
      case "max":
      case "min":
        return inner;
    }
  },
  ({ builder, x }) => builder.reduce("sum", rows(builder, x), [1]),
  ({ builder, x }) => builder.reduce("sum", rows(builder, x), [0, 1]),
  ({ builder, x }) => builder.reduce("prod", rows(builder, x), [1]),
  ({ builder, x }) => builder.reduce("min", rows(builder, x), [1]),
);

const spare = reduction(
  "reduce-spare",
  "Σⱼ x[j] over (i, j) is computed once and repeated along i",
  (node, { builder, origin }) => {
    const { arg, axes, op } = node;
    const spared = arg.shape.flatMap((extent, axis) =>
      extent > 1 && !axes.includes(axis) && !variesAlong(arg, axis) ? [axis] : [],
    );
    if (spared.length === 0) return null;
    const once = builder.reduce(op, dropAxes(builder, arg, spared), axesWithout(axes, spared), origin);
    return repeatAlong(builder, once, node.shape, axesWithout(spared, axes));
  },
  ({ builder, x }) => builder.reduce("sum", rows(builder, x), [0]),
  ({ builder, m }) => builder.reduce("max", builder.broadcast(m, [3, 2, 4], [0, 2]), [2]),
);

/** What is computed anyway is fewer elements to reduce than what it was computed from. */
function merged(node: ReduceNode, { builder, origin, shared }: Context): Node | null {
  const inner = node.arg;
  if (inner.kind !== "reduce" || inner.op !== node.op || shared(inner)) return null;
  const kept = inner.arg.shape.flatMap((_, axis) => (inner.axes.includes(axis) ? [] : [axis]));
  const axes = [...inner.axes, ...node.axes.flatMap((axis) => kept[axis] ?? [])];
  return builder.reduce(node.op, inner.arg, axes, origin);
}

const merge = reduction(
  "reduce-merge",
  "ΣᵢΣⱼ x = Σᵢⱼ x, ΠᵢΠⱼ x = Πᵢⱼ x",
  (node, context) => (node.op === "sum" || node.op === "prod" ? merged(node, context) : null),
  ({ builder, m }) => builder.reduce("sum", builder.reduce("sum", m, [0]), [0]),
  ({ builder, m }) => builder.reduce("prod", builder.reduce("prod", m, [1]), [0]),
);

/**
 * Only after differentiation: ties split evenly at each reduction, so that the derivative of a maximum of maxima is not
 * that of the one maximum.
 */
export const mergeExtremes = reduction(
  "extremes-merge",
  "maxᵢ maxⱼ x = maxᵢⱼ x, minᵢ minⱼ x = minᵢⱼ x",
  (node, context) => (node.op === "max" || node.op === "min" ? merged(node, context) : null),
  ({ builder, m }) => builder.reduce("max", builder.reduce("max", m, [0]), [0]),
  ({ builder, m }) => builder.reduce("min", builder.reduce("min", m, [1]), [0]),
);

const permuted = reduction(
  "reduce-permuted",
  "Σᵢ x[j, i] read transposed is Σᵢ x[i, j] where it lies",
  (node, { builder, origin }) => {
    const { arg } = node;
    if (arg.kind !== "read" || arg.fill !== null) return null;
    // sourceAxis[k] is the axis of the source that axis k of the read runs along.
    const sourceAxis = arg.shape.map((extent, axis) => {
      const found = arg.index.findIndex((form) => plainAxis(form) === axis);
      return found !== -1 && arg.source.shape[found] === extent ? found : -1;
    });
    const isPermutation = arg.index.length === arg.shape.length && new Set(sourceAxis).size === arg.shape.length;
    if (!isPermutation || sourceAxis.includes(-1)) return null;
    const reduced = builder.reduce(
      node.op,
      arg.source,
      node.axes.map((axis) => sourceAxis[axis] ?? -1),
      origin,
    );
    const order = sourceAxis.filter((_, axis) => !node.axes.includes(axis));
    const rank = order.length;
    const sorted = [...order].sort((a, b) => a - b);
    const forms = sorted.map(
      (axis): Affine => ({
        offset: 0,
        coefficients: Array.from({ length: rank }, (_, k) => (order[k] === axis ? 1 : 0)),
      }),
    );
    return builder.read(reduced, node.shape, forms, null, origin);
  },
  ({ builder, m }) => builder.reduce("sum", builder.broadcast(m, [4, 3], [1, 0]), [0]),
  ({ builder, m }) => builder.reduce("prod", builder.broadcast(m, [4, 3], [1, 0]), [0, 1]),
);

const negative = reduction(
  "sum-negative",
  "Σ −x = −Σ x",
  (node, { builder, origin }) => {
    if (node.op !== "sum" || node.arg.kind !== "map" || node.arg.fn !== "neg") return null;
    return builder.map("neg", [builder.reduce("sum", argument(node.arg.args, 0), node.axes, origin)], origin);
  },
  ({ builder, m }) => builder.reduce("sum", builder.map("neg", [m]), [1]),
);

const factor = reduction(
  "sum-factor",
  "Σⱼ a · x[j] / b = a · (Σⱼ x[j]) / b",
  (node, { builder, origin, shared }) => {
    const { arg, axes } = node;
    if (node.op !== "sum" || arg.kind !== "map" || (arg.fn !== "mul" && arg.fn !== "div")) return null;
    // A product that is computed anyway is summed as it is.
    if (shared(arg)) return null;
    const factors = factorsOf(arg);
    const varying = factors.filter((f) => !isInvariant(f.node, axes));
    const [first, ...others] = [...varying].sort((f, g) => Number(f.inverse) - Number(g.inverse));
    if (varying.length === factors.length || first === undefined) return null;
    const times = (x: Node, { node: y, inverse }: Factor): Node => builder.map(inverse ? "div" : "mul", [x, y], origin);
    const numerator = first.inverse ? times(builder.constant(1, arg.shape, origin), first) : first.node;
    const sum = builder.reduce("sum", others.reduce(times, numerator), axes, origin);
    return factors
      .filter((f) => !varying.includes(f))
      .map((f): Factor => ({ node: dropAxes(builder, f.node, axes), inverse: f.inverse }))
      .sort((f, g) => Number(f.inverse) - Number(g.inverse))
      .reduce((product, f) => (f.inverse ? times(product, f) : builder.map("mul", [f.node, product], origin)), sum);
  },
  ({ builder, m, x }) => builder.reduce("sum", builder.map("mul", [m, rows(builder, x)]), [1]),
  ({ builder, m, x }) => builder.reduce("sum", builder.map("mul", [rows(builder, x), m]), [1]),
  ({ builder, m, x }) => builder.reduce("sum", builder.map("div", [m, rows(builder, x)]), [1]),
  ({ builder, m, n, x }) => {
    const quotient = builder.map("div", [m, rows(builder, builder.map("exp", [x]))]);
    return builder.reduce("sum", builder.map("mul", [n, quotient]), [1]);
  },
  ({ builder, m, x }) => builder.reduce("sum", builder.map("div", [rows(builder, x), builder.map("exp", [m])]), [1]),
);

interface Factor {
  readonly node: Node;
  readonly inverse: boolean;
}

/** More factors than this are not looked at. */
const mostFactors = 8;

/** The node as a product of factors and reciprocals, as far as it is written as one. */
function factorsOf(node: Node): readonly Factor[] {
  const factors: Factor[] = [];
  const pending: Factor[] = [{ node, inverse: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node: part, inverse } = next;
    const room = factors.length + pending.length < mostFactors;
    if (!room || part.kind !== "map" || (part.fn !== "mul" && part.fn !== "div")) {
      factors.push(next);
      continue;
    }
    const flip = part.fn === "div" ? !inverse : inverse;
    pending.push({ node: argument(part.args, 1), inverse: flip }, { node: argument(part.args, 0), inverse });
  }
  return factors;
}

const condition = reduction(
  "sum-condition",
  "Σⱼ select(c, x[j], 0) = select(c, Σⱼ x[j], 0)",
  (node, { builder, origin }) => {
    const { arg, axes } = node;
    if (node.op !== "sum" || arg.kind !== "map" || arg.fn !== "select") return null;
    const c = argument(arg.args, 0);
    const x = argument(arg.args, 1);
    const zero = argument(arg.args, 2);
    if (!isInvariant(c, axes) || constantValue(zero) !== 0) return null;
    const sum = builder.reduce("sum", x, axes, origin);
    return builder.map("select", [dropAxes(builder, c, axes), sum, builder.constant(0, node.shape, origin)], origin);
  },
  ({ builder, m, x, y }) =>
    builder.reduce(
      "sum",
      builder.map("select", [rows(builder, builder.map("lt", [x, y])), m, builder.constant(0, [3, 4])]),
      [1],
    ),
);

/** A class that an index is compared with selects one term of a sum over that index. */
const oneHot = reduction(
  "sum-one-hot",
  "Σᵥ select(v = k, x[v], 0) = x[k] for a class k of the axis",
  (node, { builder, origin }) => {
    const { arg } = node;
    if (node.op !== "sum") return null;
    const parts = oneHotParts(arg, builder, origin);
    if (parts === null) return null;
    for (const axis of node.axes) {
      for (const [place, at] of [
        [parts.left, parts.right],
        [parts.right, parts.left],
      ] as const) {
        if (place.kind !== "index" || plainAxis(place.value) !== axis) continue;
        if (!isInvariant(at, [axis]) || !isClassWithin(at, arg.shape[axis] ?? 0)) continue;
        const element = isInvariant(parts.value, [axis])
          ? dropAxes(builder, parts.value, [axis])
          : builder.pick(parts.value, axis, dropAxes(builder, at, [axis]), origin);
        const rest = axesWithout(node.axes, [axis]);
        return builder.reduce("sum", element, rest, origin);
      }
    }
    return null;
  },
  ({ builder, m, ks }) => builder.reduce("sum", chosen(builder, ks, m), [0]),
  ({ builder, ks, y }) => builder.reduce("sum", chosen(builder, ks, builder.broadcast(y, [3, 4], [0])), [0]),
  ({ builder, ks }) => builder.reduce("sum", isChosen(builder, ks), [0]),
  ({ builder, m, ks }) => builder.reduce("sum", chosen(builder, ks, m), [0, 1]),
);

function oneHotParts(node: Node, builder: Builder, origin: Origin | null) {
  if (node.kind !== "map") return null;
  if (node.fn === "eq") {
    const value = builder.constant(1, node.shape, origin);
    return { left: argument(node.args, 0), right: argument(node.args, 1), value };
  }
  if (node.fn !== "select" || constantValue(argument(node.args, 2)) !== 0) return null;
  const test = argument(node.args, 0);
  if (test.kind !== "map" || test.fn !== "eq") return null;
  return { left: argument(test.args, 0), right: argument(test.args, 1), value: argument(node.args, 1) };
}

/** Whether the node reads an input of whole numbers 0 … count − 1 with count ≤ extent, everywhere inside it. */
function isClassWithin(node: Node, extent: number): boolean {
  const source = node.kind === "read" && node.fill === null ? node.source : node;
  return source.kind === "input" && source.element.kind === "class" && source.element.count <= extent;
}

function isChosen(builder: Builder, ks: Node): Node {
  const place = builder.index([3, 4], { offset: 0, coefficients: [1, 0] });
  return builder.map("eq", [place, builder.broadcast(ks, [3, 4], [1])]);
}
function chosen(builder: Builder, ks: Node, x: Node): Node {
  return builder.map("select", [isChosen(builder, ks), x, builder.constant(0, [3, 4])]);
}

/** `axes`, without those of `gone`, counted after those have gone. */
function axesWithout(axes: readonly number[], gone: readonly number[]): readonly number[] {
  return axes.filter((axis) => !gone.includes(axis)).map((axis) => axis - gone.filter((g) => g < axis).length);
}

export const reductionRules: readonly Rule[] = [
  single,
  repeated,
  spare,
  merge,
  permuted,
  negative,
  factor,
  condition,
  oneHot,
];
