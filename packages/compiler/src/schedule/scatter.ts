/**
 * Owns: recognising that an index is decided by data. `select(v = at[…], d[…, v, …], 0)` is the adjoint of a pick: of all
 * v, one counts. Where it is added to memory, it is enough to visit that one.
 */

import { type Node, plainAxis } from "@adjoint/ir";

export interface Scatter {
  /** The axis along which only one element can be other than 0. */
  readonly axis: number;
  /** Which one: a class within that axis, the same along it. */
  readonly at: Node;
  /** The element there. */
  readonly value: Node;
}

/** Null if the node is anything else. */
export function scatterOf(node: Node): Scatter | null {
  if (node.kind !== "map" || node.fn !== "select") return null;
  const [condition, value, otherwise] = node.args;
  if (condition?.kind !== "map" || condition.fn !== "eq" || value === undefined) return null;
  if (otherwise?.kind !== "constant" || otherwise.value !== 0) return null;
  const [left, right] = condition.args;
  if (left === undefined || right === undefined) return null;
  return matchScatter(left, right, value) ?? matchScatter(right, left, value);
}

function matchScatter(position: Node, at: Node, value: Node): Scatter | null {
  if (position.kind !== "index") return null;
  const axis = plainAxis(position.value);
  if (axis === null || !isClassWithin(at, axis, position.shape[axis] ?? 0)) return null;
  return { axis, at, value };
}

/** Whether the node is whole numbers in 0 … extent − 1, by what is promised of inputs, and the same all along the axis. */
function isClassWithin(node: Node, axis: number, extent: number): boolean {
  if (node.kind !== "read" || node.fill !== null || node.index.some((form) => form.coefficients[axis] !== 0))
    return false;
  const { source } = node;
  return source.kind === "input" && source.element.kind === "class" && source.element.count <= extent;
}
