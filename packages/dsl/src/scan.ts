/**
 * Owns: the tokens and comments of a text, and what is wrong with single characters.
 *
 * The grammar has its own lexical rules; this scanner serves what a grammar is bad at: finding where definitions begin
 * in a broken page, bounding the nesting before anything recurses, attaching comments, and recognising the characters
 * that other languages and typesetters use. It agrees with the grammar on every token (a test compares them).
 */

import type { SourceFile } from "@adjoint/ir";
import type { Diagnostic } from "./diagnostic.ts";
import { foreignText } from "./foreign-text.ts";

export interface Token {
  readonly kind: "word" | "number" | "string" | "mark";
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** No other token stands before it on its line. */
  readonly firstOnLine: boolean;
}

export interface Comment {
  /** With its `//`, without trailing space. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** No token stands before it on its line. */
  readonly ownLine: boolean;
  /** An empty line stands directly before it. */
  readonly afterBlank: boolean;
  /** Where the token before it ends; 0 if there is none. */
  readonly behind: number;
}

export interface Scan {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  /** By the offset of a token that begins a line: the comment lines directly above it, without their `//`. */
  readonly docs: ReadonlyMap<number, string>;
  readonly diagnostics: readonly Diagnostic[];
}

const space = /[ \t\r\n]+/y;
const comment = /\/\/[^\n]*/y;
/** A name, or a name in a name: `h.W`. */
const word = /[\p{L}_](?:[\p{L}0-9_]|[\u0300-\u036f])*(?:\.[\p{L}_](?:[\p{L}0-9_]|[\u0300-\u036f])*)*/uy;
/** Everything that was perhaps meant as one number; `number` says which of these are. */
const numberLike = /\.?[0-9](?:(?<=[eE])[+-]|[\p{L}0-9_.]|[\u0300-\u036f])*/uy;
const number = /^[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const string = /"[^"\n]*"/y;
/** Marks that begin nothing longer, in this language or another. */
const bracket = /[(){}[\],~^]|\.\.(?![.0-9])/y;
const mark = /<-|<=|>=|==|!=|[-+*/<>=:]/y;

/** Controls, bidirectional controls and line separators: nobody sees them, and some end a comment in other languages. */
const invisible = /[^\P{Cc}\t\n\r]|\r(?!\n)|[\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Linear in the length of the text, and without recursion. */
export function scan(file: SourceFile): Scan {
  const { text } = file;
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const docs = new Map<number, string>();
  const diagnostics: Diagnostic[] = findInvisible(file);

  let offset = text.startsWith("\ufeff") ? 1 : 0;
  let lineHasToken = false;
  let breaks = 2; // line breaks since the last token or comment; the file's beginning counts as an empty line
  let doc: string[] = [];

  const at = (pattern: RegExp): string | null => {
    pattern.lastIndex = offset;
    return pattern.exec(text)?.[0] ?? null;
  };
  const push = (kind: Token["kind"], found: string): void => {
    const start = offset;
    offset += found.length;
    if (!lineHasToken && breaks === 1 && doc.length > 0) docs.set(start, doc.join("\n"));
    doc = [];
    tokens.push({ kind, text: found, start, end: offset, firstOnLine: !lineHasToken });
    lineHasToken = true;
    breaks = 0;
  };

  while (offset < text.length) {
    let found = at(space);
    if (found !== null) {
      const count = found.split("\n").length - 1;
      if (count > 0) lineHasToken = false;
      breaks += count;
      offset += found.length;
      continue;
    }
    found = at(comment);
    if (found !== null) {
      const line = found.trimEnd();
      const afterBlank = breaks > 1;
      const behind = tokens.at(-1)?.end ?? 0;
      comments.push({
        text: line,
        start: offset,
        end: offset + line.length,
        ownLine: !lineHasToken,
        afterBlank,
        behind,
      });
      if (afterBlank || lineHasToken) doc = [];
      if (!lineHasToken) doc.push(line.slice(2).replace(/^ /, ""));
      breaks = 0;
      offset += found.length;
      continue;
    }
    found = at(word);
    if (found !== null) {
      push("word", found);
      continue;
    }
    found = at(bracket);
    if (found !== null) {
      push("mark", found);
      continue;
    }
    found = at(numberLike);
    if (found !== null) {
      const wrong = judgeNumber(file, offset, found);
      if (wrong !== null) diagnostics.push(wrong);
      push("number", found);
      continue;
    }
    const foreign = foreignText(file, offset);
    if (foreign !== null) {
      diagnostics.push(foreign.diagnostic);
      offset += foreign.length;
      lineHasToken = true;
      breaks = 0;
      continue;
    }
    found = at(string);
    if (found !== null) {
      push("string", found);
      continue;
    }
    found = at(mark);
    if (found !== null) {
      push("mark", found);
      continue;
    }
    const stranger = String.fromCodePoint(text.codePointAt(offset) ?? 0);
    if (stranger === '"') {
      const end = text.indexOf("\n", offset);
      const stop = end === -1 ? text.length : end;
      diagnostics.push({
        code: "unterminated-string",
        severity: "error",
        message: "this string is not closed",
        labels: [{ span: { file, start: offset, end: stop }, text: 'no `"` before the line ends' }],
        help: 'close it with `"` on the same line',
      });
      offset = stop;
    } else {
      // What `invisible` matches is reported already.
      if (stranger.replace(invisible, "") !== "") diagnostics.push(unknownCharacter(file, offset, stranger));
      offset += stranger.length;
    }
    lineHasToken = true;
    breaks = 0;
  }
  return { tokens, comments, docs, diagnostics };
}

function findInvisible(file: SourceFile): Diagnostic[] {
  return [...file.text.matchAll(invisible)].map((found) => {
    const code = found[0].codePointAt(0) ?? 0;
    return {
      code: "invisible-character",
      severity: "error",
      message: `the character U+${hex(code)} cannot be seen, and may not stand in a page`,
      labels: [{ span: { file, start: found.index, end: found.index + found[0].length }, text: "here" }],
      help: "delete it",
    };
  });
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, "0");
}

