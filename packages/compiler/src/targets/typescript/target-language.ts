/**
 * Owns: the little language that stands between a schedule and its text. It is what TypeScript and JavaScript have in
 * common for numbers and flat arrays; nothing in it knows of tensors.
 */

import type { Span } from "@adjoint/ir";

export type BinaryOperator = "||" | "&&" | "===" | "!==" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "**";

export interface NumberExpression {
  readonly kind: "number";
  readonly value: number;
}
export interface VariableExpression {
  readonly kind: "variable";
  readonly name: string;
}
/** `array[index]`, which is never outside: that is the schedule's promise. */
export interface ElementExpression {
  readonly kind: "element";
  readonly array: string;
  readonly index: Expression;
}
export interface UnaryExpression {
  readonly kind: "unary";
  readonly operator: "-" | "!";
  readonly operand: Expression;
}
export interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface ConditionalExpression {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}
export interface CallExpression {
  readonly kind: "call";
  readonly callee: string;
  readonly args: readonly Expression[];
}

export type Expression =
  | NumberExpression
  | VariableExpression
  | ElementExpression
  | UnaryExpression
  | BinaryExpression
  | ConditionalExpression
  | CallExpression;

export interface Declaration {
  readonly name: string;
  readonly value: Expression;
}

export type Statement =
  | {
      readonly kind: "declare";
      readonly keyword: "const" | "let";
      readonly declarations: readonly Declaration[];
      readonly span: Span | null;
    }
  | {
      readonly kind: "assign";
      readonly target: VariableExpression | ElementExpression;
      readonly operator: "=" | "+=" | "-=" | "*=";
      readonly value: Expression;
      readonly span: Span | null;
    }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly body: readonly Statement[];
      readonly span: Span | null;
    }
  /** `for (let index = from; index < to; index++)` */
  | {
      readonly kind: "for";
      readonly index: string;
      readonly from: Expression;
      readonly to: Expression;
      /** A variable for `to`, where computing that once is better than at each turn. */
      readonly end: string | null;
      readonly body: readonly Statement[];
      readonly span: Span | null;
    }
  | { readonly kind: "call"; readonly call: CallExpression; readonly span: Span | null }
  | { readonly kind: "return"; readonly value: Expression; readonly span: Span | null }
  /** Statements that belong where this stands, in the same scope. */
  | { readonly kind: "group"; readonly statements: readonly Statement[] }
  /** One line, already free of line terminators. */
  | { readonly kind: "comment"; readonly text: string; readonly span: Span | null };

export function number(value: number): NumberExpression {
  return { kind: "number", value };
}

export function variable(name: string): VariableExpression {
  return { kind: "variable", name };
}

export function element(array: string, index: Expression): ElementExpression {
  return { kind: "element", array, index };
}

export function binary(operator: BinaryOperator, left: Expression, right: Expression): BinaryExpression {
  return { kind: "binary", operator, left, right };
}

export function call(callee: string, ...args: readonly Expression[]): CallExpression {
  return { kind: "call", callee, args };
}

const booleanOperators: Readonly<Record<BinaryOperator, boolean>> = {
  "||": true,
  "&&": true,
  "===": true,
  "!==": true,
  "<": true,
  "<=": true,
  ">": true,
  ">=": true,
  "+": false,
  "-": false,
  "*": false,
  "/": false,
  "**": false,
};

/** Whether JavaScript gives `true` or `false` for it, where the graph has 1 or 0. */
export function isBoolean(expression: Expression): boolean {
  switch (expression.kind) {
    case "binary":
      return booleanOperators[expression.operator];
    case "unary":
      return expression.operator === "!";
    case "number":
    case "variable":
    case "element":
    case "conditional":
    case "call":
      return false;
  }
}

/** True where the number is not 0 (NaN counts as true, as everywhere in the graph). */
export function asCondition(expression: Expression): Expression {
  return isBoolean(expression) ? expression : binary("!==", expression, number(0));
}

/** 1 for true, 0 for false. */
export function asNumber(expression: Expression): Expression {
  if (!isBoolean(expression)) return expression;
  return { kind: "conditional", condition: expression, whenTrue: number(1), whenFalse: number(0) };
}

/** Integer arithmetic for indices: sums and products of whole numbers with nothing superfluous. */
export function indexSum(terms: readonly Expression[], offset: number): Expression {
  const [first, ...rest] = terms;
  if (first === undefined) return number(offset);
  const sum = rest.reduce((left, right) => plus(left, right), first);
  return offset === 0 ? sum : plus(sum, number(offset));
}

export function indexTerm(coefficient: number, index: Expression): Expression {
  if (coefficient === 1) return index;
  if (coefficient === -1) return { kind: "unary", operator: "-", operand: index };
  return binary("*", number(coefficient), index);
}

/** `left + right`, with a sign in front of `right` turned into a subtraction. Exact in floating point. */
export function plus(left: Expression, right: Expression): Expression {
  const subtracted = withoutSign(right);
  if (subtracted !== null) return binary("-", left, subtracted);
  if (left.kind === "unary" && left.operator === "-") return binary("-", right, left.operand);
  return binary("+", left, right);
}

/** `left - right`; the difference to a negated right side is a sum. Exact in floating point. */
export function minus(left: Expression, right: Expression): Expression {
  const added = withoutSign(right);
  return added === null ? binary("-", left, right) : binary("+", left, added);
}

/** −x for an x that begins with a sign, which then is dropped; null for any other. */
function withoutSign(expression: Expression): Expression | null {
  switch (expression.kind) {
    case "number":
      return expression.value < 0 ? number(-expression.value) : null;
    case "unary":
      return expression.operator === "-" ? expression.operand : null;
    case "binary": {
      if (expression.operator !== "*" && expression.operator !== "/") return null;
      const left = withoutSign(expression.left);
      if (left === null) return null;
      const isUnit = left.kind === "number" && left.value === 1 && expression.operator === "*";
      return isUnit ? expression.right : binary(expression.operator, left, expression.right);
    }
    case "variable":
    case "element":
    case "conditional":
    case "call":
      return null;
  }
}
