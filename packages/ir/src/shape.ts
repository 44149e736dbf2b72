/** Owns: extents of tensors. */

/** Extents, outermost axis first. All are positive integers; `[]` is a scalar. */
export type Shape = readonly number[];

export function elementCount(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
