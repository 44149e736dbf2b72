/**
 * Owns: what an emitted module tells the runtime about its model: names and shapes, and its functions bound to flat arrays.
 * Three levels, each with what the one before it has: a model that predicts, one with a loss, one with an optimizer.
 */

import type { ThreadWorker } from "./report.ts";
import type { Floats, NumericArray } from "./tensor.ts";

/** The types a model's class is made of; the emitted module states them exactly. */
export interface ModelTypes {
  /** The arrays in which it computes. */
  readonly floats: Floats;
  /** One example's inputs, by name. */
  readonly inputs: object;
  /** The inputs of any number of examples, by name. */
  readonly examples: object;
  /** The inputs and targets of any number of examples, by name. */
  readonly data: object;
  readonly outputs: object;
  /** Views of parameters, by name. */
  readonly parameters: object;
  /** Views of the cotangents of the parameters that are trained, by name. */
  readonly gradients: object;
  readonly metrics: object;
}

/** An input or target of one example. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  /** Null for real numbers; k where each number is one of the classes 0 … k − 1. */
  readonly classes: number | null;
}

/** A stretch of a flat array with a name. */
export interface Slot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
}

/**
 * Examples as the emitted functions read them: one flat array per port, inputs before targets, each in declared order, of
 * any type of numbers: bytes stay bytes.
 */
export type Columns = readonly NumericArray[];

export interface PredictorDefinition<T extends ModelTypes> {
  readonly model: string;
  readonly inputs: readonly Port[];
  /** Ascending and contiguous from 0: the layout of the flat parameters, trained ones first. */
  readonly parameters: readonly Slot[];
  readonly outputSize: number;
  readonly seed: number;
  /** Zeros; for a use, the array that the functions work on if they can work on one only. */
  readonly allocate: (length: number, use?: "parameters" | "gradient" | "state") => T["floats"];
  readonly initialize: (p: T["floats"], seed: number) => void;
  /** Writes the outputs of example n into `out`, from `n * outputSize` on. `seed` decides what is drawn, here and below. */
  readonly forward: (p: T["floats"], columns: Columns, out: T["floats"], n: number, seed: number) => void;
  /** The same for all examples at once, where they see each other or that is faster. */
  readonly forwardAll?: (p: T["floats"], columns: Columns, out: T["floats"], count: number, seed: number) => void;
  readonly readParameters: (p: T["floats"]) => T["parameters"];
  readonly readOutputs: (out: T["floats"], n: number) => T["outputs"];
}

export interface DifferentiableDefinition<T extends ModelTypes> extends PredictorDefinition<T> {
  readonly targets: readonly Port[];
  /** Length of a gradient: the numbers that are trained, and behind them states that a batch decides. */
  readonly trained: number;
  readonly metricCount: number;
  /** Numbers that `evaluate` writes, if there is a `finish`: else the metrics themselves. */
  readonly measureCount?: number;
  /** Returns the loss of example n and writes its measures. */
  readonly evaluate: (p: T["floats"], columns: Columns, measures: T["floats"], n: number, seed: number) => number;
  /** Writes the metrics of `examples` examples, whose measures add up to `sums`. Without it they are the measures' means. */
  readonly finish?: (sums: Float64Array, examples: number, metrics: T["floats"]) => void;
  /** Adds ∂loss/∂parameters of example n into `grad`; returns its loss. */
  readonly gradient: (p: T["floats"], columns: Columns, grad: T["floats"], n: number, seed: number) => number;
  /** The same for all examples at once, where they see each other or that is faster: the sum of their losses, and of each metric into `sums`. */
  readonly evaluateAll?: (p: T["floats"], columns: Columns, sums: Float64Array, count: number, seed: number) => number;
  /** Writes the mean over all examples of ∂loss/∂parameters into `grad`, which is zero before; returns the sum of their losses. */
  readonly gradientAll?: (p: T["floats"], columns: Columns, grad: T["floats"], count: number, seed: number) => number;
  readonly readGradients: (grad: T["floats"]) => T["gradients"];
  readonly readMetrics: (metrics: T["floats"]) => T["metrics"];
}

export interface TrainableDefinition<T extends ModelTypes> extends DifferentiableDefinition<T> {
  readonly optimizer: string;
  /** The optimizer's memory: ascending and contiguous from 0. */
  readonly state: readonly Slot[];
  readonly defaults: { readonly epochs: number; readonly batch: number; readonly shuffle: boolean };
  readonly initializeState: (state: T["floats"]) => void;
  /** Step t = 1, 2, … with the sum of the gradients of `examples` examples, which it clears. */
  readonly update: (p: T["floats"], grad: T["floats"], state: T["floats"], t: number, examples: number) => void;
  /** Whether steps draw: then each epoch has a seed of its own. */
  readonly draws?: true;
  /** From now until the function it returns is called, batches of these columns are shared by so many threads. */
  readonly recruit?: (
    threads: number,
    columns: Columns,
    batch: number,
    worker: (() => ThreadWorker) | null,
  ) => Promise<() => void>;
  /** Whether `step` takes batches of any size, or single examples only. */
  readonly batches: boolean;
  /**
   * Steps t, t + 1, …, each with the mean gradient of the next `batch` of the examples order[first], …, order[end − 1]
   * (without an order, first, …, end − 1), the last with what is left of them; returns `total` and the loss of each
   * example before its step, added in this order. `grad` is zero before and after.
   */
  readonly step: (
    p: T["floats"],
    columns: Columns,
    grad: T["floats"],
    state: T["floats"],
    t: number,
    batch: number,
    first: number,
    end: number,
    order: Uint32Array | null,
    total: number,
    seed: number,
  ) => number;
}
