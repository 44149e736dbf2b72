/**
 * Owns: scalar expressions that are read by people. Each carries its value at the point that is being explained, so
 * that a branch can be resolved as it is there, and has a bounded size, so that nothing made of it can explode.
 *
 * Normal form: a sum has at least two terms, none a sum; a product is a coefficient and integer powers of bases, none a
 * product or a number; like terms and like bases are collected; what all terms of a sum share stands before it. Nothing
 * is expanded: `o·(1 − o)` stays as it is.
 */

import { type Algebra, type ScalarFunctionName, scalarFunctions } from "@adjoint/ir";

interface Common {
  readonly value: number;
  /** Equal keys are equal expressions. */
  readonly key: string;
  /** Leaves, counted with repetition. */
  readonly size: number;
}

export interface NumberExpression extends Common {
  readonly kind: "number";
}

/** A quantity with a name; a null `text` is one too large to be written out, of which only the value is shown. */
export interface SymbolExpression extends Common {
  readonly kind: "symbol";
  readonly text: string | null;
}

export interface SumExpression extends Common {
  readonly kind: "sum";
  readonly terms: readonly Expression[];
}

export interface Power {
  readonly base: Expression;
  /** An integer other than 0. */
  readonly exponent: number;
}

export interface ProductExpression extends Common {
  readonly kind: "product";
  readonly coefficient: number;
  readonly powers: readonly Power[];
}

export interface CallExpression extends Common {
  readonly kind: "call";
  readonly fn: ScalarFunctionName;
  /** As many as the arity says, or any number for `min` and `max`. */
  readonly args: readonly Expression[];
}

export type Expression = NumberExpression | SymbolExpression | SumExpression | ProductExpression | CallExpression;

/** Leaves beyond which an expression is replaced by its value: about two lines of text. */
export const sizeLimit = 32;

export function number(value: number): NumberExpression {
  return { kind: "number", value, key: Object.is(value, -0) ? "0" : String(value), size: 1 };
}

export function symbol(text: string, value: number): SymbolExpression {
  return { kind: "symbol", text, value, key: `‹${text}›`, size: 1 };
}

/** A quantity without a name that is too large to be written out. */
export function unnamed(value: number): SymbolExpression {
  return { kind: "symbol", text: null, value, key: `‹›${value}`, size: 1 };
}

/** Σ terms. */
export function sum(terms: readonly Expression[]): Expression {
  const collected = new Map<string, { coefficient: number; rest: readonly Power[] }>();
  for (const term of terms.flatMap(termsOf)) {
    const { coefficient, powers } = asProduct(term);
    const key = productKey(1, powers);
    const known = collected.get(key);
    if (known === undefined) collected.set(key, { coefficient, rest: powers });
    else known.coefficient += coefficient;
  }
  const parts = [...collected.values()].filter((part) => part.coefficient !== 0);
  const [first] = parts;
  if (first === undefined) return number(0);
  if (parts.length === 1) return fromPowers(first.coefficient, first.rest);
  const shared = sharedPowers(parts.map((part) => part.rest));
  const scale = parts.every((part) => Math.abs(part.coefficient) === Math.abs(first.coefficient))
    ? Math.abs(first.coefficient)
    : 1;
  if (shared.length > 0 || scale !== 1) {
    const divided = parts.map((part) => fromPowers(part.coefficient / scale, dividePowers(part.rest, shared)));
    return product([fromPowers(scale, shared), sum(divided)]);
  }
  // 1 − p reads better than −p + 1.
  const constant = parts.findIndex((part) => part.rest.length === 0 && part.coefficient > 0);
  if (first.coefficient < 0 && constant > 0) parts.unshift(...parts.splice(constant, 1));
  const kept = parts.map((part) => fromPowers(part.coefficient, part.rest));
  return bounded({
    kind: "sum",
    terms: kept,
    value: kept.reduce((total, term) => total + term.value, 0),
    key: `(${kept.map((term) => term.key).join("+")})`,
    size: kept.reduce((total, term) => total + term.size, 0),
  });
}

/** ∏ factors. */
export function product(factors: readonly Expression[]): Expression {
  let coefficient = 1;
  const powers: Power[] = [];
  for (const factor of factors) {
    const parts = asProduct(factor);
    coefficient *= parts.coefficient;
    powers.push(...parts.powers);
  }
  return fromPowers(coefficient, mergePowers(powers));
}

/** baseᵉ for an integer e. */
export function power(base: Expression, exponent: number): Expression {
  const { coefficient, powers } = asProduct(base);
  return fromPowers(
    coefficient ** exponent,
    powers.map((part) => ({ base: part.base, exponent: part.exponent * exponent })),
  );
}

/** `expression` with the factors that make up `definition`, if all of them occur, replaced by the defined `name`. */
export function restate(expression: Expression, definition: Expression, name: Expression): Expression {
  const whole = asProduct(definition).powers;
  const { coefficient, powers } = asProduct(expression);
  const occurs = whole.every(({ base, exponent }) => {
    const theirs = powers.find((part) => part.base.key === base.key)?.exponent ?? 0;
    return Math.sign(theirs) === Math.sign(exponent) && Math.abs(theirs) >= Math.abs(exponent);
  });
  if (whole.length < 2 || !occurs) return expression;
  const scale = coefficient / asProduct(definition).coefficient;
  return product([name, fromPowers(scale, dividePowers(powers, whole))]);
}

/** fn(args) as it stands, but with numbers folded. */
export function call(fn: ScalarFunctionName, args: readonly Expression[], value: number): Expression {
  if (args.every((arg) => arg.kind === "number")) return number(value);
  return bounded({
    kind: "call",
    fn,
    args,
    value,
    key: `${fn}(${args.map((arg) => arg.key).join(",")})`,
    size: args.reduce((total, arg) => total + arg.size, 0),
  });
}

