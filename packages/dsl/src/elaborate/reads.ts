/**
 * Owns: lowering `x[i + u, label else v]` and `x[i, ..]` to read, pick and select nodes.
 *
 * The read is made over the indices it depends on, plus one slot per data-dependent index; each slot is then picked away.
 * Where `else` is no constant, the read is filled with 0 and a mask over the indices selects.
 */

import {
  type Affine,
  affineRange,
  axisIndex,
  type Node,
  type ScalarFunctionName,
  type Shape,
  type Span,
} from "@adjoint/ir";
import type { Expression, Read } from "../syntax-tree.ts";
import { readableTensor, reportNotAffine, reportNotElement } from "./index-demands.ts";
import { type Division, divideForm } from "./index-digits.ts";
import { affineForm, constantForm, type Form, formOfValue } from "./index-forms.ts";
import { axisText, reportOutside } from "./index-ranges.ts";
import { originOf, report, type Scope } from "./session.ts";
import { applyScalar, type Operand, quote, spaceOf, tensor } from "./tensors.ts";
import {
  describe,
  type IndexVariable,
  isQuantity,
  mergeIndices,
  numberValue,
  type Poison,
  poison,
  type Quantity,
  type TensorValue,
  type Value,
} from "./values.ts";

/** How one axis is indexed: by an affine form, or by the classes in a tensor. */
type AxisIndex =
  | { readonly kind: "form"; readonly form: Form<IndexVariable>; readonly span: Span }
  | { readonly kind: "data"; readonly at: TensorValue; readonly span: Span };

/**
 * One axis of the read before slots are picked away: an index, the slot of the source axis that data will index, or an
 * axis of the source that `..` keeps.
 */
type ReadAxis =
  | { readonly kind: "index"; readonly index: IndexVariable; readonly extent: number }
  | { readonly kind: "kept"; readonly extent: number }
  | { readonly kind: "slot"; readonly at: TensorValue; readonly extent: number };

export function lowerRead(read: Read, scope: Scope, name: string | null): Value {
  const source = readableTensor(scope, read, scope.session.evaluate(read.source, scope, null));
  if (source === null) return poison;
  const axes: AxisIndex[] = [];
  for (const [axis, index] of read.indices.entries()) {
    const lowered = lowerIndex(scope, index, source, axis, read);
    if (lowered !== null) axes.push(lowered);
  }
  if (axes.length !== read.indices.length) return poison;
  if (read.otherwise === null) {
    return checkBounds(scope, read, source, axes) ? gather(scope, read, source, axes, null, name) : poison;
  }
  const otherwise = scope.session.evaluate(read.otherwise, scope, null);
  if (otherwise.kind === "number") return gather(scope, read, source, axes, otherwise.value, name);
  if (!(read.trailing !== null && isQuantity(otherwise)) && !isElement(scope, otherwise, read.otherwise)) return poison;
  const inside = gather(scope, read, source, axes, 0, null);
  if (inside.kind === "poison") return poison;
  const operands: readonly Operand[] = [
    { value: insideMask(scope, source, axes, read.span), span: read.span },
    { value: inside, span: read.span },
    { value: otherwise, span: read.otherwise.span },
  ];
  return applyScalar(scope, "select", operands, read.span, name);
}

/** The index in scope under that name, as a position. */
export function findIndex(scope: Scope, name: string): Form<IndexVariable> | null {
  for (let at = scope.indices; at !== null; at = at.outer) {
    if (at.name !== name) continue;
    return { offset: 0, terms: new Map(at.digits.map(({ variable, weight }) => [variable, weight])) };
  }
  return null;
}

/** Quotient and remainder of a position, where they are positions again. */
export function dividePosition(form: Form<IndexVariable>, divisor: number): Division<IndexVariable> | null {
  return divideForm(form, divisor, (variable) => variable.extent);
}

