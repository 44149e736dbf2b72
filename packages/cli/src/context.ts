/** Owns: what every command works with: the outside world, its colours, and how results and notes are told. */

import { isAbsolute, relative } from "node:path";
import picocolors from "picocolors";
import type { ExitCode } from "./failure.ts";
import type { Io, OutputStream } from "./io.ts";

export type Style = ReturnType<typeof picocolors.createColors>;

export interface Context {
  readonly io: Io;
  /** Results go to standard output as one JSON value (or one a line), failures included. */
  readonly json: boolean;
  /** Colours for standard output: none unless a person is looking, or asked for. */
  readonly style: Style;
  /** Colours for standard error. */
  readonly noteStyle: Style;
}

/** Options that a command's caller chose for all commands. */
export interface CommonFlags {
  readonly json?: boolean | undefined;
}

/** Carries out one command with the context that its flags ask for; `run` supplies it. */
export type Perform = (flags: CommonFlags, action: (context: Context) => Promise<ExitCode>) => Promise<void>;

export type ColourChoice = "auto" | "always" | "never";

/** https://no-color.org; FORCE_COLOR as in Node itself. A choice on the command line outranks the environment. */
export function styleFor(io: Io, stream: OutputStream, choice: ColourChoice): Style {
  return picocolors.createColors(coloured());

  function coloured(): boolean {
    if (choice !== "auto") return choice === "always";
    if ((io.env.NO_COLOR ?? "") !== "") return false;
    const force = io.env.FORCE_COLOR;
    if (force !== undefined) return force !== "0" && force !== "false";
    return stream.isTTY === true && io.env.TERM !== "dumb";
  }
}

/** Results: what the command was asked for. */
export function print(context: Context, ...lines: readonly string[]): void {
  for (const line of lines) context.io.stdout.write(`${line}\n`);
}

/** Remarks on the work, which no pipe should carry. */
export function note(context: Context, ...lines: readonly string[]): void {
  for (const line of lines) context.io.stderr.write(`${line}\n`);
}

export function printJson(context: Context, value: unknown): void {
  context.io.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A path as the user would type it. */
export function displayPath(io: Io, path: string): string {
  if (!isAbsolute(path)) return path;
  const shorter = relative(io.cwd, path);
  return shorter === "" || shorter.startsWith("..") ? path : shorter;
}
