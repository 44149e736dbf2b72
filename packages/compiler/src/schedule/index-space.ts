/** Owns: row-major index spaces: strides, and walking all index vectors of a shape. */

import type { Shape } from "@adjoint/ir";

/** Row-major strides: element i of the shape lies at Σ strides[a]·i[a]. */
export function stridesOf(shape: Shape): readonly number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** Calls `visit` with every index vector of the shape in row-major order. The vector is reused between calls. */
export function forEachIndex(shape: Shape, visit: (at: readonly number[], position: number) => void): void {
  const at = new Array<number>(shape.length).fill(0);
  for (let position = 0; ; position++) {
    visit(at, position);
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      const next = (at[axis] ?? 0) + 1;
      if (next < (shape[axis] ?? 0)) {
        at[axis] = next;
        break;
      }
      at[axis] = 0;
    }
    if (axis < 0) return;
  }
}

export function flatPosition(at: readonly number[], strides: readonly number[]): number {
  return at.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), 0);
}
