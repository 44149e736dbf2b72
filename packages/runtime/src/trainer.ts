/**
 * Owns: the course of a run: epochs, the order of examples, batches, when to let other work in, and what is reported.
 * Between two reports nothing is allocated per step; where a run pauses has no influence on its numbers.
 */

import type { Visited } from "./augment.ts";
import { type Best, planWatch, type Watch, watchReport } from "./best.ts";
import type { Progress, RunSettings } from "./checkpoint.ts";
import { type Dataset, fingerprintOf } from "./dataset.ts";
import type { Columns, DifferentiableDefinition, ModelTypes, TrainableDefinition } from "./definition.ts";
import { RunError } from "./error.ts";
import { permutation, seedOfPass } from "./random.ts";
import type { EpochReport, Evaluation, Signal, ThreadWorker, TrainOptions } from "./report.ts";

declare class MessageChannel {
  readonly port1: { onmessage: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: null): void };
}
declare const setImmediate: ((callback: () => void) => unknown) | undefined;

/** The choices of {@link TrainOptions}, complete and checked. */
export interface Plan<Metrics> {
  readonly until: number;
  readonly every: number;
  readonly batch: number;
  readonly shuffle: boolean;
  readonly signal: Signal | null;
  readonly validation: Dataset | null;
  readonly threads: number;
  /** Null where workers are made from a text. */
  readonly worker: (() => ThreadWorker) | null;
  /** Null where examples are learnt from as they are. */
  readonly augmentation: Visited | null;
  /** Null where nobody asks for the best report. */
  readonly watch: Watch<Metrics> | null;
}

/** What a run changes; one run at a time. */
export interface Trainee<T extends ModelTypes> {
  readonly p: T["floats"];
  readonly state: T["floats"];
  /** Zero between two steps. */
  readonly grad: T["floats"];
  readonly progress: Progress;
  readonly run: TrainingRun;
}

/** What one run leaves to the next. */
export interface TrainingRun {
  /** Whether one is under way. */
  held: boolean;
  /** Of the last one; null before the first. */
  settings: RunSettings | null;
  /** Whether that one comes from a checkpoint and is still to be gone on with. */
  resumed: boolean;
  /** The best of the last run that was to keep it; null without one. */
  best: Best | null;
}

/** @throws {RunError} for an option that is out of range. */
export function planRun<Metrics>(
  options: TrainOptions<object, Metrics>,
  defaults: { readonly epochs: number; readonly batch: number; readonly shuffle: boolean },
  progress: Progress,
  validation: Dataset | null,
  augmentation: Visited | null,
): Plan<Metrics> {
  if (options.until !== undefined && options.epochs !== undefined) {
    throw new RunError("bad-option", "Both `epochs` and `until` are given.", "Give one of them.");
  }
  const epochs = checkCount("epochs", options.epochs ?? defaults.epochs, 0);
  const until = checkCount("until", options.until ?? progress.epoch + epochs, 0);
  const every = checkCount("every", options.every ?? 1, 1);
  const batch = checkCount("batch", options.batch ?? defaults.batch, 1);
  return {
    until,
    every,
    batch,
    threads: checkCount("threads", options.threads ?? 1, 1),
    worker: options.worker ?? null,
    shuffle: options.shuffle ?? defaults.shuffle,
    signal: options.signal ?? null,
    validation,
    augmentation,
    watch: planWatch(options),
  };
}

/**
 * Runs epochs until the plan's last, reporting as it asks; the trainee stands between two steps whenever the caller's code
 * runs. Other work (rendering, an abort) is let in about every ten milliseconds.
 * @throws {RunError} if the trainee is in another run, or this one is not as the run was that it goes on with.
 */
export async function* runEpochs<T extends ModelTypes>(
  definition: TrainableDefinition<T>,
  trainee: Trainee<T>,
  data: Dataset,
  plan: Plan<T["metrics"]>,
): AsyncGenerator<EpochReport<T["metrics"]>, void, undefined> {
  const { p, progress, run } = trainee;
  if (run.held) {
    throw new RunError("already-training", "This network is being trained already.", "Await the other run first.");
  }
  const settings = settingsOf(plan, data);
  const goesOn = run.settings !== null && (run.resumed || progress.position > 0);
  if (goesOn && run.settings !== null) checkSettings(run.settings, settings);
  run.settings = settings;
  const { watch } = plan;
  const kept = goesOn ? run.best : null;
  const best = watch === null ? null : (kept ?? { value: Number.POSITIVE_INFINITY, epoch: progress.epoch, p: null });
  run.best = best;
  run.resumed = false;
  run.held = true;
  let dismiss: (() => void) | null = null;
  try {
    if (plan.threads > 1) dismiss = await recruit(definition, data, plan);
    const order = new VisitOrder(progress.seed, data.count, plan);
    const pace = new Pace();
    // Without metrics there is nothing to measure that the steps have not measured already.
    const nothing = definition.metricCount === 0 ? definition.readMetrics(definition.allocate(0)) : null;
    while (progress.epoch < plan.until) {
      if (watch !== null && best !== null && progress.epoch - best.epoch >= watch.patience) return;
      const goal = Math.min(plan.until, progress.epoch - (progress.epoch % plan.every) + plan.every);
      let outcome = advance(definition, trainee, data, order, plan, pace, goal);
      for (; outcome === "overdue"; outcome = advance(definition, trainee, data, order, plan, pace, goal)) {
        await pace.rest();
      }
      if (outcome === "aborted") return;
      const loss = endEpoch(progress);
      const metrics = nothing ?? measure(definition, p, data, progress.seed).metrics;
      const validation = plan.validation === null ? null : measure(definition, p, plan.validation, progress.seed);
      const report = {
        epoch: progress.epoch,
        epochs: plan.until,
        step: progress.step,
        examples: data.count,
        loss,
        metrics,
        validation,
      };
      if (watch !== null && best !== null) watchReport(watch, best, { ...report, best: best.epoch }, p);
      yield { ...report, best: best === null ? null : best.epoch };
    }
  } finally {
    dismiss?.();
    run.held = false;
  }
}

