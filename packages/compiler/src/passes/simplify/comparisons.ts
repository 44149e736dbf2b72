/** Owns: comparisons, min and max whose outcome the ranges of their arguments decide. */

import type { Node } from "@adjoint/ir";
import type { Range } from "../ranges.ts";
import type { Rule } from "../rewriting/rule.ts";

/**
 * Bounds that are never taken decide nothing: eˣ > 0 on the reals, but it rounds to 0, and a comparison with 0 may be
 * what guards against that.
 */
const isBelow = (x: Range, y: Range): boolean => x.high < y.low;
const isAtMost = (x: Range, y: Range): boolean => x.high <= y.low;

const decided: Rule = {
  name: "decided-comparison",
  doc: "x < y where the greatest x is below the least y",
  heads: ["lt", "le", "min", "max"],
  except: "nonfinite",
  apply: (node, { builder, ranges, origin }) => {
    if (node.kind !== "map") return null;
    const [x, y] = node.args;
    if (x === undefined || y === undefined) return null;
    const [r, q] = [ranges.of(x), ranges.of(y)];
    const truth = (holds: boolean): Node => builder.constant(holds ? 1 : 0, node.shape, origin);
    switch (node.fn) {
      case "lt":
        return isBelow(r, q) ? truth(true) : isAtMost(q, r) ? truth(false) : null;
      case "le":
        return isAtMost(r, q) ? truth(true) : isBelow(q, r) ? truth(false) : null;
      case "min":
        return isBelow(r, q) ? x : isBelow(q, r) ? y : null;
      case "max":
        return isBelow(r, q) ? y : isBelow(q, r) ? x : null;
      default:
        return null;
    }
  },
  examples: [
    ({ builder, x }) => builder.map("lt", [builder.constant(0, [3]), builder.map("exp", [builder.map("sin", [x])])]),
    ({ builder, x }) => builder.map("le", [builder.map("tanh", [x]), builder.constant(-2, [3])]),
    ({ builder, x }) => builder.map("lt", [builder.map("exp", [x]), builder.constant(0, [3])]),
    ({ builder, x }) => builder.map("max", [builder.map("tanh", [x]), builder.constant(2, [3])]),
    ({ builder, x }) => builder.map("min", [builder.map("tanh", [x]), builder.constant(2, [3])]),
  ],
};

export const comparisonRules: readonly Rule[] = [decided];
