/**
 * Writes src/generated/std.generated.ts from std/*.adj: the text of the standard library and its syntax tree, so that it
 * needs neither a file system nor, at every start, the parser. Run after changing std/*.adj or the syntax tree:
 * npx tsc -b packages/dsl && node packages/dsl/scripts/generate-std.mjs. A test fails when it is not current.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { encodePage } from "../dist/encode-page.js";
import { parse } from "../dist/parse.js";

const folder = new URL("../std/", import.meta.url);

function generatePage(name) {
  const file = { path: `std/${name}`, text: readFileSync(new URL(name, folder), "utf8") };
  const { page, diagnostics } = parse(file);
  if (page === null) throw new Error(`${file.path}: ${diagnostics.map(({ message }) => message).join("; ")}`);
  return `  {
    file: ${JSON.stringify(file)},
    tree: ${JSON.stringify(encodePage(page))},
  },
`;
}

const pages = readdirSync(folder)
  .filter((name) => name.endsWith(".adj"))
  .sort()
  .map(generatePage);

writeFileSync(
  new URL("../src/generated/std.generated.ts", import.meta.url),
  `/** Generated from std/*.adj by scripts/generate-std.mjs. Do not edit. */

import type { SourceFile } from "@adjoint/ir";

export const standardPages: readonly { readonly file: SourceFile; readonly tree: string }[] = [
${pages.join("")}];
`,
);