/** @throws {RunError} where the network or its surroundings have no threads */
async function recruit<T extends ModelTypes>(
  definition: TrainableDefinition<T>,
  { columns, count }: Dataset,
  { threads, worker, batch }: Plan<T["metrics"]>,
): Promise<() => void> {
  if (definition.recruit === undefined) {
    const remedy =
      `Leave \`threads\` out, or compile the page with \`--target wasm --threads ${threads}\`: ` +
      "its examples must neither see each other nor draw.";
    throw new RunError("no-threads", "This network's functions run in one thread.", remedy);
  }
  return await definition.recruit(threads, columns, Math.min(batch, count), worker);
}

function settingsOf({ batch, shuffle }: Pick<Plan<never>, "batch" | "shuffle">, data: Dataset): RunSettings {
  let fingerprint: string | null = null;
  return {
    batch,
    shuffle,
    data: () => {
      fingerprint ??= fingerprintOf(data);
      return fingerprint;
    },
  };
}

/** A run goes on with what it was begun with. @throws {RunError} */
function checkSettings(begun: RunSettings, now: RunSettings): void {
  const anew = "Go on with what it was begun with, or load its parameters to begin another run.";
  if (begun.batch !== now.batch) {
    const message = `The run was begun with \`batch\` ${begun.batch}; now it is ${now.batch}.`;
    throw new RunError("other-batch", message, anew);
  }
  if (begun.shuffle !== now.shuffle) {
    const message = `The run was begun with \`shuffle\` ${begun.shuffle}; now it is ${now.shuffle}.`;
    throw new RunError("other-order", message, anew);
  }
  if (begun.data() !== now.data()) {
    const message = `The run was begun with other data (${begun.data()}) than these (${now.data()}).`;
    throw new RunError("other-data", message, anew);
  }
}

/** Loss and metrics of a data set; `seed` decides what is drawn. */
export function measure<T extends ModelTypes>(
  definition: DifferentiableDefinition<T>,
  p: T["floats"],
  data: Dataset,
  seed: number,
): Evaluation<T["metrics"]> {
  const measures = definition.allocate(definition.measureCount ?? definition.metricCount);
  const sums = new Float64Array(measures.length);
  let loss = definition.evaluateAll?.(p, data.columns, sums, data.count, seed) ?? 0;
  for (let n = 0; n < data.count && definition.evaluateAll === undefined; n++) {
    loss += definition.evaluate(p, data.columns, measures, n, seed);
    for (let m = 0; m < sums.length; m++) sums[m] = (sums[m] ?? 0) + (measures[m] ?? 0);
  }
  const metrics = definition.allocate(definition.metricCount);
  if (definition.finish !== undefined) definition.finish(sums, data.count, metrics);
  else for (let m = 0; m < sums.length; m++) metrics[m] = (sums[m] ?? 0) / data.count;
  return { loss: loss / data.count, metrics: definition.readMetrics(metrics) };
}

/**
 * Takes steps up to the last example before epoch `goal` is completed, or until it is time to rest. A function of its own,
 * because V8 runs the body of an async generator slowly.
 */
function advance<T extends ModelTypes>(
  definition: TrainableDefinition<T>,
  trainee: Trainee<T>,
  data: Dataset,
  order: VisitOrder,
  plan: Plan<T["metrics"]>,
  pace: Pace,
  goal: number,
): "done" | "overdue" | "aborted" {
  const { progress } = trainee;
  for (;;) {
    if (pace.overdue()) return "overdue";
    if (plan.signal?.aborted) return "aborted";
    pace.visited += learn(definition, trainee, data, order, plan, pace.allowance, goal - progress.epoch);
    if (progress.position < data.count) continue;
    if (progress.epoch + 1 === goal) return "done";
    endEpoch(progress);
  }
}

/** From the last example of an epoch to the beginning of the next; returns the mean loss. */
function endEpoch(progress: Progress): number {
  const loss = progress.lossSum / progress.examples;
  progress.epoch++;
  progress.position = 0;
  progress.lossSum = 0;
  progress.examples = 0;
  return loss;
}

