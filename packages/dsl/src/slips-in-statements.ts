/**
 * Owns: what is meant where a declaration, a setting or a whole statement is written as other languages write it. Each
 * rule knows one slip, and says how it is written here.
 */

import type { Diagnostic } from "./diagnostic.ts";
import {
  endsOperand,
  error,
  expectsOnlyBinding,
  expectsOperand,
  type Failure,
  indexOf,
  openBracket,
  quoted,
  type Rule,
  spanOf,
  tokenAt,
} from "./failure.ts";
import type { Token } from "./scan.ts";
import { definitionWords, settingWords, statementWords } from "./statement-words.ts";

export const slipsInStatements: readonly Rule[] = [
  foreignType,
  shapeInParentheses,
  missingInitializer,
  initialNumber,
  settingWithMark,
  settingsWithComma,
  missingOptimizerWord,
  settingWithoutValue,
  statementWithColon,
  wordBeforeBinding,
  loopOfOtherLanguages,
  repeatWithoutCount,
  repeatOfTimes,
];

/** What a page says from one token to another, or `…` if that is much. */
function excerpt({ file }: Failure, first: Token, last: Token): string {
  const text = file.text.slice(first.start, last.end);
  return text.length <= 60 && !text.includes("\n") ? text : "…";
}

/** The token, or the bracket that closes what it opens. */
function closing({ tokens, brackets }: Failure, index: number): Token | undefined {
  return tokens[brackets.matching.get(index) ?? index];
}

// ── declarations ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** `epsilon: 1e-5`, `x: [5]`, `y: float`: behind a `:` stands a class, and nothing else. */
function foreignType(failure: Failure): Diagnostic | null {
  const { at, expected } = failure;
  const [name, colon, type] = [tokenAt(failure, at - 2), tokenAt(failure, at - 1), tokenAt(failure, at)];
  if (!expected.has("class") || colon?.text !== ":" || name === undefined || type === undefined) return null;
  if (type.kind === "mark" && !["[", "(", "-"].includes(type.text)) return null;
  const isFormal = openBracket(failure)?.text === "(";
  if (type.text === "[" || (type.kind === "number" && !isFormal)) return shapeBehindColon(failure, name, colon, at);
  const onlyType = "`: class(k)`, whole numbers from 0 to k - 1, is the only type; without it numbers are meant";
  if (!isFormal || name.kind !== "word") {
    const labels: Diagnostic["labels"] = [{ span: spanOf(failure, type), text: "not `class`" }];
    return error("unexpected-token", `there is no type ${quoted(type.text)}`, labels, onlyType);
  }
  const isWhole = [",", ")"].includes(tokenAt(failure, at + 1)?.text ?? "");
  const help = `write \`${name.text} = ${isWhole ? type.text : "…"}\``;
  return error(
    "unexpected-token",
    "a default is written with `=`",
    [{ span: spanOf(failure, colon), text: "`=` belongs here" }],
    type.kind === "word" ? `${help} for a default; ${onlyType}` : help,
  );
}

/** `x: [5]`, `x: 5` */
function shapeBehindColon(failure: Failure, name: Token, colon: Token, at: number): Diagnostic {
  const first = tokenAt(failure, at) ?? colon;
  const end = closing(failure, at) ?? first;
  const extents = first.text === "[" ? excerpt(failure, first, end) : `[${first.text}]`;
  return error(
    "unexpected-token",
    "a shape stands directly behind the name",
    [{ span: { ...spanOf(failure, colon), end: end.end }, text: "a shape is no type" }],
    name.kind === "word" ? `write \`${name.text}${extents === "…" ? "[…]" : extents}\`` : null,
  );
}

/** `input x(5)` */
function shapeInParentheses(failure: Failure): Diagnostic | null {
  const { at } = failure;
  const [word, name, open] = [tokenAt(failure, at - 2), tokenAt(failure, at - 1), tokenAt(failure, at)];
  if (open?.text !== "(" || name?.kind !== "word" || !["input", "target", "param"].includes(word?.text ?? ""))
    return null;
  const end = closing(failure, at) ?? open;
  const shape = excerpt(failure, open, end).slice(1, -1);
  return error(
    "unexpected-token",
    "a shape stands in brackets",
    [{ span: { ...spanOf(failure, open), end: end.end }, text: "in parentheses" }],
    `write \`${word?.text} ${name.text}[${shape === "" ? "…" : shape}]\``,
  );
}

