/**
 * Owns: the derivation as lines of text, as one writes it on paper: the forward pass, the chain rule, each factor in
 * symbols and then with numbers, and their product.
 *
 * Numbers are shown, and carried on, to so many significant digits; where rounding only at the end gives another digit,
 * both are shown.
 */

import type { Derivation, DerivationPath, Factor, Step } from "./derivation.ts";
import type { Condition } from "./expression.ts";
import { evaluateByHand, formatNumber, printCondition, printExpression, roundTo } from "./print-expression.ts";

export interface RenderOptions {
  /** Significant digits, 1 to 15. */
  readonly digits: number;
}

/** Factors of a path, or paths, beyond these are counted instead of written. */
const longestPath = 12;
const longestLine = 100;

export function renderDerivation(derivation: Derivation, { digits }: RenderOptions = { digits: 3 }): readonly string[] {
  const { of, by, sign, paths, factors, steps, total } = derivation;
  const subject = quotient(sign, of, by);
  if (paths.length === 0) return [`${subject} = ${formatNumber(total, digits)}: ${of} does not depend on ${by}.`];
  return [
    "Forward",
    ...indent(shortened(steps).flatMap((step) => (step === null ? ["⋮"] : renderStep(step, digits)))),
    "",
    "Chain rule",
    ...indent(renderChain(derivation, subject)),
    "",
    "Factors",
    ...indent(renderFactors(factors, sign, digits)),
    "",
    "Product",
    ...indent(renderTotal(derivation, subject, digits)),
  ];
}

function renderStep({ text, definition, value, conditions }: Step, digits: number): readonly string[] {
  const shown = formatNumber(value, digits);
  if (definition === null) return [`${text} = ${shown}`];
  const symbols = printExpression(definition, { kind: "symbols", digits });
  const numbers = printExpression(definition, { kind: "numbers", digits });
  const lines = joined(text, numbers === shown ? [symbols, shown] : [symbols, numbers, shown]);
  return annotated(lines, since(conditions, digits));
}

function renderChain({ sign, paths, complete }: Derivation, subject: string): readonly string[] {
  const products = paths.map(({ factors }) =>
    shortened(factors)
      .map((factor) => (factor === null ? "…" : quotient(sign, factor.of, factor.by)))
      .join(" · "),
  );
  const lines = products.map((text, k) =>
    k === 0 ? `${subject} = ${text}` : `${" ".repeat(subject.length)} + ${text}`,
  );
  return complete ? lines : [...lines, `${" ".repeat(subject.length)} + … (the paths that carry most are shown)`];
}

function renderFactors(factors: readonly Factor[], sign: string, digits: number): readonly string[] {
  const width = Math.max(...factors.map(({ of, by }) => quotient(sign, of, by).length));
  return shortened(factors).flatMap((factor) => (factor === null ? ["⋮"] : renderFactor(factor, sign, digits, width)));
}

function renderFactor(
  { of, by, expression, value, conditions }: Factor,
  sign: string,
  digits: number,
  width: number,
): readonly string[] {
  const symbols = printExpression(expression, { kind: "symbols", digits });
  const numbers = printExpression(expression, { kind: "numbers", digits });
  const byHand = formatNumber(evaluateByHand(expression, digits), digits);
  const chain = [symbols, numbers, byHand].filter((text, k, all) => text !== all[k - 1]);
  const lines = joined(quotient(sign, of, by).padEnd(width), chain);
  return annotated(lines, [...since(conditions, digits), ...unrounded(byHand, value, digits)]);
}

function renderTotal({ paths, complete, rest, total }: Derivation, subject: string, digits: number): readonly string[] {
  const shown = (path: DerivationPath): readonly number[] =>
    path.factors.map(({ expression }) => roundTo(evaluateByHand(expression, digits), digits));
  const products = paths.map((path, p) =>
    shortened(shown(path))
      .map((value, k) => (value === null ? "…" : parenthesised(formatNumber(value, digits), p + k > 0)))
      .join(" · "),
  );
  const known = paths.reduce((sum, path) => sum + shown(path).reduce((product, value) => product * value, 1), 0);
  const others = `${parenthesised(formatNumber(rest, digits), true)} by the other paths`;
  const parts = complete ? products : [...products, others];
  const byHand = formatNumber(complete ? known : total, digits);
  const notes = unrounded(byHand, total, digits).map((note) => `   (${note})`);
  const result = `${byHand}${notes.join("")}`;
  if (parts.length === 1) return joined(subject, parts[0] === byHand ? [result] : [...parts, result]);
  const line = joined(subject, [parts.join(" + "), result]);
  if (line.length === 1) return line;
  const margin = " ".repeat(subject.length);
  return [
    ...parts.map((part, k) => (k === 0 ? `${subject} = ${part}` : `${margin} + ${part}`)),
    `${margin} = ${result}`,
  ];
}

/** What is to be said if carrying rounded numbers has changed the last digit that is shown. */
function unrounded(byHand: string, value: number, digits: number): readonly string[] {
  const once = formatNumber(value, digits);
  return once === byHand ? [] : [`${once} without earlier rounding`];
}

function since(conditions: readonly Condition[], digits: number): readonly string[] {
  if (conditions.length === 0) return [];
  return [`since ${conditions.map((condition) => printCondition(condition, digits)).join(" and ")}`];
}

/** The lines with notes in parentheses after the last. */
function annotated(lines: readonly string[], notes: readonly string[]): readonly string[] {
  return [...lines.slice(0, -1), [lines.at(-1) ?? "", ...notes.map((note) => `(${note})`)].join("   ")];
}

/** The beginning and the end of what is too long, with null for what lies between. */
function shortened<T>(items: readonly T[]): readonly (T | null)[] {
  if (items.length <= longestPath) return items;
  return [...items.slice(0, longestPath / 2), null, ...items.slice(-longestPath / 2)];
}

/** `left = a = b = c`, on lines of their own under the first sign if one line is too short. */
function joined(left: string, chain: readonly string[]): readonly string[] {
  const whole = [left, ...chain].join(" = ");
  if (whole.length <= longestLine) return [whole];
  return chain.map((text, k) => (k === 0 ? `${left} = ${text}` : `${" ".repeat(left.length)} = ${text}`));
}

function quotient(sign: string, of: string, by: string): string {
  return `${sign}${of}/${sign}${by}`;
}

function parenthesised(number: string, inside: boolean): string {
  return inside && number.startsWith("−") ? `(${number})` : number;
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}
