/** Owns: `adjoint explain`. */

import type { Derivation } from "@adjoint/compiler";
import { elementCount, type Model, type Program } from "@adjoint/ir";
import { normal, uniform } from "@adjoint/runtime";
import type { Command } from "@commander-js/extra-typings";
import { type Context, type Perform, print, printJson } from "../context.ts";
import { exampleOf, portsOf } from "../data/dataset.ts";
import { parametersOf, readParameterFile } from "../data/parameters.ts";
import { readDataset } from "../data/read-dataset.ts";
import { importModel } from "../emitted-model.ts";
import { type ExitCode, exitCodes, Failure, usageFailure } from "../failure.ts";
import {
  type Assignments,
  assignment,
  columnList,
  type ElementName,
  elementName,
  fileList,
  nameList,
  scaleFactor,
  wholeNumber,
} from "../options.ts";
import { chooseFunction, chooseModel, loadPage } from "../page.ts";
import { examples, section } from "../view/help.ts";
import { type DataFlags, dataHelp, dataOption, dataOptionsOf } from "./data-flags.ts";

export function declareExplain(program: Command, perform: Perform): void {
  program
    .command("explain")
    .summary("the chain rule of one derivative, in symbols and in numbers")
    .description(
      "Explain one derivative at one example, as one would on paper: the forward pass, the chain rule along the named values, each local derivative in symbols and with numbers, and their product.",
    )
    .argument("<page>", "the .adj file")
    .option("--wrt <element>", "the derivative of the loss by this element, as h.W[0,1]", elementName)
    .option(...dataOption.params)
    .option(...dataOption.data, fileList)
    .option("--example <k>", "which example of the data, from 0", wholeNumber(0), 0)
    .option("--function <name>", "explain a plain function of the page instead of a model's loss")
    .option("--at <name=value>", "the function's arguments, as x=1.2 (repeatable)", assignment)
    .option("--digits <n>", "significant digits of the numbers", wholeNumber(1), 3)
    .option("--paths <n>", "how many paths of the chain rule to write out", wholeNumber(1), 8)
    .option(...dataOption.set, assignment)
    .option(...dataOption.model)
    .option(...dataOption.columns, columnList)
    .option(...dataOption.ignore, nameList)
    .option(...dataOption.scale, scaleFactor)
    .option("--json", "the derivation as one JSON object")
    .addHelpText(
      "after",
      examples(
        ["adjoint explain net.adj --wrt h.W[0,0] -p ones.json -d alice.csv", "∂loss/∂h.W[0, 0], factor by factor"],
        ["adjoint explain net.adj --wrt h.b[0] -p net.safetensors -d people.csv --example 2", "of the third example"],
        ["adjoint explain cosine.adj --function J --at x=1.2", "dJ/dx of a plain function"],
      ) +
        section(
          "Values",
          "Without --params, the parameters are those the model begins with (its seed's).",
          "adjoint summary lists the names and shapes that --wrt takes.",
        ) +
        dataHelp,
    )
    .action((page, flags) => perform(flags, (context) => explain(context, page, flags)));
}

interface ExplainFlags extends DataFlags {
  readonly wrt?: ElementName | undefined;
  readonly params?: string | undefined;
  readonly data?: readonly string[] | undefined;
  readonly example: number;
  readonly function?: string | undefined;
  readonly at?: Assignments | undefined;
  readonly digits: number;
  readonly paths: number;
  readonly set?: Assignments | undefined;
  readonly model?: string | undefined;
}

async function explain(context: Context, page: string, flags: ExplainFlags): Promise<ExitCode> {
  if (flags.digits > 15) throw usageFailure("--digits takes at most 15: a float64 has no more");
  const program = await loadPage(context, page, flags.set);
  const functionName = chosenFunction(program, flags);
  const derivations =
    functionName === null
      ? [await explainLoss(context, program, chooseModel(program, flags.model), flags)]
      : await explainPlainFunction(program, functionName, flags);
  const { renderDerivation } = await import("@adjoint/compiler");
  if (context.json) printJson(context, derivations.length === 1 ? derivations[0] : derivations);
  else {
    derivations.forEach((derivation, k) => {
      if (k > 0) print(context, "");
      print(context, ...renderDerivation(derivation, { digits: flags.digits }));
    });
  }
  return exitCodes.ok;
}

