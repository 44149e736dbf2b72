/** Owns: the words of the language and what comes with it, for documents and editors. */

import type { ScalarFunctionName } from "@adjoint/ir";
import { builtins, type CalledFunction, numberNames, reductionNames } from "./elaborate/builtins.ts";
import { limits as elaborationLimits } from "./elaborate/session.ts";
import { decodePage } from "./encode-page.ts";
import { standardPages } from "./generated/std.generated.ts";
import { limits as textLimits } from "./parse-guards.ts";
import { reservedWords, statementWords } from "./statement-words.ts";
import type { Definition } from "./syntax-tree.ts";

/** How the scalar functions are written that are not called by name; null for those that only rewriting introduces. */
const notation: Readonly<Record<Exclude<ScalarFunctionName, CalledFunction>, string | null>> = {
  add: "x + y",
  sub: "x - y",
  mul: "x * y",
  div: "x / y",
  neg: "-x",
  pow: "x^y",
  lt: "x < y",
  le: "x <= y",
  eq: "x == y",
  ne: "x != y",
  and: "x and y",
  or: "x or y",
  not: "not x",
  select: "if x then y else z",
  logistic: null,
  log1pexp: null,
};

export const vocabulary = {
  /** Never names. */
  reserved: [...reservedWords],
  /** Words that begin a statement; names wherever `=`, `[` or `<-` follows. */
  statements: statementWords,
  /** What is called by name and defined by no page. */
  builtins: [...builtins.keys()],
  constants: numberNames,
  reductions: reductionNames,
} as const;

/** The numbers beyond which a page is refused. */
export const languageLimits = { ...textLimits, ...elaborationLimits } as const;

/** A scalar function as it is written, of `x`, `y` and `z`; null if a page cannot write it. */
export function writtenForm(name: ScalarFunctionName, arity: number): string | null {
  if (builtins.has(name)) return `${name}(${["x", "y", "z"].slice(0, arity).join(", ")})`;
  return name in notation ? notation[name as keyof typeof notation] : null;
}

/** The definitions of one page of the standard library: `layers`, `losses`, … */
export function standardDefinitions(page: string): readonly Definition[] {
  return standardPages
    .filter(({ file }) => file.path === `std/${page}.adj`)
    .flatMap(({ file, tree }) => decodePage(tree, file).definitions);
}
