/** Networks of a stranger: layers and losses that are in no library, each of them differentiated as it should be. */

import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { checkProgram } from "@adjoint/check";
import { compile } from "@adjoint/compiler";
import { format, load } from "@adjoint/dsl";
import { nodeHost } from "@adjoint/dsl/node";
import { expect, test } from "vitest";

const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".adj"));

test.each(pages)("%s compiles, and its derivatives agree", (name) => {
  const path = relative(process.cwd(), join(import.meta.dirname, name));
  const { program, diagnostics } = load(path, nodeHost());
  expect(diagnostics).toEqual([]);
  if (program === null) return;
  expect(compile(program).text).toContain("export function gradient");
  for (const { counterexample, checked } of checkProgram(program, { runs: 5, seed: 1 })) {
    expect(counterexample).toBeNull();
    expect(checked).toBeGreaterThan(0);
  }
});

test.each(pages)("%s is formatted", (name) => {
  const host = nodeHost();
  const path = relative(process.cwd(), join(import.meta.dirname, name));
  const text = host.read(path) ?? "";
  expect(format({ path, text }).text).toBe(text);
});
