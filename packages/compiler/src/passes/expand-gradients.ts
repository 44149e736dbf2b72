/** Owns: the replacement of gradient nodes by what a reverse sweep makes of them, innermost first. */

import {
  argumentsOf,
  Builder,
  type CarriedNode,
  type GradientNode,
  type Graph,
  type Node,
  type Origin,
  reachable,
} from "@adjoint/ir";
import { cotangents } from "./differentiate.ts";
import { rebuildScan, reserveCarried } from "./recurrences.ts";
import { imageOf, mapRoots, rebuild, rewriteNodes } from "./rewrite.ts";

/** What is done to a scalar before it is differentiated. It keeps outputs and inputs. */
export type Prepare = (graph: Graph) => Graph;

/**
 * Replaces the gradients that must be gone before anything is rewritten: those that another gradient differentiates, and
 * those with respect to an intermediate value, which rewriting could dissolve. The others stay. `prepare` brings each scalar
 * to the form that should be differentiated.
 */
export function expandInnerGradients(graph: Graph, prepare: Prepare): Graph {
  const roots = graph.outputs.map((output) => output.node);
  const differentiated = reachable(roots).flatMap((node) => (node.kind === "gradient" ? [node.of] : []));
  const inner = new Set(reachable(differentiated));
  return expand(graph, (node) => inner.has(node) || node.wrt.kind !== "input", prepare);
}

/** Replaces every gradient. */
export function expandGradients(graph: Graph): Graph {
  return expand(graph, () => true, null);
}

/**
 * Ids ascend from arguments to users, so when a gradient's turn comes everything in its `of` is expanded already.
 * All gradients of one scalar come from one sweep.
 */
function expand(graph: Graph, chosen: (node: GradientNode) => boolean, prepare: Prepare | null): Graph {
  const nodes = reachable(graph.outputs.map((output) => output.node));
  const gradients = nodes.filter((node): node is GradientNode => node.kind === "gradient" && chosen(node));
  const builder = new Builder();
  reserveCarried(builder, nodes);
  // What is mentioned comes first, so that a derivative equal to it is it.
  const image = new Map(rewriteNodes(graph.mentions ?? [], builder, rebuild));
  const expanded = new Map<Node, Node>();
  for (const node of nodes) {
    if (image.has(node)) continue;
    if (node.kind !== "gradient" || !chosen(node)) {
      const args = argumentsOf(node).map((arg) => imageOf(image, arg));
      image.set(node, rebuild(node, args, builder));
      continue;
    }
    // The wrt of a later gradient may not be rewritten yet, if `of` does not depend on it.
    if (!expanded.has(node)) {
      const siblings = gradients.filter((g) => g.of === node.of && image.has(g.wrt) && !expanded.has(g));
      const variables = siblings.map((g) => imageOf(image, g.wrt));
      const scalar = imageOf(image, node.of);
      const of = prepare === null ? scalar : prepared(builder, scalar, variables, prepare);
      const results = cotangents(builder, of, variables, undefined, namesOf(siblings, variables));
      for (const [k, g] of siblings.entries()) expanded.set(g, results[k] ?? builder.constant(0, g.shape));
    }
    image.set(node, imageOf(expanded, node));
  }
  return mapRoots(graph, (node) => imageOf(image, node));
}

/** A gradient that the source binds to a name, `du = grad(u, x)`, is known by that name. */
function namesOf(gradients: readonly GradientNode[], variables: readonly Node[]): ReadonlyMap<Node, Origin> {
  return new Map(
    gradients.flatMap(({ origin }, k) => {
      const variable = variables[k];
      const isNamed = origin !== null && origin.name !== null && !origin.adjoint;
      return isNamed && variable !== undefined ? [[variable, origin]] : [];
    }),
  );
}

/** `scalar` in the form that `prepare` gives it, in terms of the same variables: they are inputs while it is prepared. */
function prepared(builder: Builder, scalar: Node, variables: readonly Node[], prepare: Prepare): Node {
  const cut = new Builder();
  const standIns = new Map<string, Node>();
  const visit = (node: Node, args: readonly Node[]): Node => {
    if (node.kind === "input" || !variables.includes(node)) return rebuild(node, args, cut);
    const name = `value ${node.id}`;
    standIns.set(name, node);
    return cut.input(name, "input", node.shape);
  };
  const root = imageOf(rewriteNodes([scalar], cut, visit), scalar);
  const [output] = prepare({ name: "scalar", outputs: [{ name: "scalar", node: root }] }).outputs;
  if (output === undefined) throw new RangeError("preparation lost its output");
  // Its recurrences are others now than those that the rest of the graph still has: they carry tensors of their own.
  const renamed = new Map<CarriedNode, CarriedNode>();
  const rename = (node: CarriedNode): CarriedNode => {
    const own = renamed.get(node) ?? builder.freshCarried(node.key, node.shape, node.origin);
    renamed.set(node, own);
    return own;
  };
  const bound = new Set(
    reachable([output.node])
      .flatMap((node) => (node.kind === "scan" ? node.recurrence.carries : []))
      .map(({ previous }) => previous),
  );
  const restore = (node: Node, args: readonly Node[]): Node => {
    if (node.kind === "carried" && bound.has(node)) return rename(node);
    if (node.kind === "scan") {
      for (const { previous } of node.recurrence.carries) rename(previous);
      return rebuildScan(builder, node, args, renamed);
    }
    const standIn = node.kind === "input" && node.role === "input" ? standIns.get(node.name) : undefined;
    return standIn ?? rebuild(node, args, builder);
  };
  return imageOf(rewriteNodes([output.node], builder, restore), output.node);
}
