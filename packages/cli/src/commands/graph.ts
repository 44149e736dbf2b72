/** Owns: `adjoint graph`. */

import type { Command } from "@commander-js/extra-typings";
import { type Context, type Perform, print } from "../context.ts";
import { type ExitCode, exitCodes } from "../failure.ts";
import { type Assignments, assignment, wholeNumber } from "../options.ts";
import { chooseModel, loadPage } from "../page.ts";
import { examples } from "../view/help.ts";
import { dataOption } from "./data-flags.ts";

export function declareGraph(program: Command, perform: Perform): void {
  program
    .command("graph")
    .summary("the graph after any of the compiler's passes, as text")
    .description("Print the graph of one procedure, in a notation close to the language, after any of the passes.")
    .argument("<page>", "the .adj file")
    .option("--procedure <name>", "forward, evaluate, gradient, update, step or initialize", "gradient")
    .option("--dump <pass>", "after this pass (default: the last); all prints the graph after each")
    .option("--batch <n>", "for n examples at once instead of one", wholeNumber(1))
    .option(...dataOption.set, assignment)
    .option(...dataOption.model)
    .addHelpText(
      "after",
      examples(
        ["adjoint graph gender.adj", "forward and backward, as they are emitted"],
        ["adjoint graph gender.adj --dump differentiate", "before anything is simplified"],
        ["adjoint graph gender.adj --dump all", "the graph after every pass"],
        ["adjoint graph gender.adj --procedure update", "the optimizer's step"],
      ),
    )
    .action((page, flags) => perform({}, (context) => graph(context, page, flags)));
}

interface GraphFlags {
  readonly procedure: string;
  readonly dump?: string | undefined;
  readonly batch?: number | undefined;
  readonly set?: Assignments | undefined;
  readonly model?: string | undefined;
}

async function graph(context: Context, page: string, flags: GraphFlags): Promise<ExitCode> {
  const model = chooseModel(await loadPage(context, page, flags.set), flags.model);
  print(context, model.name);
  return exitCodes.ok;
}
