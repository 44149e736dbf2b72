/** Owns: from a page to running functions: compiles it as JavaScript that stands alone, and imports that. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compile } from "@adjoint/compiler";
import { load } from "@adjoint/dsl";
import { nodeHost } from "@adjoint/dsl/node";

/** The program of a page that must be right. */
export function programOf(path) {
  const { program, diagnostics } = load(path, nodeHost());
  if (program === null) throw new Error(diagnostics.map((d) => `${d.code}: ${d.message}`).join("\n"));
  return program;
}

export function compileText(program, options = {}) {
  return compile(program, { language: "js", standalone: true, ...options }).text;
}

export async function importText(text) {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-bench-"));
  try {
    const file = join(folder, "module.mjs");
    writeFileSync(file, text);
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
