/** Owns: `adjoint eval`. */

import type { Model } from "@adjoint/ir";
import type { Command } from "@commander-js/extra-typings";
import { type Context, note, type Perform, print, printJson } from "../context.ts";
import { type DataPort, type Dataset, portsOf } from "../data/dataset.ts";
import { beginWithParameters } from "../data/parameters.ts";
import { readDataset } from "../data/read-dataset.ts";
import {
  type Evaluation,
  type Examples,
  importModel,
  type Predictor,
  requireDifferentiable,
  type Tensor,
} from "../emitted-model.ts";
import { type ExitCode, exitCodes } from "../failure.ts";
import { type Assignments, assignment, columnList, fileList, nameList, scaleFactor } from "../options.ts";
import { chooseModel, loadPage } from "../page.ts";
import { type TargetFlags, targetOption, targetOptions } from "../target.ts";
import { examples, section } from "../view/help.ts";
import { formatNested, formatTensor, type Nested, nest } from "../view/nested.ts";
import { formatNumber } from "../view/numbers.ts";
import { table } from "../view/table.ts";
import { type DataFlags, dataHelp, dataOption, dataOptionsOf } from "./data-flags.ts";

export function declareEval(program: Command, perform: Perform): void {
  program
    .command("eval")
    .summary("outputs, loss, metrics and gradients for given parameters")
    .description(
      "Evaluate a model with given parameters on data: its outputs for every example and, where the data hold the targets, loss, metrics and the gradient of the mean loss by every parameter.",
    )
    .argument("<page>", "the .adj file")
    .requiredOption(...dataOption.data, fileList)
    .option(...dataOption.params)
    .option("--no-gradients", "leave the gradients out")
    .addOption(targetOption.target("what runs: TypeScript, or WebAssembly, which is faster"))
    .addOption(targetOption.precision())
    .option(...dataOption.set, assignment)
    .option(...dataOption.model)
    .option(...dataOption.columns, columnList)
    .option(...dataOption.ignore, nameList)
    .option(...dataOption.scale, scaleFactor)
    .option("--json", "all of it as one JSON object")
    .addHelpText(
      "after",
      examples(
        ["adjoint eval gender.adj -p gender.safetensors -d people.csv", "how well it does"],
        ["adjoint eval net.adj -p ones.json -d alice.csv --json", "every number, for a program"],
        ["adjoint eval gender.adj -p gender.safetensors -d new.csv", "without targets: outputs alone"],
      ) +
        section("Values", "Without --params, the parameters are those that training would begin with.") +
        dataHelp,
    )
    .action((page, flags) => perform(flags, (context) => evaluate(context, page, flags)));
}

interface EvalFlags extends DataFlags, TargetFlags {
  readonly data: readonly string[];
  readonly params?: string | undefined;
  readonly gradients: boolean;
  readonly set?: Assignments | undefined;
  readonly model?: string | undefined;
}

/** What is printed, in either form. */
interface Result {
  readonly model: string;
  readonly examples: number;
  readonly evaluation: Evaluation | null;
  /** Why there is no evaluation. */
  readonly remark: string;
  /** By output, one value an example. */
  readonly outputs: Readonly<Record<string, readonly Nested[]>>;
  readonly gradients: Readonly<Record<string, Tensor>> | null;
}

async function evaluate(context: Context, page: string, flags: EvalFlags): Promise<ExitCode> {
  const program = await loadPage(context, page, flags.set);
  const model = chooseModel(program, flags.model);
  const ports = portsOf(model);
  const data = await readDataset(context.io, flags.data, ports, dataOptionsOf(flags, true));
  const begin = await importModel(program, model, { target: await targetOptions(flags) });
  const net =
    flags.params === undefined
      ? begin({})
      : await beginWithParameters(context.io, flags.params, model.parameters, begin);
  if (flags.params === undefined && model.parameters.length > 0 && !context.json) {
    note(context, context.noteStyle.dim("without --params: the parameters are those that training would begin with"));
  }
  const result = measure(net, model, data, ports, flags.gradients);
  if (context.json) printResultJson(context, result);
  else printResult(context, result);
  return exitCodes.ok;
}

function measure(
  net: Predictor,
  model: Model,
  data: Dataset,
  ports: readonly DataPort[],
  gradientsWanted: boolean,
): Result {
  const examplesOf = (chosen: readonly DataPort[]): Examples =>
    Object.fromEntries(chosen.map(({ name }) => [name, data.values.get(name) ?? new Float64Array()]));
  const outputs = new Map<string, Nested[]>();
  for (const prediction of net.predictAll(examplesOf(ports.filter((port) => port.role === "input")))) {
    for (const [name, value] of Object.entries(prediction)) {
      const values = outputs.get(name) ?? [];
      values.push(asNested(value));
      outputs.set(name, values);
    }
  }
  const complete = model.loss !== null && ports.every((port) => data.values.has(port.name));
  const differentiable = complete ? requireDifferentiable(net, model) : null;
  const all = complete ? examplesOf(ports) : {};
  return {
    model: model.name,
    examples: data.count,
    evaluation: differentiable?.evaluate(all) ?? null,
    remark: model.loss === null ? "the model has no loss: outputs only" : "no targets in the data: outputs only",
    outputs: Object.fromEntries(outputs),
    gradients: gradientsWanted ? (differentiable?.gradients(all) ?? null) : null,
  };
}

/** An output as it comes from `predictAll`: a number, a tensor, or lists of them. */
function asNested(value: unknown): Nested {
  if (typeof value === "number") return value;
  if (value instanceof Float64Array || value instanceof Float32Array) return [...value];
  if (Array.isArray(value)) return value.map(asNested);
  if (isTensor(value)) return nest(value.values, value.shape);
  throw new Error("an output is no tensor");
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "shape" in value && "values" in value;
}

function printResultJson(context: Context, { model, examples: count, evaluation, outputs, gradients }: Result): void {
  printJson(context, {
    model,
    examples: count,
    loss: evaluation?.loss ?? null,
    metrics: evaluation?.metrics ?? {},
    outputs,
    gradients:
      gradients === null
        ? null
        : Object.fromEntries(Object.entries(gradients).map(([name, { values, shape }]) => [name, nest(values, shape)])),
  });
}

const shownExamples = 10;

function printResult(context: Context, result: Result): void {
  const { style } = context;
  const { evaluation, outputs, gradients } = result;
  if (evaluation === null) print(context, style.dim(result.remark));
  else {
    print(context, `${style.bold("loss")}  ${formatNumber(evaluation.loss, 6)}`);
    for (const [name, value] of Object.entries(evaluation.metrics)) {
      print(context, `${style.bold(name)}  ${formatNumber(value, 6)}`);
    }
  }
  const names = Object.keys(outputs);
  const rows = Array.from({ length: Math.min(result.examples, shownExamples) }, (_, n) => [
    String(n),
    ...names.map((name) => formatNested(outputs[name]?.[n] ?? Number.NaN)),
  ]);
  const columns = [
    { title: "example", align: "right" as const },
    ...names.map((title) => ({ title, align: "left" as const })),
  ];
  print(context, "", ...table(columns, rows, style.bold));
  if (result.examples > shownExamples)
    print(context, style.dim(`… ${result.examples - shownExamples} more; --json has all`));
  if (gradients === null) return;
  print(
    context,
    "",
    ...table(
      [
        { title: "parameter", align: "left" },
        { title: "∂loss/∂parameter", align: "left" },
      ],
      Object.entries(gradients).map(([name, { values, shape }]) => [name, formatTensor(values, shape)]),
      style.bold,
    ),
  );
}
