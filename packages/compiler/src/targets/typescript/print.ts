/** Owns: the text of target-language statements: minimal parentheses, exact numbers, long sums broken over lines. */

import type { Span } from "@adjoint/ir";
import CodeBlockWriter from "code-block-writer";
import type { EmittedLine } from "../../procedure.ts";
import type { BinaryOperator, Expression, Statement } from "./target-language.ts";

export interface PrintOptions {
  /** TypeScript asserts that an element is there (`x[0]!`); JavaScript has nothing to assert. */
  readonly language: "ts" | "js";
}

const maximalWidth = 110;

/** Strength of each form's outermost operator; an operand weaker than its place is parenthesised. */
const strength: Readonly<Record<BinaryOperator | "conditional" | "unary" | "primary", number>> = {
  conditional: 1,
  "||": 2,
  "&&": 3,
  "===": 4,
  "!==": 4,
  "<": 5,
  "<=": 5,
  ">": 5,
  ">=": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
  unary: 8,
  "**": 9,
  primary: 10,
};

/** The lines of a function's body. */
export function printStatements(statements: readonly Statement[], options: PrintOptions): readonly EmittedLine[] {
  const writer = new CodeBlockWriter({ indentNumberOfSpaces: 2, newLine: "\n" });
  const spans: (Span | null)[] = [];
  const line = (text: string, span: Span | null): void => {
    writer.writeLine(text);
    spans.push(span);
  };
  const writeAll = (list: readonly Statement[]): void => {
    for (const statement of list) write(statement);
  };
  const write = (statement: Statement): void => {
    switch (statement.kind) {
      case "declare": {
        const texts = statement.declarations.map(({ name, value }) => [`${name} = `, value] as const);
        const [first] = texts;
        if (first !== undefined && texts.length === 1) {
          writeBroken(`${statement.keyword} ${first[0]}`, first[1], statement.span);
        } else {
          line(
            `${statement.keyword} ${texts.map(([lead, value]) => lead + print(value, options)).join(", ")};`,
            statement.span,
          );
        }
        return;
      }
      case "assign": {
        const target = print(statement.target, options);
        // An element read and written in one statement needs the assertion that a mere store does not.
        const asserted = statement.operator === "=" && target.endsWith("!") ? target.slice(0, -1) : target;
        writeBroken(`${asserted} ${statement.operator} `, statement.value, statement.span);
        return;
      }
      case "for": {
        const { index } = statement;
        const [from, to] = [print(statement.from, options), print(statement.to, options)];
        const head = statement.end === null ? [from, to] : [`${from}, ${statement.end} = ${to}`, statement.end];
        line(`for (let ${index} = ${head[0]}; ${index} < ${head[1]}; ${index}++) {`, statement.span);
        writer.indent(() => writeAll(statement.body));
        line("}", statement.span);
        return;
      }
      case "if":
        line(`if (${print(statement.condition, options)}) {`, statement.span);
        writer.indent(() => writeAll(statement.body));
        line("}", statement.span);
        return;
      case "call":
        line(`${print(statement.call, options)};`, statement.span);
        return;
      case "return":
        writeBroken("return ", statement.value, statement.span);
        return;
      case "group":
        writeAll(statement.statements);
        return;
      case "comment":
        line(statement.text, statement.span);
        return;
    }
  };
  const writeBroken = (lead: string, value: Expression, span: Span | null): void => {
    const [first = "", ...rest] = breakSum(lead, value, options);
    line(rest.length === 0 ? `${first};` : first, span);
    rest.forEach((text, k) => {
      writer.indent(() => line(k === rest.length - 1 ? `${text};` : text, span));
    });
  };
  writeAll(statements);
  return writer
    .toString()
    .replace(/\n$/, "")
    .split("\n")
    .filter((_, k) => k < spans.length)
    .map((text, k) => ({ text, span: spans[k] ?? null }));
}

