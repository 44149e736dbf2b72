/** Owns: from a page to a running module: compiled as JavaScript that stands alone, and imported. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type CompileOptions, compile } from "@adjoint/compiler";
import { type Loaded, load, memoryHost } from "@adjoint/dsl";
import { nodeHost } from "@adjoint/dsl/node";
import type { Program } from "@adjoint/ir";

export const root = join(import.meta.dirname, "..");

/** The program of a page that must be right. */
export function programOf(path: string): Program {
  return mustBeRight(load(join(root, path), nodeHost()));
}

/** The program of a page's text. */
export function programOfText(text: string): Program {
  return mustBeRight(load("page.adj", memoryHost({ "page.adj": text })));
}

function mustBeRight({ program, diagnostics }: Loaded): Program {
  if (program === null) throw new Error(diagnostics.map((d) => `${d.code}: ${d.message}`).join("\n"));
  return program;
}

export function compileText(program: Program, options: Partial<CompileOptions> = {}): string {
  return compile(program, { language: "js", standalone: true, ...options }).text;
}

/** The module of a page, as unknown as any module that is imported by its path. */
export async function importText(text: string): Promise<Readonly<Record<string, unknown>>> {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-bench-"));
  try {
    const file = join(folder, "module.mjs");
    writeFileSync(file, text);
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
