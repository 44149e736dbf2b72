/** Owns: `adjoint fmt`. */

import type { Command } from "@commander-js/extra-typings";
import { type Context, note, type Perform, print, printJson } from "../context.ts";
import { type ExitCode, exitCodes, PageFailure, usageFailure } from "../failure.ts";
import { readText, standardStream, writeWhole } from "../files.ts";
import { renderDiagnostics, toJson } from "../page.ts";
import { examples, section } from "../view/help.ts";

export function declareFmt(program: Command, perform: Perform): void {
  program
    .command("fmt")
    .summary("lay out pages in the one canonical form")
    .description("Lay out pages in the one canonical form; comments stay. The result goes to standard output.")
    .argument("<pages...>", "the .adj files; - is standard input")
    .option("-w, --write", "rewrite the files in place instead")
    .option("-c, --check", "write nothing; name the files that are laid out otherwise, and exit with 1")
    .option("--json", "with --check or --write: as one JSON object")
    .addHelpText(
      "after",
      examples(
        ["adjoint fmt --write *.adj", "rewrite them"],
        ["adjoint fmt --check src/*.adj", "for continuous integration"],
        ["adjoint fmt - < gender.adj", "from an editor"],
      ) + section("Exit codes", "0 in form; 1 a file has errors, or --check found a difference; 2 wrong command line"),
    )
    .action((pages, flags) => perform(flags, (context) => fmt(context, pages, flags)));
}

interface FmtFlags {
  readonly write?: boolean | undefined;
  readonly check?: boolean | undefined;
}

async function fmt(context: Context, pages: readonly string[], flags: FmtFlags): Promise<ExitCode> {
  const write = flags.write === true;
  const check = flags.check === true;
  if (write && check) throw usageFailure("--write and --check exclude each other");
  if (write && pages.includes(standardStream)) throw usageFailure("standard input can't be rewritten");
  if (context.json && !write && !check) throw usageFailure("--json goes with --check or --write");
  if (pages.length > 1 && !write && !check) {
    throw usageFailure("several pages can't share standard output", "use --write or --check");
  }
  const { format } = await import("@adjoint/dsl");
  const different: string[] = [];
  const broken: PageFailure[] = [];
  for (const path of pages) {
    const text = await readText(context.io, path);
    const { text: formatted, diagnostics } = format({ path: path === standardStream ? "<stdin>" : path, text });
    if (formatted === null) {
      broken.push(new PageFailure(diagnostics));
      continue;
    }
    if (!write && !check) {
      context.io.stdout.write(formatted);
      continue;
    }
    if (formatted === text) continue;
    different.push(path);
    if (write) await writeWhole(context.io, path, formatted);
  }
  const diagnostics = broken.flatMap((failure) => failure.diagnostics);
  if (context.json) {
    printJson(context, { [write ? "rewritten" : "different"]: different, diagnostics: await toJson(diagnostics) });
  } else {
    note(context, ...(await renderDiagnostics(diagnostics, context.noteStyle.isColorSupported)));
    if (write || check) print(context, ...different);
  }
  return diagnostics.length > 0 || (check && different.length > 0) ? exitCodes.refused : exitCodes.ok;
}
