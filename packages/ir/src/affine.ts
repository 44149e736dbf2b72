/** Owns: affine index expressions, the only way in which a read may move an index. */

import type { Shape } from "./shape.ts";

/**
 * The integer `offset + Σₐ coefficients[a] · iₐ` over the axes `a` of the tensor in whose definition it stands.
 * `coefficients.length` is that tensor's rank.
 */
export interface Affine {
  readonly offset: number;
  readonly coefficients: readonly number[];
}

/** The index `i_axis` itself, in a space of `rank` axes. */
export function axisIndex(axis: number, rank: number): Affine {
  return { offset: 0, coefficients: Array.from({ length: rank }, (_, a) => (a === axis ? 1 : 0)) };
}

export function constantIndex(offset: number, rank: number): Affine {
  return { offset, coefficients: new Array<number>(rank).fill(0) };
}

export function evaluateAffine(form: Affine, at: readonly number[]): number {
  const { offset, coefficients } = form;
  let value = offset;
  for (let axis = 0; axis < coefficients.length; axis++) value += coefficients[axis]! * (at[axis] ?? 0);
  return value;
}

/** The least and greatest value over a non-empty index space of the given shape. */
export function affineRange(form: Affine, shape: Shape): { readonly min: number; readonly max: number } {
  let min = form.offset;
  let max = form.offset;
  form.coefficients.forEach((c, axis) => {
    const reach = c * ((shape[axis] ?? 1) - 1);
    if (reach < 0) min += reach;
    else max += reach;
  });
  return { min, max };
}

/** Whether a read of `source` at `index`, over all of `shape`, finds an element everywhere. */
export function staysInside(index: readonly Affine[], shape: Shape, source: Shape): boolean {
  return index.every((form, axis) => {
    const { min, max } = affineRange(form, shape);
    return min >= 0 && max < (source[axis] ?? 0);
  });
}

/** `outer ∘ inner`: what `outer`, written over the axes that `inner` defines, is over the axes `inner` is written in. */
export function composeAffine(outer: Affine, inner: readonly Affine[], rank: number): Affine {
  let offset = outer.offset;
  const coefficients = new Array<number>(rank).fill(0);
  outer.coefficients.forEach((c, axis) => {
    const form = inner[axis];
    if (c === 0 || form === undefined) return;
    offset += c * form.offset;
    form.coefficients.forEach((d, a) => {
      coefficients[a] = (coefficients[a] ?? 0) + c * d;
    });
  });
  return { offset, coefficients };
}

/**
 * `form = divisor · quotient + remainder` with 0 ≤ remainder < divisor everywhere in a space of the given shape, if there
 * are such affine forms; else null. So 12·i + 3·j + k, for j < 4 and k < 3, divided by 12 is i, remainder 3·j + k.
 */
export function divideAffine(
  form: Affine,
  divisor: number,
  shape: Shape,
): { readonly quotient: Affine; readonly remainder: Affine } | null {
  const coefficients = form.coefficients.map((c, axis) => (shape[axis] === 1 ? 0 : c));
  const whole = coefficients.map((c) => (c - (c % divisor)) / divisor);
  const rest = coefficients.map((c, axis) => c - divisor * (whole[axis] ?? 0));
  const { min, max } = affineRange({ offset: form.offset, coefficients: rest }, shape);
  const carried = Math.floor(min / divisor);
  if (max - carried * divisor >= divisor) return null;
  return {
    quotient: { offset: carried, coefficients: whole },
    remainder: { offset: form.offset - carried * divisor, coefficients: rest },
  };
}

/** The axis `a` if the form is exactly `i_a`, else null. */
export function plainAxis(form: Affine): number | null {
  if (form.offset !== 0) return null;
  let found: number | null = null;
  for (const [axis, c] of form.coefficients.entries()) {
    if (c === 0) continue;
    if (c !== 1 || found !== null) return null;
    found = axis;
  }
  return found;
}
