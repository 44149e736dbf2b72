/**
 * Writes src/generated/grammar.generated.ts from src/adjoint.ohm: Ohm's own recipe of the grammar, which loads about
 * fifty times faster than its text does, and without a file system. A test fails when it is not current.
 */

import { readFileSync, writeFileSync } from "node:fs";
import * as ohm from "ohm-js";

const here = (path) => new URL(`../src/${path}`, import.meta.url);

export function generateGrammar() {
  const recipe = ohm.grammar(readFileSync(here("adjoint.ohm"), "utf8")).toRecipe();
  // The recipe quotes the grammar's text and points into it, for errors in the grammar; it has none.
  const [kind, , name, parent, start, rules] = JSON.parse(recipe);
  const compact = JSON.stringify([kind, {}, name, parent, start, withoutPositions(rules)]);
  return `/** Generated from adjoint.ohm by scripts/generate-grammar.mjs. Do not edit. */

export const grammarRecipe: string = ${JSON.stringify(compact)};
`;
}

function withoutPositions(value) {
  if (Array.isArray(value)) return value.map(withoutPositions);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "sourceInterval")
      .map(([key, inner]) => [key, withoutPositions(inner)]),
  );
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(here("generated/grammar.generated.ts"), generateGrammar());
}
