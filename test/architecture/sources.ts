/** Owns: the sources of the packages as syntax, for tests of what may stand in them. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";

export const packages = ["ir", "dsl", "compiler", "runtime", "check", "cli"] as const;
export type PackageName = (typeof packages)[number];

const root = fileURLToPath(new URL("../../packages", import.meta.url));

export interface Source {
  /** Relative to `packages`: `ir/src/graph.ts`. */
  readonly path: string;
  readonly syntax: ts.SourceFile;
}

export function sourcesOf(name: PackageName): readonly Source[] {
  const folder = join(root, name, "src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const syntax = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
      return { path: relative(root, path), syntax };
    });
}

/** Pages of the standard library. */
export function standardPages(): readonly { readonly path: string; readonly text: string }[] {
  const folder = join(root, "dsl", "std");
  return readdirSync(folder).map((file) => ({ path: `std/${file}`, text: readFileSync(join(folder, file), "utf8") }));
}

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** For a relative import the file it means, relative to `packages`; else null. */
  readonly path: string | null;
}

/** What a source imports or passes on, types too. */
export function importsOf({ path, syntax }: Source): readonly Import[] {
  return syntax.statements.flatMap((statement): readonly Import[] => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const from = statement.moduleSpecifier;
    if (from === undefined || !ts.isStringLiteral(from)) return [];
    const isRelative = from.text.startsWith(".");
    return [{ specifier: from.text, path: isRelative ? join(dirname(path), from.text) : null }];
  });
}

/** Every name and every piece of text in the code of a source, with its line: all that is not punctuation or comment. */
export function wordingOf({ syntax }: Source): readonly { readonly text: string; readonly line: number }[] {
  const found: { readonly text: string; readonly line: number }[] = [];
  const pending: ts.Node[] = [syntax];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (speaks(node)) {
      const { line } = syntax.getLineAndCharacterOfPosition(node.getStart(syntax));
      found.push({ text: node.text, line: line + 1 });
    }
    node.forEachChild((child) => {
      pending.push(child);
    });
  }
  return found;
}

type Spoken =
  | ts.Identifier
  | ts.PrivateIdentifier
  | ts.LiteralExpression
  | ts.TemplateHead
  | ts.TemplateMiddle
  | ts.TemplateTail;

function speaks(node: ts.Node): node is Spoken {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node) || ts.isLiteralExpression(node)) return true;
  return ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node);
}
