/** Owns: where the nodes of a graph of a batch have their examples, and which of them leave out those that do not count. */

import {
  type Affine,
  argumentsOf,
  elementCount,
  type InputNode,
  type Node,
  plainAxis,
  type ReduceNode,
} from "@adjoint/ir";

/**
 * The axis that is the example's, of every node that is one example's as a page sees it: an element at an example is made
 * of elements at the same one. What mixes examples, or has them along two axes, is left out.
 */
export function exampleAxes(nodes: readonly Node[]): ReadonlyMap<Node, number> {
  const known = new Map<Node, number>();
  // What is carried is known once what it begins with or becomes is: again, until nothing new is.
  for (let before = -1; before < known.size; ) {
    before = known.size;
    for (const node of nodes) {
      const axis = known.get(node) ?? exampleAxis(node, known);
      if (axis !== null) known.set(node, axis);
      if (node.kind !== "scan") continue;
      const own = exampleAxis(node, known);
      if (own !== null) for (const { previous } of node.recurrence.carries) known.set(previous, own);
    }
  }
  return known;
}

function exampleAxis(node: Node, known: ReadonlyMap<Node, number>): number | null {
  const at = (arg: Node): number | null => known.get(arg) ?? null;
  switch (node.kind) {
    case "input":
      return node.role === "input" || node.role === "target" ? 0 : null;
    case "constant":
    case "index":
    case "carried":
      return null;
    case "map":
      return common(node.args.map(at));
    case "reduce": {
      const axis = at(node.arg);
      return axis === null || node.axes.includes(axis) ? null : axis - node.axes.filter((each) => each < axis).length;
    }
    case "read": {
      const axis = at(node.source);
      const form: Affine | undefined = axis === null ? undefined : node.index[axis];
      const own = form === undefined ? null : plainAxis(form);
      return axis === null || own === null || node.shape[own] !== node.source.shape[axis] ? null : own;
    }
    case "pick": {
      const axis = at(node.source);
      if (axis === node.axis) return null;
      return common([axis === null || axis < node.axis ? axis : axis - 1, at(node.at)]);
    }
    case "reshape": {
      const axis = at(node.source);
      if (axis === null) return null;
      const before = elementCount(node.source.shape.slice(0, axis));
      const own = node.shape.findIndex(
        (extent, a) => extent === node.source.shape[axis] && elementCount(node.shape.slice(0, a)) === before,
      );
      return own === -1 ? null : own;
    }
    case "gradient":
      return at(node.wrt);
    case "scan": {
      const { axis, carries } = node.recurrence;
      const begun = (initial: number | null): number | null =>
        initial === null || initial < axis ? initial : initial + 1;
      const own = common(carries.flatMap(({ initial, next }) => [begun(at(initial)), at(next)]));
      return own === axis ? null : own;
    }
  }
}

function common(axes: readonly (number | null)[]): number | null {
  const known = new Set(axes.filter((axis) => axis !== null));
  const [only = null] = known;
  return known.size > 1 ? null : only;
}

/** What a reduction over the examples that count reduces, of each of them; null for any other node. */
export function countedIn(node: Node, examples: InputNode): Node | null {
  if (node.kind !== "reduce" || node.axes.length !== 1 || node.axes[0] !== 0 || node.arg.kind !== "map") return null;
  const [counts, ...others] = node.arg.args;
  const isMask =
    counts?.kind === "map" && counts.fn === "lt" && argumentsOf(counts).some((arg) => isCount(arg, examples));
  if (!isMask) return null;
  return node.arg.fn === maskedBy(node) ? (others[0] ?? null) : null;
}

function maskedBy({ op }: ReduceNode): "mul" | "select" {
  return op === "sum" ? "mul" : "select";
}

/** How many examples count, at every element. */
export function isCount(node: Node, examples: InputNode): boolean {
  return node === examples || (node.kind === "read" && node.source === examples);
}
