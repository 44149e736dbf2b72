/** Owns: `adjoint train`. */

import { basename } from "node:path";
import { elementCount, type Model } from "@adjoint/ir";
import type { Command } from "@commander-js/extra-typings";
import { Checkpointer } from "../checkpointer.ts";
import { type Context, note, type Perform, print, printJson } from "../context.ts";
import { portsOf } from "../data/dataset.ts";
import { readDataset } from "../data/read-dataset.ts";
import { pathOf } from "../data/sources.ts";
import {
  type BeginOptions,
  type EpochReport,
  type Examples,
  importModel,
  requireTrainable,
  type Trainable,
} from "../emitted-model.ts";
import { type ExitCode, exitCodes, Failure, usageFailure } from "../failure.ts";
import { formatSize, readBytes, requireWritable, writeWhole } from "../files.ts";
import type { InterruptSignal } from "../io.ts";
import {
  type Assignments,
  amount,
  assignment,
  columnList,
  fileList,
  monitored,
  nameList,
  scaleFactor,
  wholeNumber,
} from "../options.ts";
import { chooseModel, loadPage } from "../page.ts";
import { type TargetFlags, targetOption, targetOptions } from "../target.ts";
import { curve } from "../view/curve.ts";
import { examples, section } from "../view/help.ts";
import { countOf, formatDuration, formatNumber } from "../view/numbers.ts";
import { describeReport, type TrainingPlan, type TrainingView, trainingView } from "../view/training-view.ts";
import { type DataFlags, dataHelp, dataOption, dataOptionsOf } from "./data-flags.ts";
import {
  asExamples,
  type ChoiceFlags,
  divide,
  historyText,
  normalisationKind,
  type Watch,
  watchOf,
} from "./train-choices.ts";

export function declareTrain(program: Command, perform: Perform): void {
  program
    .command("train")
    .summary("train a model on data")
    .description("Train a model on data, show how it goes, and save its parameters.")
    .argument("<page>", "the .adj file")
    .requiredOption(...dataOption.data, fileList)
    .option(
      "--validation <file>",
      "examples to measure after every epoch, not to learn from: as --data, or a share of it as 0.1",
      fileList,
    )
    .option("--normalise [kind]", "fit the inputs to mean 0 and deviation 1 (standard) or to 0 … 1 (range)")
    .option("--epochs <n>", "the epoch at which to end (default: the page's)", wholeNumber(0))
    .option("--batch <n>", "examples per step (default: the page's)", wholeNumber(1))
    .option("--seed <n>", "decides initial parameters and the order of examples (default: the page's)", wholeNumber(0))
    .addOption(targetOption.target("what runs: TypeScript, or WebAssembly, which is faster"))
    .addOption(targetOption.precision())
    .addOption(targetOption.threads("for wasm: so many threads share the examples of a batch"))
    .option("--patience <epochs>", "end once so many epochs bring nothing better; implies --best", wholeNumber(1))
    .option("--min-delta <amount>", "by how much something is better", amount)
    .option(
      "--monitor <name>",
      "what is to become better: loss (of the validation, if there is one) or a metric, as accuracy:max",
      monitored,
    )
    .option("--best", "save the parameters of the best epoch, not of the last")
    .option("--history <file>", "write loss and metrics of every epoch, as .csv or .json")
    .option(...dataOption.set, assignment)
    .option(...dataOption.model)
    .option("-o, --out <file>", "where the parameters go, as safetensors (default: <page>.safetensors, here)")
    .option("--no-out", "don't save the parameters")
    .option("--checkpoint <file>", "keep the run in this file, so that it can be resumed")
    .option("--every <epochs>", "write the checkpoint after so many epochs (default: every 2 seconds)", wholeNumber(1))
    .option("--resume <file>", "go on with the run of a checkpoint, and keep it there")
    .option(...dataOption.columns, columnList)
    .option(...dataOption.ignore, nameList)
    .option(...dataOption.scale, scaleFactor)
    .option("--json", "one JSON object a line: begin, epoch, checkpoint, end or interrupted")
    .addHelpText(
      "after",
      examples(
        ["adjoint train gender.adj --data people.csv", "writes gender.safetensors"],
        ["adjoint train gender.adj -d people.csv --epochs 200 --seed 7", "another run"],
        ["adjoint train gender.adj -d people.csv --columns x=weight,height", "columns by name"],
        ["adjoint train mnist.adj -d x=images.idx.gz -d digit=labels.idx", "a file for each port"],
        ["adjoint train iris.adj -d iris.csv --validation 0.2 --patience 20", "until it gets no better"],
        ["adjoint train prices.adj -d prices.csv --normalise --history run.csv", "inputs in their own units"],
        ["adjoint train mnist.adj -d mnist.csv --target wasm --threads 2", "many times faster"],
        ["adjoint train mnist.adj -d mnist.csv --checkpoint run.ckpt", "safe against a power cut"],
        ["adjoint train mnist.adj -d mnist.csv --resume run.ckpt", "go on where it ended"],
      ) +
        dataHelp +
        section(
          "Validation",
          "A share of the data is drawn the same in every run, whatever its seed, so that runs compare.",
          "What --normalise finds in the examples to learn from is saved with the parameters, and",
          "eval applies it: data stay in their own units.",
        ) +
        section(
          "Checkpoints",
          "Ctrl-C ends the run between two steps, writes a checkpoint (without --checkpoint:",
          "<page>.ckpt, here) and exits with 130. A checkpoint is replaced as a whole, so a run that",
          "is killed leaves a good one. Resumed with the same data and options, a run ends in",
          "parameters bit-identical to those of the run that wasn't interrupted.",
        ),
    )
    .action((page, flags) => perform(flags, (context) => train(context, page, flags)));
}

