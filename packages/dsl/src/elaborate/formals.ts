/** Owns: binding what a call gives to formal parameters: sizes are learnt and compared, functions applied elementwise. */

import { type Shape, type Span, sameShape } from "@adjoint/ir";
import type { Definition, Expression, Formal } from "../syntax-tree.ts";
import { axisText } from "./index-ranges.ts";
import { originOf, report, type Scope } from "./session.ts";
import { evaluateSize } from "./sizes.ts";
import { alignTo, commonShape, type Operand, quote, tensor } from "./tensors.ts";
import {
  describe,
  type IndexVariable,
  isQuantity,
  mergeIndices,
  numberValue,
  plural,
  poison,
  shapeText,
  type TensorValue,
  type Value,
} from "./values.ts";

export type Given = ReadonlyMap<Formal, { readonly value: Value; readonly span: Span }>;

/** The axes that `..` stands for in a header, and the argument that said so. */
interface Trailing {
  readonly shape: Shape;
  readonly place: Span;
}

/**
 * Binds each formal, in order, in the frame of `inside`; a default may use what is bound before it. A size name in `x[n]`
 * is bound by the first formal it occurs in and compared by the others, and so is `..`. False if something was reported.
 */
export function bindFormals(definition: Definition, given: Given, caller: Scope, inside: Scope, call: Span): boolean {
  let bound = true;
  let trailing: Trailing | null = null;
  for (const formal of definition.formals ?? []) {
    const argument = given.get(formal);
    const value =
      argument?.value ?? (formal.default === null ? poison : inside.session.evaluate(formal.default, inside, null));
    const place = argument?.span ?? formal.default?.span ?? call;
    inside.frame.values.set(formal.name.text, value);
    if (value.kind === "poison" || !bindShape(definition, formal, value, caller, inside, place)) bound = false;
    else if (formal.trailing !== null && value.kind === "tensor") {
      const own: Trailing = { shape: value.shape.slice(formal.extents?.length ?? 0), place };
      trailing ??= own;
      if (!agreesWith(trailing, own, definition, caller)) bound = false;
    }
  }
  return bound;
}

function agreesWith(first: Trailing, own: Trailing, definition: Definition, caller: Scope): boolean {
  if (sameShape(first.shape, own.shape)) return true;
  const [one, other] = [first, own].map(({ shape }) => (shape.length === 0 ? "nothing" : shapeText(shape)));
  report(
    caller,
    "shape-mismatch",
    `\`..\` is ${other} in ${quote(own.place)}, and ${one} in ${quote(first.place)}`,
    [
      { span: own.place, text: `${other} here` },
      { span: first.place, text: `${one} here` },
    ],
    `\`..\` stands for the same axes wherever the header of \`${definition.name.text}\` has it`,
  );
  return false;
}

function bindShape(
  definition: Definition,
  formal: Formal,
  value: Value,
  caller: Scope,
  inside: Scope,
  place: Span,
): boolean {
  if (formal.extents === null && formal.type === null) return true;
  const extents = formal.extents ?? [];
  const parameter = `\`${formal.name.text}\` of \`${definition.name.text}\``;
  const rank = value.kind === "tensor" ? value.shape.length : -1;
  if (value.kind !== "tensor" || (formal.trailing === null ? rank !== extents.length : rank < extents.length)) {
    const least = formal.trailing === null ? "" : "at least ";
    const wanted = extents.length === 0 ? "a class" : `a tensor of ${least}${plural(extents.length, "axis", "axes")}`;
    report(
      caller,
      isQuantity(value) ? "rank-mismatch" : "wrong-kind",
      `${parameter} takes ${wanted}`,
      [
        { span: place, text: `this is ${describe(value)}` },
        { span: formal.span, text: "declared here" },
      ],
      rankHelp(definition.name.text, value, extents.length, place),
    );
    return false;
  }
  let agrees = true;
  for (const [axis, extent] of extents.entries()) {
    const actual = value.shape[axis] ?? 0;
    const expected = bindSize(extent, actual, inside);
    if (expected === null) agrees = false;
    if (expected === null || expected === actual) continue;
    agrees = false;
    report(
      caller,
      "shape-mismatch",
      `${quote(place)} has ${axisText(actual, axis, rank)} where ${parameter} needs ${expected}`,
      [
        { span: place, text: `${axisText(actual, axis, rank)} here` },
        { span: extent.span, text: `${quote(extent.span)} is ${expected}` },
      ],
    );
  }
  return bindClasses(parameter, formal, value, caller, inside, place) && agrees;
}

