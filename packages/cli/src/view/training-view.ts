/**
 * Owns: what training looks like: a bar on a terminal, a few lines in a file or a pipe, JSON lines for a program.
 * All three are told the same events.
 */

import { Presets, SingleBar } from "cli-progress";
import { type Context, note, printJson, type Style } from "../context.ts";
import type { EpochReport } from "../emitted-model.ts";
import { sparkline } from "./curve.ts";
import { countOf, formatDuration, formatNumber } from "./numbers.ts";

export interface PlannedOptimizer {
  readonly name: string;
  /** Its settings, such as its rate: a number, or the text of what depends on the step. */
  readonly settings: Readonly<Record<string, number | string>>;
  /** The names of the parameters that it trains; empty for all that no other does. */
  readonly patterns: readonly string[];
}

/** What is settled before the first step. */
export interface TrainingPlan {
  readonly model: string;
  readonly page: string;
  /** Numbers in all parameters. */
  readonly parameters: number;
  readonly examples: number;
  readonly validationExamples: number | null;
  /** The inputs that are normalised. */
  readonly normalised: readonly string[];
  readonly optimizers: readonly PlannedOptimizer[];
  /** Epochs completed before this run. */
  readonly from: number;
  /** The epoch at which it ends. */
  readonly until: number;
  readonly batch: number;
  readonly target: "ts" | "wasm";
  /** That share the examples of a batch. */
  readonly threads: number;
  readonly seed: number | null;
}

export interface TrainingView {
  readonly begin: (plan: TrainingPlan) => void;
  readonly epoch: (report: EpochReport) => void;
  /** Called a few times a second: epochs completed, and of the one under way the part that is. */
  readonly pulse: (epochs: number) => void;
  readonly checkpoint: (path: string, epoch: number) => void;
  /** Nothing follows but the summary that the command prints itself. */
  readonly end: () => void;
}

export function trainingView(context: Context): TrainingView {
  if (context.json) return jsonView(context);
  return context.io.stderr.isTTY === true ? barView(context) : lineView(context);
}

function jsonView(context: Context): TrainingView {
  const began = performance.now();
  return {
    begin: (plan) => printJson(context, { event: "begin", ...plan }),
    epoch: (report) => {
      printJson(context, { event: "epoch", ...report, seconds: Math.round(performance.now() - began) / 1000 });
    },
    pulse: () => {},
    checkpoint: (path, epoch) => printJson(context, { event: "checkpoint", path, epoch }),
    end: () => {},
  };
}

/** Some twenty lines however many epochs there are. */
function lineView(context: Context): TrainingView {
  let every = 1;
  return {
    begin(plan) {
      every = Math.max(1, Math.ceil((plan.until - plan.from) / 20));
      note(context, ...describePlan(plan, context.noteStyle));
    },
    epoch(report) {
      if (report.epoch % every !== 0 && report.epoch !== report.epochs) return;
      note(context, `epoch ${report.epoch}/${report.epochs}  ${describeReport(report)}`);
    },
    pulse: () => {},
    checkpoint: () => {},
    end: () => {},
  };
}

function barView(context: Context): TrainingView {
  const { noteStyle: style } = context;
  const losses: number[] = [];
  let bar: SingleBar | null = null;
  let remarks = "";
  return {
    begin(plan) {
      note(context, ...describePlan(plan, style));
      remarks = plan.optimizers
        .map(settingsText)
        .filter((text) => text !== "")
        .join("; ");
      bar = new SingleBar(
        {
          stream: context.io.stderr,
          hideCursor: true,
          linewrap: false,
          fps: 12,
          gracefulExit: false,
          format: (
            _options,
            { progress, value, total, startTime },
            payload: { readonly report: EpochReport | null },
          ) => {
            const filled = Math.round(progress * 24);
            const done = value - plan.from;
            const elapsed = (Date.now() - startTime) / 1000;
            const left = done > 0 && value < total ? `${formatDuration((elapsed / done) * (total - value))} left` : "";
            const { report } = payload;
            return [
              `${style.cyan("█".repeat(filled))}${style.dim("░".repeat(24 - filled))}`,
              `${Math.floor(value)}/${total}`,
              report === null ? "" : describeReport(report),
              losses.length === 0 ? "" : style.green(sparkline(losses, 16)),
              style.dim(remarks),
              left,
            ]
              .filter((part) => part !== "")
              .join("  ");
          },
        },
        Presets.shades_classic,
      );
      bar.start(plan.until, plan.from, { report: null });
    },
    epoch(report) {
      losses.push(report.loss);
      bar?.update(report.epoch, { report });
    },
    pulse: (epochs) => bar?.update(epochs),
    checkpoint: () => {},
    end: () => bar?.stop(),
  };
}

export function describePlan(plan: TrainingPlan, style: Style): readonly string[] {
  const validation = plan.validationExamples === null ? "" : `, ${plan.validationExamples} for validation`;
  const normalised = plan.normalised.length === 0 ? "" : `, ${plan.normalised.join(" and ")} normalised`;
  const resumed = plan.from === 0 ? "" : `, resumed after epoch ${plan.from}`;
  return [
    `${style.bold(plan.model)}: ${countOf(plan.parameters, "weight")}, ${countOf(plan.examples, "example")}${validation}${normalised}`,
    `${plan.optimizers.map(optimizerText).join("; ")}, batch ${plan.batch}${runnerText(plan)}, to epoch ${plan.until}${resumed}`,
  ];
}

/** `, as WebAssembly in 2 threads` */
function runnerText({ target, threads }: TrainingPlan): string {
  if (target === "ts") return "";
  return `, as WebAssembly${threads === 1 ? "" : ` in ${threads} threads`}`;
}

/** `adam, rate 0.001`, and for which parameters. */
function optimizerText({ name, settings, patterns }: PlannedOptimizer): string {
  const values = settingsText({ settings });
  return `${name}${values === "" ? "" : `, ${values}`}${patterns.length === 0 ? "" : ` for ${patterns.join(", ")}`}`;
}

function settingsText({ settings }: Pick<PlannedOptimizer, "settings">): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === "number" ? formatNumber(value) : value}`)
    .join(", ");
}

/** `loss 0.01834  accuracy 1  validation 0.021 (accuracy 0.98)` */
export function describeReport({ loss, metrics, validation }: EpochReport): string {
  const list = (values: Readonly<Record<string, number>>): readonly string[] =>
    Object.entries(values).map(([name, value]) => `${name} ${formatNumber(value)}`);
  const parts = [`loss ${formatNumber(loss)}`, ...list(metrics)];
  if (validation !== null) {
    const inner = list(validation.metrics).join(", ");
    parts.push(`validation ${formatNumber(validation.loss)}${inner === "" ? "" : ` (${inner})`}`);
  }
  return parts.join("  ");
}