interface TrainFlags extends DataFlags, ChoiceFlags, TargetFlags {
  readonly data: readonly string[];
  readonly history?: string | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly seed?: number | undefined;
  readonly set?: Assignments | undefined;
  readonly model?: string | undefined;
  readonly out?: string | false | undefined;
  readonly checkpoint?: string | undefined;
  readonly every?: number | undefined;
  readonly resume?: string | undefined;
}

/** Everything that is settled before the first step. */
interface Run {
  readonly model: Model;
  readonly net: Trainable;
  readonly data: Examples;
  readonly validation: Examples | null;
  readonly plan: TrainingPlan;
  /** What is better than what, and how long to wait for it; null where the last epoch counts. */
  readonly watch: Watch | null;
  readonly historyPath: string | null;
  /** Where the parameters go; null if nowhere. */
  readonly out: string | null;
  readonly checkpointPath: string | null;
  /** Where an interruption leaves its checkpoint. */
  readonly rescuePath: string;
}

async function train(context: Context, page: string, flags: TrainFlags): Promise<ExitCode> {
  const run = await prepare(context, page, flags);
  const { net, plan } = run;
  const { out } = run;
  const view = trainingView(context);
  const began = performance.now();
  view.begin(plan);
  const { reports, interruption } = await learn(context, run, flags.every ?? null, view);
  const seconds = (performance.now() - began) / 1000;
  const last = reports.at(-1) ?? null;
  if (run.historyPath !== null) await writeWhole(context.io, run.historyPath, historyText(run.historyPath, reports));

  if (interruption !== null) {
    await writeWhole(context.io, run.rescuePath, net.checkpoint());
    if (context.json) {
      printJson(context, { event: "interrupted", signal: interruption, epoch: net.epoch, checkpoint: run.rescuePath });
    } else {
      note(
        context,
        `interrupted after ${countOf(net.epoch, "epoch")}; the run is kept in ${run.rescuePath}`,
        `  = go on with: adjoint train ${page} ${flags.data.map((file) => `--data ${file}`).join(" ")} --resume ${run.rescuePath}`,
      );
    }
    return interruption === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated;
  }

  if (run.watch !== null && net.best === null && last !== null) throw neverANumber();
  const best = run.watch === null || net.best === null ? null : net.restoreBest();
  const bytes = net.save();
  if (out !== null) await writeWhole(context.io, out, bytes);
  if (context.json) {
    const { loss, metrics } = last ?? net.evaluate(run.data);
    printJson(context, { event: "end", epoch: net.epoch, best, loss, metrics, out, seconds });
    return exitCodes.ok;
  }
  printCurve(context, reports);
  if (last === null) print(context, `nothing to do: the run has completed ${countOf(net.epoch, "epoch")} already`);
  else {
    const { style } = context;
    const metrics = Object.entries(last.metrics).map(([name, value]) => `, ${name} ${formatNumber(value)}`);
    const how = `after ${countOf(net.epoch, "epoch")}, in ${formatDuration(seconds)}`;
    print(context, `${style.bold(run.model.name)}: loss ${formatNumber(last.loss)}${metrics.join("")} ${how}`);
  }
  const kept = reports.find(({ epoch }) => epoch === best);
  if (best !== null) print(context, `best: epoch ${best}${kept === undefined ? "" : `, ${describeReport(kept)}`}`);
  if (out !== null) print(context, `wrote ${out}, ${formatSize(bytes.length)}`);
  return exitCodes.ok;
}

