/**
 * Owns: asking for the sign of what is kept. `if z > 0 then z else 0` is above 0 exactly where z is, also where z is no
 * number; so where that is what others read, whether z is above 0 can be told from it, and z itself need not be kept for the
 * backward pass.
 */

import { argumentsOf, type Graph, type Node, nodesOf } from "@adjoint/ir";
import { imageOf, rebuild, rewriteGraph } from "./rewrite.ts";

export function reuseSigns(graph: Graph): Graph {
  /** By the comparison 0 < z, what has the sign of z. */
  const kept = new Map<Node, Node>();
  const nodes = nodesOf(graph);
  const isRead = new Set(
    nodes.flatMap((node) => (node.kind === "read" || node.kind === "reduce" ? argumentsOf(node) : [])),
  );
  for (const node of nodes) {
    const comparison = node.kind === "map" && isRead.has(node) ? comparisonWithin(node) : null;
    if (comparison !== null) kept.set(comparison, node);
  }
  if (kept.size === 0) return graph;
  const image = new Map<Node, Node>();
  return rewriteGraph(graph, (node, args, builder) => {
    const reused = argumentsOf(node).map((arg, k) => {
      const plain = args[k] ?? arg;
      const source = kept.get(arg);
      // What comes before it can't ask it.
      if (source === undefined || node.id <= source.id || plain.kind !== "map") return plain;
      const [zero = plain] = plain.args;
      return builder.map("lt", [zero, imageOf(image, source)], plain.origin);
    });
    const made = rebuild(node, reused, builder);
    image.set(node, made);
    return made;
  });
}

/** The comparison c = 0 < z of a `select(c, z, w)` with a constant w that is not above 0. */
function comparisonWithin(node: Node): Node | null {
  if (node.kind !== "map" || node.fn !== "select") return null;
  const [condition, value, otherwise] = node.args;
  if (condition?.kind !== "map" || condition.fn !== "lt") return null;
  const [zero, compared] = condition.args;
  const isZero = zero?.kind === "constant" && zero.value === 0;
  const isBelow = otherwise?.kind === "constant" && otherwise.value <= 0;
  return isZero && isBelow && compared === value ? condition : null;
}
