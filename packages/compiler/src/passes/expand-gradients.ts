/** Owns: the replacement of gradient nodes by what a reverse sweep makes of them, innermost first. */

import { argumentsOf, Builder, type GradientNode, type Graph, type Node, reachable } from "@adjoint/ir";
import { cotangents } from "./differentiate.ts";
import { imageOf, rebuild } from "./rewrite.ts";

/**
 * Replaces the gradients that must be gone before anything is rewritten: those that another gradient differentiates, and
 * those with respect to an intermediate value, which rewriting could dissolve. The others stay.
 */
export function expandInnerGradients(graph: Graph): Graph {
  const roots = graph.outputs.map((output) => output.node);
  const differentiated = reachable(roots).flatMap((node) => (node.kind === "gradient" ? [node.of] : []));
  const inner = new Set(reachable(differentiated));
  return expand(graph, (node) => inner.has(node) || node.wrt.kind !== "input");
}

/** Replaces every gradient. */
export function expandGradients(graph: Graph): Graph {
  return expand(graph, () => true);
}

/**
 * Ids ascend from arguments to users, so when a gradient's turn comes everything in its `of` is expanded already.
 * All gradients of one scalar come from one sweep.
 */
function expand(graph: Graph, chosen: (node: GradientNode) => boolean): Graph {
  const nodes = reachable(graph.outputs.map((output) => output.node));
  const gradients = nodes.filter((node): node is GradientNode => node.kind === "gradient" && chosen(node));
  const builder = new Builder();
  const image = new Map<Node, Node>();
  const expanded = new Map<Node, Node>();
  for (const node of nodes) {
    if (node.kind !== "gradient" || !chosen(node)) {
      const args = argumentsOf(node).map((arg) => imageOf(image, arg));
      image.set(node, rebuild(node, args, builder));
      continue;
    }
    // The wrt of a later gradient may not be rewritten yet, if `of` does not depend on it.
    if (!expanded.has(node)) {
      const of = imageOf(image, node.of);
      const siblings = gradients.filter((g) => g.of === node.of && image.has(g.wrt) && !expanded.has(g));
      const results = cotangents(
        builder,
        of,
        siblings.map((g) => imageOf(image, g.wrt)),
      );
      for (const [k, g] of siblings.entries()) expanded.set(g, results[k] ?? builder.constant(0, g.shape));
    }
    image.set(node, imageOf(expanded, node));
  }
  return {
    name: graph.name,
    outputs: graph.outputs.map(({ name, node }) => ({ name, node: imageOf(image, node) })),
  };
}
