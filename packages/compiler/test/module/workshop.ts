/** Owns: folders in which emitted modules stand as they would with a user, beside an installed runtime: to check, to run. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const root = join(import.meta.dirname, "../../../..");

/** Every flag that makes TypeScript stricter; no DOM, no Node. */
const strictest = {
  target: "ES2022",
  lib: ["ES2023"],
  module: "NodeNext",
  moduleResolution: "NodeNext",
  moduleDetection: "force",
  types: [],
  noEmit: true,
  declaration: true,
  isolatedDeclarations: true,
  allowImportingTsExtensions: true,
  customConditions: ["source"],
  skipLibCheck: false,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUncheckedSideEffectImports: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  allowUnusedLabels: false,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
};

/** A folder with the files, gone when the test is over. */
export function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), "adjoint-module-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  mkdirSync(join(path, "node_modules/@adjoint"), { recursive: true });
  symlinkSync(join(root, "packages/runtime"), join(path, "node_modules/@adjoint/runtime"));
  writeFileSync(join(path, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(path, "tsconfig.json"), JSON.stringify({ compilerOptions: strictest, include: ["*.ts"] }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** What TypeScript has to say about the files; empty if nothing. */
export function typeErrors(files: Readonly<Record<string, string>>): string {
  const path = folder(files);
  try {
    execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", path], { cwd: path, encoding: "utf8" });
    return "";
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return String(error.stdout);
    throw error;
  }
}

/** A module of JavaScript or TypeScript text, imported; `others` stand beside it. */
export async function importText(
  name: string,
  text: string,
  others: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  return await import(/* @vite-ignore */ join(folder({ ...others, [name]: text }), name));
}

/** What a bundler makes of the files from an entry on: minified, and only what the entry reaches. */
export async function bundle(entry: string, files: Readonly<Record<string, string>>): Promise<string> {
  const { build } = await import("esbuild");
  const path = folder({ ...files, "entry.ts": entry });
  const { outputFiles } = await build({
    entryPoints: [join(path, "entry.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    conditions: ["source"],
    write: false,
  });
  return outputFiles.map(({ text }) => text).join("\n");
}
