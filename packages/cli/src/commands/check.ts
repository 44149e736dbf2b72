/** Owns: `adjoint check`. */

import type { Command } from "@commander-js/extra-typings";
import { type Context, type Perform, print } from "../context.ts";
import { type ExitCode, exitCodes } from "../failure.ts";
import { type Assignments, assignment, wholeNumber } from "../options.ts";
import { chooseModel, loadPage } from "../page.ts";
import { examples, section } from "../view/help.ts";
import { dataOption } from "./data-flags.ts";

export function declareCheck(program: Command, perform: Perform): void {
  program
    .command("check")
    .summary("check a model's derivatives at random points")
    .description(
      "Check the derivatives of a model at random parameters, inputs and directions: backward against central differences, forward mode against reverse mode, first and second order.",
    )
    .argument("<page>", "the .adj file")
    .option("--runs <n>", "how many random points", wholeNumber(1), 100)
    .option("--seed <n>", "replay: the seed of a counterexample", wholeNumber(0))
    .option("--path <path>", "replay: the path of a counterexample, with its seed")
    .option(...dataOption.set, assignment)
    .option(...dataOption.model)
    .option("--json", "as one JSON object")
    .addHelpText(
      "after",
      examples(
        ["adjoint check own-layer.adj", "100 random points"],
        ["adjoint check own-layer.adj --runs 5000", "more of them"],
        ["adjoint check own-layer.adj --seed 42 --path 17:3", "the counterexample that a run printed"],
      ) + section("Exit codes", "0 all agree; 1 a counterexample, or the page has errors; 2 wrong command line"),
    )
    .action((page, flags) => perform(flags, (context) => check(context, page, flags)));
}

interface CheckFlags {
  readonly runs: number;
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
  readonly set?: Assignments | undefined;
  readonly model?: string | undefined;
}

async function check(context: Context, page: string, flags: CheckFlags): Promise<ExitCode> {
  const model = chooseModel(await loadPage(context, page, flags.set), flags.model);
  print(context, model.name);
  return exitCodes.ok;
}
