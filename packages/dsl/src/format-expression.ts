/** Owns: the layout of expressions: the fewest parentheses that keep the tree, spaces around all operators but `^` and the sign. */

import { textOf } from "@adjoint/ir";
import type { CommentCursor } from "./comment-cursor.ts";
import { concat, type Document, group, indent, line } from "./document.ts";
import { binaryPrecedence, levelOf, operandLevel, unaryPrecedence } from "./precedence.ts";
import type { Argument, Binary, Expression, Formal, IndexBinder, Read, Trailing } from "./syntax-tree.ts";

/** An expression that has its lines to itself, so that a chain of operators need not be indented against its beginning. */
export function formatAlone(expression: Expression, comments: CommentCursor): Document {
  if (expression.kind !== "binary" || binaryPrecedence[expression.operator].associates === "right") {
    return formatExpression(expression, comments);
  }
  const [head, tail] = formatChain(expression, comments);
  return group(concat(head, tail));
}

export function formatExpression(expression: Expression, comments: CommentCursor): Document {
  switch (expression.kind) {
    case "number":
      return concat(numberText(expression));
    case "reference":
      return concat(expression.name.text);
    case "unary": {
      const { operator, operand } = expression;
      // A space keeps `- -x` from looking like another language's operator.
      const sign = operator === "not" ? "not " : operand.kind === "unary" && operand.operator === "-" ? "- " : "-";
      return concat(sign, atLevel(operand, unaryPrecedence[operator], comments));
    }
    case "binary":
      return formatBinary(expression, comments);
    case "conditional": {
      const { condition, whenTrue, whenFalse } = expression;
      return group(
        concat(
          "if ",
          formatExpression(condition, comments),
          indent(
            concat(
              comments.lineBefore(whenTrue.span.start),
              "then ",
              formatExpression(whenTrue, comments),
              comments.lineBefore(whenFalse.span.start),
              "else ",
              formatExpression(whenFalse, comments),
            ),
          ),
        ),
      );
    }
    case "call":
      return concat(expression.callee.text, formatArguments(expression.arguments, expression.span.end, comments));
    case "read":
      return concat(formatSource(expression.source, comments), formatIndices(expression, comments));
    case "reduction": {
      const { operator, indices, body, span } = expression;
      const inner = bracketed("(", [body], span.end, ")", comments, (node) => formatAlone(node, comments));
      return concat(operator.text, formatBinders(indices, comments), inner);
    }
  }
}

/** A number binds as an operand, yet `3[i]` is not well-formed. */
function formatSource(source: Expression, comments: CommentCursor): Document {
  return source.kind === "number" ? parenthesised(source, comments) : atLevel(source, operandLevel, comments);
}

/** As the source has it, if it has it: `1e-3` stays `1e-3`. */
function numberText({ value, span }: { readonly value: number; readonly span: Expression["span"] }): string {
  const written = textOf(span).toLowerCase();
  return written !== "" && Number(written) === value ? written : String(value);
}

function atLevel(expression: Expression, level: number, comments: CommentCursor): Document {
  return levelOf(expression) >= level ? formatExpression(expression, comments) : parenthesised(expression, comments);
}

function parenthesised(expression: Expression, comments: CommentCursor): Document {
  const before = comments.lineBefore(expression.span.start, "");
  return group(concat("(", indent(concat(before, formatAlone(expression, comments))), line(""), ")"));
}

function formatBinary(expression: Binary, comments: CommentCursor): Document {
  const { level, associates } = binaryPrecedence[expression.operator];
  if (associates === "right") {
    const { left, operator, right } = expression;
    // `2^-x` reads as 2^(−x), though the sign binds less tightly.
    const sign = right.kind === "unary" && right.operator === "-";
    const exponent = sign ? unaryPrecedence["-"] : level;
    return concat(atLevel(left, level + 1, comments), operator, atLevel(right, exponent, comments));
  }
  const [head, tail] = formatChain(expression, comments);
  return group(concat(head, indent(tail)));
}

