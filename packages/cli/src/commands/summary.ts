/** Owns: `adjoint summary`. */

import type { Summary } from "@adjoint/compiler";
import type { Command } from "@commander-js/extra-typings";
import { type Context, type Perform, print, printJson } from "../context.ts";
import { type ExitCode, exitCodes } from "../failure.ts";
import { type Assignments, assignment } from "../options.ts";
import { chooseModel, loadPage } from "../page.ts";
import { examples } from "../view/help.ts";
import { dataOption } from "./data-flags.ts";

export function declareSummary(program: Command, perform: Perform): void {
  program
    .command("summary")
    .summary("statements, shapes, weights and operations of a model")
    .description("List what a model computes: each statement's shape, its weights, and the scalar operations it takes.")
    .argument("<page>", "the .adj file")
    .option(...dataOption.set, assignment)
    .option(...dataOption.model)
    .option("--json", "as one JSON object")
    .addHelpText(
      "after",
      examples(
        ["adjoint summary gender.adj", "a table"],
        ["adjoint summary mlp.adj --set hidden=512", "how many weights would it have?"],
      ),
    )
    .action((page, flags) => perform(flags, (context) => summary(context, page, flags)));
}

interface SummaryFlags {
  readonly set?: Assignments | undefined;
  readonly model?: string | undefined;
}

async function summary(context: Context, page: string, flags: SummaryFlags): Promise<ExitCode> {
  const model = chooseModel(await loadPage(context, page, flags.set), flags.model);
  const { summarise } = await import("@adjoint/compiler");
  const result: Summary = summarise(model);
  if (context.json) printJson(context, result);
  else print(context, JSON.stringify(result, null, 2));
  return exitCodes.ok;
}
