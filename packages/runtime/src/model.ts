/**
 * Owns: the classes that emitted classes extend: one that predicts, one that also knows its loss, one that also learns.
 * They hold the arrays and call the definition's functions; every type a user sees comes from the emitted module.
 */

import { Augmentation } from "./augment.ts";
import {
  newProgress,
  type Progress,
  readCheckpoint,
  readParameters,
  writeCheckpoint,
  writeParameters,
} from "./checkpoint.ts";
import { readDataset } from "./dataset.ts";
import type {
  DifferentiableDefinition,
  ModelTypes,
  PredictorDefinition,
  Slot,
  TrainableDefinition,
} from "./definition.ts";
import { RunError } from "./error.ts";
import {
  fitNormalisation,
  type Normalisation,
  type NormalisationKind,
  readNormalised,
  readNormalisedExample,
} from "./normalise.ts";
import { checkSeed } from "./random.ts";
import type { EpochReport, Evaluation, TrainOptions } from "./report.ts";
import { divide, sizeOf } from "./tensor.ts";
import { measure, planRun, runEpochs, type TrainingRun } from "./trainer.ts";

/** How a network begins that cannot draw parameters of its own. */
export interface InferenceOptions {
  /** The bytes that `save` or `checkpoint` gave. */
  readonly parameters: Uint8Array;
}

/** How a network begins. */
export interface NetworkOptions extends Partial<InferenceOptions> {
  /** Decides the initial parameters and the order of examples; a whole number. */
  readonly seed?: number;
}

/** What is asked of a network that draws random numbers. */
export interface DrawOptions {
  /** Decides what is drawn; a whole number. Without it, the network's own. */
  readonly seed?: number;
}

export interface TrainableOptions extends NetworkOptions {
  /** The bytes that `checkpoint` gave: goes on with that run. */
  readonly checkpoint?: Uint8Array;
}

/** A network that predicts. */
export class Predictor<T extends ModelTypes> {
  /** All parameters, one after another, live: the emitted functions' `p`. */
  readonly p: T["floats"];
  /** The parameters by name, as live views of `p`. */
  readonly parameters: T["parameters"];
  /** By input, what {@link normalise} found; saved with the parameters. */
  readonly normalisation: Normalisation = new Map();
  readonly #definition: PredictorDefinition<T>;
  readonly #seed: number;

