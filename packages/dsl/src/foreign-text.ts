/** Owns: the characters and operators of other languages and of typesetting, and what to write instead. */

import type { SourceFile } from "@adjoint/ir";
import type { Diagnostic } from "./diagnostic.ts";

interface Foreign {
  readonly pattern: RegExp;
  readonly code: "foreign-operator" | "foreign-character";
  readonly help: string;
}

const operator = (pattern: RegExp, help: string): Foreign => ({ pattern, code: "foreign-operator", help });
const character = (pattern: RegExp, help: string): Foreign => ({ pattern, code: "foreign-character", help });

/** The first that matches counts. All are sticky, and none matches the beginning of a token of the language. */
const table: readonly Foreign[] = [
  operator(/\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/y, "a comment is written `// …`, to the end of its line"),
  operator(/#[^\n]*/y, "a comment is written `// …`"),
  operator(/\*\*/y, "a power is written `x^2`"),
  operator(/&&?/y, "write `and`"),
  // Behind an operand a bar is none of a pair.
  operator(/(?<![\p{L}0-9_)\]]\s*)\|[^|\n]+\|(?!\|)/uy, "an absolute value is written `abs(x)`"),
  operator(/\|\|?/y, "write `or`"),
  operator(/->/y, "an update is written `m <- …`, a definition `f(x) = …`"),
  operator(/=>/y, "a function is written `function f(x) = …`"),
  operator(/===/y, "equality is written `==`"),
  operator(/!==/y, "inequality is written `!=`"),
  operator(/!(?!=)/y, "write `not`"),
  operator(/=</y, "write `<=`"),
  operator(/:=/y, "a definition is written with `=`, a named argument with `:`"),
  operator(
    /[-+*/]=(?!=)/y,
    "a name is bound once: give the new value a name of its own (in an optimizer: `m <- m + …`)",
  ),
  operator(/;/y, "statements need no `;` between them"),
  operator(/%/y, "a remainder is written `k mod n`"),
  operator(/\?/y, "a choice is written `if c then a else b`"),
  operator(/@/y, "a product of matrices is written with indices: `y[i] = sum[j](W[i, j] * x[j])`"),
  operator(/\.{3,}/y, "trailing axes are kept by `..`: `x[t, ..]`"),
  operator(
    /\.(?![0-9])/y,
    "a `.` stands between names only, without spaces: `h.W` is the parameter W of the layer that made h",
  ),
  character(/[−–—‐‑]/uy, "write the minus sign of the keyboard, `-`"),
  character(/[×·⋅∗∙]/uy, "a product is written `*`"),
  character(/[÷∕]/uy, "a quotient is written `/`"),
  character(/≤/uy, "write `<=`"),
  character(/≥/uy, "write `>=`"),
  character(/≠/uy, "write `!=`"),
  character(/←/uy, "an update is written `<-`"),
  character(/[→⇒↦]/uy, "a function is written `function f(x) = …`"),
  character(/∑/uy, "a sum is written `sum[i](…)`"),
  character(/∏/uy, "a product over indices is written `prod[i](…)`"),
  character(/√/uy, "write `sqrt(x)`"),
  character(/∂|∇/uy, "a derivative is written `grad(y, x)`"),
  character(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/uy, "a power is written `x^2`"),
  character(/[₀₁₂₃₄₅₆₇₈₉]+/uy, "write ordinary digits: `x1`"),
  character(/['‘’′]/uy, "names contain no quotes: write `x1` or `x_new`"),
  character(/[“”„«»`]/uy, 'a file name is quoted with `"`'),
  character(/∞/uy, "there is no infinite literal: `1e308` is near the largest number"),
  character(/…/uy, "write the terms, or a reduction: `sum[i](…)`"),
  character(/[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+/uy, "replace this unusual space by an ordinary one"),
  character(/[（）［］｛｝，：＝＋－＊／＜＞～]/uy, "write the half-width form of the keyboard"),
];

/** What is foreign at `offset`, and how many UTF-16 units it is long; null if nothing is. */
export function foreignText(
  file: SourceFile,
  offset: number,
): { readonly diagnostic: Diagnostic; readonly length: number } | null {
  for (const { pattern, code, help } of table) {
    pattern.lastIndex = offset;
    const found = pattern.exec(file.text)?.[0];
    if (found === undefined) continue;
    const shown = found.length > 12 ? `${found.slice(0, 2)} …` : found;
    const noun = code === "foreign-operator" ? "operator" : "character";
    const message = found.trim() === "" ? "this is not an ordinary space" : `the language has no \`${shown}\``;
    const labels: Diagnostic["labels"] = [
      { span: { file, start: offset, end: offset + found.length }, text: `foreign ${noun}` },
    ];
    return { diagnostic: { code, severity: "error", message, labels, help }, length: found.length };
  }
  return null;
}
