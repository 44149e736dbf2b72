/** Owns: the tree of a flat sequence of operands and operators, by the table of precedence; iteratively, in linear time. */

import type { Span } from "@adjoint/ir";
import type { Diagnostic } from "./diagnostic.ts";
import { binaryPrecedence, unaryPrecedence } from "./precedence.ts";
import type { BinaryOperator, Expression, UnaryOperator } from "./syntax-tree.ts";

export interface Prefix {
  readonly kind: "prefix";
  readonly operator: UnaryOperator;
  readonly span: Span;
}

export interface Infix {
  readonly kind: "infix";
  readonly operator: BinaryOperator;
  readonly span: Span;
}

/** The expression, and the span of what stands in the text: its parentheses included, if it has any. */
export interface Operand {
  readonly kind: "operand";
  readonly expression: Expression;
  readonly span: Span;
}

/** Operators and operands in source order: prefixes* operand (infix prefixes* operand)*, as the grammar ensures. */
export type Item = Prefix | Infix | Operand;

/**
 * Dijkstra's two stacks. A prefix waits on the operator stack until something that binds less tightly follows its
 * operand, so `-x^2` is −(x²) and `2^-x` is 2^(−x).
 */
export function buildOperation(items: readonly Item[], report: (diagnostic: Diagnostic) => void): Expression {
  const operands: Operand[] = [];
  const waiting: (Prefix | Infix)[] = [];

  const apply = (operator: Prefix | Infix): void => {
    const right = take(operands);
    if (operator.kind === "prefix") {
      const span = { ...operator.span, end: right.span.end };
      const expression: Expression = { kind: "unary", operator: operator.operator, operand: right.expression, span };
      operands.push({ kind: "operand", expression, span });
    } else {
      const left = take(operands);
      const span = { ...left.span, end: right.span.end };
      const [a, b] = [left.expression, right.expression];
      const expression: Expression = { kind: "binary", operator: operator.operator, left: a, right: b, span };
      operands.push({ kind: "operand", expression, span });
    }
  };

  for (const item of items) {
    if (item.kind === "prefix") {
      const before = waiting.at(-1);
      if (before !== undefined && levelOfOperator(before) > unaryPrecedence[item.operator] && item.operator === "not") {
        report({
          code: "needs-parentheses",
          severity: "error",
          message: `\`not\` after \`${before.operator}\` needs parentheses`,
          labels: [{ span: item.span, text: `\`${before.operator}\` binds tighter than \`not\`` }],
          help: "write `(not …)`",
        });
      }
      waiting.push(item);
    } else if (item.kind === "infix") {
      const { level, associates } = binaryPrecedence[item.operator];
      for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
        const other = levelOfOperator(top);
        if (other < level || (other === level && associates === "right")) break;
        if (other === level && associates === "never") report(comparisonChain(top, item));
        apply(take(waiting));
      }
      waiting.push(item);
    } else {
      operands.push(item);
    }
  }
  while (waiting.length > 0) apply(take(waiting));
  return take(operands).expression;
}

function take<T>(stack: T[]): T {
  const top = stack.pop();
  if (top === undefined) throw new RangeError("an operator lacks its operand, which the grammar excludes");
  return top;
}

function levelOfOperator(operator: Prefix | Infix): number {
  return operator.kind === "prefix" ? unaryPrecedence[operator.operator] : binaryPrecedence[operator.operator].level;
}

function comparisonChain(first: Prefix | Infix, second: Infix): Diagnostic {
  return {
    code: "comparison-chain",
    severity: "error",
    message: "comparisons do not chain",
    labels: [
      { span: second.span, text: "second comparison" },
      { span: first.span, text: "first comparison" },
    ],
    help: `write \`a ${first.operator} b and b ${second.operator} c\``,
  };
}
