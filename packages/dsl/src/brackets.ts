/** Owns: which bracket closes which, in a text whose brackets may be wrong. */

import type { Token } from "./scan.ts";

const partner: ReadonlyMap<string, string> = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

export interface Brackets {
  /** By index of an opening token, the index of the token that closes it, and the reverse. */
  readonly matching: ReadonlyMap<number, number>;
  /** By index of a token: the index of the innermost bracket that is open before it, or −1. */
  readonly enclosing: Int32Array;
}

/**
 * A `}` closes the nearest `{` whatever is open inside; a `)` or `]` closes only what is innermost; `resetAt` says which
 * tokens cannot stand inside any bracket, so that what is open there will never be closed. Linear: each opener is pushed
 * and popped once.
 */
export function matchBrackets(tokens: readonly Token[], resetAt: (index: number) => boolean): Brackets {
  const matching = new Map<number, number>();
  const enclosing = new Int32Array(tokens.length);
  const open: number[] = [];
  let openBraces = 0;
  for (const [index, token] of tokens.entries()) {
    if (resetAt(index)) {
      open.length = 0;
      openBraces = 0;
    }
    enclosing[index] = open.at(-1) ?? -1;
    if (token.kind !== "mark") continue;
    if (token.text === "(" || token.text === "[" || token.text === "{") {
      open.push(index);
      if (token.text === "{") openBraces++;
      continue;
    }
    const wanted = partner.get(token.text);
    if (wanted === undefined) continue;
    if (wanted === "{" && openBraces > 0) {
      while (tokens[open.at(-1) ?? 0]?.text !== "{") open.pop();
      openBraces--;
    }
    const opener = open.at(-1);
    if (opener === undefined || tokens[opener]?.text !== wanted) continue;
    open.pop();
    matching.set(opener, index);
    matching.set(index, opener);
  }
  return { matching, enclosing };
}
