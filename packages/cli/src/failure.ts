/** Owns: the failures a user can act on, and the exit codes they end in. Anything else that is thrown is a defect of ours. */

import type { Diagnostic } from "@adjoint/dsl";

/** What the process ends with. Interruptions end with 128 + the signal's number, as shells have it. */
export const exitCodes = {
  ok: 0,
  /** A page with errors, refused data, a failed check, a file that can't be read. */
  refused: 1,
  /** The command line itself: an unknown option, a missing argument, a value that is no number. */
  usage: 2,
  /** A defect of Adjoint (EX_SOFTWARE of sysexits.h). */
  internal: 70,
  /** SIGINT: 128 + 2. */
  interrupted: 130,
  /** SIGTERM: 128 + 15. */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface FailureOptions {
  /** One line each, printed under the message: the places where it went wrong. */
  readonly details?: readonly string[];
  /** The remedy, one line each. */
  readonly help?: readonly string[];
  readonly exitCode?: ExitCode;
}

/** Something a user can mend: what is wrong, where, and what to do about it. */
export class Failure extends Error {
  override readonly name = "Failure";
  /** Stable, kebab-case: what a program branches on. */
  readonly code: string;
  readonly details: readonly string[];
  readonly help: readonly string[];
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, options: FailureOptions = {}) {
    super(message);
    this.code = code;
    this.details = options.details ?? [];
    this.help = options.help ?? [];
    this.exitCode = options.exitCode ?? exitCodes.refused;
  }
}

/** A command line that doesn't make sense. */
export function usageFailure(message: string, ...help: readonly string[]): Failure {
  return new Failure("usage", message, { help, exitCode: exitCodes.usage });
}

/** A page with errors. The diagnostics say everything; there is no other message. */
export class PageFailure extends Error {
  override readonly name = "PageFailure";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`${diagnostics.length} diagnostics`);
    this.diagnostics = diagnostics;
  }
}

/** The message of whatever was thrown, in one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, " ");
}
