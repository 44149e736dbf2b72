/** Owns: what is meant where a value is written as other languages write it. */

import type { Diagnostic } from "./diagnostic.ts";
import { error, expectsOperand, type Failure, openBracket, type Rule, spanOf, tokenAt } from "./failure.ts";

export const slipsInExpressions: readonly Rule[] = [
  quotedName,
  slice,
  axesInFront,
  listOfNumbers,
  conditionBehind,
  method,
];

/** `activation: "tanh"` */
function quotedName(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token?.kind !== "string" || !(expectsOperand(failure) || failure.expected.has("a name"))) return null;
  const content = token.text.slice(1, -1);
  const isName = /^[\p{L}_][\p{L}0-9_]*$/u.test(content);
  return error(
    "unexpected-token",
    isName ? "a name stands without quotes" : "there is no text among the values",
    [{ span: spanOf(failure, token), text: "in quotes" }],
    isName ? `write \`${content}\`` : "only files and patterns of names stand in quotes",
  );
}

/** `x[0:2]`, `x[:, 0]` */
function slice(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token?.text !== ":" || openBracket(failure)?.text !== "[") return null;
  return error(
    "unexpected-token",
    "a part of a tensor is said by its elements",
    [{ span: spanOf(failure, token), text: "no slices" }],
    "write `y[i < 2] = x[i + 1]` for some of an axis, `x[t, ..]` for all of those behind",
  );
}

/** `x[.., 0]`, `x[i, .., 0]` */
function axesInFront(failure: Failure): Diagnostic | null {
  if (openBracket(failure)?.text !== "[") return null;
  // Matching stops at them, or, since a comma may follow them, at the index that comes then.
  const [dots, comma] = [tokenAt(failure, failure.at - 2), tokenAt(failure, failure.at - 1)];
  const place = comma?.text === "," ? dots : tokenAt(failure, failure.at);
  if (place?.text !== "..") return null;
  return error(
    "unexpected-token",
    "`..` stands behind all indices, for the axes that follow them",
    [{ span: spanOf(failure, place), text: "in front of an index" }],
    "name the axes that are kept: `y[k] = x[k, 0]`",
  );
}

/** `y = [1, 2, 3]` */
function listOfNumbers(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token?.text !== "[" || !expectsOperand(failure)) return null;
  return error(
    "unexpected-token",
    "a tensor is not written as a list",
    [{ span: spanOf(failure, token), text: "a list" }],
    "say its elements, `y[i < 3] = 2 * i`, or take it as an `input`",
  );
}

/** `y = a if c else b` */
function conditionBehind(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token?.text !== "if" || token.firstOnLine || !failure.expected.has("an operator")) return null;
  return error(
    "unexpected-token",
    "a condition stands before what it chooses",
    [{ span: spanOf(failure, token), text: "behind a value" }],
    "write `if c then a else b`",
  );
}

/** `x.sum()` */
function method(failure: Failure): Diagnostic | null {
  const [name, open] = [tokenAt(failure, failure.at - 1), tokenAt(failure, failure.at)];
  if (open?.text !== "(" || name?.kind !== "word") return null;
  const dot = name.text.lastIndexOf(".");
  if (dot === -1) return null;
  return error(
    "not-callable",
    "there are no methods",
    [{ span: spanOf(failure, name), text: "called as a method" }],
    `what is called takes its arguments in parentheses: \`${name.text.slice(dot + 1)}(${name.text.slice(0, dot)})\``,
  );
}