/** A page with one function and no model can only mean that function. */
function chosenFunction(program: Program, flags: ExplainFlags): string | null {
  if (flags.function !== undefined) return flags.function;
  const [only] = program.functions;
  return program.models.length === 0 && program.functions.length === 1 && only !== undefined ? only.name : null;
}

async function explainLoss(context: Context, program: Program, model: Model, flags: ExplainFlags): Promise<Derivation> {
  const { wrt, data: paths } = flags;
  if (wrt === undefined) throw usageFailure("--wrt is missing", "name one element, as --wrt h.W[0,0]");
  if (paths === undefined) throw usageFailure("--data is missing: the derivative is explained at one example");
  const ports = portsOf(model);
  const example = exampleOf(
    await readDataset(context.io, paths, ports, dataOptionsOf(flags, false)),
    ports,
    flags.example,
  );
  const begin = () => importModel(program, model);
  const { values: parameters, normalisation } =
    flags.params === undefined
      ? parametersOf((await begin())({}))
      : await readParameterFile(context.io, flags.params, model.parameters, begin);
  const of = (role: "input" | "target") =>
    Object.fromEntries(
      [...example].flatMap(([name, values]) => {
        if (!ports.some((port) => port.name === name && port.role === role)) return [];
        const { shift, scale } = normalisation.get(name) ?? {};
        return [[name, values.map((value, k) => (value - (shift?.[k] ?? 0)) * (scale?.[k] ?? 1))]];
      }),
    );
  const { explainParameter } = await import("@adjoint/compiler");
  return await answered(() =>
    explainParameter(
      model,
      { parameter: wrt.tensor, index: wrt.index },
      {
        parameters: Object.fromEntries(parameters),
        inputs: of("input"),
        targets: of("target"),
        noise: drawn(model, flags.example),
      },
      { paths: flags.paths },
    ),
  );
}

/** What the emitted gradient draws for the example, unless it is given another seed. */
function drawn({ noise, training }: Model, example: number): Readonly<Record<string, readonly number[]>> {
  const seed = training?.seed ?? 0;
  return Object.fromEntries(
    noise.map(({ name, role, shape }, stream) => {
      const draw = role === "uniform" ? uniform : normal;
      const values = Array.from({ length: elementCount(shape) }, (_, k) =>
        draw(seed, stream + example * noise.length, k),
      );
      return [name, values];
    }),
  );
}

/** By the argument that --wrt names, or by each. */
async function explainPlainFunction(
  program: Program,
  name: string,
  flags: ExplainFlags,
): Promise<readonly Derivation[]> {
  const fn = chooseFunction(program, name);
  const known = fn.parameters.map((parameter) => parameter.name);
  const missing = known.filter((argument) => flags.at?.has(argument) !== true);
  if (missing.length > 0) {
    throw usageFailure(
      `${name}(${known.join(", ")}) needs a value for ${missing.join(", ")}`,
      `give it with ${missing.map((argument) => `--at ${argument}=1.2`).join(" ")}`,
    );
  }
  const extra = [...(flags.at?.keys() ?? [])].find((argument) => !known.includes(argument));
  if (extra !== undefined) throw usageFailure(`${name}(${known.join(", ")}) has no argument \`${extra}\``);
  const { explainFunction } = await import("@adjoint/compiler");
  const values = Object.fromEntries(flags.at ?? []);
  const asked = flags.wrt === undefined ? known : [flags.wrt.tensor];
  return Promise.all(
    asked.map((argument) => answered(() => explainFunction(fn, argument, values, { paths: flags.paths }))),
  );
}

async function answered<T>(question: () => T): Promise<T> {
  const { ExplainError } = await import("@adjoint/compiler");
  try {
    return question();
  } catch (error) {
    if (error instanceof ExplainError) throw new Failure(error.code, error.message);
    throw error;
  }
}