/**
 * Takes steps, over about `allowance` examples: whole epochs at once but for the last of `epochs`, whose loss is asked for,
 * or a part of one epoch, up to its end at most. Returns how many examples were visited; allocates nothing per step.
 */
function learn<T extends ModelTypes>(
  definition: TrainableDefinition<T>,
  trainee: Trainee<T>,
  { columns, count }: Dataset,
  order: VisitOrder,
  { batch, augmentation }: Plan<T["metrics"]>,
  allowance: number,
  epochs: number,
): number {
  const { progress } = trainee;
  // What is drawn, and what an example becomes, is another in each epoch.
  const partial = progress.position > 0 || definition.draws === true || augmentation !== null;
  const whole = partial ? 0 : Math.min(Math.floor(allowance / count), epochs - 1, order.capacity);
  if (whole > 0) {
    takeSteps(definition, trainee, columns, batch, 0, whole * count, order.of(progress.epoch, whole), 0);
    progress.epoch += whole;
    return whole * count;
  }
  const { position } = progress;
  const stop = Math.min(position + Math.max(1, Math.floor(allowance / batch)) * batch, count);
  progress.examples = count;
  const visits = order.of(progress.epoch, 1);
  augmentation?.refresh(visits, position, stop, progress.epoch);
  const visited = augmentation?.columns ?? columns;
  progress.lossSum = takeSteps(definition, trainee, visited, batch, position, stop, visits, progress.lossSum);
  progress.position = stop;
  return stop - position;
}

/** Takes the steps over order[first], …, order[end − 1]; returns `total` and their losses. */
function takeSteps<T extends ModelTypes>(
  definition: TrainableDefinition<T>,
  { p, state, grad, progress }: Trainee<T>,
  columns: Columns,
  batch: number,
  first: number,
  end: number,
  order: Uint32Array | null,
  total: number,
): number {
  const seed = definition.draws === true ? seedOfPass(progress.seed, progress.epoch) : 0;
  const t = progress.step + 1;
  progress.step += Math.ceil((end - first) / batch);
  if (batch === 1 || definition.batches) {
    return definition.step(p, columns, grad, state, t, batch, first, end, order, total, seed);
  }
  let sum = total;
  for (let from = first, step = t; from < end; from += batch, step++) {
    const next = Math.min(from + batch, end);
    for (let k = from; k < next; k++)
      sum += definition.gradient(p, columns, grad, order === null ? k : (order[k] ?? 0), seed);
    definition.update(p, grad, state, step, next - from);
  }
  return sum;
}

/** The order in which epochs visit the examples, for as many epochs at once as make a stretch worth a call. */
class VisitOrder {
  /** How many epochs may be asked for at once. */
  readonly capacity: number;
  readonly #seed: number;
  readonly #count: number;
  readonly #shuffle: boolean;
  /** One epoch's visits after the other's. */
  readonly #visits: Uint32Array;
  /** The epochs that are in `#visits`. */
  #first = -1;
  #epochs = 0;

  constructor(
    seed: number,
    count: number,
    { shuffle, batch, every }: Pick<Plan<never>, "shuffle" | "batch" | "every">,
  ) {
    this.#seed = seed;
    this.#count = count;
    this.#shuffle = shuffle;
    // A batch ends with its epoch, so only epochs of whole batches can follow one another, up to the next report's.
    const followers = count % batch === 0 ? Math.min(Math.floor(visitsPerCall / count), every - 1) : 1;
    this.capacity = Math.max(1, followers);
    this.#visits = new Uint32Array(this.capacity * count);
    if (shuffle) return;
    for (let k = 0; k < count; k++) this.#visits[k] = k;
    for (let filled = count; filled < this.#visits.length; filled *= 2) this.#visits.copyWithin(filled, 0, filled);
  }

  /** The visits of `epochs` epochs from `first` on, valid until the next call. */
  of(first: number, epochs: number): Uint32Array {
    if (this.#shuffle && (first !== this.#first || epochs > this.#epochs)) {
      for (let k = 0; k < epochs; k++) {
        const from = k * this.#count;
        permutation(this.#seed, first + k, this.#visits, from, from + this.#count);
      }
      this.#first = first;
      this.#epochs = epochs;
    }
    return this.#visits;
  }
}

function checkCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RunError("bad-option", `\`${name}\` is ${value}.`, `Use a whole number from ${least}.`);
}

/** Visits after which a call's own cost no longer counts. */
const visitsPerCall = 1024;

/** How much to do before looking at the clock, and when to let other work in. */
class Pace {
  /** Examples until the next look at the clock: as many as take about a millisecond. */
  allowance = 1;
  /** Examples since the last look. */
  visited = 0;
  #looked = Date.now();
  #rested = Date.now();

  /** Whether it is time to rest. */
  overdue(): boolean {
    if (this.visited < this.allowance) return false;
    this.visited = 0;
    const now = Date.now();
    const elapsed = now - this.#looked;
    if (elapsed <= 1) this.allowance = Math.min(2 * this.allowance, 1 << 20);
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