function printCurve(context: Context, reports: readonly EpochReport[]): void {
  const losses = reports.map((report) => report.loss);
  const chart = curve(losses, Math.min(context.io.stdout.columns || 80, 100));
  const [first, last] = [reports[0], reports.at(-1)];
  if (chart.length === 0 || first === undefined || last === undefined) return;
  print(context, `loss, epochs ${first.epoch} to ${last.epoch}`, ...chart, "");
}

async function prepare(context: Context, page: string, flags: TrainFlags): Promise<Run> {
  const { io } = context;
  const checkpointPath = flags.checkpoint ?? flags.resume ?? null;
  if (flags.every !== undefined && checkpointPath === null) throw usageFailure("--every needs --checkpoint <file>");
  const kind = normalisationKind(flags.normalise);
  if (flags.resume !== undefined && kind !== null) {
    throw usageFailure("a resumed run has its normalisation already", "leave --normalise out");
  }
  if (flags.resume !== undefined && flags.seed !== undefined) {
    throw usageFailure("a resumed run has its seed already", "leave --seed out");
  }
  const stem = basename(page, ".adj");
  const out = flags.out === false ? null : (flags.out ?? `${stem}.safetensors`);
  const read = [page, ...flags.data.map(pathOf), ...(flags.validation ?? []).map(pathOf)];
  const historyPath = flags.history ?? null;
  for (const path of [out, checkpointPath, historyPath]) if (path !== null) await requireWritable(io, path, read);
  const program = await loadPage(context, page, flags.set);
  const model = chooseModel(program, flags.model);
  const ports = portsOf(model);
  const begin = await importModel(program, model, { batch: flags.batch, target: await targetOptions(flags) });
  const net = requireTrainable(begin(await beginOptions(context, flags)), model);
  const options = dataOptionsOf(flags, false);
  const whole = await readDataset(io, flags.data, ports, options);
  const { data, validation } = await divide(io, whole, flags, ports, options);
  if (kind !== null)
    net.normalise(
      asExamples(
        data,
        ports.filter((port) => port.role === "input"),
      ),
      kind,
    );
  const { training } = model;
  if (training === null) throw new Error(`${model.name} trains without a train statement`);
  const plan: TrainingPlan = {
    model: model.name,
    page: program.path,
    parameters: model.parameters.reduce((sum, parameter) => sum + elementCount(parameter.shape), 0),
    examples: data.count,
    validationExamples: validation?.count ?? null,
    normalised: [...net.normalisation.keys()],
    optimizers: training.groups.map(({ optimizer, patterns }) => ({
      name: optimizer.name,
      settings: Object.fromEntries(optimizer.settings.map(({ name, value, text }) => [name, value ?? text])),
      patterns,
    })),
    from: net.epoch,
    until: flags.epochs ?? training.epochs,
    batch: flags.batch ?? training.batch,
    target: flags.target,
    threads: flags.threads ?? 1,
    seed: flags.resume === undefined ? (flags.seed ?? training.seed) : null,
  };
  return {
    model,
    net,
    data: asExamples(data, ports),
    validation: validation === null ? null : asExamples(validation, ports),
    plan,
    watch: watchOf(model, flags, validation !== null),
    historyPath,
    out,
    checkpointPath,
    rescuePath: checkpointPath ?? `${stem}.ckpt`,
  };
}

