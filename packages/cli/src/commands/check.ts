/** Owns: `adjoint check`. */

import type { CheckOptions, CheckReport } from "@adjoint/check";
import type { Program } from "@adjoint/ir";
import type { Command } from "@commander-js/extra-typings";
import { type Context, type Perform, print, printJson } from "../context.ts";
import { type ExitCode, exitCodes, Failure, usageFailure } from "../failure.ts";
import { type Assignments, assignment, integer, type Ranges, range, wholeNumber } from "../options.ts";
import { chooseFunction, chooseModel, loadPage } from "../page.ts";
import { examples, section } from "../view/help.ts";
import { dataOption } from "./data-flags.ts";

export function declareCheck(program: Command, perform: Perform): void {
  program
    .command("check")
    .summary("check a page's derivatives at random points")
    .description(
      "Check the derivatives of a page's models (of the loss or, without one, of the outputs) and functions at random parameters, inputs and directions: backward against central differences, forward mode against reverse mode, first and second order, optimised against plain. A disagreement is shrunk to a small counterexample.",
    )
    .argument("<page>", "the .adj file")
    .option("--runs <n>", "how many random points", wholeNumber(1), 100)
    .option(
      "--seconds <n>",
      "begin no further point after so many seconds for each model or function; one is always checked",
      wholeNumber(1),
      60,
    )
    .option("--range <name=from..to>", "where a tensor's numbers are drawn from, as x=0.1..5 (default: -2..2)", range)
    .option("--seed <n>", "replay: the seed of a run", integer)
    .option("--path <path>", "replay: the path of a counterexample, with its seed")
    .option(...dataOption.set, assignment)
    .option("--model <name>", "only this model")
    .option("--function <name>", "only this plain function")
    .option("--json", "a list with one report for each model and function")
    .addHelpText(
      "after",
      examples(
        ["adjoint check own-layer.adj", "100 random points"],
        ["adjoint check own-layer.adj --runs 5000 --seconds 600", "more of them"],
        ["adjoint check log.adj --range x=0.1..10", "where the formulas are defined"],
        ["adjoint check own-layer.adj --seed 42 --path 17:3", "the counterexample that a run printed"],
      ) +
        section(
          "Exit codes",
          "0 all agree; 1 a counterexample, no point that could be decided, or a page with errors;",
          "2 wrong command line",
        ),
    )
    .action((page, flags) => perform(flags, (context) => check(context, page, flags)));
}

interface CheckFlags {
  readonly runs: number;
  readonly seconds: number;
  readonly range?: Ranges | undefined;
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
  readonly set?: Assignments | undefined;
  readonly model?: string | undefined;
  readonly function?: string | undefined;
}

async function check(context: Context, page: string, flags: CheckFlags): Promise<ExitCode> {
  if (flags.path !== undefined && flags.seed === undefined) throw usageFailure("--path needs the --seed it came with");
  const program = chosenPart(await loadPage(context, page, flags.set), flags);
  const { checkProgram, describeReport } = await import("@adjoint/check");
  const options: CheckOptions = {
    runs: flags.runs,
    seconds: flags.seconds,
    ranges: Object.fromEntries(flags.range ?? []),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.path === undefined ? {} : { path: flags.path }),
  };
  const reports = checkProgram(program, options);
  if (reports.length === 0) {
    throw new Failure("nothing-to-check", `${page} has no model and no function whose derivatives could be checked`);
  }
  const failed = reports.filter((report) => !passed(report));
  if (context.json) printJson(context, reports);
  else {
    for (const report of reports) {
      const mark = passed(report) ? context.style.green("✓") : context.style.red("✗");
      print(context, `${mark} ${describeReport(report)}`);
      if (report.counterexample !== null) print(context, `  = replay: ${replay(page, program, report, flags)}`);
    }
  }
  return failed.length === 0 ? exitCodes.ok : exitCodes.refused;
}

function passed(report: CheckReport): boolean {
  return report.counterexample === null && report.checked > 0;
}

/** The program with nothing but what the flags ask for. @throws Failure `usage` */
function chosenPart(program: Program, flags: CheckFlags): Program {
  if (flags.model === undefined && flags.function === undefined) return program;
  return {
    ...program,
    models: flags.model === undefined ? [] : [chooseModel(program, flags.model)],
    functions: flags.function === undefined ? [] : [chooseFunction(program, flags.function)],
  };
}

/** The command line that repeats a counterexample. */
function replay(page: string, program: Program, { name, counterexample }: CheckReport, flags: CheckFlags): string {
  const which = program.models.some((model) => model.name === name) ? "--model" : "--function";
  const settings = [...(flags.set ?? [])].map(([setting, value]) => ` --set ${setting}=${value}`);
  const ranges = [...(flags.range ?? [])].map(([tensor, [from, to]]) => ` --range ${tensor}=${from}..${to}`);
  const place = `--seed ${counterexample?.seed} --path ${counterexample?.path}`;
  return `adjoint check ${page} ${which} ${name} ${place}${settings.join("")}${ranges.join("")}`;
}