function rankHelp(callee: string, value: Value, rank: number, place: Span): string | null {
  if (value.kind !== "tensor" || rank !== 1) return null;
  const text = quote(place).slice(1, -1);
  if (value.shape.length === 2) return `map it over the rows: y[i, ..] = ${callee}(${text}[i, ..])`;
  const isPort = value.shape.length === 0 && value.node.kind === "input";
  return isPort ? `a tensor of one element is declared ${text}[1]` : null;
}

function bindClasses(
  parameter: string,
  formal: Formal,
  value: TensorValue,
  caller: Scope,
  inside: Scope,
  place: Span,
): boolean {
  if (formal.type === null) return true;
  const labels = [
    { span: place, text: `this is ${describe(value)}` },
    { span: formal.span, text: "declared here" },
  ] as const;
  if (value.classes === null) {
    const help = `its declaration says how many there are: ${formal.name.text}: class(k)`;
    report(caller, "class-mismatch", `${parameter} takes a class`, labels, help);
    return false;
  }
  const expected = bindSize(formal.type.count, value.classes, inside);
  if (expected === null || expected === value.classes) return expected !== null;
  report(
    caller,
    "class-mismatch",
    `${quote(place)} is a class out of ${value.classes} where ${parameter} is one out of ${expected}`,
    labels,
    `${quote(formal.type.count.span)} is ${expected} here`,
  );
  return false;
}

/** A name that means nothing yet becomes the size; anything else is evaluated and must equal it. */
function bindSize(extent: Expression, actual: number, inside: Scope): number | null {
  if (extent.kind === "reference" && !inside.frame.values.has(extent.name.text)) {
    inside.frame.values.set(extent.name.text, numberValue(actual));
    return actual;
  }
  return evaluateSize(inside, extent);
}

/** The arguments of a `function`, their own axes made indices: inside, each is a single number. */
export interface Lifted {
  readonly values: Given;
  readonly variables: readonly IndexVariable[];
}

export function liftScalars(given: Given, caller: Scope, call: Span): Lifted | null {
  const operands: Operand[] = [];
  for (const { value, span } of given.values()) if (isQuantity(value)) operands.push({ value, span });
  const shape = commonShape(caller, operands, call);
  if (shape === null) return null;
  const variables = shape.map((extent, axis) => caller.session.indexVariable(`axis ${axis}`, extent));
  if (variables.length === 0) return { values: given, variables };
  const values = new Map(
    [...given].map(([formal, argument]) => [formal, { ...argument, value: lift(argument.value, shape, variables) }]),
  );
  return { values, variables };
}

function lift(value: Value, shape: Shape, variables: readonly IndexVariable[]): Value {
  if (value.kind !== "tensor" || !sameShape(value.shape, shape)) return value;
  return { ...value, indices: mergeIndices(value.indices, variables), shape: [] };
}

/** The result of a `function`, its arguments' axes its own again. */
export function lowerScalars(
  result: Value,
  lifted: Lifted,
  inside: Scope,
  place: { readonly span: Span; readonly name: string | null },
): Value {
  if (result.kind === "poison") return poison;
  if (!isQuantity(result) || (result.kind === "tensor" && result.shape.length > 0)) {
    report(inside, "not-a-scalar", "a function returns a single number", [
      { span: place.span, text: `this returns ${describe(result)}` },
    ]);
    return poison;
  }
  const { variables } = lifted;
  if (variables.length === 0) return result;
  const own = result.kind === "tensor" ? result.indices : [];
  const indices = mergeIndices(own, variables);
  const node = alignTo(inside, result, indices, [], originOf(inside, place.span, place.name));
  const rest = indices.filter((index) => !variables.includes(index));
  return tensor(
    node,
    rest,
    variables.map((variable) => variable.extent),
  );
}
