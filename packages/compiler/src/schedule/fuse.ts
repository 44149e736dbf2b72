/**
 * Owns: which tensors of a graph are given memory and which exist only inside the expressions of their users.
 *
 * Reductions always get memory: merging loops afterwards and contracting buffers to locals makes that free where it can be.
 * Anything else is computed where it is used, unless computing it there again costs more than keeping it.
 */

import { argumentsOf, elementCount, type Graph, type Node, nodesOf, type ScalarFunctionName } from "@adjoint/ir";
import { costOf } from "../scalar-cost.ts";

/** Nodes that one expression may hold; also the bound on every recursion over expressions. */
const expressionLimit = 48;
/** Cost from which even an outer product is worth its memory. */
const transcendental = 8;
/** Elements beyond which nothing but a reduction gets memory. */
const memoryLimit = 2 ** 26;

/** A draw is some 80 additions, and reads nothing. */
const draw: Estimate = { size: 1, cost: 80, leaves: 0 };

interface Estimate {
  /** Nodes in the expression. */
  readonly size: number;
  /** Rough cost of one element, in additions. */
  readonly cost: number;
  /** Elements of memory that all elements together read. */
  readonly leaves: number;
}

/**
 * @param kept nodes that must have memory whatever they cost
 * @param drawn inputs that lie nowhere: each evaluation of an element draws it again
 */
export function chooseBuffers(
  graph: Graph,
  kept: ReadonlySet<Node>,
  drawn: ReadonlySet<Node> = new Set(),
): ReadonlySet<Node> {
  const nodes = nodesOf(graph);
  const uses = new Map<Node, number>();
  for (const node of nodes) for (const arg of argumentsOf(node)) uses.set(arg, (uses.get(arg) ?? 0) + 1);

  const chosen = new Set<Node>(kept);
  const estimates = new Map<Node, Estimate>();
  const keep = (node: Node): void => {
    chosen.add(node);
    estimates.set(node, storedEstimate(node));
  };
  for (const node of nodes) {
    const plain = node.kind === "input" ? storedEstimate(node) : estimateOf(node, estimates, uses);
    estimates.set(node, drawn.has(node) ? draw : plain);
    const isKept = node.kind === "reduce" || node.kind === "carried" || node.kind === "scan";
    if (isKept || chosen.has(node)) keep(node);
    const isTooLong = (): boolean => (estimates.get(node)?.size ?? 1) > expressionLimit;
    // A long operand that is repeated along the node's axes has fewer elements than the node: it takes less to keep that.
    for (const [source, ...views] of isTooLong() ? repeatedOperands(node) : []) {
      if (source === undefined || !isTooLong() || (estimates.get(source)?.size ?? 1) < expressionLimit / 4) continue;
      keep(source);
      for (const of of [...views, node]) estimates.set(of, estimateOf(of, estimates, uses));
    }
    if (isTooLong()) keep(node);
  }

  // Users are decided before what they use, so that evaluations are known.
  const evaluations = new Map<Node, number>();
  for (const { node } of graph.outputs) {
    evaluations.set(node, (evaluations.get(node) ?? 0) + elementCount(node.shape));
  }
  for (const node of [...nodes].reverse()) {
    const demand = evaluations.get(node) ?? 0;
    if (!chosen.has(node) && isWorthMemory(node, demand, estimates.get(node), drawn)) chosen.add(node);
    const times = chosen.has(node) ? elementCount(node.kind === "reduce" ? node.arg.shape : node.shape) : demand;
    for (const arg of argumentsOf(node)) evaluations.set(arg, (evaluations.get(arg) ?? 0) + times);
  }
  return chosen;
}

/** Operands with fewer elements than the node, each with the reads that lead from it to the node. */
function repeatedOperands(node: Node): readonly (readonly Node[])[] {
  return argumentsOf(node).flatMap((arg) => {
    const way: Node[] = [];
    let source: Node = arg;
    for (; source.kind === "read"; source = source.source) way.unshift(source);
    const few = elementCount(source.shape) < elementCount(node.shape);
    return few && (source.kind === "map" || source.kind === "pick") ? [[source, ...way]] : [];
  });
}

function storedEstimate(node: Node): Estimate {
  return { size: 1, cost: 1, leaves: elementCount(node.shape) };
}

function isWorthMemory(node: Node, demand: number, estimate: Estimate | undefined, drawn: ReadonlySet<Node>): boolean {
  const count = elementCount(node.shape);
  const isComputed = node.kind === "map" || node.kind === "pick" || drawn.has(node);
  if (estimate === undefined || !isComputed || count > memoryLimit) return false;
  // What a comparison compares is worth more to keep: it says more, and a comparison costs no more than a load.
  if (node.kind === "map" && isComparison(node.fn)) return false;
  const repeats = demand / count - 1;
  const outerProduct = count > 4 * estimate.leaves;
  if (outerProduct && estimate.cost < transcendental) return false;
  return repeats * estimate.cost > 1;
}

function isComparison(fn: ScalarFunctionName): boolean {
  return fn === "lt" || fn === "le" || fn === "eq" || fn === "ne";
}

function estimateOf(node: Node, estimates: ReadonlyMap<Node, Estimate>, uses: ReadonlyMap<Node, number>): Estimate {
  let size = 1;
  let cost = node.kind === "map" ? costOf(node.fn) : 0;
  let leaves = 0;
  for (const arg of argumentsOf(node)) {
    const of = estimates.get(arg) ?? { size: 1, cost: 1, leaves: 1 };
    size += of.size;
    cost += (uses.get(arg) ?? 0) > 1 ? Math.min(of.cost, 2) : of.cost;
    leaves += of.leaves;
  }
  return { size, cost: node.kind === "constant" || node.kind === "index" ? 0 : cost, leaves };
}
