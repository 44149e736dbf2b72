// Writes src/generated/std.generated.ts: the text of the standard library, so that it needs no file system.
// Run after changing std/*.adj: node packages/dsl/scripts/generate-std.mjs

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../std/", import.meta.url);
const target = new URL("../src/generated/std.generated.ts", import.meta.url);

const pages = readdirSync(folder)
  .filter((name) => name.endsWith(".adj"))
  .sort()
  .map((name) => `  { path: "std/${name}", text: ${JSON.stringify(readFileSync(new URL(name, folder), "utf8"))} },\n`);

writeFileSync(
  target,
  `/** Generated from std/*.adj by scripts/generate-std.mjs. Do not edit. */

import type { SourceFile } from "@adjoint/ir";

export const standardPages: readonly SourceFile[] = [
${pages.join("")}];
`,
);
