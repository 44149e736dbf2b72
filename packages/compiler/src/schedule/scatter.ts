/**
 * Owns: recognising that an index is decided by data. `select(v = at[…], d[…, v, …], 0)` is the adjoint of a pick: of all
 * v, one counts. Where it is added to memory, it is enough to visit that one.
 */

import { type Affine, axisIndex, composeAffine, type Node, plainAxis } from "@adjoint/ir";

export interface Scatter {
  /** The axis along which only one element can be other than 0. */
  readonly axis: number;
  /** Which one: the element of `node` at `index`, a class within that axis, the same along it. */
  readonly at: View;
  /** The element there. */
  readonly value: Node;
}

/** Elements of a node along the axes of another one. */
export interface View {
  readonly node: Node;
  readonly index: readonly Affine[];
}

/** Null if the node is anything else. */
export function scatterOf(node: Node): Scatter | null {
  if (node.kind !== "map" || node.fn !== "select") return null;
  const [tested, value, otherwise] = node.args;
  if (tested === undefined || value === undefined) return null;
  if (otherwise?.kind !== "constant" || otherwise.value !== 0) return null;
  const whole = node.shape.map((_, axis) => axisIndex(axis, node.shape.length));
  const rank = node.shape.length;
  // The test is made along the axes that it depends on, and read along the others.
  const condition = seeThroughReads({ node: tested, index: whole }, rank);
  if (condition.node.kind !== "map" || condition.node.fn !== "eq") return null;
  const sides = condition.node.args.map((side) => seeThroughReads({ node: side, index: condition.index }, rank));
  const [left, right] = sides;
  if (left === undefined || right === undefined) return null;
  return matchScatter(node, left, right, value) ?? matchScatter(node, right, left, value);
}

function matchScatter({ shape }: Node, position: View, at: View, value: Node): Scatter | null {
  if (position.node.kind !== "index") return null;
  const axis = plainAxis(composeAffine(position.node.value, position.index, shape.length));
  return axis !== null && isClassWithin(at, axis, shape[axis] ?? 0) ? { axis, at, value } : null;
}

/** What reads, none of which goes outside, are reads of. */
function seeThroughReads(view: View, rank: number): View {
  let { node, index } = view;
  while (node.kind === "read" && node.fill === null) {
    const inner = index;
    index = node.index.map((form) => composeAffine(form, inner, rank));
    node = node.source;
  }
  return { node, index };
}

/** Whether the elements are whole numbers in 0 … extent − 1, by what is promised of inputs, and the same all along the axis. */
function isClassWithin({ node, index }: View, axis: number, extent: number): boolean {
  if (index.some((form) => form.coefficients[axis] !== 0)) return false;
  return node.kind === "input" && node.element.kind === "class" && node.element.count <= extent;
}