/** One line, or, where that is too wide, the terms of the outermost sum filled into several. */
function breakSum(lead: string, value: Expression, options: PrintOptions): readonly string[] {
  const whole = lead + print(value, options);
  if (whole.length <= maximalWidth || value.kind !== "binary" || !isSum(value.operator)) return [whole];
  const terms: string[] = [];
  let rest: Expression = value;
  while (rest.kind === "binary" && isSum(rest.operator)) {
    terms.push(`${rest.operator} ${operand(rest.right, strength[rest.operator] + 1, options)}`);
    rest = rest.left;
  }
  terms.push(operand(rest, strength["+"], options));
  terms.reverse();
  const lines: string[] = [];
  let current = lead;
  for (const [k, term] of terms.entries()) {
    if (k > 0 && current.length + term.length > maximalWidth - 4) {
      lines.push(current);
      current = term;
    } else {
      current += k === 0 ? term : ` ${term}`;
    }
  }
  lines.push(current);
  return lines;
}

function isSum(operator: BinaryOperator): operator is "+" | "-" {
  return operator === "+" || operator === "-";
}

export function print(expression: Expression, options: PrintOptions): string {
  switch (expression.kind) {
    case "number":
      return spellNumber(expression.value).text;
    case "variable":
      return expression.name;
    case "element": {
      const text = `${expression.array}[${print(expression.index, options)}]`;
      return options.language === "ts" ? `${text}!` : text;
    }
    case "unary": {
      const inner = operand(expression.operand, strength.unary, options);
      // `--x` is another operator, and `-x ** y` none at all.
      const power = expression.operand.kind === "binary" && expression.operand.operator === "**";
      return power || (expression.operator === "-" && inner.startsWith("-"))
        ? `${expression.operator}(${inner})`
        : `${expression.operator}${inner}`;
    }
    case "binary":
      return printBinary(expression.operator, expression.left, expression.right, options);
    case "conditional": {
      const condition = operand(expression.condition, strength.conditional + 1, options);
      const whenTrue = operand(expression.whenTrue, strength.conditional + 1, options);
      return `${condition} ? ${whenTrue} : ${operand(expression.whenFalse, strength.conditional, options)}`;
    }
    case "call":
      return `${expression.callee}(${expression.args.map((argument) => print(argument, options)).join(", ")})`;
  }
}

function printBinary(operator: BinaryOperator, left: Expression, right: Expression, options: PrintOptions): string {
  const own = strength[operator];
  // `**` associates to the right and takes no sign on its left; all others associate to the left.
  const leftText = operand(left, operator === "**" ? strength.primary : own, options);
  const rightText = operand(right, operator === "**" ? strength.unary : own + 1, options);
  return `${leftText} ${operator} ${rightText}`;
}

function operand(expression: Expression, least: number, options: PrintOptions): string {
  const text = print(expression, options);
  return strengthOf(expression) < least ? `(${text})` : text;
}

function strengthOf(expression: Expression): number {
  switch (expression.kind) {
    case "number":
      return spellNumber(expression.value).strength;
    case "variable":
    case "element":
    case "call":
      return strength.primary;
    case "unary":
      return strength.unary;
    case "binary":
      return strength[expression.operator];
    case "conditional":
      return strength.conditional;
  }
}

/** The shortest text that reads back as exactly this number. */
export function printNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A number of more digits than this is probably the result of a calculation, which says more than they do. */
const readableDigits = 12;
const largestDivisor = 1000;

/**
 * A number as one would write it: `1 - 0.9` and `1 / 48` rather than sixteen digits, where the calculation gives exactly
 * this number. A JavaScript parser folds it: it costs nothing at run time.
 */
function spellNumber(value: number): { readonly text: string; readonly strength: number } {
  const text = printNumber(value);
  const sign = value < 0 || Object.is(value, -0) ? strength.unary : strength.primary;
  if (text.length <= readableDigits || !Number.isFinite(value)) return { text, strength: sign };
  const complement = Number((1 - value).toPrecision(readableDigits));
  if (1 - complement === value && complement > 0 && printNumber(complement).length <= readableDigits) {
    return { text: `1 - ${printNumber(complement)}`, strength: strength["-"] };
  }
  for (let divisor = 2; divisor <= largestDivisor; divisor++) {
    const dividend = Math.round(value * divisor);
    if (dividend !== 0 && Math.abs(dividend) <= largestDivisor && dividend / divisor === value) {
      return { text: `${dividend} / ${divisor}`, strength: strength["/"] };
    }
  }
  return { text, strength: sign };
}
