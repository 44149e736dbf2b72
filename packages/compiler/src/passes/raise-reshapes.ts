/**
 * Owns: reshapes of what is computed, moved behind what is computed of them. A reshape shows memory along other axes, so what
 * is reshaped has to lie there; elementwise work along the source's axes needs it only for the last of its tensors, and the
 * adjoint of a read by digits (of pooling, say) none of its own.
 */

import {
  type Affine,
  argumentsOf,
  composeAffine,
  type Graph,
  type Node,
  type ReshapeNode,
  reachable,
  type Shape,
  sameShape,
  timeAxesOf,
} from "@adjoint/ir";
import { rebuild, rewriteGraph, rootsOf } from "./rewrite.ts";

/**
 * f(reshape(a), b) becomes reshape(f(a, b read by the digits of its axes)), and a reduction of a reshape along whole axes one
 * of its source, where each axis that a reshape makes is some of its source's put together, and nothing else uses it.
 */
export function raiseReshapes(graph: Graph): Graph {
  const roots = rootsOf(graph);
  const nodes = reachable(roots);
  if (!nodes.some(({ kind }) => kind === "reshape")) return graph;
  const uses = new Map<Node, number>();
  for (const node of [...new Set(roots), ...nodes.flatMap(argumentsOf)]) uses.set(node, (uses.get(node) ?? 0) + 1);
  const isUsedOnce = (node: Node): boolean =>
    uses.get(node) === 1 && (node.kind !== "reshape" || uses.get(node.source) === 1);
  // Within a recurrence an axis is its time, and no reshape puts that together with others.
  const recurrences = new Set(nodes.flatMap((node) => (node.kind === "scan" ? [node.recurrence] : [])));
  const stepped = new Set([...recurrences].flatMap((recurrence) => [...timeAxesOf(recurrence).keys()]));
  return rewriteGraph(graph, (node, args, builder) => {
    if (stepped.has(node)) return rebuild(node, args, builder);
    if (node.kind === "map") {
      const raised = args.find((arg, k): arg is ReshapeNode => {
        const original = node.args[k];
        return arg.kind === "reshape" && isComputed(arg.source) && original !== undefined && isUsedOnce(original);
      });
      const digits = raised === undefined ? null : digitsOf(raised.source.shape, raised.shape);
      if (raised === undefined || digits === null) return rebuild(node, args, builder);
      const { shape } = raised.source;
      const along = (arg: Node): Node => {
        if (arg.kind === "constant") return builder.constant(arg.value, shape, arg.origin);
        if (arg.kind === "reshape" && sameShape(arg.source.shape, shape)) return arg.source;
        if (arg.kind !== "read" || arg.fill !== null) return builder.read(arg, shape, digits.index, null, arg.origin);
        const forms = arg.index.map((form) => composeAffine(form, digits.index, shape.length));
        return builder.read(arg.source, shape, forms, null, arg.origin);
      };
      return builder.reshape(builder.map(node.fn, args.map(along), node.origin), node.shape, node.origin);
    }
    const [arg] = args;
    if (node.kind !== "reduce" || arg?.kind !== "reshape" || !isComputed(arg.source))
      return rebuild(node, args, builder);
    const digits = digitsOf(arg.source.shape, arg.shape);
    if (digits === null) return rebuild(node, args, builder);
    const reduced = node.axes.flatMap((axis) => digits.groups[axis] ?? []);
    const left = arg.source.shape.filter((extent, axis) => !reduced.includes(axis) && extent > 1);
    // What is left of the source's axes are the result's, or the result would be a reshape itself.
    if (
      !sameShape(
        left,
        node.shape.filter((extent) => extent > 1),
      )
    )
      return rebuild(node, args, builder);
    return builder.reshape(builder.reduce(node.op, arg.source, reduced, node.origin), node.shape, node.origin);
  });
}

/** Whether the node has no memory but what a reshape of it asks for. */
function isComputed({ kind }: Node): boolean {
  return kind === "map" || kind === "read" || kind === "pick";
}

interface Digits {
  /** For each axis of the target, those of the source that it consists of. */
  readonly groups: readonly (readonly number[])[];
  /** For each axis of the target, where an element of the source is on it. */
  readonly index: readonly Affine[];
}

/** Null where an axis of the target is not some neighbouring axes of the source. */
function digitsOf(source: Shape, target: Shape): Digits | null {
  const groups: number[][] = [];
  let next = 0;
  for (const extent of target) {
    const group: number[] = [];
    let product = 1;
    for (; product < extent && next < source.length; next++) {
      product *= source[next] ?? 1;
      group.push(next);
    }
    if (product !== extent) return null;
    groups.push(group);
  }
  const index = groups.map((group): Affine => {
    const coefficients = source.map(() => 0);
    group.reduceRight((stride, axis) => {
      coefficients[axis] = stride;
      return stride * (source[axis] ?? 1);
    }, 1);
    return { offset: 0, coefficients };
  });
  return { groups, index };
}
