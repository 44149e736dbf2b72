/** Owns: comparisons, min and max whose outcome the ranges of their arguments decide. */

import type { Node } from "@adjoint/ir";
import type { Range } from "../ranges.ts";
import type { Rule } from "../rewriting/rule.ts";

/** Whether every value of `x` is below every value of `y`. */
function isBelow(x: Range, y: Range): boolean {
  return x.high < y.low || (x.high === y.low && (x.belowHigh || y.aboveLow));
}

const decided: Rule = {
  name: "decided-comparison",
  doc: "x < y where the greatest x is below the least y",
  heads: ["lt", "le", "min", "max"],
  except: "nonfinite",
  apply: (node, { builder, ranges, origin }) => {
    if (node.kind !== "map") return null;
    const [x, y] = node.args;
    if (x === undefined || y === undefined) return null;
    const below = isBelow(ranges.of(x), ranges.of(y));
    const above = isBelow(ranges.of(y), ranges.of(x));
    if (!below && !above) return null;
    const truth = (holds: boolean): Node => builder.constant(holds ? 1 : 0, node.shape, origin);
    switch (node.fn) {
      case "lt":
      case "le":
        return truth(below);
      case "min":
        return below ? x : y;
      case "max":
        return below ? y : x;
      default:
        return null;
    }
  },
  examples: [
    ({ builder, x }) => builder.map("lt", [builder.constant(0, [3]), builder.map("exp", [builder.map("sin", [x])])]),
    ({ builder, x }) => builder.map("le", [builder.map("tanh", [x]), builder.constant(-2, [3])]),
    ({ builder, x }) => builder.map("max", [builder.map("tanh", [x]), builder.constant(2, [3])]),
    ({ builder, x }) => builder.map("min", [builder.map("tanh", [x]), builder.constant(2, [3])]),
  ],
};

export const comparisonRules: readonly Rule[] = [decided];
