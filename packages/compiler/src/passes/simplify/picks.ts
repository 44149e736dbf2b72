/** Owns: reading one element of a formula, instead of computing it everywhere and reading one element of that. */

import type { Node, PickNode } from "@adjoint/ir";
import type { Context, Rule, Samples } from "../rewriting/rule.ts";
import { dropAxes, isInvariant } from "../rewriting/views.ts";

function pickRule(
  name: string,
  doc: string,
  apply: (node: PickNode, context: Context) => Node | null,
  ...examples: ((samples: Samples) => Node)[]
): Rule {
  return {
    name,
    doc,
    heads: ["pick"],
    apply: (node, context) => (node.kind === "pick" ? apply(node, context) : null),
    examples,
  };
}

const repeated = pickRule(
  "pick-repeated",
  "x[k] = x for an x that does not vary along k",
  (node, { builder }) => (isInvariant(node.source, [node.axis]) ? dropAxes(builder, node.source, [node.axis]) : null),
  ({ builder, s, k }) => builder.pick(builder.broadcast(s, [3], []), 0, k),
);

/**
 * Through a function of one argument, and through one of several if one of them does not vary along the axis. A sum of two
 * tensors stays whole: its elements are needed elsewhere, or it is cheap.
 */
const inward = pickRule(
  "pick-inward",
  "f(x)[k] = f(x[k])",
  (node, { builder, origin }) => {
    const { source, axis, at } = node;
    if (source.kind !== "map") return null;
    const worthwhile = source.args.length === 1 || source.args.some((arg) => isInvariant(arg, [axis]));
    if (!worthwhile) return null;
    return builder.map(
      source.fn,
      source.args.map((arg) => builder.pick(arg, axis, at, origin)),
      origin,
    );
  },
  ({ builder, x, k }) => builder.pick(builder.map("exp", [x]), 0, k),
  ({ builder, m, y, ks }) => {
    const quotient = builder.map("sub", [m, builder.broadcast(y, [3, 4], [0])]);
    return builder.pick(builder.map("mul", [quotient, builder.constant(2, [3, 4])]), 0, ks);
  },
);

export const pickRules: readonly Rule[] = [repeated, inward];
