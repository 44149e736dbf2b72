/** Owns: the words of the language, which of them are reserved, and where a statement begins. */

import type { Token } from "./scan.ts";

/** Words that begin a definition, in the order in which messages list them. */
export const definitionWords = ["model", "layer", "function", "loss", "metric", "optimizer", "initializer"] as const;

/** Never names. The grammar's rule `reserved` says the same (a test compares them). */
export const reservedWords: ReadonlySet<string> = new Set([
  ...definitionWords,
  ...["import", "return", "if", "then", "else", "and", "or", "not"],
]);

/** Words that begin a statement. Those that are not reserved are names wherever `=`, `[` or `<-` follows. */
export const statementWords = [
  ...["input", "target", "param", "state", "noise", "return", "loss", "metric", "output", "repeat", "scan", "carry"],
  ...["require", "train"],
] as const;

/** The settings of `train`. */
export const settingWords = ["optimizer", "frozen", "epochs", "batch", "shuffle", "seed"] as const;

const all: ReadonlySet<string> = new Set(statementWords);

/** Whether a token that begins a line certainly begins a statement: no expression continues like this. */
export function isStatementStart(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  if (token?.kind !== "word" || !token.firstOnLine) return false;
  const next = tokens[index + 1];
  if (all.has(token.text))
    return next?.kind === "word" || next?.kind === "number" || reservedWords.has(token.text) || bindsAName(next);
  return !reservedWords.has(token.text) && bindsAName(next);
}

function bindsAName(next: Token | undefined): boolean {
  return next !== undefined && ["=", "<-", "["].includes(next.text);
}
