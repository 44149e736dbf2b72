/** Owns: tensors as nested lists, for JSON and for people. */

import { elementCount, type Shape } from "@adjoint/ir";
import { formatNumber } from "./numbers.ts";

export type Nested = number | readonly Nested[];

/** Row-major numbers nested by shape; depth is the rank. */
export function nest(values: ArrayLike<number>, shape: Shape, start = 0): Nested {
  const [extent, ...inner] = shape;
  if (extent === undefined) return values[start] ?? Number.NaN;
  const size = elementCount(inner);
  return Array.from({ length: extent }, (_, k) => nest(values, inner, start + k * size));
}

/** `[[0.1, 0.2], [0.3, 0.4]]`, or the first few numbers of a long one and how many there are. */
export function formatTensor(values: ArrayLike<number>, shape: Shape, limit = 32): string {
  const count = values.length;
  if (count <= limit) return formatNested(nest(values, shape));
  const first = Array.from({ length: 6 }, (_, k) => formatNumber(values[k] ?? Number.NaN));
  return `[${first.join(", ")}, …] (${shape.join(" × ")})`;
}

export function formatNested(value: Nested): string {
  return typeof value === "number" ? formatNumber(value) : `[${value.map(formatNested).join(", ")}]`;
}
