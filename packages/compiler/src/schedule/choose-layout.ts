/**
 * Owns: in which order a tensor's elements may lie in scratch memory. The order of the axes is row-major; where the leading
 * axis is the examples of a batch, that axis may lie innermost instead: then whatever is done for one example is done for
 * its neighbours with contiguous reads and writes, be it a convolution, a normalisation or a step of a recurrence.
 */

import { elementCount, type Graph, type Node, nodesOf, type Shape } from "@adjoint/ir";
import { stridesOf } from "./index-space.ts";

export type Layout = "rows" | "examples-innermost";

/** The distance in memory between neighbours along each axis. */
export function stridesIn(layout: Layout, shape: Shape): readonly number[] {
  if (layout === "rows") return stridesOf(shape);
  const [examples = 1, ...own] = shape;
  return [1, ...stridesOf(own).map((stride) => stride * examples)];
}

/**
 * The tensors that can have their examples innermost: those whose leading axis is the batch. What a reshape shows along
 * other axes lies where it lay, so its source can only if it can.
 */
export function findBatched(graph: Graph, examples: number): ReadonlySet<Node> {
  const isBatched = ({ shape }: Node): boolean => shape[0] === examples && elementCount(shape) > examples;
  const batched = new Set(nodesOf(graph).filter(isBatched));
  const views = nodesOf(graph).flatMap((node) => (node.kind === "reshape" ? [node] : []));
  for (let before = -1; before !== batched.size; ) {
    before = batched.size;
    for (const view of views) {
      if (batched.has(view) && batched.has(view.source)) continue;
      batched.delete(view);
      batched.delete(view.source);
    }
  }
  return batched;
}
