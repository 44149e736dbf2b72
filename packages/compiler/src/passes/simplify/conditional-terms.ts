/**
 * Owns: sums of terms that count under a condition only, as adjoints of branches are: they become one branch,
 * 2 · select(c, x, 0) + select(c, 0, y) · z = select(c, 2 · x, y · z).
 */

import type { Node } from "@adjoint/ir";
import type { Context, Rule, Samples } from "../rewriting/rule.ts";
import { constantValue } from "../rewriting/views.ts";

/** `value` where the condition holds (or, `whenTrue` false, where it doesn't), 0 elsewhere. */
interface ConditionalTerm {
  readonly condition: Node;
  readonly whenTrue: boolean;
  readonly value: Node;
}

/** Deeper products than this are not looked into. */
const deepest = 4;

/** The node as a conditional term: a select with a 0, perhaps among factors or under a minus sign that nothing else uses. */
function conditionalTerm(node: Node, context: Context, depth = 0): ConditionalTerm | null {
  if (node.kind !== "map") return null;
  const [x, y, z] = node.args;
  if (node.fn === "select" && x !== undefined && y !== undefined && z !== undefined) {
    if (constantValue(z) === 0) return { condition: x, whenTrue: true, value: y };
    return constantValue(y) === 0 ? { condition: x, whenTrue: false, value: z } : null;
  }
  if ((node.fn !== "mul" && node.fn !== "neg") || depth === deepest) return null;
  if (context.named(node) || context.shared(node)) return null;
  for (const [k, arg] of node.args.entries()) {
    const inner = conditionalTerm(arg, context, depth + 1);
    if (inner === null) continue;
    const args = node.args.map((other, at) => (at === k ? inner.value : other));
    return { ...inner, value: context.builder.map(node.fn, args, context.origin) };
  }
  return null;
}

/** a ± b as one term, if both depend on one condition. */
function merged(fn: "add" | "sub", a: Node, b: Node, context: Context): Node | null {
  const first = conditionalTerm(a, context);
  const second = first === null ? null : conditionalTerm(b, context);
  if (first === null || second === null || first.condition !== second.condition) return null;
  const { builder, origin } = context;
  const zero = builder.constant(0, a.shape, origin);
  const either = (whenTrue: boolean, value: Node, other: Node): Node =>
    builder.map("select", [first.condition, ...(whenTrue ? [value, other] : [other, value])], origin);
  if (first.whenTrue === second.whenTrue) {
    return either(first.whenTrue, builder.map(fn, [first.value, second.value], origin), zero);
  }
  const opposite = fn === "add" ? second.value : builder.map("neg", [second.value], origin);
  return either(first.whenTrue, first.value, opposite);
}

const conditionalTerms: Rule = {
  name: "conditional-terms",
  doc: "select(c, x, 0) + select(c, 0, y) = select(c, x, y), select(c, x, 0) + select(c, y, 0) = select(c, x + y, 0)",
  heads: ["add", "sub"],
  apply: (node, context) => {
    if (node.kind !== "map" || (node.fn !== "add" && node.fn !== "sub")) return null;
    const [sum, term] = node.args;
    if (sum === undefined || term === undefined) return null;
    const whole = merged(node.fn, sum, term, context);
    if (whole !== null) return whole;
    // (z + s) + t, where s and t belong together.
    if (sum.kind !== "map" || sum.fn !== "add" || context.named(sum) || context.shared(sum)) return null;
    const [p, q] = sum.args;
    if (p === undefined || q === undefined) return null;
    for (const [z, s] of [
      [p, q],
      [q, p],
    ] as const) {
      const part = merged(node.fn, s, term, context);
      if (part !== null) return context.builder.map("add", [z, part], context.origin);
    }
    return null;
  },
  examples: [
    (s) => sumOf(s, "add", branch(s, s.x, true), branch(s, s.y, false)),
    (s) => sumOf(s, "sub", branch(s, s.x, false), branch(s, s.y, true)),
    (s) => sumOf(s, "add", branch(s, s.x, true), branch(s, s.y, true)),
    (s) => sumOf(s, "sub", branch(s, s.x, false), branch(s, s.y, false)),
    (s) =>
      sumOf(s, "add", s.builder.map("mul", [branch(s, s.x, true), s.y]), s.builder.map("neg", [branch(s, s.y, false)])),
    (s) => sumOf(s, "add", sumOf(s, "add", s.y, branch(s, s.x, true)), branch(s, s.y, false)),
    (s) => sumOf(s, "sub", sumOf(s, "add", branch(s, s.x, true), s.y), branch(s, s.y, false)),
  ],
};

function branch({ builder, x, y }: Samples, value: Node, whenTrue: boolean): Node {
  const zero = builder.constant(0, [3]);
  return builder.map("select", [builder.map("lt", [x, y]), ...(whenTrue ? [value, zero] : [zero, value])]);
}

function sumOf({ builder }: Samples, fn: "add" | "sub", a: Node, b: Node): Node {
  return builder.map(fn, [a, b]);
}

export const conditionalTermRules: readonly Rule[] = [conditionalTerms];