/**
 * The first operand and the rest of a chain of operators that do not associate to the right. Operators of one level that
 * associate to the left are one chain, broken before each of them or before none.
 */
function formatChain(expression: Binary, comments: CommentCursor): readonly [head: Document, tail: Document] {
  const { level, associates } = binaryPrecedence[expression.operator];
  const chain: Binary[] = [expression];
  let first = expression.left;
  while (associates === "left" && first.kind === "binary" && binaryPrecedence[first.operator].level === level) {
    chain.push(first);
    first = first.left;
  }
  const head = atLevel(first, associates === "never" ? level + 1 : level, comments);
  const tail = chain.reverse().map(({ operator, right }) => {
    const before = comments.lineBefore(right.span.start);
    return concat(before, `${operator} `, atLevel(right, level + 1, comments));
  });
  return [head, concat(...tail)];
}

function formatArguments(given: readonly Argument[], end: number, comments: CommentCursor): Document {
  return bracketed("(", given, end, ")", comments, ({ name, value }) =>
    concat(name === null ? "" : `${name.text}: `, formatExpression(value, comments)),
  );
}

function formatIndices({ indices, trailing, otherwise, span }: Read, comments: CommentCursor): Document {
  const items = trailing === null ? indices : [...indices, trailing];
  return bracketed("[", items, span.end, "]", comments, (item) => {
    const rest =
      item === items.at(-1) && otherwise !== null ? concat(" else ", formatExpression(otherwise, comments)) : "";
    return concat(item.kind === "trailing" ? ".." : formatExpression(item, comments), rest);
  });
}

export function formatBinders(
  indices: readonly IndexBinder[],
  comments: CommentCursor,
  trailing: Trailing | null = null,
): Document {
  const items = trailing === null ? indices : [...indices, trailing];
  return bracketed("[", items, null, "]", comments, (item) => {
    return item.kind === "trailing" ? concat("..") : formatBinder(item, comments);
  });
}

export function formatBinder({ name, extent }: IndexBinder, comments: CommentCursor): Document {
  return concat(name.text, extent === null ? "" : concat(" < ", formatRange(extent, comments)));
}

/** How far an index runs, or how often something is repeated: without a comparison that could be read as another. */
export function formatRange(extent: Expression, comments: CommentCursor): Document {
  return atLevel(extent, binaryPrecedence["+"].level, comments);
}

export function formatFormals(formals: readonly Formal[], comments: CommentCursor): Document {
  return bracketed("(", formals, null, ")", comments, (formal) =>
    concat(
      formal.name.text,
      formal.extents === null ? "" : formatExtents(formal.extents, comments, formal.trailing),
      formal.type === null ? "" : concat(": class(", formatExpression(formal.type.count, comments), ")"),
      formal.default === null ? "" : concat(" = ", formatExpression(formal.default, comments)),
    ),
  );
}

/** `[n, m]`, or nothing for a scalar. */
export function formatExtents(
  extents: readonly Expression[],
  comments: CommentCursor,
  trailing: Trailing | null = null,
): Document {
  if (extents.length === 0) return concat();
  const items = trailing === null ? extents : [...extents, trailing];
  return bracketed("[", items, null, "]", comments, (item) =>
    item.kind === "trailing" ? concat("..") : formatExpression(item, comments),
  );
}

/** On one line, or each item on a line of its own. `end` is behind the closing bracket, null where the tree doesn't say. */
function bracketed<T extends { readonly span: Expression["span"] }>(
  open: string,
  items: readonly T[],
  end: number | null,
  close: string,
  comments: CommentCursor,
  format: (item: T) => Document,
): Document {
  const last = items.at(-1);
  if (last === undefined) return concat(open, close);
  const inner = items.map((item, k) => {
    const before = comments.lineBefore(item.span.start, k === 0 ? "" : " ");
    return concat(k === 0 ? "" : ",", before, format(item));
  });
  const rest = end === null ? comments.suffixesBehind(last.span.end) : comments.suffixesBefore(end);
  return group(concat(open, indent(concat(...inner)), rest, line(""), close));
}
