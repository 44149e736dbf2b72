/** Owns: which report of a run is its best, what is kept of it, and when a run ends for want of a better one. */

import { RunError } from "./error.ts";
import type { EpochReport, TrainOptions } from "./report.ts";
import type { Floats } from "./tensor.ts";

/** The best so far. */
export interface Best {
  /** What was to become small; infinite before the first report. */
  value: number;
  /** Epochs completed then. */
  epoch: number;
  /** The parameters as they were then; null before the first report. */
  p: Floats | null;
}

/** The choices of {@link TrainOptions} that concern the best report, complete and checked. */
export interface Watch<Metrics> {
  readonly monitor: (report: EpochReport<Metrics>) => number;
  readonly minDelta: number;
  readonly patience: number;
}

/** Null where nobody asks for the best. @throws {RunError} for an option that is out of range. */
export function planWatch<Metrics>(options: TrainOptions<object, Metrics>): Watch<Metrics> | null {
  const { patience = Number.POSITIVE_INFINITY, minDelta = 0, monitor } = options;
  if (options.patience !== undefined && !(Number.isSafeInteger(patience) && patience >= 1)) {
    throw new RunError("bad-option", `\`patience\` is ${patience}.`, "Use a whole number of epochs from 1.");
  }
  if (!(minDelta >= 0 && minDelta < Number.POSITIVE_INFINITY)) {
    throw new RunError("bad-option", `\`minDelta\` is ${minDelta}.`, "Use a number from 0.");
  }
  if (options.patience === undefined && options.best !== true) return null;
  return { monitor: monitor ?? (({ loss, validation }) => validation?.loss ?? loss), minDelta, patience };
}

/** Compares a report with the best so far and takes its place if it is better; no number is better than none. */
export function watchReport<Metrics>(
  { monitor, minDelta }: Watch<Metrics>,
  best: Best,
  report: EpochReport<Metrics>,
  p: Floats,
): void {
  const value = monitor(report);
  if (!(value < best.value - (best.p === null ? 0 : minDelta))) return;
  best.value = value;
  best.epoch = report.epoch;
  if (best.p === null) best.p = p.slice();
  else best.p.set(p);
}