function unknownCharacter(file: SourceFile, start: number, character: string): Diagnostic {
  return {
    code: "foreign-character",
    severity: "error",
    message: `the language has no \`${character}\` (U+${hex(character.codePointAt(0) ?? 0)})`,
    labels: [{ span: { file, start, end: start + character.length }, text: "unknown character" }],
    help: "names are made of letters, digits and `_`",
  };
}

function judgeNumber(file: SourceFile, start: number, found: string): Diagnostic | null {
  const labels = (text: string): Diagnostic["labels"] => [{ span: { file, start, end: start + found.length }, text }];
  if (!number.test(found)) {
    return {
      code: "malformed-number",
      severity: "error",
      message: `\`${found}\` is not a number`,
      labels: labels("malformed number"),
      help: remedyForNumber(found),
    };
  }
  const value = Number(found);
  if (Number.isFinite(value) && (value !== 0 || !/^[0.]*[1-9]/.test(found))) return null;
  return {
    code: "number-overflow",
    severity: "error",
    message: `\`${found}\` is too ${value === 0 ? "small" : "large"} for a 64-bit float`,
    labels: labels(value === 0 ? "this would be 0" : "this would be infinite"),
    help: "numbers lie between 5e-324 and 1.8e308",
  };
}

function remedyForNumber(found: string): string {
  const product = /^([0-9]+(?:\.[0-9]+)?)([\p{L}_][\p{L}0-9_]*)$/u.exec(found);
  if (/^0[xXbBoO]/.test(found)) return "numbers are written in decimal";
  if (/^[0-9][0-9_]*(?:\.[0-9_]*)?$/.test(found) && found.includes("_"))
    return `write \`${found.replaceAll("_", "")}\``;
  if (/^\.[0-9]+$/.test(found)) return `write \`0${found}\``;
  if (/^[0-9]+\.$/.test(found)) return `write \`${found}0\``;
  if (product !== null && !/^[eE][0-9]*$/.test(product[2] ?? ""))
    return `a product needs its \`*\`: \`${product[1]} * ${product[2]}\``;
  return "numbers look like `1`, `0.5` or `1e-3`";
}