/** `param W[2]`, `param W[2] = zeros` */
function missingInitializer(failure: Failure): Diagnostic | null {
  const { at, expected, brackets } = failure;
  const last = tokenAt(failure, at - 1);
  if (!expected.has("~") || last === undefined) return null;
  const named = last.text === "]" ? (brackets.matching.get(at - 1) ?? at) - 1 : at - 1;
  const name = tokenAt(failure, named);
  if (name?.kind !== "word") return null;
  const next = tokenAt(failure, at);
  const shape = tokenAt(failure, at + 1);
  if (next?.text === ":" && shape?.text === "[") return shapeBehindColon(failure, name, next, at + 1);
  const isNoise = tokenAt(failure, named - 1)?.text === "noise";
  const given = next?.text === "=" || next?.text === ":" ? shape : next?.firstOnLine === false ? next : undefined;
  const initializer = given?.kind === "word" ? given.text : isNoise ? "normal" : "zeros";
  const { text } = failure.file;
  const isOnLine = given !== undefined && next !== undefined;
  const declared = { ...spanOf(failure, name), end: last.end };
  return error(
    "unexpected-token",
    `${quoted(name.text)} does not say how it ${isNoise ? "is drawn" : "begins"}`,
    isOnLine
      ? [{ span: spanOf(failure, next), text: "`~` belongs here" }]
      : [{ span: declared, text: "no `~` behind it" }],
    `write \`${text.slice(declared.start, declared.end)} ~ ${initializer}\`${isOnLine ? "" : `, or another ${isNoise ? "distribution" : "initializer"}`}`,
  );
}

/** `param b ~ 0` */
function initialNumber(failure: Failure): Diagnostic | null {
  const { at } = failure;
  const token = tokenAt(failure, at);
  if (tokenAt(failure, at - 1)?.text !== "~" || token === undefined) return null;
  const value = token.text === "-" ? tokenAt(failure, at + 1) : token;
  if (value?.kind !== "number") return null;
  return error(
    "unexpected-token",
    "an initializer stands behind `~`",
    [{ span: { ...spanOf(failure, token), end: value.end }, text: "a number" }],
    `write \`constant(${excerpt(failure, token, value)})\``,
  );
}

// ── settings of `train` ──────────────────────────────────────────────────────────────────────────────────────────────

/** Whether a token stands directly in the braces of `train`. */
function isInTrain({ tokens, brackets }: Failure, index: number): boolean {
  const open = brackets.enclosing[index] ?? -1;
  return tokens[open]?.text === "{" && tokens[open - 1]?.text === "train";
}

/** `epochs = 10`, `epochs: 10` */
function settingWithMark(failure: Failure): Diagnostic | null {
  const { at } = failure;
  const [word, mark, value] = [tokenAt(failure, at - 1), tokenAt(failure, at), tokenAt(failure, at + 1)];
  if (word?.kind !== "word" || mark === undefined || !["=", ":", "<-"].includes(mark.text)) return null;
  if (!isInTrain(failure, at) || !expectsOperand(failure)) return null;
  const isCall = tokenAt(failure, at + 2)?.text === "(";
  const end = isCall ? closing(failure, at + 2) : value;
  const shown = value === undefined || end === undefined ? "…" : excerpt(failure, value, end);
  return error(
    "unexpected-token",
    "a setting is followed by its value",
    [{ span: spanOf(failure, mark), text: `no ${quoted(mark.text)} between them` }],
    `write \`${word.text} ${shown}\``,
  );
}

/** `optimizer adam(rate: 0.1), epochs 10` */
function settingsWithComma(failure: Failure): Diagnostic | null {
  const { at } = failure;
  const [comma, word] = [tokenAt(failure, at - 2), tokenAt(failure, at - 1)];
  if (comma?.text !== "," || !isSetting(word) || !isInTrain(failure, at - 1)) return null;
  return error(
    "unexpected-token",
    "settings need no `,` between them",
    [{ span: spanOf(failure, comma), text: "not needed" }],
    "a `,` chains optimizers: `optimizer clip_norm(1), adam`",
  );
}