/** Which way a comparison went at the point that is explained: `left` < `right`, = or >. */
export interface Condition {
  readonly left: Expression;
  readonly relation: "<" | "=" | ">";
  readonly right: Expression;
}

/**
 * The algebra of expressions, in which the scalar table's derivative rules are evaluated. Comparisons, selections and
 * signs are resolved as they are at the point; `conditions` remembers which were.
 */
export class ExpressionAlgebra implements Algebra<Expression> {
  readonly conditions = new Map<string, Condition>();

  constant(value: number): Expression {
    return number(value);
  }

  call(fn: ScalarFunctionName, ...args: Expression[]): Expression {
    const value = scalarFunctions[fn].value(...args.map((arg) => arg.value));
    const [x, y, z] = args;
    if (x === undefined) throw new RangeError(`${fn} of nothing`);
    if (y === undefined) return this.#unary(fn, x, value);
    if (z === undefined) return this.#binary(fn, x, y, value);
    // The only function of three arguments is select.
    if (x.kind !== "number") this.#note(x, number(0));
    return x.value !== 0 ? y : z;
  }

  #unary(fn: ScalarFunctionName, x: Expression, value: number): Expression {
    if (fn === "neg") return product([number(-1), x]);
    if (fn === "stop_gradient") return x;
    if (fn === "not") return number(value);
    if (fn === "sign") {
      this.#note(x, number(0));
      return number(value);
    }
    return call(fn, [x], value);
  }

  #binary(fn: ScalarFunctionName, x: Expression, y: Expression, value: number): Expression {
    if (fn === "add") return sum([x, y]);
    if (fn === "sub") return sum([x, product([number(-1), y])]);
    if (fn === "mul") return product([x, y]);
    if (fn === "div") return product([x, power(y, -1)]);
    if (fn === "pow" && y.kind === "number" && Number.isInteger(y.value)) return power(x, y.value);
    if (fn === "and" || fn === "or") return number(value);
    if (fn === "lt" || fn === "le" || fn === "eq" || fn === "ne") {
      this.#note(x, y);
      return number(value);
    }
    return call(fn, [x, y], value);
  }

  #note(x: Expression, y: Expression): void {
    if (x.kind === "number" && y.kind === "number") return;
    const [left, right] = x.kind === "number" ? [y, x] : [x, y];
    const relation = left.value < right.value ? "<" : left.value > right.value ? ">" : "=";
    this.conditions.set(`${left.key} ${right.key}`, { left, relation, right });
  }
}

// ── normal form ──────────────────────────────────────────────────────────────────────────────────────────────────────

function bounded(expression: Expression): Expression {
  return expression.size <= sizeLimit ? expression : unnamed(expression.value);
}

/** The terms of a sum or of a negated sum; anything else is its own term. */
function termsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === "sum") return expression.terms;
  if (expression.kind !== "product" || expression.coefficient !== -1 || expression.powers.length !== 1) {
    return [expression];
  }
  const only = expression.powers[0];
  if (only === undefined || only.exponent !== 1 || only.base.kind !== "sum") return [expression];
  return only.base.terms.map((term) => product([number(-1), term]));
}

function asProduct(expression: Expression): { readonly coefficient: number; readonly powers: readonly Power[] } {
  if (expression.kind === "number") return { coefficient: expression.value, powers: [] };
  if (expression.kind === "product") return expression;
  return { coefficient: 1, powers: [{ base: expression, exponent: 1 }] };
}

function fromPowers(coefficient: number, powers: readonly Power[]): Expression {
  if (coefficient === 0 || powers.length === 0) return number(coefficient);
  const [first] = powers;
  if (coefficient === 1 && powers.length === 1 && first?.exponent === 1) return first.base;
  return bounded({
    kind: "product",
    coefficient,
    powers,
    value: powers.reduce((total, { base, exponent }) => total * base.value ** exponent, coefficient),
    key: productKey(coefficient, powers),
    size: powers.reduce((total, { base }) => total + base.size, coefficient === 1 || coefficient === -1 ? 0 : 1),
  });
}

/** Independent of the order of the factors, which is kept for reading. */
function productKey(coefficient: number, powers: readonly Power[]): string {
  const keys = powers.map(({ base, exponent }) => `${base.key}^${exponent}`).sort();
  return `${coefficient}·${keys.join("·")}`;
}

function mergePowers(powers: readonly Power[]): readonly Power[] {
  const merged = new Map<string, Power>();
  for (const { base, exponent } of powers) {
    const known = merged.get(base.key);
    merged.set(base.key, { base, exponent: exponent + (known?.exponent ?? 0) });
  }
  return [...merged.values()].filter(({ exponent }) => exponent !== 0);
}

/** The greatest common divisor of several products, in the order of the first. */
function sharedPowers(products: readonly (readonly Power[])[]): readonly Power[] {
  const [first, ...others] = products;
  return (first ?? []).flatMap(({ base, exponent }) => {
    let shared = exponent;
    for (const other of others) {
      const theirs = other.find((part) => part.base.key === base.key)?.exponent ?? 0;
      if (Math.sign(theirs) !== Math.sign(exponent)) return [];
      if (Math.abs(theirs) < Math.abs(shared)) shared = theirs;
    }
    return [{ base, exponent: shared }];
  });
}

function dividePowers(powers: readonly Power[], divisor: readonly Power[]): readonly Power[] {
  return mergePowers([...powers, ...divisor.map(({ base, exponent }) => ({ base, exponent: -exponent }))]);
}
