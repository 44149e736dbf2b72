/** Owns: shapes as types and as expressions: a small tensor is a tuple whose length the type knows, a large one a view. */

import { type Element, elementCount, type Shape } from "@adjoint/ir";
import type { RuntimeNames } from "./runtime-names.ts";

/** Tensors of up to this many elements are written out as tuples, class ranges of up to this many as unions. */
const tupleLimit = 16;

/** Tensors of more axes are views however few their elements. */
const tupleRank = 8;

export type FloatArray = "Float64Array" | "Float32Array";

/** The type of one example of an input: wrong lengths and classes are type errors where they can be written out. */
export function inputType(shape: Shape, element: Element, names: RuntimeNames): string {
  const count = elementCount(shape);
  const number = elementType(element, count);
  if (shape.length === 0) return number;
  if (!isTuple(shape)) return `${names.type("Example")}<${extents(shape)}>`;
  const alone = count === 1 ? ` | ${number}` : "";
  return `${tupleType(shape, parenthesised(number))} | ${names.type("NumericArray")}${alone}`;
}

/** The type of any number of examples. */
export function examplesType(shape: Shape, names: RuntimeNames): string {
  return `${names.type("Examples")}<${extents(shape)}>`;
}

export function outputType(shape: Shape, floats: FloatArray, names: RuntimeNames): string {
  if (shape.length === 0) return "number";
  return isTuple(shape) ? tupleType(shape, "number") : viewType(shape, floats, names);
}

/** The value of {@link outputType} that example n's numbers stand for, from `offset` of the `size` of each example on. */
export function outputValue(
  shape: Shape,
  { array, size, offset }: { readonly array: string; readonly size: number; readonly offset: number },
  assert: string,
  names: RuntimeNames,
): string {
  const start = size === 1 ? "n" : `${size} * n`;
  const position = (at: number): string => (at === 0 ? start : `${start} + ${at}`);
  if (!isTuple(shape)) {
    const end = position(offset + elementCount(shape));
    return `${names.value("tensor")}(${array}.subarray(${position(offset)}, ${end}), ${extents(shape)})`;
  }
  const nest = (axis: number, at: number): string => {
    const extent = shape[axis];
    if (extent === undefined) return `${array}[${position(at)}]${assert}`;
    const stride = elementCount(shape.slice(axis + 1));
    return `[${Array.from({ length: extent }, (_, k) => nest(axis + 1, at + k * stride)).join(", ")}]`;
  };
  return nest(0, offset);
}

export function viewType(shape: Shape, floats: FloatArray, names: RuntimeNames): string {
  const values = floats === "Float64Array" ? "" : `, ${floats}`;
  return `${names.type("Tensor")}<readonly ${extents(shape)}${values}>`;
}

export function view(array: string, offset: number, shape: Shape, names: RuntimeNames): string {
  return `${names.value("tensor")}(${array}.subarray(${offset}, ${offset + elementCount(shape)}), ${extents(shape)})`;
}

function isTuple(shape: Shape): boolean {
  return elementCount(shape) <= tupleLimit && shape.length <= tupleRank;
}

/** `[2, 2]` */
export function extents(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

function elementType(element: Element, count: number): string {
  if (element.kind === "real" || element.count * count > tupleLimit) return "number";
  return Array.from({ length: element.count }, (_, k) => k).join(" | ");
}

function parenthesised(type: string): string {
  return type.includes("|") ? `(${type})` : type;
}

function tupleType(shape: Shape, element: string): string {
  return shape.reduceRight(
    (inner, extent) => `readonly [${new Array<string>(extent).fill(inner).join(", ")}]`,
    element,
  );
}
