/** Owns: numbers that must be known at compile time: sizes, counts, settings. */

import type { Span } from "@adjoint/ir";
import type { Expression } from "../syntax-tree.ts";
import { limits, report, type Scope } from "./session.ts";
import { quote } from "./tensors.ts";
import { describe } from "./values.ts";

/** The value of an expression that must be a number known at compile time; null (reported) if it is not. */
export function evaluateNumber(scope: Scope, expression: Expression, role: string): number | null {
  const value = scope.session.evaluate(expression, scope, null);
  if (value.kind === "number") return value.value;
  if (value.kind === "poison") return null;
  report(
    scope,
    "wrong-kind",
    `${role} must be a number known at compile time`,
    [{ span: expression.span, text: `this is ${describe(value)}` }],
    "sizes, hyperparameters, numbers and arithmetic on them are known at compile time",
  );
  return null;
}

/** A positive whole number, or null (reported). */
export function evaluateSize(scope: Scope, expression: Expression, role = "a size"): number | null {
  const value = evaluateNumber(scope, expression, role);
  return value === null || !checkSize(scope, value, expression.span, role) ? null : value;
}

export function evaluateShape(scope: Scope, extents: readonly Expression[]): readonly number[] | null {
  const shape: number[] = [];
  for (const extent of extents) {
    const size = evaluateSize(scope, extent);
    if (size !== null) shape.push(size);
  }
  return shape.length === extents.length ? shape : null;
}

function checkSize(scope: Scope, value: number, span: Span, role: string): boolean {
  if (Number.isInteger(value) && value >= 1 && value <= limits.elements) return true;
  const fault = value > limits.elements ? "too large" : "not a positive whole number";
  report(
    scope,
    "invalid-size",
    `${role} of ${value} is ${fault}`,
    [{ span, text: quote(span) === `\`${value}\`` ? "here" : `this is ${value}` }],
    value > 0 && !Number.isInteger(value) ? "round it: floor(…) or ceil(…)" : null,
  );
  return false;
}
