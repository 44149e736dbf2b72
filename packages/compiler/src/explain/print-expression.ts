/** Owns: how expressions and numbers look on a line: `−2·(y[0] − o[0])`, and with numbers `−2·(1 − 0.524)`. */

import { scalarFunctions } from "@adjoint/ir";
import type { Condition, Expression, Power, ProductExpression } from "./expression.ts";

/** What stands for an expression that is too long to be written. */
const ellipsis = "…";

/** In symbols, or with every symbol's value to so many significant digits. */
export type Notation =
  | { readonly kind: "symbols"; readonly digits: number }
  | { readonly kind: "numbers"; readonly digits: number };

/**
 * To so many significant digits; whole digits before the point are never dropped. Trailing zeros stay where rounding made
 * them, so that `0.130` is seen to be rounded and `2.4` is not.
 */
export function formatNumber(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value < 0 ? "−∞" : "∞";
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  const plain = magnitude >= 1e-5 && magnitude < 1e15;
  const text = plain ? fixed(magnitude, digits) : magnitude.toExponential(digits - 1);
  const [mantissa = "", exponent] = (isExact(text, magnitude) ? trim(text) : text).split("e");
  const power = exponent === undefined ? "" : `e${exponent.replace("-", "−").replace("+", "")}`;
  return `${value < 0 ? "−" : ""}${mantissa}${power}`;
}

/** The number that {@link formatNumber} shows. */
export function roundTo(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const magnitude = Math.abs(value);
  return magnitude >= 10 ** digits && magnitude < 1e15 ? Math.round(value) : Number(value.toPrecision(digits));
}

export function printExpression(expression: Expression, notation: Notation): string {
  if (notation.kind === "symbols" && expression.kind === "symbol" && expression.text === null) return ellipsis;
  return print(expression, notation, true).text;
}

export function printCondition({ left, relation, right }: Condition, digits: number): string {
  const [a, b] = [left, right].map((side) => printExpression(side, { kind: "symbols", digits }));
  return `${a} ${relation} ${b}`;
}

/** The expression's value if every number in it is rounded as it is shown: what a reader gets who follows by hand. */
export function evaluateByHand(expression: Expression, digits: number): number {
  switch (expression.kind) {
    case "number":
    case "symbol":
      return roundTo(expression.value, digits);
    case "sum":
      return expression.terms.reduce((total, term) => total + evaluateByHand(term, digits), 0);
    case "product":
      return expression.powers.reduce(
        (total, { base, exponent }) => total * evaluateByHand(base, digits) ** exponent,
        roundTo(expression.coefficient, digits),
      );
    case "call": {
      const args = expression.args.map((arg) => evaluateByHand(arg, digits));
      if (expression.fn === "max") return Math.max(...args);
      if (expression.fn === "min") return Math.min(...args);
      return scalarFunctions[expression.fn].value(...args);
    }
  }
}

// ── the parts of a line ──────────────────────────────────────────────────────────────────────────────────────────────

/** How tightly a text holds together; less binds less. */
type Binding = "sum" | "sign" | "product" | "power" | "atom";
const tightness: Readonly<Record<Binding, number>> = { sum: 0, sign: 1, product: 2, power: 3, atom: 4 };

interface Printed {
  readonly text: string;
  readonly binding: Binding;
}

/**
 * `leads`: nothing stands before it on its level, so that a negative number needs no parentheses.
 * The size of an expression is bounded, and so is this recursion.
 */
function print(expression: Expression, notation: Notation, leads: boolean): Printed {
  switch (expression.kind) {
    case "number":
      return printNumber(expression.value, notation.digits);
    case "symbol":
      return notation.kind === "symbols" && expression.text !== null
        ? { text: expression.text, binding: "atom" }
        : printNumber(expression.value, notation.digits);
    case "sum":
      return { text: printSum(expression.terms, notation, leads), binding: "sum" };
    case "product":
      return printProduct(expression, notation, leads);
    case "call": {
      const args = expression.args.map((arg) => print(arg, notation, true));
      const [x, y] = args;
      if (expression.fn === "abs" && x !== undefined) return { text: `|${x.text}|`, binding: "atom" };
      if (expression.fn === "pow" && x !== undefined && y !== undefined) {
        return { text: `${guard(x, "atom")}^${guard(y, "atom")}`, binding: "power" };
      }
      return { text: `${expression.fn}(${args.map((arg) => arg.text).join(", ")})`, binding: "atom" };
    }
  }
}

function printNumber(value: number, digits: number): Printed {
  return { text: formatNumber(value, digits), binding: value < 0 ? "sign" : "atom" };
}

function printSum(terms: readonly Expression[], notation: Notation, leads: boolean): string {
  return terms
    .map((term, k) => {
      if (k > 0 && ((term.kind === "product" && term.coefficient < 0) || (term.kind === "number" && term.value < 0))) {
        return ` − ${guard(print(negated(term), notation, false), "product")}`;
      }
      const printed = print(term, notation, k === 0 && leads);
      return k === 0 ? printed.text : ` + ${guard(printed, "product")}`;
    })
    .join("");
}

function negated(term: Expression): Expression {
  if (term.kind === "product") return { ...term, coefficient: -term.coefficient, value: -term.value };
  return { ...term, value: -term.value };
}

function printProduct({ coefficient, powers }: ProductExpression, notation: Notation, leads: boolean): Printed {
  const above = powers.filter(({ exponent }) => exponent > 0);
  const below = powers.filter(({ exponent }) => exponent < 0).map((p) => ({ base: p.base, exponent: -p.exponent }));
  const showCoefficient = above.length === 0 || Math.abs(coefficient) !== 1;
  const factors = [
    ...(showCoefficient ? [formatNumber(Math.abs(coefficient), notation.digits)] : []),
    ...above.map((part, k) => {
      const printed = printPower(part, notation);
      const first = leads && k === 0 && !showCoefficient && coefficient > 0;
      return first && printed.binding === "sign" ? printed.text : guard(printed, "product");
    }),
  ];
  const denominators = below.map((part) => printPower(part, notation));
  const [only] = denominators;
  const denominator =
    only === undefined
      ? ""
      : denominators.length === 1
        ? `/${guard(only, "power")}`
        : `/(${denominators.map((part) => guard(part, "product")).join("·")})`;
  const text = `${coefficient < 0 ? "−" : ""}${factors.join("·")}${denominator}`;
  return { text, binding: text.startsWith("−") ? "sign" : "product" };
}

function printPower({ base, exponent }: Power, notation: Notation): Printed {
  const printed = print(base, notation, exponent === 1);
  if (exponent === 1) return printed;
  return { text: `${guard(printed, "atom")}${superscript(exponent)}`, binding: "power" };
}

function guard(printed: Printed, least: Binding): string {
  return tightness[printed.binding] < tightness[least] ? `(${printed.text})` : printed.text;
}

function superscript(exponent: number): string {
  return [...String(exponent)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? "").join("");
}

function fixed(magnitude: number, digits: number): string {
  if (magnitude >= 10 ** digits) return magnitude.toFixed(0);
  const text = magnitude.toPrecision(digits);
  return text.includes("e") ? String(Number(text)) : text;
}

/** Whether the text is the number itself, but for what floating-point arithmetic adds in its last digits. */
function isExact(text: string, magnitude: number): boolean {
  return Math.abs(Number(text) - magnitude) <= 1e-12 * magnitude;
}

/** Without the zeros at the end of the mantissa's fraction. */
function trim(text: string): string {
  return text.replace(/(\.\d*?)0+(?=$|e)/, "$1").replace(/\.(?=$|e)/, "");
}
