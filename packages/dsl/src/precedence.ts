/** Owns: how tightly operators bind, for the parser, which builds trees by it, and the formatter, which spares parentheses by it. */

import type { BinaryOperator, Expression, UnaryOperator } from "./syntax-tree.ts";

interface Binding {
  /** Greater binds tighter. */
  readonly level: number;
  readonly associates: "left" | "right" | "never";
}

export const binaryPrecedence: Readonly<Record<BinaryOperator, Binding>> = {
  or: { level: 1, associates: "left" },
  and: { level: 2, associates: "left" },
  "<": { level: 4, associates: "never" },
  "<=": { level: 4, associates: "never" },
  ">": { level: 4, associates: "never" },
  ">=": { level: 4, associates: "never" },
  "==": { level: 4, associates: "never" },
  "!=": { level: 4, associates: "never" },
  "+": { level: 5, associates: "left" },
  "-": { level: 5, associates: "left" },
  "*": { level: 6, associates: "left" },
  "/": { level: 6, associates: "left" },
  div: { level: 6, associates: "left" },
  mod: { level: 6, associates: "left" },
  "^": { level: 8, associates: "right" },
};

/** `not a == b` is not (a == b); `-x^2` is −(x²). */
export const unaryPrecedence: Readonly<Record<UnaryOperator, number>> = { not: 3, "-": 7 };

/** The level of what no operator can take apart. */
export const operandLevel = 9;

export function isBinaryOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(binaryPrecedence, text);
}

/** How tightly the outermost operator of an expression binds. */
export function levelOf(expression: Expression): number {
  switch (expression.kind) {
    case "conditional":
      return 0;
    case "binary":
      return binaryPrecedence[expression.operator].level;
    case "unary":
      return unaryPrecedence[expression.operator];
    case "number":
    case "reference":
    case "call":
    case "read":
    case "reduction":
      return operandLevel;
  }
}
