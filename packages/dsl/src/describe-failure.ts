/**
 * Owns: what to say where matching stopped. The grammar knows which tokens it would have accepted; what the writer meant
 * is a matter of the tokens around, so each known slip is a rule of its own, tried in order, and the last rule names
 * what was expected.
 */

import type { Diagnostic, Label } from "./diagnostic.ts";
import {
  endsOperand,
  error,
  expectsOnlyBinding,
  expectsOperand,
  type Failure,
  indexOf,
  list,
  nearest,
  openBracket,
  place,
  quoted,
  type Rule,
  spanOf,
  tokenAt,
} from "./failure.ts";
import { slipsInExpressions } from "./slips-in-expressions.ts";
import { slipsInStatements, valueAlone } from "./slips-in-statements.ts";
import { definitionWords, isStatementStart, reservedWords, statementWords } from "./statement-words.ts";

export function describeFailure(failure: Failure): Diagnostic {
  for (const rule of rules) {
    const diagnostic = rule(failure);
    if (diagnostic !== null) return diagnostic;
  }
  return unexpected(failure);
}

const rules: readonly Rule[] = [
  notADefinition,
  missingLossForm,
  ...slipsInStatements,
  ...slipsInExpressions,
  misspeltWord,
  unclosedBracket,
  unmatchedBracket,
  argumentEquals,
  indexNotAName,
  assignmentInExpression,
  conditionInOperation,
  reservedWord,
  missingElse,
  elseOutsideRead,
  notCallable,
  arrowInExpression,
  missingOperator,
  valueAlone,
];

// ── the rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

function notADefinition(failure: Failure): Diagnostic | null {
  if (!failure.expected.has("model")) return null;
  const token = tokenAt(failure, failure.at);
  const near = token?.kind === "word" ? nearest(token.text, [...definitionWords, "import"]) : null;
  const remedy =
    "a page holds imports, and definitions that begin with model, layer, function, loss, metric, optimizer or initializer";
  const message = `a definition begins here, but not with ${shown(failure)}`;
  return error(
    "not-a-definition",
    message,
    [{ span: place(failure), text: "not a definition" }],
    near === null ? remedy : `did you mean \`${near}\`?`,
  );
}

function missingLossForm(failure: Failure): Diagnostic | null {
  const word = tokenAt(failure, failure.at - 1);
  const next = tokenAt(failure, failure.at);
  if (word === undefined || !["loss", "metric"].includes(word.text)) return null;
  if (next === undefined || !["=", "[", "<-"].includes(next.text)) return null;
  const help =
    word.text === "loss"
      ? "write `loss mse(o, y)` or `loss name = …`"
      : "write `metric accuracy(o, y)` or `metric name = …`";
  return error(
    "missing-loss-form",
    `\`${word.text}\` is a word of the language, not a name to bind`,
    [{ span: spanOf(failure, word), text: `a ${word.text} is not a binding` }],
    help,
  );
}

/** `parm W[n] ~ zeros`: a name, then a name, where a statement should be. */
function misspeltWord(failure: Failure): Diagnostic | null {
  const word = tokenAt(failure, failure.at - 1);
  const next = tokenAt(failure, failure.at);
  if (word?.kind !== "word" || !word.firstOnLine || !failure.expected.has("<-") || !expectsOnlyBinding(failure))
    return null;
  if (next?.kind !== "word" && next?.text !== "{" && next?.text !== "(") return null;
  const near = nearest(word.text, statementWords);
  // A call is rather a value.
  if (near === null && next.text === "(") return null;
  const help =
    near === null
      ? `a statement begins with ${list(statementWords.map(quoted))}, or binds a name: \`h = …\``
      : `did you mean \`${near}\`?`;
  return error(
    "unexpected-token",
    `\`${word.text}\` does not begin a statement`,
    [{ span: spanOf(failure, word), text: "not a statement" }],
    help,
  );
}

function unclosedBracket(failure: Failure): Diagnostic | null {
  const open = openBracket(failure);
  if (open === undefined || failure.brackets.matching.has(indexOf(failure, open))) return null;
  const token = tokenAt(failure, failure.at);
  const ends = token === undefined || token.text === "}" || isStatementStart(failure.tokens, failure.at);
  // A block ends only with its definition; a parenthesis also where the next statement begins.
  if (!ends || (open.text === "{" && token !== undefined)) return null;
  const closer = open.text === "(" ? ")" : open.text === "[" ? "]" : "}";
  const labels: [Label, ...Label[]] = [{ span: spanOf(failure, open), text: "opened here" }];
  labels.push({ span: place(failure), text: `\`${closer}\` is missing before this` });
  return error("unclosed-bracket", `this \`${open.text}\` is never closed`, labels, `add \`${closer}\``);
}

