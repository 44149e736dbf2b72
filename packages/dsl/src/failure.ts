/**
 * Owns: a place where matching stopped, and what can be asked of the tokens around it.
 */

import type { SourceFile, Span } from "@adjoint/ir";
import { closest, distance } from "fastest-levenshtein";
import type { Brackets } from "./brackets.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { DiagnosticCode } from "./diagnostic-codes.ts";
import type { Token } from "./scan.ts";
import { reservedWords } from "./statement-words.ts";

/** Where matching stopped: before token `at`, of the tokens `[from, to)` that were matched. */
export interface Failure {
  readonly file: SourceFile;
  readonly tokens: readonly Token[];
  readonly brackets: Brackets;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  /** What would have been accepted: terminals as they are written, the rest as the grammar describes it. */
  readonly expected: ReadonlySet<string>;
}

/** What is said of one slip; null where it is another. */
export type Rule = (failure: Failure) => Diagnostic | null;

export function tokenAt({ tokens, from, to }: Failure, index: number): Token | undefined {
  return index >= from && index < to ? tokens[index] : undefined;
}

export function spanOf({ file }: Failure, token: Token): Span {
  return { file, start: token.start, end: token.end };
}

/** The token at which matching stopped, or the place behind the last one. */
export function place(failure: Failure): Span {
  const token = tokenAt(failure, failure.at);
  if (token !== undefined) return spanOf(failure, token);
  const end = failure.tokens[failure.to - 1]?.end ?? failure.file.text.length;
  return { file: failure.file, start: end, end };
}

export function error(
  code: DiagnosticCode,
  message: string,
  labels: Diagnostic["labels"],
  help: string | null = null,
): Diagnostic {
  return { code, severity: "error", message, labels, help };
}

/** The innermost bracket that is open at the failure; among those before the match began, only the block counts. */
export function openBracket({ tokens, brackets: { matching, enclosing }, from, to, at }: Failure): Token | undefined {
  let index = at < to ? (enclosing[at] ?? -1) : openBehind(to - 1);
  while (index !== -1 && index < from && tokens[index]?.text !== "{") index = enclosing[index] ?? -1;
  return tokens[index];

  /** What is open behind a token: what it opens, or what was open before it, or before what it closes. */
  function openBehind(last: number): number {
    const text = tokens[last]?.text;
    if (text === "(" || text === "[" || text === "{") return last;
    const opener = matching.get(last);
    return enclosing[opener ?? last] ?? -1;
  }
}

export function indexOf(failure: Failure, token: Token): number {
  // Tokens are in order of their offsets.
  let low = 0;
  let high = failure.to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((failure.tokens[middle]?.start ?? 0) < token.start) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "mark") return token.text === ")" || token.text === "]";
  return token.kind === "number" || (token.kind === "word" && !reservedWords.has(token.text));
}

export function expectsOperand({ expected }: Failure): boolean {
  return expected.has("a number");
}

export function expectsOnlyBinding({ expected }: Failure): boolean {
  return [...expected].every((what) => ["=", "[", "<-"].includes(what));
}

/** The one of the language's words that the writer's is a near miss of, or null if none is near. */
export function nearest(word: string, words: readonly string[]): string | null {
  const candidate = closest(word, words);
  const shared = [...word].filter((letter) => candidate.includes(letter)).length;
  const isNear =
    Math.abs(candidate.length - word.length) <= 2 && distance(candidate, word) <= Math.max(2, word.length / 3);
  return isNear && shared >= Math.max(2, word.length - 2) ? candidate : null;
}

export function quoted(text: string): string {
  return `\`${text}\``;
}

/** `a`, `a or b`, `a, b or c`. */
export function list(items: readonly string[]): string {
  const last = items.at(-1) ?? "nothing";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} or ${last}`;
}
