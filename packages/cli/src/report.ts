/** Owns: how failures are told, to people and to programs. The only place where an unexpected error ends. */

import { type Context, note, printJson } from "./context.ts";
import { type ExitCode, exitCodes, Failure, messageOf, PageFailure } from "./failure.ts";
import { renderDiagnostics, toJson } from "./page.ts";

/** Tells what went wrong and returns the exit code it ends in. Never throws, never prints a stack unless asked to. */
export async function reportError(context: Context, error: unknown): Promise<ExitCode> {
  if (error instanceof PageFailure) {
    if (context.json) printJson(context, { diagnostics: await toJson(error.diagnostics) });
    else note(context, ...(await renderDiagnostics(error.diagnostics, context.noteStyle.isColorSupported)));
    return exitCodes.refused;
  }
  const failure = error instanceof Failure ? error : (moduleFailure(error) ?? internalFailure(context, error));
  if (context.json) {
    const { code, message, details, help } = failure;
    printJson(context, { error: { code, message, details, help } });
  } else {
    const { noteStyle: style } = context;
    note(
      context,
      `${style.red(`${style.bold("error")}[${failure.code}]:`)} ${printable(failure.message)}`,
      ...failure.details.map((line) => `  ${style.dim("·")} ${printable(line)}`),
      ...failure.help.map((line) => `  ${style.cyan("= help:")} ${printable(line)}`),
    );
  }
  return failure.exitCode;
}

/** An emitted module carries its own copy of the runtime, so that its refusals are known by their form, not by their class. */
function moduleFailure(error: unknown): Failure | null {
  if (!(error instanceof Error) || !["DataError", "FileError", "RunError"].includes(error.name)) return null;
  if (!("code" in error) || typeof error.code !== "string") return null;
  if (!("remedy" in error) || typeof error.remedy !== "string") return null;
  const message = error.message.endsWith(error.remedy) ? error.message.slice(0, -error.remedy.length) : error.message;
  return new Failure(error.code, message.trim(), { help: [error.remedy] });
}

function internalFailure(context: Context, error: unknown): Failure {
  const trace = error instanceof Error && error.stack !== undefined ? error.stack.split("\n").slice(1) : [];
  const place = (line: string): string =>
    line.trim().replace(/data:text\/javascript;base64,[\w+/=]*/, "<emitted module>");
  const verbose = (context.io.env.ADJOINT_DEBUG ?? "") !== "";
  return new Failure("internal", `internal error: ${messageOf(error)}`, {
    details: verbose ? trace.map(place) : [],
    help: [
      "this is a defect of Adjoint, not of your page: please open an issue with the page and this message",
      ...(verbose ? [] : ["ADJOINT_DEBUG=1 shows where it happened"]),
    ],
    exitCode: exitCodes.internal,
  });
}

/** Names from files may hold anything, but nothing that a terminal obeys. */
function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, "�");
}