function unmatchedBracket(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token === undefined || ![")", "]", "}"].includes(token.text) || failure.brackets.matching.has(failure.at))
    return null;
  const open = openBracket(failure);
  const labels: [Label, ...Label[]] = [{ span: spanOf(failure, token), text: "closes nothing" }];
  if (open !== undefined) labels.push({ span: spanOf(failure, open), text: "open here" });
  const help = open === undefined ? "delete it, or open it where it should begin" : `close \`${open.text}\` first`;
  return error("unmatched-bracket", `this \`${token.text}\` has no opening bracket`, labels, help);
}

function argumentEquals(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  const name = tokenAt(failure, failure.at - 1);
  if (token?.text !== "=" || name?.kind !== "word" || !failure.expected.has(":")) return null;
  return error(
    "argument-equals",
    "an argument is named with `:`",
    [{ span: spanOf(failure, token), text: "`:` belongs here" }],
    `write \`${name.text}: …\``,
  );
}

/** `z[0] = …`, `z[i + 1] = …`: what a left side may be indexed with. */
function indexNotAName(failure: Failure): Diagnostic | null {
  const open = openBracket(failure);
  if (open?.text !== "[" || expectsOperand(failure)) return null;
  const token = tokenAt(failure, failure.at);
  const close = failure.brackets.matching.get(indexOf(failure, open));
  const after = close === undefined ? undefined : tokenAt(failure, close + 1);
  const leftSide = after?.text === "=";
  if (token === undefined || (!leftSide && after?.text !== "(")) return null;
  const help = leftSide
    ? "the left side names its indices, `z[i, j] = …`; what moves them stands in the reads on the right: `x[i + 1]`"
    : "a reduction names its indices: `sum[i, j](…)`, or `sum[i < 3](…)` where no read fixes the range";
  return error(
    "index-not-a-name",
    "an index is a plain name here",
    [{ span: spanOf(failure, token), text: "not a name" }],
    help,
  );
}

function assignmentInExpression(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token?.text !== "=" || !failure.expected.has("an operator")) return null;
  return error(
    "assignment-in-expression",
    "`=` does not stand inside an expression",
    [{ span: spanOf(failure, token), text: "inside an expression" }],
    "equality is written `==`; a definition begins on the left: `z = …`",
  );
}

function conditionInOperation(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token?.text !== "if" || !expectsOperand(failure)) return null;
  return error(
    "needs-parentheses",
    "an `if` inside an operation needs parentheses",
    [{ span: spanOf(failure, token), text: "its `else` would take in all that follows" }],
    "write `(if c then a else b)`",
  );
}

function reservedWord(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token?.kind !== "word" || !reservedWords.has(token.text) || !failure.expected.has("a name")) return null;
  // At the beginning of a line it is rather what comes before that is incomplete.
  if (token.firstOnLine || failure.expected.has("param") || ["then", "else", "and", "or"].includes(token.text))
    return null;
  return error(
    "reserved-word",
    `\`${token.text}\` is a word of the language and cannot be a name`,
    [{ span: spanOf(failure, token), text: "reserved word" }],
    `choose another name, such as \`${token.text}_1\``,
  );
}

function missingElse(failure: Failure): Diagnostic | null {
  // Inside brackets of a read `else` is optional, and `]` is accepted as well.
  if (!failure.expected.has("else") || failure.expected.has("]")) return null;
  return error(
    "missing-else",
    "this `if` has no `else`",
    [{ span: place(failure), text: "`else` is missing before this" }],
    "an expression has a value either way: `if c then a else b`",
  );
}

function elseOutsideRead(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token?.text !== "else" || tokenAt(failure, failure.at - 1)?.text !== "]") return null;
  return error(
    "unexpected-token",
    "this `else` belongs to nothing",
    [{ span: spanOf(failure, token), text: "no `if` before it" }],
    "what lies outside a tensor is said inside the brackets: `x[i + 1 else 0]`",
  );
}

