/** Owns: recognising that a tensor is an input seen along other axes: where in the input each of its elements lies. */

import { type Affine, axisIndex, composeAffine, type InputNode, type Node } from "@adjoint/ir";
import { stridesOf } from "./index-space.ts";

export interface ViewOfInput {
  readonly node: InputNode;
  /** The place of an element in the input, row-major, of its index in the view. */
  readonly position: Affine;
}

/** Null if an element is computed, or lies outside for some index. */
export function viewOfInput(node: Node): ViewOfInput | null {
  const rank = node.shape.length;
  let index: readonly Affine[] = node.shape.map((_, axis) => axisIndex(axis, rank));
  let source = node;
  while (source.kind === "read" && source.fill === null) {
    const outer = index;
    index = source.index.map((form) => composeAffine(form, outer, rank));
    source = source.source;
  }
  if (source.kind !== "input") return null;
  const flat: Affine = { offset: 0, coefficients: stridesOf(source.shape) };
  return { node: source, position: composeAffine(flat, index, rank) };
}
