/**
 * Owns: the course of a run: epochs, the order of examples, batches, when to let other work in, and what is reported.
 * Between two reports nothing is allocated per step; where a run pauses has no influence on its numbers.
 */

import type { Progress } from "./checkpoint.ts";
import type { Dataset } from "./dataset.ts";
import type { DifferentiableDefinition, ModelTypes, TrainableDefinition } from "./definition.ts";
import { RunError } from "./error.ts";
import { permutation } from "./random.ts";

declare class MessageChannel {
  readonly port1: { onmessage: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: null): void };
}
declare const setImmediate: ((callback: () => void) => unknown) | undefined;

/** What ends a run early: an `AbortSignal`, or anything like it. */
export interface Signal {
  readonly aborted: boolean;
}

export interface Evaluation<Metrics> {
  /** Mean over the examples. */
  readonly loss: number;
  /** Each the mean over the examples. */
  readonly metrics: Metrics;
}

/** What is known after an epoch. */
export interface EpochReport<Metrics> {
  /** Epochs completed since the parameters were drawn, this one included. */
  readonly epoch: number;
  /** At which epoch this run will end. */
  readonly epochs: number;
  /** Steps taken since the parameters were drawn. */
  readonly step: number;
  /** Mean over the epoch's examples, each measured just before the step that learns from it. */
  readonly loss: number;
  /** Measured on the training data after the epoch's last step. */
  readonly metrics: Metrics;
  /** Measured on the data given for it after the epoch's last step; null without any. */
  readonly validation: Evaluation<Metrics> | null;
}

/** How a run goes; what is left out is as the model declares it. */
export interface TrainOptions<Data extends object = object> {
  /** How many epochs to add; one under way that was interrupted counts as the first. */
  readonly epochs?: number;
  /** The epoch at which to end, counted since the parameters were drawn, instead of `epochs`: for a resumed run. */
  readonly until?: number;
  /** Examples per step; the last step of an epoch takes what is left. */
  readonly batch?: number;
  /** Whether each epoch visits the examples in an order drawn from the seed; otherwise in the given one. */
  readonly shuffle?: boolean;
  /** Once aborted, the run ends after the step under way, without a report; training again goes on from there. */
  readonly signal?: Signal;
  /** Data to measure after every epoch, not to learn from. */
  readonly validation?: Data;
}

/** The choices of {@link TrainOptions}, complete and checked. */
export interface Plan {
  readonly until: number;
  readonly batch: number;
  readonly shuffle: boolean;
  readonly signal: Signal | null;
  readonly validation: Dataset | null;
}

/** What a run changes; one run at a time. */
export interface Trainee<T extends ModelTypes> {
  readonly p: T["floats"];
  readonly state: T["floats"];
  /** Zero between two steps. */
  readonly grad: T["floats"];
  readonly progress: Progress;
  readonly lock: { held: boolean };
}

/** @throws {RunError} for an option that is out of range. */
export function planRun(
  options: TrainOptions,
  defaults: { readonly epochs: number; readonly batch: number; readonly shuffle: boolean },
  progress: Progress,
  validation: Dataset | null,
): Plan {
  if (options.until !== undefined && options.epochs !== undefined) {
    throw new RunError("bad-option", "Both `epochs` and `until` are given.", "Give one of them.");
  }
  const epochs = checkCount("epochs", options.epochs ?? defaults.epochs, 0);
  const until = checkCount("until", options.until ?? progress.epoch + epochs, 0);
  const batch = checkCount("batch", options.batch ?? defaults.batch, 1);
  return { until, batch, shuffle: options.shuffle ?? defaults.shuffle, signal: options.signal ?? null, validation };
}

/**
 * Runs epochs until the plan's last, reporting each; the trainee stands between two steps whenever the caller's code runs.
 * Other work (rendering, an abort) is let in about every ten milliseconds.
 * @throws {RunError} if the trainee is in another run, or an epoch of it was interrupted with other data.
 */
