/** What the reference page of the library is made of: the comments above its definitions. */

import { readFileSync } from "node:fs";
import type { Definition } from "@adjoint/dsl";
import { expect, test } from "vitest";
import { decodePage } from "../../packages/dsl/src/encode-page.ts";
import { standardPages } from "../../packages/dsl/src/generated/std.generated.ts";

const definitions: readonly Definition[] = standardPages.flatMap(
  ({ file, tree }) => decodePage(tree, file).definitions,
);

const named = (chosen: readonly Definition[]): readonly string[] => chosen.map(({ name }) => name.text);

test("every definition stands in the reference", () => {
  const reference = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");
  const listed = new Set([...reference.matchAll(/^\| `(\w+)/gm)].map(([, name]) => name));
  expect(named(definitions).filter((name) => !listed.has(name))).toEqual([]);
});

test("every definition says what it is", () => {
  expect(definitions.length).toBeGreaterThan(150);
  expect(named(definitions.filter(({ doc }) => !/\w.*[.:)\]]$/s.test(doc.trim())))).toEqual([]);
});

test("every layer says which shape becomes which", () => {
  // `[c, n] to [c, m]`, `[n, d] to the same`, `queries [n, d], keys [m, d] and values [m, e] to [n, e]`
  const tells = /\](?: classes)? to (?:the same|\[[^\]]+\]|a number)/;
  const layers = definitions.filter(({ keyword }) => keyword === "layer");
  expect(named(layers.filter(({ doc }) => !tells.test(doc.replace(/\s+/g, " "))))).toEqual([]);
});

test("every loss, metric and optimizer has its formula in words or signs, or a source", () => {
  const sourced = /\b(?:1[89]|20)\d\d\b/;
  const formula = /[=^|*/+(-]|log|\bsum\b|\bmean\b|\bshare\b|\b1 if\b/;
  const said = definitions.filter(({ keyword }) => ["loss", "optimizer", "metric"].includes(keyword));
  expect(named(said.filter(({ doc }) => !sourced.test(doc) && !formula.test(doc)))).toEqual([]);
});
