/**
 * Owns: what a graph is. Eleven kinds of node, each a tensor defined by its elements; nothing here knows a layer.
 *
 * Notation: `T` is the node, `i` an index vector of its shape, `r` one over reduced axes.
 * Every node is immutable and made by a `Builder`, in which equal definitions are one node (hash-consing), so identity is
 * equality, and arguments have smaller ids than the nodes that use them: ascending id is a topological order.
 */

import type { Affine } from "./affine.ts";
import type { ScalarFunctionName } from "./scalar-functions.ts";
import type { Shape } from "./shape.ts";
import type { Span } from "./source.ts";

/** Where a node comes from. It names and comments emitted code; it never takes part in equality. */
export interface Origin {
  /** The name in the source, qualified by the statement's: `h`, `h.z`. Null for an unnamed intermediate. */
  readonly name: string | null;
  /** The innermost source text that defines it (perhaps a line of the standard library). */
  readonly span: Span | null;
  /** The statement of the model or function that asked for it: the line that emitted comments cite. */
  readonly statement: Span | null;
  /** True for what differentiation made: then name, span and statement are those of the primal it serves. */
  readonly adjoint: boolean;
}

/** What an input's numbers stand for: reals, or the classes 0 … count − 1. */
export type Element = { readonly kind: "real" } | { readonly kind: "class"; readonly count: number };

/**
 * Who supplies an input: the network's parameters, an example's data, or, in an optimizer's update, the parameter's
 * cotangent, the optimizer's own state and the step number t = 1, 2, …; `statistic` is a reduction over elements or examples
 * that a formula for one of them reads; `uniform` is noise on [0, 1), `normal` is N(0, 1);
 * `cotangent` and `tangent` seed a derivative from outside.
 */
export type Role =
  | "parameter"
  | "input"
  | "target"
  | "gradient"
  | "state"
  | "step"
  | "statistic"
  | "uniform"
  | "normal"
  | "cotangent"
  | "tangent";

export type ReductionOp = "sum" | "prod" | "max" | "min";

interface NodeBase {
  readonly id: number;
  readonly shape: Shape;
  readonly origin: Origin | null;
}

/** T = what the caller supplies under `name`. */
export interface InputNode extends NodeBase {
  readonly kind: "input";
  readonly name: string;
  readonly role: Role;
  readonly element: Element;
}

/** T[i] = value. */
export interface ConstantNode extends NodeBase {
  readonly kind: "constant";
  readonly value: number;
}

/** T[i] = the affine form at i, as a number (for comparisons of indices, positions, one-hot masks). */
export interface IndexNode extends NodeBase {
  readonly kind: "index";
  readonly value: Affine;
}

/** T[i] = fn(args[0][i], args[1][i], …); all arguments have T's shape. */
export interface MapNode extends NodeBase {
  readonly kind: "map";
  readonly fn: ScalarFunctionName;
  readonly args: readonly Node[];
}

/** T[i] = op over r of arg[i, r]; `axes` (ascending, not empty) are the axes of `arg` that are reduced away. */
export interface ReduceNode extends NodeBase {
  readonly kind: "reduce";
  readonly op: ReductionOp;
  readonly arg: Node;
  readonly axes: readonly number[];
}

/**
 * T[i] = source[index₀(i), index₁(i), …], one affine form per axis of `source`: broadcast, transpose, slice, shift,
 * diagonal, stride. Where a form leaves `source`, T[i] = `fill`; a null `fill` claims that none does (the verifier checks).
 */
export interface ReadNode extends NodeBase {
  readonly kind: "read";
  readonly source: Node;
  readonly index: readonly Affine[];
  readonly fill: number | null;
}

/**
 * T[i] = source[i₀ … i_{axis−1}, at[i], i_axis …]: a read at a data-dependent index. `source` has T's shape with one more
 * axis in front of position `axis`; `at` has T's shape and holds whole numbers inside that axis.
 * Its adjoint is pointwise: ∂source[…, v, …] = select(v = at[i], ∂T[i], 0).
 */
export interface PickNode extends NodeBase {
  readonly kind: "pick";
  readonly source: Node;
  readonly axis: number;
  readonly at: Node;
}

/** T = the elements of `source` in their order, row-major, along other axes; the adjoint gives them back theirs. */
export interface ReshapeNode extends NodeBase {
  readonly kind: "reshape";
  readonly source: Node;
}

/** T[i] = ∂of/∂wrt[i], for a scalar `of`: a value of the language. Expansion replaces it before anything else runs. */
export interface GradientNode extends NodeBase {
  readonly kind: "gradient";
  readonly of: Node;
  readonly wrt: Node;
}

/**
 * T[…, t, …] = what a recurrence knows of a carried tensor before step t: its value after the step before. A bound
 * variable: it occurs only beneath the scans of the one recurrence that carries it, and `key` tells it from all others.
 */
export interface CarriedNode extends NodeBase {
  readonly kind: "carried";
  readonly key: string;
}

/** One tensor of a recurrence. `next` has the shape of `previous`; `initial` has that shape without the axis of time. */
export interface Carry {
  readonly previous: CarriedNode;
  readonly initial: Node;
  readonly next: Node;
}

/**
 * Equations over whole tensors, T_k = next_k(previous₁, previous₂, …), with time t = 0 … extent − 1 along `axis`:
 * previous_k[t] = T_k[t − direction], and initial_k at the first step. Every path from a `previous` to a `next` keeps
 * time pointwise (element t of each node on it is a function of elements t), so step t needs the step before and no
 * other. What depends on no `previous` is an ordinary tensor, computed for all t at once.
 */
export interface Recurrence {
  /** 1 from the first t to the last, −1 from the last to the first. */
  readonly direction: 1 | -1;
  readonly axis: number;
  readonly carries: readonly Carry[];
}

/** T = T_which of the recurrence, the values after each step; or what was carried into each step, `before` it. */
export interface ScanNode extends NodeBase {
  readonly kind: "scan";
  readonly recurrence: Recurrence;
  readonly which: number;
  readonly moment: Moment;
}

export type Moment = "before" | "after";

export type Node =
  | InputNode
  | ConstantNode
  | IndexNode
  | MapNode
  | ReduceNode
  | ReadNode
  | PickNode
  | ReshapeNode
  | GradientNode
  | CarriedNode
  | ScanNode;

export interface Output {
  readonly name: string;
  readonly node: Node;
}

/** Named results; everything else is what they reach. */
export interface Graph {
  readonly name: string;
  readonly outputs: readonly Output[];
  /**
   * Values that the source names, while passes run: rewritten like everything else, so that an equal value made later is
   * this node and bears its name. They are no results: nothing prints, counts or computes them.
   */
  readonly mentions?: readonly Node[];
}

export function argumentsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "input":
    case "constant":
    case "index":
    case "carried":
      return [];
    case "map":
      return node.args;
    case "reduce":
      return [node.arg];
    case "read":
    case "reshape":
      return [node.source];
    case "pick":
      return [node.source, node.at];
    case "gradient":
      return [node.of, node.wrt];
    case "scan":
      return node.recurrence.carries.flatMap(({ initial, next }) => [initial, next]);
  }
}

/** Every node the roots reach, arguments before users. Iterative: depth is bounded by memory, not by the call stack. */
export function reachable(roots: Iterable<Node>): readonly Node[] {
  const seen = new Set<Node>();
  const pending: Node[] = [...roots];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    pending.push(...argumentsOf(node));
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

export function nodesOf(graph: Graph): readonly Node[] {
  return reachable(graph.outputs.map((output) => output.node));
}