async function beginOptions(context: Context, flags: TrainFlags): Promise<BeginOptions> {
  if (flags.resume !== undefined) return { checkpoint: await readBytes(context.io, flags.resume) };
  return flags.seed === undefined ? {} : { seed: flags.seed };
}

interface Learned {
  readonly reports: readonly EpochReport[];
  readonly interruption: InterruptSignal | null;
}

/** Runs the epochs; leaves the net between two steps, however it ends. @throws Failure `diverged` */
async function learn(context: Context, run: Run, every: number | null, view: TrainingView): Promise<Learned> {
  const { net, plan, checkpointPath } = run;
  const reports: EpochReport[] = [];
  const controller = new AbortController();
  let interruption: InterruptSignal | null = null;
  const ignoreInterrupts = context.io.onInterrupt((signal) => {
    interruption = signal;
    controller.abort();
  });
  const checkpointer =
    checkpointPath === null
      ? null
      : new Checkpointer(context.io, checkpointPath, net, every, (epoch) => view.checkpoint(checkpointPath, epoch));
  let stepsBefore = net.step;
  const stepsAnEpoch = Math.ceil(plan.examples / plan.batch);
  const pulse = setInterval(() => {
    view.pulse(Math.min(net.epoch + Math.min(1, (net.step - stepsBefore) / stepsAnEpoch), plan.until));
  }, 100);
  try {
    const options = { until: plan.until, batch: plan.batch, threads: plan.threads, signal: controller.signal };
    const validation = run.validation === null ? {} : { validation: run.validation };
    for await (const report of net.train(run.data, { ...options, ...validation, ...run.watch })) {
      if (Number.isNaN(report.loss)) throw diverged(report, plan);
      reports.push(report);
      stepsBefore = net.step;
      view.epoch(report);
      await checkpointer?.afterEpoch(report.epoch);
    }
    // A signal that comes after the last step interrupts nothing.
    if (net.epoch >= plan.until) interruption = null;
    if (interruption === null) await checkpointer?.flush();
  } finally {
    clearInterval(pulse);
    ignoreInterrupts();
    await checkpointer?.stop();
    view.end();
  }
  return { reports, interruption };
}

function neverANumber(): Failure {
  return new Failure(
    "no-best",
    "no epoch was the best: what is monitored was never a finite number; nothing was saved",
    {
      help: ["the formulas may leave their domain (log of 0, division by 0) for the examples that are not learnt from"],
    },
  );
}

function diverged(report: EpochReport, plan: TrainingPlan): Failure {
  const rates = plan.optimizers.map(({ settings }) => settings["rate"]).filter((rate) => typeof rate === "number");
  const rate = rates.length === 1 ? rates[0] : undefined;
  return new Failure("diverged", `the loss became NaN in epoch ${report.epoch}; nothing was saved`, {
    help: [
      rate === undefined ? "the steps may be too large" : `the steps may be too large: try a rate below ${rate}`,
      "or the formulas leave their domain (log of 0, division by 0) for these data",
    ],
  });
}
