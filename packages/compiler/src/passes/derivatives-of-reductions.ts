/** Owns: what the derivatives of reductions are made of, for both directions of differentiation. */

import { axisIndex, type Builder, type Node, type Origin, type ReduceNode, type Shape } from "@adjoint/ir";

/** `x`, whose axes are those of `shape` without `axes`, repeated along `axes`. */
export function broadcastReduced(
  builder: Builder,
  x: Node,
  shape: Shape,
  axes: readonly number[],
  origin: Origin | null,
): Node {
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  return builder.broadcast(x, shape, kept, origin);
}

/**
 * ∂(Π_r x[r])/∂x[s] = Π over r ≠ s of x[r], of x's shape. The product is formed without x[s], not divided by it, so it is
 * right where elements are 0, and so are its own derivatives. Costs n² multiplications for n reduced elements.
 */
export function exclusiveProduct(builder: Builder, node: ReduceNode, origin: Origin | null): Node {
  const { arg, axes } = node;
  const rank = arg.shape.length;
  const space = [...arg.shape, ...axes.map((axis) => arg.shape[axis] ?? 1)];
  // Axes 0 … rank−1 are s (and the kept axes), axes rank … are r.
  const others = builder.read(
    arg,
    space,
    arg.shape.map((_, axis) => {
      const reduced = axes.indexOf(axis);
      return axisIndex(reduced === -1 ? axis : rank + reduced, space.length);
    }),
    null,
    origin,
  );
  const same = axes
    .map((axis, k) =>
      builder.map(
        "eq",
        [
          builder.index(space, axisIndex(axis, space.length), origin),
          builder.index(space, axisIndex(rank + k, space.length), origin),
        ],
        origin,
      ),
    )
    .reduce((a, b) => builder.map("and", [a, b], origin));
  const factors = builder.map("select", [same, builder.constant(1, space), others], origin);
  return builder.reduce(
    "prod",
    factors,
    axes.map((_, k) => rank + k),
    origin,
  );
}

/**
 * Where elements attain the greatest (least) value, and the share each of them has: the derivative splits evenly among ties.
 * `attains` has the argument's shape, `share` (1 / number of ties) the reduction's.
 */
export function extremeShare(
  builder: Builder,
  node: ReduceNode,
  origin: Origin | null,
): { readonly attains: Node; readonly share: Node } {
  const bound = broadcastReduced(builder, node, node.arg.shape, node.axes, origin);
  const attains = builder.map("eq", [node.arg, bound], origin);
  const ties = builder.reduce("sum", attains, node.axes, origin);
  const share = builder.map("div", [builder.constant(1, ties.shape), ties], origin);
  return { attains, share };
}
