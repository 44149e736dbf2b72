/** Owns: looking at nodes through the reads that repeat them, so that a formula is recognised wherever it is broadcast. */

import {
  type Affine,
  type Builder,
  type Node,
  type ReadNode,
  type ReduceNode,
  type ScalarFunctionName,
  type Shape,
  staysInside,
} from "@adjoint/ir";

/** The arguments if `node` is `fn` of something, perhaps read elsewhere: f(x)[…] = f(x[…]). */
export function argumentsOfMap(builder: Builder, node: Node, fn: ScalarFunctionName): readonly Node[] | null {
  if (node.kind === "map") return node.fn === fn ? node.args : null;
  if (node.kind !== "read" || node.fill !== null) return null;
  const { source } = node;
  if (source.kind !== "map" || source.fn !== fn) return null;
  return source.args.map((arg) => builder.read(arg, node.shape, node.index, null, arg.origin));
}

/** The reduction that `node` is or reads, and how it is read. */
export function reductionOf(node: Node): { readonly reduction: ReduceNode; readonly read: ReadNode | null } | null {
  if (node.kind === "reduce") return { reduction: node, read: null };
  if (node.kind === "read" && node.fill === null && node.source.kind === "reduce") {
    return { reduction: node.source, read: node };
  }
  return null;
}

/** `x` read as `read` reads, or `x` itself. */
export function readAs(builder: Builder, x: Node, read: ReadNode | null): Node {
  return read === null ? x : builder.read(x, read.shape, read.index, read.fill, x.origin);
}

export function constantValue(node: Node): number | null {
  return node.kind === "constant" ? node.value : null;
}

/** Whether the node's elements may differ along the axis. */
export function variesAlong(node: Node, axis: number): boolean {
  if ((node.shape[axis] ?? 1) === 1) return false;
  switch (node.kind) {
    case "constant":
      return false;
    case "index":
      return node.value.coefficients[axis] !== 0;
    case "read": {
      // What is the same everywhere differs from what lies outside, and from nothing else.
      const [{ source, index, shape }, isSame] = [node, node.source.kind === "constant"];
      const isInside = (form: Affine, a: number): boolean => staysInside([form], shape, [source.shape[a] ?? 1]);
      return index.some((form, a) => form.coefficients[axis] !== 0 && !(isSame && isInside(form, a)));
    }
    case "input":
    case "map":
    case "reduce":
    case "pick":
    case "reshape":
    case "gradient":
    case "carried":
    case "scan":
      return true;
  }
}

export function isInvariant(node: Node, axes: readonly number[]): boolean {
  return axes.every((axis) => !variesAlong(node, axis));
}

/** `node`, which does not vary along `axes`, without them. */
export function dropAxes(builder: Builder, node: Node, axes: readonly number[]): Node {
  const shape = node.shape.filter((_, axis) => !axes.includes(axis));
  return builder.read(node, shape, keptForms(node.shape, axes), null, node.origin);
}

/** Index 0 along `axes`, the remaining axes in order along the others. */
export function keptForms(shape: Shape, axes: readonly number[]): readonly Affine[] {
  const rank = shape.length - axes.length;
  let next = 0;
  return shape.map((_, axis) => {
    const at = axes.includes(axis) ? -1 : next++;
    return { offset: 0, coefficients: Array.from({ length: rank }, (_, k) => (k === at ? 1 : 0)) };
  });
}

/** `x`, whose axes are those of `shape` without `axes`, repeated along them. */
export function repeatAlong(builder: Builder, x: Node, shape: Shape, axes: readonly number[]): Node {
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  return builder.broadcast(x, shape, kept, x.origin);
}

const truths: ReadonlySet<ScalarFunctionName> = new Set(["lt", "le", "eq", "ne", "and", "or", "not"]);

/** Whether every element is 0 or 1. */
export function isTruth(node: Node): boolean {
  const source =
    node.kind === "read" && (node.fill === null || node.fill === 0 || node.fill === 1) ? node.source : node;
  return source.kind === "map"
    ? truths.has(source.fn)
    : source.kind === "constant" && (source.value === 0 || source.value === 1);
}
