/** Owns: the walk over a tensor's index vectors, and their positions in row-major memory. */

import { elementCount, type Shape } from "./shape.ts";

/** Visits every index vector in row-major order, with its position k. The vector is reused from call to call. */
export function forEachIndex(shape: Shape, visit: (at: readonly number[], k: number) => void): void {
  const at = new Array<number>(shape.length).fill(0);
  const count = elementCount(shape);
  for (let k = 0; k < count; k++) {
    visit(at, k);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = at[axis]! + 1;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
}

/** Visits, in row-major order, the index vectors that have the given values along the given axes. */
export function forEachIndexAt(
  shape: Shape,
  fixed: ReadonlyMap<number, number>,
  visit: (at: readonly number[], k: number) => void,
): void {
  if (fixed.size === 0) {
    forEachIndex(shape, visit);
    return;
  }
  const strides = stridesOf(shape);
  const at = shape.map((_, axis) => fixed.get(axis) ?? 0);
  const free = shape.flatMap((_, axis) => (fixed.has(axis) ? [] : [axis]));
  for (;;) {
    visit(at, flatIndex(at, strides));
    let turn = free.length - 1;
    for (; turn >= 0; turn--) {
      const axis = free[turn]!;
      at[axis] = at[axis]! + 1;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
    if (turn < 0) return;
  }
}

/**
 * Visits, in row-major order, the index vectors at which rows along the last axis begin, with the position and the length of
 * the row. An axis that is fixed, and none at all, give rows of one element.
 */
export function forEachRowAt(
  shape: Shape,
  fixed: ReadonlyMap<number, number>,
  visit: (at: readonly number[], k: number, length: number) => void,
): void {
  const last = shape.length - 1;
  const isOpen = last >= 0 && !fixed.has(last);
  const length = isOpen ? shape[last]! : 1;
  forEachIndexAt(shape, isOpen ? new Map([...fixed, [last, 0]]) : fixed, (at, k) => visit(at, k, length));
}

/** How far apart neighbours along each axis lie in row-major memory. */
export function stridesOf(shape: Shape): readonly number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** For each axis of `shape`, how far it moves in what is left when `axes` are reduced away: these move nothing. */
export function reducedStrides(shape: Shape, axes: readonly number[]): readonly number[] {
  const kept = stridesOf(shape.filter((_, axis) => !axes.includes(axis)));
  let next = 0;
  return shape.map((_, axis) => (axes.includes(axis) ? 0 : kept[next++]!));
}

export function flatIndex(at: readonly number[], strides: readonly number[]): number {
  let position = 0;
  for (let axis = 0; axis < strides.length; axis++) position += at[axis]! * strides[axis]!;
  return position;
}
