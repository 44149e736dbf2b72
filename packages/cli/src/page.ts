/** Owns: from a page's path to its program, and the telling of its diagnostics. */

import { dirname, join, resolve } from "node:path";
import type { Diagnostic, Host } from "@adjoint/dsl";
import { readPage } from "@adjoint/dsl/node";
import type { FunctionDefinition, Model, Program } from "@adjoint/ir";
import { type Context, note } from "./context.ts";
import { Failure, PageFailure, usageFailure } from "./failure.ts";
import { reasonOf } from "./files.ts";
import type { Io } from "./io.ts";
import type { Assignments } from "./options.ts";
import { suggestion } from "./view/suggestion.ts";

/**
 * Reads a page and everything that it imports. Warnings are told; errors are thrown.
 * @throws PageFailure with every diagnostic; Failure `unreadable-file`
 */
export async function loadPage(context: Context, path: string, settings: Assignments | undefined): Promise<Program> {
  requireReadable(context.io, path);
  const { load } = await import("@adjoint/dsl");
  const hyperparameters = Object.fromEntries(settings ?? []);
  const { program, diagnostics } = load(path, hostOf(context.io), { hyperparameters });
  if (program === null) throw new PageFailure(diagnostics);
  if (!context.json) note(context, ...(await renderDiagnostics(diagnostics, context.noteStyle.isColorSupported)));
  return program;
}

/** The model that the flags ask for: the only one, or the one of that name. @throws Failure `no-model`, `usage` */
export function chooseModel(program: Program, name: string | undefined): Model {
  const names = program.models.map((model) => model.name);
  const [first] = program.models;
  if (first === undefined) {
    const functions = program.functions.map((fn) => fn.name);
    throw new Failure("no-model", `${program.path} defines no model`, {
      help:
        functions.length === 0
          ? ["begin one with: model Name { … }"]
          : [`it defines ${functions.join(", ")}: explain, check, graph and compile take plain functions`],
    });
  }
  if (name === undefined) {
    if (program.models.length === 1) return first;
    throw usageFailure(
      `${program.path} defines ${names.length} models`,
      `choose one with --model: ${names.join(", ")}`,
    );
  }
  const model = program.models.find((candidate) => candidate.name === name);
  if (model === undefined)
    throw usageFailure(`${program.path} defines no model \`${name}\``, ...suggestion(name, names));
  return model;
}

/** @throws Failure `usage` */
export function chooseFunction(program: Program, name: string): FunctionDefinition {
  const fn = program.functions.find((candidate) => candidate.name === name);
  if (fn !== undefined) return fn;
  const names = program.functions.map((candidate) => candidate.name);
  throw usageFailure(`${program.path} defines no function \`${name}\``, ...suggestion(name, names));
}

/** Each with a blank line after it. */
export async function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  colour: boolean,
): Promise<readonly string[]> {
  if (diagnostics.length === 0) return [];
  const { renderDiagnostic } = await import("@adjoint/dsl");
  const lines = diagnostics.flatMap((diagnostic) => [renderDiagnostic(diagnostic, { colour }), ""]);
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error").length;
  return errors > 1 ? [...lines, `${errors} errors`] : lines;
}

export async function toJson(diagnostics: readonly Diagnostic[]): Promise<readonly unknown[]> {
  const { diagnosticToJson } = await import("@adjoint/dsl");
  return diagnostics.map((diagnostic) => diagnosticToJson(diagnostic));
}

/** Pages are found from where the user stands, and imports from the page that asks for them. */
export function hostOf(io: Io): Host {
  return {
    read(path) {
      try {
        return readPage(resolve(io.cwd, path));
      } catch {
        return null;
      }
    },
    resolve: (from, specifier) => join(dirname(from), specifier),
  };
}

/** The page itself gets the operating system's reason; a missing import gets a diagnostic at its line. */
function requireReadable(io: Io, path: string): void {
  try {
    readPage(resolve(io.cwd, path));
  } catch (error) {
    if (error instanceof TypeError) throw new Failure("not-text", `${path} is not UTF-8 text`);
    throw new Failure("unreadable-file", `cannot read ${path}: ${reasonOf(error)}`);
  }
}
