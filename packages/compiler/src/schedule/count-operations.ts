/** Owns: how much scalar work a graph is, counted without unrolling it, and from that the form a procedure takes. */

import { elementCount, type Graph, type Node, nodesOf } from "@adjoint/ir";
import type { Procedure } from "../procedure.ts";
import { viewOfInput } from "./view-of-input.ts";

/**
 * Scalar operations of one run: one for each element of a map, and for each element that a reduction takes in. To pick
 * from what does not lie in memory is to compare with each class.
 */
export function countOperations(graph: Graph): number {
  let count = 0;
  for (const node of nodesOf(graph)) {
    if (node.kind === "map") count += elementCount(node.shape);
    if (node.kind === "reduce") count += elementCount(node.arg.shape);
    if (node.kind === "pick" && viewOfInput(node.source) === null) {
      count += 2 * elementCount(node.shape) * ((node.source.shape[node.axis] ?? 1) - 1);
    }
  }
  return count;
}

/** Elements of all nodes: unrolling visits each, though work is left out of most, as where data pick a row of a table. */
function countElements(graph: Graph): number {
  return nodesOf(graph).reduce((sum, node) => sum + elementCount(node.shape), 0);
}

/**
 * Operations that a straight-line function may have at all. V8 stops optimising at 60 KB of bytecode; an operation takes
 * some 24 bytes with the loads and stores around it, and what is not optimised runs twenty times slower.
 */
export const straightLineLimit = 2000;

/** Elements that unrolling may visit, which takes a microsecond each. */
const visitLimit = 50_000;

/**
 * Straight-line scalars up to the limit (and never beyond {@link straightLineLimit}), loops beyond. Work that treats all elements alike (an optimizer's update, an
 * initializer) reads better as a loop however small it is: nothing in it becomes simpler by unrolling.
 */
export function chooseForm(procedure: Procedure, unrollLimit: number): "scalars" | "loops" {
  if (countOperations(procedure.graph) > Math.min(unrollLimit, straightLineLimit)) return "loops";
  if (countElements(procedure.graph) > visitLimit) return "loops";
  return isUniform(procedure.graph) ? "loops" : "scalars";
}

function isUniform(graph: Graph): boolean {
  if (!graph.outputs.some(({ node }) => elementCount(node.shape) > 2)) return false;
  return nodesOf(graph).every(treatsElementsAlike);
}

function treatsElementsAlike(node: Node): boolean {
  switch (node.kind) {
    case "input":
    case "constant":
    case "map":
      return true;
    case "read":
      return node.source.shape.length === 0;
    case "index":
    case "reduce":
    case "pick":
    case "reshape":
    case "gradient":
    case "carried":
    case "scan":
      return false;
  }
}
