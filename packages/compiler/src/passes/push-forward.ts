/** Owns: forward-mode differentiation, from the same tables as the reverse sweep. */

import {
  type Builder,
  type CarriedNode,
  type MapNode,
  type Node,
  type Recurrence,
  type ReduceNode,
  reachable,
  type ScanNode,
  scalarFunctions,
} from "@adjoint/ir";
import { broadcastReduced, exclusiveProduct, extremeShare } from "./derivatives-of-reductions.ts";
import { restrict, times, total, unmasked } from "./masked.ts";
import { recurrencesThatDependOn, unbind } from "./recurrences.ts";
import { argument } from "./rewrite.ts";

/**
 * J · seed: for each output the change that changes `seeds` of the inputs make in it, of the output's shape.
 * All nodes are nodes of `builder`; a seed has the shape of the node it belongs to.
 */
export function tangents(builder: Builder, outputs: readonly Node[], seeds: ReadonlyMap<Node, Node>): readonly Node[] {
  /** Absent where nothing changes. */
  const tangentOf = new Map<Node, Node>(seeds);
  const nodes = reachable(outputs);
  // Within a recurrence that changes, the tangents of what it carries are carried themselves.
  const carried = new Map<CarriedNode, CarriedNode>();
  const changed = new Map<Recurrence, Recurrence>();
  for (const recurrence of recurrencesThatDependOn(nodes, (node) => seeds.has(node))) {
    for (const { previous } of recurrence.carries) {
      const { key, shape, origin } = previous;
      const tangent = builder.freshCarried(`tangent of ${key}`, shape, origin);
      carried.set(previous, tangent);
      tangentOf.set(previous, tangent);
    }
  }
  for (const node of nodes) {
    if (tangentOf.has(node)) continue;
    const tangent =
      node.kind === "scan"
        ? pushThroughScan(builder, node, tangentOf, carried, changed)
        : pushForward(builder, node, tangentOf);
    if (tangent !== null) tangentOf.set(node, tangent);
  }
  return outputs.map((node) => tangentOf.get(node) ?? builder.constant(0, node.shape));
}

/** Ṫ_k = the tangent of next_k, where the tangents of what is carried before a step are those of what is after the last. */
function pushThroughScan(
  builder: Builder,
  node: ScanNode,
  tangentOf: ReadonlyMap<Node, Node>,
  carried: ReadonlyMap<CarriedNode, CarriedNode>,
  changed: Map<Recurrence, Recurrence>,
): Node | null {
  const { recurrence, which, moment, origin } = node;
  const { direction, axis, carries } = recurrence;
  let tangent = changed.get(recurrence);
  if (tangent === undefined) {
    const nexts = carries.map(({ next }) => tangentOf.get(next) ?? builder.constant(0, next.shape));
    const outside = unbind(builder, nexts, recurrence);
    const rows = carries.flatMap(({ previous, initial }, k) => {
      const own = carried.get(previous);
      const next = outside[k];
      if (own === undefined || next === undefined) return [];
      return [{ previous: own, initial: tangentOf.get(initial) ?? builder.constant(0, initial.shape), next }];
    });
    if (rows.length < carries.length) return null;
    tangent = builder.recurrence(direction, axis, rows);
    changed.set(recurrence, tangent);
  }
  return builder.scan(tangent, which, moment, origin);
}

function pushForward(builder: Builder, node: Node, tangentOf: ReadonlyMap<Node, Node>): Node | null {
  switch (node.kind) {
    case "input":
    case "constant":
    case "index":
      return null;
    case "map":
      return throughMap(builder, node, tangentOf);
    case "reduce": {
      const t = tangentOf.get(node.arg);
      return t === undefined ? null : throughReduction(builder, node, t);
    }
    case "read": {
      const t = tangentOf.get(node.source);
      if (t === undefined) return null;
      return builder.read(t, node.shape, node.index, node.fill === null ? null : 0, node.origin);
    }
    case "pick": {
      const t = tangentOf.get(node.source);
      return t === undefined ? null : builder.pick(t, node.axis, node.at, node.origin);
    }
    case "reshape": {
      const t = tangentOf.get(node.source);
      return t === undefined ? null : builder.reshape(t, node.shape, node.origin);
    }
    case "gradient":
      throw new RangeError("a gradient inside what is differentiated: expand it first");
    case "carried":
    case "scan":
      return null;
  }
}

/** Σ_k ∂f/∂x_k · ẋ_k; a select takes the tangent of the branch taken. */
function throughMap(builder: Builder, node: MapNode, tangentOf: ReadonlyMap<Node, Node>): Node | null {
  const zero = builder.constant(0, node.shape);
  if (node.fn === "select") {
    const whenTrue = tangentOf.get(argument(node.args, 1));
    const whenFalse = tangentOf.get(argument(node.args, 2));
    if (whenTrue === undefined && whenFalse === undefined) return null;
    return builder.map("select", [argument(node.args, 0), whenTrue ?? zero, whenFalse ?? zero], node.origin);
  }
  const { partials } = scalarFunctions[node.fn];
  const algebra = builder.algebra(node.shape, node.origin);
  const terms = node.args.flatMap((arg, k) => {
    const partial = partials[k];
    const t = tangentOf.get(arg);
    if (t === undefined || partial === null || partial === undefined) return [];
    return [times(builder, unmasked(t), partial(algebra, node.args, node), true, node.origin)];
  });
  return terms.length === 0 ? null : total(builder, terms, node.origin).clean;
}

function throughReduction(builder: Builder, node: ReduceNode, t: Node): Node {
  const { axes, origin } = node;
  switch (node.op) {
    case "sum":
      return builder.reduce("sum", t, axes, origin);
    case "prod": {
      const terms = times(builder, unmasked(t), exclusiveProduct(builder, node, origin), true, origin);
      return builder.reduce("sum", terms.clean, axes, origin);
    }
    case "max":
    case "min": {
      const { attains, share } = extremeShare(builder, node, origin);
      const repeated = broadcastReduced(builder, share, node.arg.shape, axes, origin);
      const part = restrict(builder, times(builder, unmasked(t), repeated, true, origin), attains, origin);
      return builder.reduce("sum", part.clean, axes, origin);
    }
  }
}