/** A position as a number. */
export function positionValue(scope: Scope, form: Form<IndexVariable>, span: Span, name: string | null): TensorValue {
  const variables = sortedVariables(form);
  const own = ownSpace(form, variables);
  return tensor(scope.session.builder.index(own.shape, own.form, originOf(scope, span, name)), variables, []);
}

/** Whether a value is a single number at each index; reports it if not. */
export function isElement(scope: Scope, value: Value, expression: Expression): value is Quantity {
  if (value.kind === "poison") return false;
  if (!isQuantity(value)) {
    report(scope, "wrong-kind", `a number is needed here`, [
      { span: expression.span, text: `this is ${describe(value)}` },
    ]);
    return false;
  }
  if (value.kind === "number" || value.shape.length === 0) return true;
  const indices: string[] = [];
  for (let at = scope.indices; at !== null; at = at.outer) indices.unshift(at.name);
  reportNotElement(scope, value, expression, indices);
  return false;
}

function lowerIndex(scope: Scope, index: Expression, source: TensorValue, axis: number, read: Read): AxisIndex | null {
  let failed = false;
  const values = new Map<Expression, Value>();
  const form = affineForm<IndexVariable>(index, {
    leaf: (leaf) => {
      if (leaf.kind === "number") return constantForm(leaf.value);
      if (leaf.kind === "reference") {
        const position = findIndex(scope, leaf.name.text);
        if (position !== null) return position;
      }
      const value = scope.session.evaluate(leaf, scope, null);
      values.set(leaf, value);
      if (value.kind === "poison") failed = true;
      return formOfValue(value);
    },
    divide: dividePosition,
  });
  if (failed) return null;
  if (form !== null) return { kind: "form", form, span: index.span };
  const at = values.get(index);
  const extent = source.shape[axis] ?? 0;
  if (at?.kind !== "tensor" || at.classes === null || at.shape.length > 0) {
    reportNotAffine(scope, read, axis, source);
    return null;
  }
  if (at.classes <= extent) return { kind: "data", at, span: index.span };
  report(
    scope,
    "class-mismatch",
    `${quote(index.span)} is a class out of ${at.classes} where ${quote(read.source.span)} has ${axisText(extent, axis, source.shape.length)}`,
    [
      { span: index.span, text: `0 to ${at.classes - 1}` },
      { span: read.source.span, text: `read at 0 to ${extent - 1}` },
    ],
  );
  return null;
}

function gather(
  scope: Scope,
  read: Read,
  source: TensorValue,
  axes: readonly AxisIndex[],
  fill: number | null,
  name: string | null,
): TensorValue | Poison {
  const { builder } = scope.session;
  let indices = source.indices;
  for (const axis of axes) {
    indices = mergeIndices(indices, axis.kind === "form" ? sortedVariables(axis.form) : axis.at.indices);
  }
  const space: ReadAxis[] = indices.map((index) => ({ kind: "index", index, extent: index.extent }));
  const slots: (ReadAxis | null)[] = [];
  // A slot stands after the indices of the axes before it, so that reading rows in order moves nothing.
  let position = source.indices.length;
  for (const [k, axis] of axes.entries()) {
    if (axis.kind === "form") {
      for (const index of axis.form.terms.keys()) position = Math.max(position, positionOf(space, index) + 1);
      slots.push(null);
    } else {
      const slot: ReadAxis = { kind: "slot", at: axis.at, extent: source.shape[k] ?? 0 };
      space.splice(position, 0, slot);
      slots.push(slot);
      position++;
    }
  }
  const kept = source.shape.slice(axes.length).map((extent): ReadAxis => ({ kind: "kept", extent }));
  space.push(...kept);
  const shape = space.map((axis) => axis.extent);
  if (spaceOf(scope, [], shape, read.span) === null) return poison;
  const forms: Affine[] = [
    ...source.indices.map((index) => axisIndex(positionOf(space, index), space.length)),
    ...axes.map((axis, k) => {
      const slot = slots[k] ?? null;
      if (axis.kind === "form") return affineOver(axis.form, space);
      return axisIndex(slot === null ? 0 : space.indexOf(slot), space.length);
    }),
    ...kept.map((axis) => axisIndex(space.indexOf(axis), space.length)),
  ];
  const picks = slots.filter((slot) => slot !== null).length;
  const origin = originOf(scope, read.span, picks === 0 ? name : null);
  let node: Node = builder.read(source.node, shape, forms, fill, origin);
  for (let left = picks; left > 0; left--) {
    const axis = space.findIndex((at) => at.kind === "slot");
    const slot = space.splice(axis, 1)[0];
    if (slot?.kind !== "slot") break;
    const places = slot.at.indices.map((index) => positionOf(space, index));
    const at = builder.broadcast(
      slot.at.node,
      space.map((each) => each.extent),
      places,
      origin,
    );
    node = builder.pick(node, axis, at, originOf(scope, read.span, left === 1 ? name : null));
  }
  const classes = fill === null || isClass(fill, source.classes) ? source.classes : null;
  const own = kept.map((axis) => axis.extent);
  return { ...tensor(node, indices, own), classes, declared: source.declared };
}