  constructor(definition: PredictorDefinition<T>, options: NetworkOptions = {}) {
    this.#definition = definition;
    this.#seed = checkSeed(options.seed ?? definition.seed);
    this.p = definition.allocate(extentOf(definition.parameters), "parameters");
    this.parameters = definition.readParameters(this.p);
    if (options.parameters !== undefined) {
      readParameters(options.parameters, definition.parameters, this.p, definition.inputs, this.normalisation);
    } else definition.initialize(this.p, this.#seed);
  }

  /**
   * From here on takes each input of real numbers that the examples have as (x − shift) · scale, fitted to them element by
   * element: to mean 0 and deviation 1, or to the range from 0 to 1. Belongs before training, and is saved with the network.
   * @throws {DataError} @throws {RunError} where there is nothing to normalise
   */
  normalise(examples: Partial<T["examples"]>, kind: NormalisationKind = "standard"): void {
    for (const [name, scaling] of fitNormalisation(this.#definition.inputs, examples, kind)) {
      this.normalisation.set(name, scaling);
    }
  }

  /** The seed that `options` ask for, or the network's own. @throws {RunError} */
  protected seedFor({ seed }: DrawOptions): number {
    return seed === undefined ? this.#seed : checkSeed(seed);
  }

  /** The outputs for one example. @throws {DataError} */
  predict(inputs: T["inputs"], options: DrawOptions = {}): T["outputs"] {
    const definition = this.#definition;
    const out = definition.allocate(definition.outputSize);
    const example = readNormalisedExample(definition.inputs, inputs, this.normalisation);
    definition.forward(this.p, example, out, 0, this.seedFor(options));
    return definition.readOutputs(out, 0);
  }

  /** The outputs for each of any number of examples, which all draw for themselves. @throws {DataError} */
  predictAll(examples: T["examples"], options: DrawOptions = {}): T["outputs"][] {
    const definition = this.#definition;
    const { columns, count } = readNormalised(definition.inputs, examples, this.normalisation);
    const seed = this.seedFor(options);
    const out = definition.allocate(count * definition.outputSize);
    definition.forwardAll?.(this.p, columns, out, count, seed);
    return Array.from({ length: count }, (_, n) => {
      if (definition.forwardAll === undefined) definition.forward(this.p, columns, out, n, seed);
      return definition.readOutputs(out, n);
    });
  }

  /** The parameters as a safetensors file. */
  save(): Uint8Array {
    const { model, parameters, inputs } = this.#definition;
    return writeParameters(model, parameters, this.p, inputs, this.normalisation);
  }
}

/** A network that predicts and knows its loss. */
export class Differentiable<T extends ModelTypes> extends Predictor<T> {
  readonly #definition: DifferentiableDefinition<T>;

  constructor(definition: DifferentiableDefinition<T>, options: NetworkOptions = {}) {
    super(definition, options);
    this.#definition = definition;
  }

  /** Loss and metrics, each the mean over the examples. @throws {DataError} */
  evaluate(data: T["data"], options: DrawOptions = {}): Evaluation<T["metrics"]> {
    const dataset = readNormalised(portsOf(this.#definition), data, this.normalisation);
    return measure(this.#definition, this.p, dataset, this.seedFor(options));
  }

  /** ∂loss/∂parameter for every trained parameter, where the loss is the mean over the examples. @throws {DataError} */
  gradients(data: T["data"], options: DrawOptions = {}): T["gradients"] {
    const { columns, count } = readNormalised(portsOf(this.#definition), data, this.normalisation);
    const seed = this.seedFor(options);
    const grad = this.#definition.allocate(this.#definition.trained);
    const { gradient, gradientAll } = this.#definition;
    if (gradientAll !== undefined) gradientAll(this.p, columns, grad, count, seed);
    else {
      for (let n = 0; n < count; n++) gradient(this.p, columns, grad, n, seed);
      divide(grad, count);
    }
    return this.#definition.readGradients(grad);
  }
}

/** A network that predicts, knows its loss and learns. */
export class Trainable<T extends ModelTypes> extends Differentiable<T> {
  readonly #definition: TrainableDefinition<T>;
  readonly #progress: Progress;
  readonly #state: T["floats"];
  readonly #run: TrainingRun = { held: false, settings: null, resumed: false, best: null };

  constructor(definition: TrainableDefinition<T>, options: TrainableOptions = {}) {
    super(definition, options);
    this.#definition = definition;
    this.#state = definition.allocate(extentOf(definition.state), "state");
    if (options.checkpoint === undefined) {
      this.#progress = newProgress(checkSeed(options.seed ?? definition.seed));
      definition.initializeState(this.#state);
    } else {
      const record = readCheckpoint(options.checkpoint, definition, this.p, this.#state, this.normalisation);
      this.#progress = record.progress;
      this.#run.settings = record.settings;
      this.#run.best = record.best;
      this.#run.resumed = true;
    }
  }

  /** Epochs completed since the parameters were drawn. */
  get epoch(): number {
    return this.#progress.epoch;
  }

  /** Steps taken since the parameters were drawn. */
  get step(): number {
    return this.#progress.step;
  }

  /**
   * Learns from the data, reporting after every epoch. Data and options are checked at once, the work is done as the
   * reports are asked for, and leaving the loop stops it; the network can be used between two reports.
   * @throws {DataError} for data it cannot learn from. @throws {RunError} for an option out of range; when the first
   * report is asked for, also for other data or another batch or order than the run has that was resumed or interrupted.
   */
  train(
    data: T["data"],
    options: TrainOptions<T["data"], T["metrics"]> = {},
  ): AsyncGenerator<EpochReport<T["metrics"]>, void, undefined> {
    const ports = portsOf(this.#definition);
    const read = (examples: T["data"]) => readNormalised(ports, examples, this.normalisation);
    const dataset = read(data);
    const validation = options.validation === undefined ? null : read(options.validation);
    const augmentation =
      options.augment === undefined
        ? null
        : new Augmentation(
            ports,
            readDataset(ports, data),
            dataset,
            options.augment,
            this.normalisation,
            this.#progress.seed,
          );
    const plan = planRun(options, this.#definition.defaults, this.#progress, validation, augmentation);
    const grad = this.#definition.allocate(this.#definition.trained, "gradient");
    const trainee = { p: this.p, state: this.#state, grad, progress: this.#progress, run: this.#run };
    return runEpochs(this.#definition, trainee, dataset, plan);
  }

  /** Epochs completed at the report whose parameters are kept as the best; null where none are. */
  get best(): number | null {
    const { best } = this.#run;
    return best === null || best.p === null ? null : best.epoch;
  }

  /**
   * Takes back the parameters of the run's best report and returns its epoch. Where the run stands is no matter of this: a
   * run that is to go on as it was is checkpointed before.
   * @throws {RunError} unless the run was to keep it and has reported.
   */
  restoreBest(): number {
    const { best } = this.#run;
    if (best === null || best.p === null) {
      throw new RunError("no-best", "No best parameters have been kept.", "Train with `best` or `patience`.");
    }
    this.p.set(best.p);
    return best.epoch;
  }

  /** The run as it stands, between two steps, as a file from which it can go on. */
  checkpoint(): Uint8Array {
    return writeCheckpoint(this.#definition, this.p, this.#state, this.normalisation, {
      progress: this.#progress,
      settings: this.#run.settings,
      best: this.#run.best,
    });
  }
}

function portsOf<T extends ModelTypes>(definition: DifferentiableDefinition<T>) {
  return [...definition.inputs, ...definition.targets];
}

function extentOf(slots: readonly Slot[]): number {
  return slots.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
