/** Owns: declarations that share a line: loads from one array, and numbers that sums begin with. */

import { print } from "./print.ts";
import type { Declaration, Statement } from "./target-language.ts";

type DeclareStatement = Statement & { readonly kind: "declare" };

const widestLine = 96;

/** The statements, with neighbours joined that read as one. They do the same. */
export function joinDeclarations(statements: readonly Statement[]): readonly Statement[] {
  const joined: Statement[] = [];
  for (const statement of statements) {
    if (statement.kind === "group" && statement.statements.length === 0) continue;
    const before = joined.at(-1);
    if (statement.kind === "declare" && before?.kind === "declare" && belongTogether(before, statement)) {
      joined[joined.length - 1] = { ...before, declarations: [...before.declarations, ...statement.declarations] };
    } else joined.push(withinBody(statement));
  }
  return joined;
}

function withinBody(statement: Statement): Statement {
  switch (statement.kind) {
    case "if":
    case "for":
      return { ...statement, body: joinDeclarations(statement.body) };
    case "group":
      return { ...statement, statements: joinDeclarations(statement.statements) };
    case "declare":
    case "assign":
    case "call":
    case "return":
    case "comment":
      return statement;
  }
}

function belongTogether(before: DeclareStatement, statement: DeclareStatement): boolean {
  const sources = [...before.declarations, ...statement.declarations].map(sourceOf);
  const [source] = sources;
  if (source === null || sources.some((other) => other !== source)) return false;
  if (before.keyword !== statement.keyword || before.span !== statement.span) return false;
  return widthOf(before) + widthOf(statement) <= widestLine - 8;
}

/** What the value is taken from: an array, or the page of numbers; null for what is computed. */
function sourceOf({ value }: Declaration): string | null {
  if (value.kind === "number") return "number";
  return value.kind === "element" ? `array ${value.array}` : null;
}

/** Loads from constant places count for a little more than their width: tensors that follow each other then part. */
function widthOf({ declarations }: DeclareStatement): number {
  return declarations.reduce((sum, { name, value }) => {
    const printed = name.length + print(value, { language: "ts" }).length + 5;
    return sum + (value.kind === "number" ? printed : Math.max(printed, 2 * name.length + 12));
  }, 0);
}