/** `train { sgd(rate: 0.1) }`, `train { adam epochs 10 }`: the setting is called optimizer. */
function missingOptimizerWord(failure: Failure): Diagnostic | null {
  const { at } = failure;
  const open = openBracket(failure);
  const opened = open?.text === "(" ? indexOf(failure, open) : -1;
  const called = opened - 1;
  const [before, word] = [tokenAt(failure, called - 1), tokenAt(failure, called)];
  const isCall =
    word?.kind === "word" && isInTrain(failure, called) && [":", ","].includes(tokenAt(failure, at)?.text ?? "");
  if (isCall && before?.text !== "optimizer" && before?.text !== ",") {
    return optimizerOf(failure, word, closing(failure, opened) ?? word);
  }
  // Read as a setting whose value is the word of the next one.
  const [bare, setting] = [tokenAt(failure, at - 2), tokenAt(failure, at - 1)];
  if (bare?.kind !== "word" || setting === undefined || !isInTrain(failure, at - 1)) return null;
  const isValue = isSetting(tokenAt(failure, at - 3));
  return isSetting(setting) && !isSetting(bare) && !isValue ? optimizerOf(failure, bare, bare) : null;
}

function isSetting(token: Token | undefined): boolean {
  return settingWords.some((word) => word === token?.text);
}

function optimizerOf(failure: Failure, first: Token, last: Token): Diagnostic {
  const hasOptimizer = failure.tokens.some((token, k) => token.text === "optimizer" && isInTrain(failure, k));
  const text = excerpt(failure, first, last);
  return error(
    "unexpected-token",
    `\`train\` has no setting ${quoted(first.text)}`,
    [{ span: { ...spanOf(failure, first), end: last.end }, text: "which setting is this?" }],
    hasOptimizer ? `steps of an optimizer are joined by commas: optimizer …, ${text}` : `write \`optimizer ${text}\``,
  );
}

/** `train { adam }`, `train { epochs }` */
function settingWithoutValue(failure: Failure): Diagnostic | null {
  const { at } = failure;
  const word = tokenAt(failure, at - 1);
  if (word?.kind !== "word" || tokenAt(failure, at)?.text !== "}") return null;
  if (!isInTrain(failure, at - 1) || !expectsOperand(failure)) return null;
  if (!isSetting(word)) return optimizerOf(failure, word, word);
  return error(
    "unexpected-token",
    `the setting ${quoted(word.text)} has no value`,
    [{ span: spanOf(failure, word), text: "no value behind it" }],
    "write its value behind it, as in `epochs 100`",
  );
}

// ── whole statements ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether a token begins a line, or what stands in braces. */
function begins(failure: Failure, index: number): boolean {
  return tokenAt(failure, index)?.firstOnLine === true || tokenAt(failure, index - 1)?.text === "{";
}

/** `h: dense(x)`, `loss: mse(o, y)` */
function statementWithColon(failure: Failure): Diagnostic | null {
  const { at } = failure;
  const [word, colon] = [tokenAt(failure, at - 1), tokenAt(failure, at)];
  if (colon?.text !== ":" || word?.kind !== "word" || !begins(failure, at - 1)) return null;
  const isStatement = statementWords.some((each) => each === word.text);
  return error(
    "unexpected-token",
    isStatement ? `no \`:\` stands behind ${quoted(word.text)}` : "a name is given with `=`",
    [{ span: spanOf(failure, colon), text: isStatement ? "not needed" : "`=` belongs here" }],
    isStatement ? `write \`${word.text} …\`` : `write \`${word.text} = …\``,
  );
}

/** `let h = …`, `float h = …` */
function wordBeforeBinding(failure: Failure): Diagnostic | null {
  const { at } = failure;
  const [word, name, equals] = [tokenAt(failure, at - 1), tokenAt(failure, at), tokenAt(failure, at + 1)];
  if (word?.kind !== "word" || name?.kind !== "word" || name.firstOnLine || equals?.text !== "=") return null;
  if (!begins(failure, at - 1) || !expectsOnlyBinding(failure)) return null;
  return error(
    "unexpected-token",
    "a name is given without a word before it",
    [{ span: spanOf(failure, word), text: "not needed" }],
    `write \`${name.text} = …\``,
  );
}

