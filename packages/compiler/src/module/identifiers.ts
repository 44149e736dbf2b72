/** Owns: which identifiers a body mentions. */

import type { EmittedLine } from "../procedure.ts";

/** Every identifier in a body. Emitted code has no strings, and its comments are lines of their own. */
export function identifiersOf(body: readonly EmittedLine[]): ReadonlySet<string> {
  const identifiers = new Set<string>();
  for (const { text } of body) {
    if (text.trimStart().startsWith("//")) continue;
    for (const [identifier] of text.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)) identifiers.add(identifier);
  }
  return identifiers;
}
