/** Owns: reading an index expression as an affine form over the indices in scope. */

import type { Binary, BinaryOperator, Expression } from "../syntax-tree.ts";
import type { IndexVariable, Value } from "./values.ts";

/** `offset + Σ coefficient · variable`; every coefficient ≠ 0, all whole numbers. */
export interface Form<V> {
  readonly offset: number;
  readonly terms: ReadonlyMap<V, number>;
}

/** How an index expression is read. */
export interface FormReader<V> {
  /** A number, an index, or null for what is neither (a read at it is data-dependent). */
  readonly leaf: (leaf: Expression) => Form<V> | null;
  /** Quotient and remainder by a positive whole number; null if they are not affine. */
  readonly divide: (
    form: Form<V>,
    divisor: number,
  ) => { readonly quotient: Form<V>; readonly remainder: Form<V> } | null;
}

export function constantForm<V>(offset: number): Form<V> {
  return { offset, terms: new Map() };
}

export function indexForm<V>(variable: V): Form<V> {
  return { offset: 0, terms: new Map([[variable, 1]]) };
}

/** The form of a value that is a number, or a position that whole steps of indices in scope lead to; else null. */
export function formOfValue(value: Value): Form<IndexVariable> | null {
  if (value.kind === "number") return constantForm(value.value);
  if (value.kind !== "tensor" || value.shape.length > 0 || value.classes !== null) return null;
  const { node, indices } = value;
  if (node.kind === "constant") return constantForm(node.value);
  if (node.kind !== "index") return null;
  const { offset, coefficients } = node.value;
  const terms = indices.map((index, axis): [IndexVariable, number] => [index, coefficients[axis] ?? 0]);
  return { offset, terms: new Map(terms.filter(([, c]) => c !== 0)) };
}

/** The affine form of `expression`, or null if it has none. Whatever is not `+`, `-`, `*`, `div`, `mod` is a leaf. */
export function affineForm<V>(expression: Expression, reader: FormReader<V>): Form<V> | null {
  const { first, rest } = leftSpine(expression, isAffineOperator);
  let form = operand(first, reader);
  for (const { operator, right } of rest) {
    if (form === null) return null;
    const other = operand(right, reader);
    if (other === null) return null;
    if (operator === "div" || operator === "mod") {
      const divided: ReturnType<FormReader<V>["divide"]> =
        other.terms.size === 0 && isWhole(form) ? reader.divide(form, other.offset) : null;
      if (divided === null) return null;
      form = operator === "div" ? divided.quotient : divided.remainder;
    } else if (operator === "+") form = combine(form, other, 1);
    else if (operator === "-") form = combine(form, other, -1);
    else if (other.terms.size === 0) form = scale(form, other.offset);
    else if (form.terms.size === 0) form = scale(other, form.offset);
    else return null;
  }
  return form === null || !isWhole(form) ? null : form;
}

/** `a + b - c` as `a`, then `+ b`, then `- c`: chains are walked, not descended, however long they are. */
export function leftSpine(
  expression: Expression,
  follows: (operator: BinaryOperator) => boolean,
): { readonly first: Expression; readonly rest: readonly Binary[] } {
  const rest: Binary[] = [];
  let first = expression;
  while (first.kind === "binary" && follows(first.operator)) {
    rest.push(first);
    first = first.left;
  }
  return { first, rest: rest.reverse() };
}

function isAffineOperator(operator: BinaryOperator): boolean {
  return operator === "+" || operator === "-" || operator === "*" || operator === "div" || operator === "mod";
}

function operand<V>(expression: Expression, reader: FormReader<V>): Form<V> | null {
  if (expression.kind === "unary" && expression.operator === "-") {
    const form = affineForm(expression.operand, reader);
    return form === null ? null : scale(form, -1);
  }
  if (expression.kind === "binary" && isAffineOperator(expression.operator)) return affineForm(expression, reader);
  return reader.leaf(expression);
}

function combine<V>(a: Form<V>, b: Form<V>, sign: 1 | -1): Form<V> {
  const terms = new Map(a.terms);
  for (const [variable, c] of b.terms) {
    const sum = (terms.get(variable) ?? 0) + sign * c;
    if (sum === 0) terms.delete(variable);
    else terms.set(variable, sum);
  }
  return { offset: a.offset + sign * b.offset, terms };
}

function scale<V>(form: Form<V>, factor: number): Form<V> {
  if (factor === 0) return constantForm(0);
  return {
    offset: form.offset * factor,
    terms: new Map([...form.terms].map(([variable, c]) => [variable, c * factor])),
  };
}

function isWhole<V>(form: Form<V>): boolean {
  return Number.isSafeInteger(form.offset) && [...form.terms.values()].every(Number.isSafeInteger);
}
