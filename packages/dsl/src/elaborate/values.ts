/**
 * Owns: what an expression can stand for while a page is elaborated, and how messages call it.
 *
 * A tensor inside an element definition has two kinds of axes. `node.shape` is the extents of `indices`, ascending by
 * order, followed by `shape`, its own axes. An expression carries only the indices that it really depends on, so
 * whatever does not move with an index is computed once, and a layer called inside an element definition is mapped.
 */

import type { Node, ScalarFunctionName, Shape, Span } from "@adjoint/ir";
import type { Definition } from "../syntax-tree.ts";

/**
 * The names that the definitions of one page see: its own and those it imports, then the standard library's.
 * A name whose import failed is poison: its uses need no report of their own.
 */
export interface PageScope {
  readonly names: ReadonlyMap<string, DefinitionValue | Poison>;
  /** The standard library, or null for the standard library itself. */
  readonly outer: PageScope | null;
}

/** An index in scope. `order` grows inwards: an outer index has the smaller one. */
export interface IndexVariable {
  readonly name: string;
  readonly order: number;
  readonly extent: number;
}

/** What only Adjoint itself defines; everything else that can be called is a page of the language. */
export type Builtin =
  | { readonly kind: "scalar"; readonly fn: ScalarFunctionName }
  | { readonly kind: "grad" }
  | { readonly kind: "batch" };

export interface NumberValue {
  readonly kind: "number";
  readonly value: number;
}

export interface TensorValue {
  readonly kind: "tensor";
  readonly node: Node;
  readonly indices: readonly IndexVariable[];
  readonly shape: Shape;
  /** The number of classes if its elements are classes, else null. */
  readonly classes: number | null;
  /** Where it was declared or bound, for messages. */
  readonly declared: Span | null;
}

/** A definition together with the page whose names its body sees. */
export interface DefinitionValue {
  readonly kind: "definition";
  readonly definition: Definition;
  readonly page: PageScope;
}

export interface BuiltinValue {
  readonly kind: "builtin";
  readonly name: string;
  readonly builtin: Builtin;
}

/** The value of what was reported already: everything made of it is poison too, silently. */
export interface Poison {
  readonly kind: "poison";
}

export type Value = NumberValue | TensorValue | DefinitionValue | BuiltinValue | Poison;
/** What arithmetic works on. */
export type Quantity = NumberValue | TensorValue;

export const poison: Poison = { kind: "poison" };

export function numberValue(value: number): NumberValue {
  return { kind: "number", value };
}

/** A tensor that moves with no index: a declaration, a bound name, a result of a body. */
export function wholeTensor(node: Node, declared: Span | null = null, classes: number | null = null): TensorValue {
  return { kind: "tensor", node, indices: [], shape: node.shape, classes, declared };
}

export function isQuantity(value: Value): value is Quantity {
  return value.kind === "number" || value.kind === "tensor";
}

export function shapeText(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** `a tensor of shape [2, 3]`, `a number`, `the layer dense`. */
export function describe(value: Value): string {
  switch (value.kind) {
    case "number":
      return `the number ${value.value}`;
    case "tensor":
      if (value.shape.length === 0) return value.classes === null ? "a scalar" : `a class out of ${value.classes}`;
      return `a tensor of shape ${shapeText(value.shape)}${value.classes === null ? "" : ", each a class"}`;
    case "definition":
      return `the ${value.definition.keyword} \`${value.definition.name.text}\``;
    case "builtin":
      return `the function \`${value.name}\``;
    case "poison":
      return "a value in error";
  }
}

/** The union of two index lists, ascending by order. */
export function mergeIndices(a: readonly IndexVariable[], b: readonly IndexVariable[]): readonly IndexVariable[] {
  if (b.length === 0 || a === b) return a;
  if (a.length === 0) return b;
  return [...new Set([...a, ...b])].sort((x, y) => x.order - y.order);
}
