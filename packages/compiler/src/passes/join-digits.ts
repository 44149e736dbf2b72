/**
 * Owns: reads whose axes are digits of an index. Along s[16·j + l] with l < 16 the axes j and l together count through s in
 * order, once: what T[…, j, …, l, …] has there lies, as a tensor of one axis more or less, where s has it. The adjoint of
 * such a read needs no sum over the j that may have read an element; it is a reshape.
 */

import { type Affine, axisIndex, type Builder, elementCount, type Node, type Origin, type ReadNode } from "@adjoint/ir";

/** A read of the same elements along fewer axes, and how a tensor of the read's own shape comes to have those. */
export interface JoinedRead {
  readonly read: ReadNode;
  /** Axes along which the read repeats itself: they are reduced away. */
  readonly spare: readonly number[];
  join(x: Node, op: "sum" | "max", origin: Origin | null): Node;
}

/** Null where no index has digits. */
export function joinDigits(builder: Builder, read: ReadNode): JoinedRead | null {
  const { shape, index } = read;
  const groups = index.map((form, a) => digitsOf(form, read, a));
  if (groups.every((group) => group === null)) return null;
  const groupOf = (axis: number): readonly number[] => groups.find((group) => group?.includes(axis)) ?? [axis];
  const spare = shape.flatMap((_, axis) => (index.every((form) => form.coefficients[axis] === 0) ? [axis] : []));
  // Each group stands where T has its first axis.
  const joined: (readonly number[])[] = [];
  for (const axis of shape.keys()) {
    if (!spare.includes(axis) && !joined.some((group) => group.includes(axis))) joined.push(groupOf(axis));
  }
  const order = joined.flat();
  const extents = order.map((axis) => shape[axis] ?? 1);
  const joinedShape = joined.map((group) => elementCount(group.map((axis) => shape[axis] ?? 1)));
  const forms = index.map(
    (form): Affine => ({
      offset: form.offset,
      // A whole group moves its index as its last digit does.
      coefficients: joined.map((group) => form.coefficients[group.at(-1) ?? 0] ?? 0),
    }),
  );
  const kept = [...order].sort((a, b) => a - b);
  return {
    read: { ...read, shape: joinedShape, index: forms },
    spare,
    join: (x, op, origin) => {
      const once = builder.reduce(op, x, spare, origin);
      const places = kept.map((axis) => axisIndex(order.indexOf(axis), order.length));
      return builder.reshape(builder.read(once, extents, places, null, origin), joinedShape, origin);
    },
  };
}

/**
 * The axes that are the digits of one index of the read, the leading one first: Σ cₖ·iₖ with cₖ = cₖ₊₁ · nₖ₊₁. They occur in
 * no other index.
 */
function digitsOf({ coefficients }: Affine, { shape, index }: ReadNode, source: number): readonly number[] | null {
  const moving = coefficients.flatMap((c, axis) => (c !== 0 ? [{ c, axis }] : [])).sort((a, b) => b.c - a.c);
  const elsewhere = index.filter((_, a) => a !== source);
  const isDigit = moving.every(({ c, axis }, k) => {
    const next = moving[k + 1];
    const isPacked = next === undefined || c === next.c * (shape[next.axis] ?? 1);
    return c > 0 && isPacked && elsewhere.every((other) => other.coefficients[axis] === 0);
  });
  return isDigit && moving.length > 1 ? moving.map(({ axis }) => axis) : null;
}
