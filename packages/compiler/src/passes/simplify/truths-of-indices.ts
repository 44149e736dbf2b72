/** Owns: truths that nothing but indices decide: one that comes out the same everywhere is a constant. */

import { argumentsOf, elementCount, interpret, type Node } from "@adjoint/ir";
import type { Rule, Samples } from "../rewriting/rule.ts";
import { isTruth } from "../rewriting/views.ts";

/** Nodes and elements that deciding may look at, so that the work per node is bounded. */
const mostNodes = 64;
const mostElements = 2 ** 16;

/** Whether the node depends on no input, and few enough elements. */
function isOfIndices(root: Node): boolean {
  const seen = new Set<Node>();
  const pending = [root];
  let elements = 0;
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    elements += elementCount(node.shape);
    switch (node.kind) {
      case "input":
      case "gradient":
      case "carried":
      case "scan":
        return false;
      case "constant":
      case "index":
      case "map":
      case "reduce":
      case "read":
      case "pick":
      case "reshape":
        break;
    }
    if (seen.size > mostNodes || elements > mostElements) return false;
    pending.push(...argumentsOf(node));
  }
  return true;
}

function isDecision(node: Node): boolean {
  return node.kind === "reduce" ? (node.op === "max" || node.op === "min") && isTruth(node.arg) : isTruth(node);
}

export const truthOfIndices: Rule = {
  name: "truth-of-indices",
  doc: "a truth that only indices decide, and the same way everywhere, is a constant: maxⱼ (j ≤ i) = 1",
  heads: ["lt", "le", "eq", "ne", "and", "or", "not", "reduce"],
  apply: (node, { builder, origin }) => {
    if (!isDecision(node) || !isOfIndices(node)) return null;
    const values = interpret({ name: "truth", outputs: [{ name: "truth", node }] }, () => []).get("truth");
    const first = values?.[0];
    if (first === undefined || values?.some((value) => value !== first) !== false) return null;
    return builder.constant(first, node.shape, origin);
  },
  examples: [
    ({ builder }) => builder.reduce("max", isAtMost(builder), [1]),
    ({ builder }) => {
      // The rows of a tensor that is put together from two parts.
      const part = (offset: number): Node => {
        const forms = [{ offset, coefficients: [1] }];
        return builder.read(builder.constant(1, [3]), [6], forms, 0);
      };
      return builder.map("or", [part(0), part(-3)]);
    },
  ],
  counterexamples: [
    ({ builder }) => builder.reduce("min", isAtMost(builder), [0]),
    ({ builder, x }) => builder.map("lt", [builder.index([3], { offset: 0, coefficients: [1] }), x]),
  ],
};

/** j ≤ i */
function isAtMost(builder: Samples["builder"]): Node {
  const axis = (a: number): Node =>
    builder.index([3, 4], { offset: 0, coefficients: [0, 1].map((k) => Number(k === a)) });
  return builder.map("le", [axis(1), axis(0)]);
}
