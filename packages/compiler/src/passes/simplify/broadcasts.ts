/** Owns: computing along as few axes as the arguments vary along, and repeating the result. */

import type { Node } from "@adjoint/ir";
import { scalarFunctionNames } from "@adjoint/ir";
import type { Context, Rule } from "../rewriting/rule.ts";
import { constantValue, dropAxes, repeatAlong, variesAlong } from "../rewriting/views.ts";

const hoist: Rule = {
  name: "hoist",
  doc: "f(x[i], y[i]) over (i, j) is computed over i and repeated along j",
  heads: scalarFunctionNames,
  apply: (node, { builder, origin }) => {
    if (node.kind !== "map") return null;
    const spare = node.shape.flatMap((extent, axis) => (extent > 1 && isInvariantIn(node.args, axis) ? [axis] : []));
    if (spare.length === 0) return null;
    const small = builder.map(
      node.fn,
      node.args.map((arg) => dropAxes(builder, arg, spare)),
      origin,
    );
    return repeatAlong(builder, small, node.shape, spare);
  },
  examples: [
    ({ builder, x, y }) => builder.map("mul", [spread(builder, x), spread(builder, y)]),
    ({ builder, s, x }) => builder.map("add", [builder.broadcast(s, [3, 4], []), spread(builder, x)]),
  ],
};

function isInvariantIn(args: readonly Node[], axis: number): boolean {
  return args.every((arg) => !variesAlong(arg, axis));
}

const spread = (builder: Context["builder"], x: Node): Node => builder.broadcast(x, [3, 4], [0]);

const gatherFactors: Rule = {
  name: "gather-factors",
  doc: "(x[i, j] · a[i]) · b[i] = x[i, j] · (a[i] · b[i])",
  heads: ["mul"],
  apply: (node, { builder, origin, named }) => {
    if (node.kind !== "map") return null;
    const [p, q] = node.args;
    if (p === undefined || q === undefined) return null;
    for (const [product, factor] of [
      [p, q],
      [q, p],
    ] as const) {
      if (product.kind !== "map" || product.fn !== "mul" || named(product)) continue;
      const [x, y] = product.args;
      if (x === undefined || y === undefined) continue;
      // The two that vary along fewer axes together than the product does are multiplied first.
      for (const [varying, other] of [
        [x, y],
        [y, x],
      ] as const) {
        if (other.kind === "constant" || axesOf(other, factor).size >= axesOf(x, y).size) continue;
        return builder.map("mul", [varying, builder.map("mul", [factor, other], origin)], origin);
      }
    }
    return null;
  },
  examples: [
    ({ builder, m, x, y }) => {
      const product = builder.map("mul", [m, spread(builder, x)]);
      return builder.map("mul", [spread(builder, y), product]);
    },
    ({ builder, m, x }) => {
      const product = builder.map("mul", [m, spread(builder, x)]);
      return builder.map("mul", [builder.constant(3, [3, 4]), product]);
    },
  ],
};

const factorOut: Rule = {
  name: "factor-out-of-select",
  doc: "select(c[i], x[i] · y[i, j], 0) = select(c[i], x[i], 0) · y[i, j] for a y that is finite",
  heads: ["select"],
  except: "nonfinite",
  apply: (node, { builder, ranges, origin, named, shared }) => {
    if (node.kind !== "map") return null;
    const [c, product, zero] = node.args;
    if (c === undefined || product?.kind !== "map" || product.fn !== "mul" || zero === undefined) return null;
    if (constantValue(zero) !== 0 || named(product) || shared(product)) return null;
    const [p, q] = product.args;
    if (p === undefined || q === undefined) return null;
    for (const [x, y] of [
      [p, q],
      [q, p],
    ] as const) {
      if (axesOf(c, x).size >= axesOf(c, p, q).size || !ranges.of(y).tame) continue;
      return builder.map("mul", [builder.map("select", [c, x, zero], origin), y], origin);
    }
    return null;
  },
  examples: [
    ({ builder, m, x, y }) => {
      const below = spread(builder, builder.map("lt", [x, y]));
      const product = builder.map("mul", [m, spread(builder, x)]);
      return builder.map("select", [below, product, builder.constant(0, [3, 4])]);
    },
  ],
};

/** The axes (longer than 1) along which any of the nodes varies. */
function axesOf(...nodes: readonly Node[]): ReadonlySet<number> {
  return new Set(nodes.flatMap((node) => node.shape.flatMap((_, axis) => (variesAlong(node, axis) ? [axis] : []))));
}

export const broadcastRules: readonly Rule[] = [hoist, gatherFactors, factorOut];
