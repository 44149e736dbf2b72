/** Owns: the command line as a whole: its commands, common options, and the one place where errors end. */

import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import { declareCheck } from "./commands/check.ts";
import { declareCompile } from "./commands/compile.ts";
import { declareEval } from "./commands/eval.ts";
import { declareExplain } from "./commands/explain.ts";
import { declareFmt } from "./commands/fmt.ts";
import { declareGraph } from "./commands/graph.ts";
import { declareSummary } from "./commands/summary.ts";
import { declareTrain } from "./commands/train.ts";
import { type ColourChoice, type Context, type Perform, styleFor } from "./context.ts";
import { type ExitCode, exitCodes } from "./failure.ts";
import type { Io } from "./io.ts";
import { reportError } from "./report.ts";
import { version } from "./version.ts";
import { examples, section } from "./view/help.ts";

/**
 * Carries out one command line and returns its exit code. Never throws and never ends the process.
 * @param argv the arguments, without `node` and the script
 */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  let context = contextFor(io, "auto", false);
  const program = new Command("adjoint");
  const perform: Perform = async (flags, action) => {
    context = contextFor(io, colourChoice(program.opts()), flags.json === true);
    exitCode = await action(context);
  };
  program
    .description("A network is a page of mathematics: differentiate it, write its program, train it.")
    .version(version, "-V, --version", "print the version")
    .addOption(new Option("--color", "colour the output even if it is no terminal"))
    .addOption(new Option("--no-color", "no colours (as with NO_COLOR)"))
    .helpCommand("help [command]", "explain a command")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => {
        const { red, bold } = contextFor(io, colourChoice(program.opts()), false).noteStyle;
        write(text.replace(/^error:/, red(`${bold("error")}[usage]:`)));
      },
      getOutHelpWidth: () => io.stdout.columns || 100,
      getErrHelpWidth: () => io.stderr.columns || 100,
    })
    .showSuggestionAfterError()
    .showHelpAfterError("(add --help for the options and examples)")
    .addHelpText(
      "after",
      examples(
        ["adjoint compile gender.adj", "write gender.ts"],
        ["adjoint train gender.adj --data people.csv", "train it and save its parameters"],
        ["adjoint explain gender.adj --wrt h.W[0,0] …", "the chain rule of one gradient, with numbers"],
      ) +
        section(
          "Exit codes",
          "0    done",
          "1    the page has errors, data or files are refused, a check failed",
          "2    wrong command line",
          "70   internal error",
          "130  interrupted (143 by SIGTERM)",
        ),
    );
  declareCompile(program, perform);
  declareTrain(program, perform);
  declareEval(program, perform);
  declareCheck(program, perform);
  declareSummary(program, perform);
  declareExplain(program, perform);
  declareGraph(program, perform);
  declareFmt(program, perform);

  try {
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return exitCodes.usage;
    }
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return reportError(context, error);
  }
}

function contextFor(io: Io, choice: ColourChoice, json: boolean): Context {
  return { io, json, style: styleFor(io, io.stdout, choice), noteStyle: styleFor(io, io.stderr, choice) };
}

function colourChoice({ color }: { readonly color?: boolean | undefined }): ColourChoice {
  if (color === undefined) return "auto";
  return color ? "always" : "never";
}
