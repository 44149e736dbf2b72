/**
 * Owns: which way a graph went where it is only piecewise smooth. Two points with one signature lie on one smooth piece,
 * as far as their ends can tell; a difference across two signatures says nothing about a derivative.
 */

import {
  flatIndex,
  forEachIndex,
  type Graph,
  type InputNode,
  interpret,
  type Node,
  type Observer,
  reducedStrides,
  type ScalarFunction,
  type ScalarFunctionName,
  scalarFunctions,
} from "@adjoint/ir";

export interface BranchTrace {
  readonly observe: Observer;
  /** Of all that was observed so far, in 64 bits: equal for equal decisions, and (but for chance) only then. */
  readonly signature: () => string;
}

/**
 * Records, of each node it observes: the results of comparisons and roundings, the side of each kink, which argument won
 * a min, max or select, which elements attain an extremum, and where a pick read.
 */
export function traceBranches(): BranchTrace {
  // Two runs of FNV-1a from different bases.
  let low = 0x811c9dc5;
  let high = 0x01234567;
  const record = (decision: number): void => {
    const word = Number.isNaN(decision) ? 0x7ff80000 : decision | 0;
    low = Math.imul(low ^ word, 0x01000193);
    high = Math.imul(high ^ (word + 1), 0x01000193);
    // Multiplication carries only upwards: fold the high bits back, or they would decide nothing.
    low ^= low >>> 15;
    high ^= high >>> 13;
  };
  return {
    observe: (node, values, args) => recordNode(node, values, args, record),
    signature: () => [high, low].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(""),
  };
}

/** Whether a scalar function of the graph is taken exactly where it has a kink, or a min or max of equals. */
export function liesOnKink(graph: Graph, read: (node: InputNode) => ArrayLike<number>): boolean {
  let found = false;
  interpret(graph, read, (node, values, args) => {
    if (found || node.kind !== "map") return;
    const [x, z] = args;
    const kinks = node.fn === "min" || node.fn === "max" ? null : kinksOf(node.fn);
    if (kinks === undefined || x === undefined) return;
    for (let k = 0; k < values.length && !found; k++) found = kinks === null ? x[k] === z?.[k] : kinks.includes(x[k]!);
  });
  return found;
}

function recordNode(
  node: Node,
  values: Float64Array,
  args: readonly Float64Array[],
  record: (decision: number) => void,
): void {
  switch (node.kind) {
    case "input":
    case "constant":
    case "index":
    case "read":
    case "reshape":
    case "gradient":
    case "carried":
    case "scan":
      return;
    case "map": {
      const decide = decisionOf(node.fn);
      if (decide === null) return;
      const [x, z] = args;
      for (let k = 0; k < values.length; k++) record(decide(values[k]!, x?.[k], z?.[k]));
      return;
    }
    case "reduce": {
      if (node.op === "sum" || node.op === "prod") return;
      const strides = reducedStrides(node.arg.shape, node.axes);
      const [arg] = args;
      forEachIndex(node.arg.shape, (at, k) => record(arg![k] === values[flatIndex(at, strides)] ? 1 : 0));
      return;
    }
    case "pick":
      for (const index of args[1]!) record(index);
      return;
  }
}

/** The piece of a scalar function that it is on, from its value and arguments; null for a function of one piece. */
function decisionOf(fn: ScalarFunctionName): ((value: number, x?: number, z?: number) => number) | null {
  const f: ScalarFunction = scalarFunctions[fn];
  if (fn === "stop_gradient") return null;
  if (fn === "select") return (_, condition) => (condition === 0 ? 0 : 1);
  if (fn === "min" || fn === "max") return (_, x, z) => Math.sign(x! - z!);
  if (f.partials.every((partial) => partial === null)) return (value) => value;
  const kinks = kinksOf(fn);
  if (kinks === undefined) return null;
  return (_, x) => kinks.reduce((sides, kink) => sides + Math.sign(x! - kink), 0);
}

function kinksOf(fn: ScalarFunctionName): readonly number[] | undefined {
  const f: ScalarFunction = scalarFunctions[fn];
  return f.domain[0]?.kinks;
}
