/** Owns: the value of an expression, one case per kind. */

import type { ScalarFunctionName, Span } from "@adjoint/ir";
import type { Binary, BinaryOperator, Conditional, Expression, Unary } from "../syntax-tree.ts";
import { evaluateCall } from "./calls.ts";
import { evaluateReduction } from "./elements.ts";
import { formOfValue, leftSpine } from "./index-forms.ts";
import { resolveName } from "./names.ts";
import { dividePosition, findIndex, lowerRead, positionValue } from "./reads.ts";
import { type Evaluate, limits, report, type Scope } from "./session.ts";
import { applyScalar, evaluateOperand, type Operand } from "./tensors.ts";
import { isQuantity, numberValue, poison, type Value } from "./values.ts";

/** How each operator reads as a scalar function; `swap` exchanges the operands. */
const operators: Readonly<
  Record<Exclude<BinaryOperator, "div" | "mod">, { readonly fn: ScalarFunctionName; readonly swap: boolean }>
> = {
  "+": { fn: "add", swap: false },
  "-": { fn: "sub", swap: false },
  "*": { fn: "mul", swap: false },
  "/": { fn: "div", swap: false },
  "^": { fn: "pow", swap: false },
  "<": { fn: "lt", swap: false },
  "<=": { fn: "le", swap: false },
  ">": { fn: "lt", swap: true },
  ">=": { fn: "le", swap: true },
  "==": { fn: "eq", swap: false },
  "!=": { fn: "ne", swap: false },
  and: { fn: "and", swap: false },
  or: { fn: "or", swap: false },
};

export const evaluate: Evaluate = (expression, scope, name) => {
  const known = scope.group?.known.get(expression);
  if (known !== undefined) return known;
  const { session } = scope;
  const { findings } = session;
  if (findings.work > limits.work) return poison;
  if (++findings.work > limits.work) {
    report(
      scope,
      "page-too-large",
      `this page expands to more than ${limits.work} expressions`,
      [{ span: expression.span, text: "given up here" }],
      "a definition that uses others twice, which use others twice …, grows exponentially",
    );
    return poison;
  }
  if (session.depth >= limits.depth) {
    if (findings.tooDeep) return poison;
    findings.tooDeep = true;
    report(scope, "nesting-too-deep", `expressions are nested more than ${limits.depth} deep`, [
      { span: expression.span, text: "given up here" },
    ]);
    return poison;
  }
  session.depth++;
  const value = evaluateKind(expression, scope, name);
  session.depth--;
  return value;
};

function evaluateKind(expression: Expression, scope: Scope, name: string | null): Value {
  switch (expression.kind) {
    case "number":
      return numberValue(expression.value);
    case "reference": {
      const index = findIndex(scope, expression.name.text);
      return index === null ? resolveName(scope, expression.name) : positionValue(scope, index, expression.span, name);
    }
    case "unary":
      return evaluateUnary(expression, scope, name);
    case "binary":
      return evaluateBinary(expression, scope, name);
    case "conditional":
      return evaluateConditional(expression, scope, name);
    case "call":
      return evaluateCall(expression, scope, name);
    case "read":
      return lowerRead(expression, scope, name);
    case "reduction":
      return evaluateReduction(expression, scope, name);
  }
}

function evaluateUnary(expression: Unary, scope: Scope, name: string | null): Value {
  const operand = evaluateOperand(expression.operand, scope);
  if (operand === null) return poison;
  return applyScalar(scope, expression.operator === "-" ? "neg" : "not", [operand], expression.span, name);
}

function evaluateBinary(expression: Binary, scope: Scope, name: string | null): Value {
  const { first, rest } = leftSpine(expression, () => true);
  let left = evaluateOperand(first, scope);
  for (const step of rest) {
    const right = evaluateOperand(step.right, scope);
    if (left === null || right === null) {
      left = null;
      continue;
    }
    const title = step === expression ? name : null;
    const value = applyOperator(scope, step.operator, left, right, step.span, title);
    left = isQuantity(value) ? { value, span: step.span } : null;
  }
  return left?.value ?? poison;
}

function applyOperator(
  scope: Scope,
  operator: BinaryOperator,
  left: Operand,
  right: Operand,
  span: Span,
  name: string | null,
): Value {
  if (operator === "div" || operator === "mod") return divide(scope, operator, left, right, span, name);
  const { fn, swap } = operators[operator];
  return applyScalar(scope, fn, swap ? [right, left] : [left, right], span, name);
}

/** a div b = ⌊a / b⌋ and a mod b = a − b·⌊a / b⌋; of a position by a number, a position again where it can be. */
function divide(
  scope: Scope,
  operator: "div" | "mod",
  left: Operand,
  right: Operand,
  span: Span,
  name: string | null,
): Value {
  const form = right.value.kind === "number" && left.value.kind === "tensor" ? formOfValue(left.value) : null;
  const divided = form === null || right.value.kind !== "number" ? null : dividePosition(form, right.value.value);
  if (divided !== null) {
    return positionValue(scope, operator === "div" ? divided.quotient : divided.remainder, span, name);
  }
  const apply = (
    fn: ScalarFunctionName,
    operands: readonly (Operand | null)[],
    title: string | null,
  ): Operand | null => {
    const given = operands.flatMap((operand) => operand ?? []);
    const value = given.length === operands.length ? applyScalar(scope, fn, given, span, title) : poison;
    return isQuantity(value) ? { value, span } : null;
  };
  const isQuotient = operator === "div";
  const quotient = apply("floor", [apply("div", [left, right], null)], isQuotient ? name : null);
  const result = isQuotient ? quotient : apply("sub", [left, apply("mul", [right, quotient], null)], name);
  return result?.value ?? poison;
}

/** A condition known at compile time chooses its branch, and the other is not looked at. */
function evaluateConditional(expression: Conditional, scope: Scope, name: string | null): Value {
  const { condition, whenTrue, whenFalse, span } = expression;
  const test = evaluateOperand(condition, scope);
  if (test?.value.kind === "number") return evaluate(test.value.value !== 0 ? whenTrue : whenFalse, scope, name);
  const chosen = evaluateOperand(whenTrue, scope);
  const other = evaluateOperand(whenFalse, scope);
  if (test === null || chosen === null || other === null) return poison;
  return applyScalar(scope, "select", [test, chosen, other], span, name);
}