/** `for i in 3 { … }`, `while …` */
function loopOfOtherLanguages(failure: Failure): Diagnostic | null {
  const word = tokenAt(failure, failure.at - 1);
  if (word === undefined || !["for", "while", "foreach"].includes(word.text)) return null;
  if (!begins(failure, failure.at - 1) || !expectsOnlyBinding(failure)) return null;
  return error(
    "unexpected-token",
    "there are no loops over elements",
    [{ span: spanOf(failure, word), text: "a loop" }],
    "a tensor is said by its elements, `y[i] = …`, a sum by `sum[i](…)`; statements are repeated by `repeat 3 { … }`",
  );
}

/** `repeat { … }` */
function repeatWithoutCount(failure: Failure): Diagnostic | null {
  const word = tokenAt(failure, failure.at - 1);
  if (word?.text !== "repeat" || tokenAt(failure, failure.at)?.text !== "{") return null;
  return error(
    "unexpected-token",
    "`repeat` does not say how often",
    [{ span: spanOf(failure, word), text: "no number behind it" }],
    "write `repeat 3 { … }`",
  );
}

/** `repeat 3 times { … }` */
function repeatOfTimes(failure: Failure): Diagnostic | null {
  const at = tokenAt(failure, failure.at)?.text === "times" ? failure.at : failure.at - 1;
  const [word, count, times] = [at - 2, at - 1, at].map((index) => tokenAt(failure, index));
  if (word?.text !== "repeat" || count === undefined || times?.text !== "times") return null;
  return error(
    "unexpected-token",
    "the number of turns stands by itself",
    [{ span: spanOf(failure, times), text: "not needed" }],
    `write \`repeat ${count.text} { … }\``,
  );
}

/** `2 * x` as a statement: what is meant depends on the definition around. */
export function valueAlone(failure: Failure): Diagnostic | null {
  const { at, expected } = failure;
  const token = tokenAt(failure, at);
  const before = tokenAt(failure, at - 1);
  const value = expectsOnlyBinding(failure) ? before : token;
  if (value === undefined) return null;
  if (value === token) {
    const isValue = value.kind === "number" || value.kind === "string" || ["(", "-", "not", "if"].includes(value.text);
    if (!expected.has("param") || !isValue || !begins(failure, at)) return null;
    if (value.text === "(" && endsOperand(before)) return null;
  } else {
    if (value.kind !== "word" || !begins(failure, at - 1)) return null;
    if (token?.kind === "number" || token?.kind === "string") return null;
  }
  const isChoice = value.text === "if";
  return error(
    "unexpected-token",
    isChoice ? "a choice is a value, and does not stand by itself" : "a value does not stand by itself",
    [{ span: spanOf(failure, value), text: "what is done with it?" }],
    isChoice ? remedyOfChoice(failure, value) : remedyIn(definitionAround(failure)),
  );
}

/** `if training then s <- m`: an update is no more a branch than a binding is. */
function remedyOfChoice(failure: Failure, choice: Token): string {
  const branch = failure.tokens.findIndex(({ start, text }) => start > choice.start && text === "then");
  const [name, arrow] = [tokenAt(failure, branch + 1), tokenAt(failure, branch + 2)];
  if (branch === -1 || name?.kind !== "word" || arrow?.text !== "<-") {
    return "choose inside an expression: `h = if c then a else b`";
  }
  const how = `\`${name.text} <- if c then a else ${name.text}\``;
  return `choose inside an expression: ${how}; states change in training only, without being told to`;
}

type DefinitionWord = (typeof definitionWords)[number];

function remedyIn(definition: DefinitionWord | null): string {
  switch (definition) {
    case "layer":
    case "function":
    case "loss":
    case "metric":
    case "initializer":
      return `write \`return …\` if it is what the ${definition} gives, or name it: \`h = …\``;
    case "model":
    case null:
      return "name it, `h = …`, or say what it is to the model: `output …`, `loss …`";
    case "optimizer":
      return "name it, `d = …`; `w <- …` is the parameter's new value";
  }
}

/** The word that begins the definition in which matching stopped. */
function definitionAround({ tokens, brackets: { enclosing }, at, to }: Failure): DefinitionWord | null {
  let index = Math.min(at, to - 1);
  while ((enclosing[index] ?? -1) !== -1) index = enclosing[index] ?? -1;
  for (; index >= 0; index--) {
    const word = definitionWords.find((each) => each === tokens[index]?.text);
    if (word !== undefined && enclosing[index] === -1) return word;
  }
  return null;
}