/** 1 where every affine index is inside the source, else 0. */
function insideMask(scope: Scope, source: TensorValue, axes: readonly AxisIndex[], span: Span): Quantity {
  const apply = (fn: ScalarFunctionName, a: Quantity, b: Quantity): Quantity => {
    const value = applyScalar(
      scope,
      fn,
      [
        { value: a, span },
        { value: b, span },
      ],
      span,
      null,
    );
    return isQuantity(value) ? value : a;
  };
  const conditions: Quantity[] = [];
  for (const [k, axis] of axes.entries()) {
    if (axis.kind === "data") continue;
    const { form, shape } = ownSpace(axis.form, sortedVariables(axis.form));
    const position = positionValue(scope, axis.form, span, null);
    const { min, max } = affineRange(form, shape);
    const extent = source.shape[k] ?? 0;
    if (min < 0) conditions.push(apply("le", numberValue(0), position));
    if (max >= extent) conditions.push(apply("le", position, numberValue(extent - 1)));
  }
  const [first, ...rest] = conditions;
  return first === undefined ? numberValue(1) : rest.reduce((mask, condition) => apply("and", mask, condition), first);
}

function checkBounds(scope: Scope, read: Read, source: TensorValue, axes: readonly AxisIndex[]): boolean {
  for (const [k, axis] of axes.entries()) {
    if (axis.kind === "data") continue;
    const { form, shape } = ownSpace(axis.form, sortedVariables(axis.form));
    const { min, max } = affineRange(form, shape);
    const extent = source.shape[k] ?? 0;
    if (min >= 0 && max < extent) continue;
    reportOutside(scope, read, k, source, min < 0 ? min : max);
    return false;
  }
  return true;
}

function sortedVariables(form: Form<IndexVariable>): readonly IndexVariable[] {
  return [...form.terms.keys()].sort((a, b) => a.order - b.order);
}

function positionOf(space: readonly ReadAxis[], index: IndexVariable): number {
  return space.findIndex((axis) => axis.kind === "index" && axis.index === index);
}

function affineOver(form: Form<IndexVariable>, space: readonly ReadAxis[]): Affine {
  return {
    offset: form.offset,
    coefficients: space.map((axis) => (axis.kind === "index" ? (form.terms.get(axis.index) ?? 0) : 0)),
  };
}

/** The form over the space of its own variables. */
function ownSpace(form: Form<IndexVariable>, variables: readonly IndexVariable[]): { form: Affine; shape: Shape } {
  const space = variables.map((index): ReadAxis => ({ kind: "index", index, extent: index.extent }));
  return { form: affineOver(form, space), shape: variables.map((index) => index.extent) };
}

function isClass(value: number, classes: number | null): boolean {
  return classes !== null && Number.isInteger(value) && value >= 0 && value < classes;
}
