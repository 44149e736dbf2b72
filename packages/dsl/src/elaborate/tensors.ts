/** Owns: arithmetic on quantities: shapes are compared, indices aligned, numbers folded, nodes made. */

import {
  type Affine,
  constantIndex,
  elementCount,
  type Node,
  type Origin,
  type ScalarFunctionName,
  type Shape,
  type Span,
  sameShape,
  scalarFunctions,
  textOf,
} from "@adjoint/ir";
import type { Label } from "../diagnostic.ts";
import type { Expression } from "../syntax-tree.ts";
import { limits, originOf, report, type Scope } from "./session.ts";
import {
  describe,
  type IndexVariable,
  isQuantity,
  mergeIndices,
  numberValue,
  poison,
  type Quantity,
  shapeText,
  type TensorValue,
  type Value,
} from "./values.ts";

/** A value and the text that it was written as, for messages. */
export interface Operand {
  readonly value: Quantity;
  readonly span: Span;
}

/** The value of an expression that must be a number or a tensor; null if it is not, which has been reported. */
export function evaluateOperand(expression: Expression, scope: Scope): Operand | null {
  const value = scope.session.evaluate(expression, scope, null);
  if (isQuantity(value)) return { value, span: expression.span };
  if (value.kind === "poison") return null;
  report(
    scope,
    "wrong-kind",
    `arithmetic needs a number or a tensor`,
    [{ span: expression.span, text: `this is ${describe(value)}` }],
    `its values are numbers: ${asSubject(expression)}(x)`,
  );
  return null;
}

/** The extents of an iteration space, or null (reported) if it is too large to count. */
export function spaceOf(scope: Scope, indices: readonly IndexVariable[], shape: Shape, span: Span): Shape | null {
  const extents = [...indices.map((index) => index.extent), ...shape];
  if (elementCount(extents) <= limits.points && extents.length <= limits.axes) return extents;
  const message =
    extents.length > limits.axes
      ? `this runs over ${extents.length} indices at once; at most ${limits.axes} are allowed`
      : `this runs over ${extents.join(" × ")} points, more than can be counted`;
  report(scope, "tensor-too-large", message, [{ span, text: "here" }]);
  return null;
}

/** Whether a tensor of this shape may be declared or bound; reports it if not. */
export function checkElements(scope: Scope, name: string, shape: Shape, span: Span): boolean {
  if (elementCount(shape) <= limits.elements && shape.length <= limits.axes) return true;
  const size = shape.length > limits.axes ? `${shape.length} axes` : `${shape.join(" × ")} elements`;
  report(
    scope,
    "tensor-too-large",
    `\`${name}\` has ${size}`,
    [{ span, text: "declared here" }],
    `a tensor has at most ${limits.axes} axes and 2^31 elements`,
  );
  return false;
}

/** The node of `value` in the space of `indices` and `shape`, of which its own are a part. */
export function alignTo(
  scope: Scope,
  value: Quantity,
  indices: readonly IndexVariable[],
  shape: Shape,
  origin: Origin,
): Node {
  const { builder } = scope.session;
  const space = [...indices.map((index) => index.extent), ...shape];
  if (value.kind === "number") return builder.constant(value.value, space, origin);
  const axes = [
    ...value.indices.map((index) => indices.indexOf(index)),
    ...value.shape.map((_, axis) => indices.length + axis),
  ];
  return builder.broadcast(value.node, space, axes, origin);
}

/**
 * `fn` of the operands, element by element. Their own shapes are equal, or scalar; anything else is reported.
 * Of numbers the result is a number.
 */
export function applyScalar(
  scope: Scope,
  fn: ScalarFunctionName,
  operands: readonly Operand[],
  span: Span,
  name: string | null,
): Value {
  const values = operands.map((operand) => operand.value);
  const numbers = values.flatMap((value) => (value.kind === "number" ? [value.value] : []));
  if (numbers.length === values.length) return fold(scope, fn, numbers, span);

  const shape = commonShape(scope, operands, span);
  if (shape === null) return poison;
  let indices: readonly IndexVariable[] = [];
  for (const value of values) if (value.kind === "tensor") indices = mergeIndices(indices, value.indices);
  if (spaceOf(scope, indices, shape, span) === null) return poison;
  const inner = originOf(scope, span, null);
  const args = values.map((value) => alignTo(scope, value, indices, shape, inner));
  const origin = originOf(scope, span, name);
  const { builder } = scope.session;
  const form = shape.length === 0 ? affineArithmetic(fn, args) : null;
  const position = form !== null && isExact(form) ? form : null;
  const space = indices.map((index) => index.extent);
  const node = position === null ? builder.map(fn, args, origin) : builder.index(space, position, origin);
  return tensor(node, indices, shape);
}