export async function* runEpochs<T extends ModelTypes>(
  definition: TrainableDefinition<T>,
  trainee: Trainee<T>,
  data: Dataset,
  plan: Plan,
): AsyncGenerator<EpochReport<T["metrics"]>, void, undefined> {
  const { p, progress, lock } = trainee;
  if (lock.held) {
    throw new RunError("already-training", "This network is being trained already.", "Await the other run first.");
  }
  if (progress.position > 0 && progress.examples !== data.count) {
    const message = `The run was interrupted at example ${progress.position} of ${progress.examples}; these data have ${data.count}.`;
    throw new RunError("other-data", message, "Go on with the data it was begun with.");
  }
  lock.held = true;
  try {
    const order = new Uint32Array(data.count);
    const pace = new Pace();
    while (progress.epoch < plan.until) {
      if (plan.shuffle) permutation(progress.seed, progress.epoch, order);
      else for (let k = 0; k < order.length; k++) order[k] = k;
      progress.examples = data.count;
      while (progress.position < data.count) {
        if (plan.signal?.aborted) return;
        const batches = Math.max(1, Math.floor(pace.allowance / plan.batch));
        const from = progress.position;
        learn(definition, trainee, data, order, plan.batch, from + batches * plan.batch);
        if (pace.overdue(progress.position - from)) await pace.rest();
      }
      const loss = progress.lossSum / data.count;
      progress.epoch++;
      progress.position = 0;
      progress.lossSum = 0;
      progress.examples = 0;
      // Without metrics there is nothing to measure that the steps have not measured already.
      const { metrics } = definition.metricCount === 0 ? noMetrics(definition) : measure(definition, p, data);
      const validation = plan.validation === null ? null : measure(definition, p, plan.validation);
      yield { epoch: progress.epoch, epochs: plan.until, step: progress.step, loss, metrics, validation };
    }
  } finally {
    lock.held = false;
  }
}

/** Loss and metrics of a data set, each the mean over its examples. */
export function measure<T extends ModelTypes>(
  definition: DifferentiableDefinition<T>,
  p: T["floats"],
  data: Dataset,
): Evaluation<T["metrics"]> {
  const metrics = definition.allocate(definition.metricCount);
  const sums = new Float64Array(definition.metricCount);
  let loss = 0;
  for (let n = 0; n < data.count; n++) {
    loss += definition.evaluate(p, data.columns, metrics, n);
    for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (metrics[m] ?? 0);
  }
  for (let m = 0; m < sums.length; m++) metrics[m] = (sums[m] ?? 0) / data.count;
  return { loss: loss / data.count, metrics: definition.readMetrics(metrics) };
}

/** Takes whole batches from `progress.position` up to `end` or the end of the data; allocates nothing. */
function learn<T extends ModelTypes>(
  definition: TrainableDefinition<T>,
  { p, state, grad, progress }: Trainee<T>,
  { columns, count }: Dataset,
  order: Uint32Array,
  batch: number,
  end: number,
): void {
  const stop = Math.min(end, count);
  let { position, step, lossSum } = progress;
  if (batch === 1) {
    lossSum = definition.step(p, columns, state, step + 1, position, stop, order, lossSum);
    step += stop - position;
    position = stop;
  } else {
    while (position < stop) {
      const next = Math.min(position + batch, count);
      lossSum = definition.gradient(p, columns, grad, position, next, order, lossSum);
      definition.update(p, grad, state, ++step, next - position);
      position = next;
    }
  }
  progress.position = position;
  progress.step = step;
  progress.lossSum = lossSum;
}

function noMetrics<T extends ModelTypes>(definition: DifferentiableDefinition<T>): { readonly metrics: T["metrics"] } {
  return { metrics: definition.readMetrics(definition.allocate(0)) };
}

function checkCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RunError("bad-option", `\`${name}\` is ${value}.`, `Use a whole number from ${least}.`);
}

/** How much to do before looking at the clock, and when to let other work in. */
class Pace {
  /** Examples until the next look at the clock: as many as take about a millisecond. */
  allowance = 1;
  #looked = Date.now();
  #rested = Date.now();

  /** Notes that `examples` were visited since the last call; true when it is time to rest. */
  overdue(examples: number): boolean {
    const now = Date.now();
    const elapsed = now - this.#looked;
    if (elapsed <= 1 && examples >= this.allowance) this.allowance = Math.min(2 * this.allowance, 1 << 20);
    else if (elapsed > 4) this.allowance = Math.max(1, Math.floor(this.allowance / 2));
    this.#looked = now;
    return now - this.#rested >= 10;
  }

  /** Resolves after the event loop has gone round once. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (typeof setImmediate === "function") {
        setImmediate(resolve);
        return;
      }
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
    this.#looked = Date.now();
    this.#rested = this.#looked;
  }
}