function notCallable(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  const before = tokenAt(failure, failure.at - 1);
  if (token?.text !== "(" || before === undefined || !failure.expected.has("an operator")) return null;
  if (!endsOperand(before)) return null;
  const open = before.text === "]" ? failure.brackets.matching.get(failure.at - 1) : undefined;
  const bracket = open === undefined ? undefined : tokenAt(failure, open);
  if (open !== undefined && bracket !== undefined && tokenAt(failure, open - 1)?.kind === "word") {
    return error(
      "index-not-a-name",
      "brackets before `(…)` make a reduction, and hold the names of its indices",
      [{ span: { ...spanOf(failure, bracket), end: before.end }, text: "not only names" }],
      "write `sum[i, j](…)`, or `sum[i < 3](…)` where no read fixes the range; a product needs its `*`",
    );
  }
  return error(
    "not-callable",
    "this cannot be called",
    [{ span: spanOf(failure, token), text: "call of something that is not a name" }],
    "only a name can be called: bind the function to one; a product needs its `*`",
  );
}

function arrowInExpression(failure: Failure): Diagnostic | null {
  const token = tokenAt(failure, failure.at);
  if (token?.text !== "<-" || !failure.expected.has("an operator")) return null;
  return error(
    "unexpected-token",
    "`<-` begins the new value of a state, and does not stand in an expression",
    [{ span: spanOf(failure, token), text: "read as an arrow" }],
    "to compare with a negative number, put a space between: `x < -1`",
  );
}

/** `h = a b`, `2 x`: the second value was taken for the beginning of a statement, or could not be. */
function missingOperator(failure: Failure): Diagnostic | null {
  const { at, expected } = failure;
  const early =
    expectsOnlyBinding(failure) &&
    endsOperand(tokenAt(failure, at - 2)) &&
    tokenAt(failure, at - 1)?.firstOnLine === false;
  const second = early ? at - 1 : at;
  const token = tokenAt(failure, second);
  const before = tokenAt(failure, second - 1);
  if (token === undefined || before === undefined || token.firstOnLine || !endsOperand(before)) return null;
  if (!early && !(expected.has("an operator") && (token.kind === "number" || token.kind === "word"))) return null;
  if (token.kind === "word" && reservedWords.has(token.text)) return null;
  return error(
    "missing-operator",
    `an operator is missing between \`${before.text}\` and \`${token.text}\``,
    [{ span: { ...spanOf(failure, before), start: before.end, end: token.end }, text: "no operator here" }],
    `a product is written \`${before.text} * ${token.text}\`; the next statement begins with \`name =\` or a word such as \`return\``,
  );
}

// ── the last resort: what was expected ───────────────────────────────────────────────────────────────────────────────

function unexpected(failure: Failure): Diagnostic {
  const expected = inUsersWords(failure.expected);
  const label = expected.length === 1 ? `${expected[0]} belongs here` : "not expected here";
  return error(
    "unexpected-token",
    `expected ${list(expected)}, found ${shown(failure)}`,
    [{ span: place(failure), text: label }],
    null,
  );
}

/** Every token that can begin or continue something, as one phrase for what it would be. */
function inUsersWords(expected: ReadonlySet<string>): readonly string[] {
  const phrases: string[] = [];
  const left = new Set([...expected].filter((what) => !what.startsWith("not (")));
  const take = (mark: string, phrase: string, ...words: readonly string[]): void => {
    if (!left.has(mark)) return;
    phrases.push(phrase);
    for (const word of words) left.delete(word);
  };
  const operatorsFollow = left.has("an operator");
  take("a number", "an expression", "a number", "a name", "(", "-", "not", "if");
  take("param", "a statement", ...statementWords, "a name");
  if (operatorsFollow) for (const mark of ["an operator", "(", "["]) left.delete(mark);
  phrases.push(
    ...[...left].map((what) =>
      /^(?:an? |end )/.test(what) ? what.replace("end of input", "the end of the definition") : quoted(what),
    ),
  );
  return phrases.length === 0 ? ["an operator"] : phrases.sort();
}

function shown(failure: Failure): string {
  const token = tokenAt(failure, failure.at);
  if (token !== undefined) return quoted(token.text);
  return failure.to < failure.tokens.length ? "the end of the definition" : "the end of the file";
}