/** Sums, differences and whole multiples of indices are indices again: they may select elements wherever they are read. */
function affineArithmetic(fn: ScalarFunctionName, args: readonly Node[]): Affine | null {
  const [a, b] = args.map(affineOf);
  if (a === null || a === undefined) return null;
  if (fn === "neg") return scaleAffine(a, -1);
  if (b === null || b === undefined) return null;
  const sum = (sign: 1 | -1): Affine => ({
    offset: a.offset + sign * b.offset,
    coefficients: a.coefficients.map((c, axis) => c + sign * (b.coefficients[axis] ?? 0)),
  });
  if (fn === "add") return sum(1);
  if (fn === "sub") return sum(-1);
  if (fn !== "mul") return null;
  if (args[0]?.kind === "constant") return scaleAffine(b, a.offset);
  return args[1]?.kind === "constant" ? scaleAffine(a, b.offset) : null;
}

function isExact({ offset, coefficients }: Affine): boolean {
  return Number.isSafeInteger(offset) && coefficients.every(Number.isSafeInteger);
}

function affineOf(node: Node): Affine | null {
  if (node.kind === "index") return node.value;
  return node.kind === "constant" && Number.isSafeInteger(node.value)
    ? constantIndex(node.value, node.shape.length)
    : null;
}

function scaleAffine({ offset, coefficients }: Affine, factor: number): Affine {
  return { offset: offset * factor, coefficients: coefficients.map((c) => c * factor) };
}

/** The one own shape of the operands that are no scalars, `[]` if all are; null (reported) if there are two. */
export function commonShape(scope: Scope, operands: readonly Operand[], span: Span): Shape | null {
  let first: { shape: Shape; span: Span } | null = null;
  for (const { value, span: place } of operands) {
    if (value.kind !== "tensor" || value.shape.length === 0) continue;
    if (first === null) first = { shape: value.shape, span: place };
    if (sameShape(first.shape, value.shape)) continue;
    const labels: [Label, ...Label[]] = [
      { span: place, text: `${shapeText(value.shape)} here` },
      { span: first.span, text: `${shapeText(first.shape)} here` },
    ];
    report(
      scope,
      "shape-mismatch",
      `${quote(first.span)} has shape ${shapeText(first.shape)} where ${quote(place)} has shape ${shapeText(value.shape)}`,
      labels,
      `nothing is broadcast silently; say which element meets which: ${exampleOf(first, { shape: value.shape, span: place }, span)}`,
    );
    return null;
  }
  return first?.shape ?? [];
}

export function tensor(node: Node, indices: readonly IndexVariable[], shape: Shape): TensorValue {
  return { kind: "tensor", node, indices, shape, classes: null, declared: null };
}

/** Source text as a message quotes it: one line, not too long. */
export function quote(span: Span): string {
  const text = textOf(span).replace(/\s+/g, " ");
  return `\`${text.length > 40 ? `${text.slice(0, 39)}…` : text}\``;
}

/** The text of an expression, so that `[…]` may follow it. */
export function asSubject(expression: Expression): string {
  const text = quote(expression.span).slice(1, -1);
  return expression.kind === "reference" || expression.kind === "call" ? text : `(${text})`;
}

/** `expression` is what has the value. */
export function reportNotScalar(scope: Scope, what: string, value: TensorValue, expression: Expression): void {
  const { span } = expression;
  const isSingle = value.shape.every((extent) => extent === 1);
  const zeros = value.shape.map(() => 0).join(", ");
  report(
    scope,
    "not-a-scalar",
    `${what} must be a single number`,
    [{ span, text: `this is ${describe(value)}` }],
    isSingle ? `read its only element: ${asSubject(expression)}[${zeros}]` : "reduce it: mean[i](…) or sum[i](…)",
  );
}

/** How two tensors of different shapes meet, element by element; `W * x` most likely means their product. */
function exampleOf(first: { shape: Shape; span: Span }, other: { shape: Shape; span: Span }, span: Span): string {
  const [matrix, vector] = [first, other];
  const isProduct = matrix.shape.length === 2 && vector.shape.length === 1 && matrix.shape[1] === vector.shape[0];
  if (isProduct && /^\S+\s*\*\s*\S+$/.test(textOf(span)))
    return `z[i] = sum[j](${textOf(matrix.span)}[i, j] * ${textOf(vector.span)}[j])`;
  return `z[i, j] = ${exampleElements(span)}`;
}

function exampleElements(span: Span): string {
  const operator = /[-+*/]/.exec(textOf(span))?.[0] ?? "+";
  return `a[i, j] ${operator} b[j]`;
}

function fold(scope: Scope, fn: ScalarFunctionName, args: readonly number[], span: Span): Value {
  const value = scalarFunctions[fn].value(...args);
  if (Number.isFinite(value)) return numberValue(value);
  report(
    scope,
    "not-finite",
    `${quote(span)} is ${Number.isNaN(value) ? "not a number" : `${value < 0 ? "−" : ""}infinite`}`,
    [{ span, text: `of ${args.join(" and ")}` }],
    "numbers that are known at compile time must be finite",
  );
  return poison;
}
