/** Owns: reads that leave their tensor, brought to the factor that decides where they do. */

import { affineRange, type Builder, composeAffine, type Node, plainAxis, type ReadNode } from "@adjoint/ir";
import { isNonZero } from "../ranges.ts";
import { argument } from "../rewrite.ts";
import type { Rule, Samples } from "../rewriting/rule.ts";
import { isInvariant } from "../rewriting/views.ts";

/** The axes of the source on which the read can leave it. */
function leavingAxes({ source, index, shape }: ReadNode): readonly number[] {
  return index.flatMap((form, axis) => {
    const { min, max } = affineRange(form, shape);
    return min < 0 || max >= (source.shape[axis] ?? 1) ? [axis] : [];
  });
}

/** `y` read as `read` reads its source, for a `y` of the source's shape that does not vary where the read leaves it. */
function readInside(builder: Builder, y: Node, { shape, index }: ReadNode): Node | null {
  if (y.kind === "constant") return builder.constant(y.value, shape, y.origin);
  if (y.kind !== "read" || y.fill !== null) return null;
  const forms = y.index.map((form) => composeAffine(form, index, shape.length));
  return builder.read(y.source, shape, forms, null, y.origin);
}

/**
 * Then the product is formed where it is read, and never is a tensor of its own. The factor that keeps the fill may vary
 * along every axis on which the read can leave the product; the other varies along none of them.
 */
const fillProduct: Rule = {
  name: "fill-product",
  doc: "(x · y)[i else 0] = x[i else 0] · y[i] if i leaves only x; so for x / y and −x",
  heads: ["read"],
  except: "nonfinite",
  apply: (node, { builder, ranges, origin }) => {
    if (node.kind !== "read" || node.fill !== 0 || node.source.kind !== "map") return null;
    const { fn, args } = node.source;
    if (fn !== "neg" && fn !== "mul" && fn !== "div") return null;
    const outside = (x: Node): Node => builder.read(x, node.shape, node.index, 0, origin);
    const x = argument(args, 0);
    if (fn === "neg") return builder.map("neg", [outside(x)], origin);
    const y = argument(args, 1);
    const leaving = leavingAxes(node);
    const [kept, factor] = isInvariant(y, leaving) || fn === "div" ? [x, y] : [y, x];
    // Outside it becomes a factor of 0, so it must be finite, and no 0 to divide by.
    const range = ranges.of(factor);
    const harmless = range.tame && (fn === "mul" || isNonZero(range));
    const inside = harmless && isInvariant(factor, leaving) ? readInside(builder, factor, node) : null;
    return inside === null ? null : builder.map(fn, [outside(kept), inside], origin);
  },
  examples: [
    ({ builder, m, x }) => shifted(builder, builder.map("mul", [m, builder.broadcast(x, [3, 4], [0])])),
    ({ builder, m, x }) => shifted(builder, builder.map("mul", [builder.broadcast(x, [3, 4], [0]), m])),
    ({ builder, m }) => shifted(builder, builder.map("div", [m, builder.constant(3, [3, 4])])),
    ({ builder, m }) => shifted(builder, builder.map("neg", [m])),
  ],
};

/** A read of a read that repeats its source, if every axis on which it can leave is an axis of that source. */
const fillRead: Rule = {
  name: "fill-read",
  doc: "(x[j])[i else c] = x[j(i) else c] if leaving the one is leaving the other",
  heads: ["read"],
  apply: (node, { builder, origin }) => {
    if (node.kind !== "read" || node.fill === null) return null;
    const { source: inner } = node;
    if (inner.kind !== "read" || inner.fill !== null) return null;
    const same = leavingAxes(node).every((axis) =>
      inner.index.some((form, k) => plainAxis(form) === axis && inner.source.shape[k] === inner.shape[axis]),
    );
    if (!same) return null;
    const forms = inner.index.map((form) => composeAffine(form, node.index, node.shape.length));
    return builder.read(inner.source, node.shape, forms, node.fill, origin);
  },
  examples: [
    ({ builder, y }) => {
      const repeated = builder.broadcast(y, [4, 3], [1]);
      const forms = [
        { offset: 0, coefficients: [1, 0] },
        { offset: -1, coefficients: [0, 1] },
      ];
      return builder.read(repeated, [4, 3], forms, 2);
    },
  ],
};

/** T[i, j] = x[i, j − 1 else 0], where x has 4 columns. */
function shifted(builder: Samples["builder"], x: Node): Node {
  const forms = [
    { offset: 0, coefficients: [1, 0] },
    { offset: -1, coefficients: [0, 1] },
  ];
  return builder.read(x, [3, 4], forms, 0);
}

export const readRules: readonly Rule[] = [fillProduct, fillRead];
