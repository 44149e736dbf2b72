/**
 * Owns: the adjoint of a read. A read T[i] = s[A·i + b] has the cotangent ∂s[j] = Σ over i with A·i + b = j of ∂T[i].
 * The equations are solved for as many axes of i as have a coefficient ±1 (a gather); what cannot be solved stays as an
 * equality of indices that masks a sum (stride, diagonal, dilation).
 */

import {
  type Affine,
  affineRange,
  axisIndex,
  type Builder,
  type Node,
  type Origin,
  type ReadNode,
  type Shape,
} from "@adjoint/ir";

/**
 * For each element j of the source, where in T it was read: the elements `at(j, f)` of T for all f over `free` axes
 * for which every `equations` form is 0 (and `at` lies inside T).
 */
export interface InverseRead {
  /** Extents of the space (j and f interleaved) in which `at` and `equations` are written. */
  readonly space: Shape;
  /** Axes of the space that are f, to be reduced away. The others are j, in order. */
  readonly free: readonly number[];
  /** One form per axis of T. */
  readonly at: readonly Affine[];
  readonly equations: readonly Affine[];
}

export function invertRead(read: ReadNode): InverseRead {
  const sourceRank = read.source.shape.length;
  const rank = read.shape.length;
  const width = sourceRank + rank;
  // Everything is written over the variables (j₀ … , i₀ …); equation a is form_a(i) − j_a = 0.
  const solved = new Map<number, Affine>();
  let pending: Affine[] = read.index.map((form, a) => ({
    offset: form.offset,
    coefficients: [...axisIndex(a, sourceRank).coefficients.map((c) => -c), ...form.coefficients],
  }));
  const rest: Affine[] = [];
  const solvedBy = new Map<number, number>();
  for (let a = 0; a < sourceRank; a++) {
    const [equation, ...others] = pending;
    if (equation === undefined) break;
    pending = others;
    const axis = unitAxis(equation, read.shape);
    if (axis === null) {
      rest.push(equation);
      continue;
    }
    // c·i_axis + rest = 0 with c = ±1, so i_axis = −c·rest.
    const c = equation.coefficients[axis] ?? 0;
    const expression: Affine = {
      offset: -c * equation.offset,
      coefficients: equation.coefficients.map((d, v) => (v === axis ? 0 : -c * d)),
    };
    const replace = (form: Affine) => eliminate(form, axis, expression);
    pending = pending.map(replace);
    for (const [v, form] of solved) solved.set(v, replace(form));
    for (const [k, form] of rest.entries()) rest[k] = replace(form);
    solved.set(axis, expression);
    solvedBy.set(a, axis - sourceRank);
  }
  const freeAxes = read.shape.map((_, i) => i).filter((i) => !solved.has(sourceRank + i));
  // Free axes stand where T has them, as far as the order of j allows: then ∂T is often read as it lies.
  const order: number[] = [];
  const waiting = [...freeAxes];
  for (let a = 0; a < sourceRank; a++) {
    const position = solvedBy.get(a) ?? -1;
    for (let next = waiting[0]; next !== undefined && next < position; next = waiting[0]) {
      order.push(sourceRank + next);
      waiting.shift();
    }
    order.push(a);
  }
  for (const axis of waiting) order.push(sourceRank + axis);
  const reorder = (form: Affine): Affine => ({
    offset: form.offset,
    coefficients: order.map((v) => form.coefficients[v] ?? 0),
  });
  return {
    space: order.map((v) => (v < sourceRank ? read.source.shape[v] : read.shape[v - sourceRank]) ?? 1),
    free: order.flatMap((v, position) => (v < sourceRank ? [] : [position])),
    at: read.shape.map((_, i) => reorder(solved.get(sourceRank + i) ?? axisIndex(sourceRank + i, width))),
    equations: rest.map(reorder),
  };
}

/** Σ (or the greatest) over the places that read each element of the source, of `cotangent` there; 0 if there is none. */
export function gather(
  builder: Builder,
  inverse: InverseRead,
  cotangent: Node,
  op: "sum" | "max",
  origin: Origin | null,
): Node {
  const { space, free, at, equations } = inverse;
  const zero = builder.constant(0, space);
  let value = builder.read(cotangent, space, at, 0, origin);
  for (const equation of equations) {
    const [left, right] = sides(equation);
    const holds = builder.map("eq", [builder.index(space, left, origin), builder.index(space, right, origin)], origin);
    value = builder.map("select", [holds, value, zero], origin);
  }
  return builder.reduce(op, value, free, origin);
}

/** Whether every element of the source is read by some element of T. */
export function readsEverything(inverse: InverseRead, shape: Shape): boolean {
  return (
    inverse.equations.length === 0 &&
    inverse.at.every((form, axis) => {
      const { min, max } = affineRange(form, inverse.space);
      return min >= 0 && max < (shape[axis] ?? 1);
    })
  );
}

/**
 * The variable of the axis of i to solve for: one whose coefficient is ±1, and of those the longest, because the others
 * are summed over; at a tie the innermost, because then the gather is contiguous.
 */
function unitAxis(equation: Affine, shape: Shape): number | null {
  const from = equation.coefficients.length - shape.length;
  let best: number | null = null;
  let length = 0;
  for (const [axis, extent] of shape.entries()) {
    if (Math.abs(equation.coefficients[from + axis] ?? 0) !== 1 || extent < length) continue;
    best = from + axis;
    length = extent;
  }
  return best;
}

/** The form as left − right with no negative number on either side, to be read as left = right. */
function sides(form: Affine): readonly [Affine, Affine] {
  const part = (sign: number): Affine => ({
    offset: Math.max(0, sign * form.offset),
    coefficients: form.coefficients.map((c) => Math.max(0, sign * c)),
  });
  return [part(1), part(-1)];
}

function eliminate(form: Affine, variable: number, expression: Affine): Affine {
  const c = form.coefficients[variable] ?? 0;
  if (c === 0) return form;
  return {
    offset: form.offset + c * expression.offset,
    coefficients: form.coefficients.map((d, v) => (v === variable ? 0 : d + c * (expression.coefficients[v] ?? 0))),
  };
}
