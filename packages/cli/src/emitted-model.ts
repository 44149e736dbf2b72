/**
 * Owns: a model as a running class. The page is compiled to one JavaScript module without imports, which is imported from
 * memory: what trains here is what `adjoint compile` writes, not an interpreter beside it.
 */

import type { CompileOptions } from "@adjoint/compiler";
import { elementCount, type Model, type Program } from "@adjoint/ir";
import type { Normalisation, NormalisationKind, NumericArray } from "@adjoint/runtime";
import { Failure } from "./failure.ts";
import { refuseTooLarge } from "./target.ts";
import { formatCount } from "./view/numbers.ts";

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float64Array | Float32Array;
}

export type Tensors = Readonly<Record<string, Tensor>>;
/** By port, flat: one example after another, each in row-major order. */
export type Examples = Readonly<Record<string, NumericArray>>;

export interface Evaluation {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface EpochReport extends Evaluation {
  /** Epochs completed since the parameters were drawn. */
  readonly epoch: number;
  /** At which epoch the run will end. */
  readonly epochs: number;
  readonly step: number;
  readonly validation: Evaluation | null;
  /** Epochs completed at the best report so far; null where none is kept. */
  readonly best: number | null;
}

export interface TrainOptions {
  readonly until: number;
  readonly batch: number;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly validation?: Examples;
  readonly best?: boolean;
  readonly patience?: number;
  readonly minDelta?: number;
  readonly monitor?: (report: EpochReport) => number;
}

/** What the class of every model can do. */
export interface Predictor {
  readonly parameters: Tensors;
  readonly normalisation: Normalisation;
  normalise(examples: Examples, kind: NormalisationKind): void;
  predictAll(examples: Examples): readonly Readonly<Record<string, unknown>>[];
  save(): Uint8Array;
}

/** … of one with a loss, */
export interface Differentiable extends Predictor {
  evaluate(data: Examples): Evaluation;
  gradients(data: Examples): Tensors;
}

/** … and of one with an optimizer. */
export interface Trainable extends Differentiable {
  readonly epoch: number;
  /** Steps taken since the parameters were drawn. */
  readonly step: number;
  train(data: Examples, options: TrainOptions): AsyncIterable<EpochReport>;
  /** Epochs completed at the report that is kept as the best; null where none is. */
  readonly best: number | null;
  /** Takes back the parameters of the best report; returns its epoch. */
  restoreBest(): number;
  checkpoint(): Uint8Array;
}

export interface BeginOptions {
  readonly seed?: number;
  /** A safetensors file. */
  readonly parameters?: Uint8Array;
  /** What `checkpoint` gave. */
  readonly checkpoint?: Uint8Array;
}

/** A model of the page, begun anew, from parameters or from a checkpoint. */
export type Begin = (options: BeginOptions) => Predictor;

export interface ImportOptions {
  /** Examples per step, in place of the page's: what is emitted depends on whether there are several. */
  readonly batch?: number | undefined;
  /** What the functions are made of. */
  readonly target?: Partial<CompileOptions>;
}

/** Compiles the page and imports it. @throws Failure `too-large-for-wasm` */
export async function importModel(program: Program, model: Model, options: ImportOptions = {}): Promise<Begin> {
  const { batch, target = {} } = options;
  const { compile } = await import("@adjoint/compiler");
  const models = program.models.map((each) => {
    if (each !== model || each.training === null || batch === undefined) return each;
    return { ...each, training: { ...each.training, batch } };
  });
  const { text, exports } = await refuseTooLarge(() =>
    compile({ ...program, models }, { ...target, language: "js", standalone: true }),
  );
  const emitted: unknown = await import(/* @vite-ignore */ moduleUrl(text));
  const Class = memberOf(emitted, exports.get(model.name) ?? model.name);
  if (!isModelClass(Class)) throw new Error(`the emitted module exports no class for ${model.name}`);
  return (options) => {
    try {
      return new Class(options);
    } catch (error) {
      throw isAllocationFailure(error) ? tooLarge(model) : error;
    }
  };
}

/** What V8 says of arrays that are longer than it allows, or than there is memory for. */
function isAllocationFailure(error: unknown): boolean {
  return (
    error instanceof RangeError &&
    /^(?:Array buffer allocation failed|Invalid (?:typed )?array length)/.test(error.message)
  );
}

function tooLarge({ name, parameters }: Model): Failure {
  const weights = parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return new Failure("too-large", `the model ${name}, of ${formatCount(weights)} weights, does not fit into memory`, {
    help: ["choose smaller sizes, on the page or with --set"],
  });
}

/** @throws Failure `no-loss` */
export function requireDifferentiable(net: Predictor, model: Model): Differentiable {
  if (isDifferentiable(net)) return net;
  throw new Failure("no-loss", `the model ${model.name} has no loss`, {
    help: ["add one to the model, such as: loss mse(y_predicted, y)"],
  });
}

/** @throws Failure `no-loss`, `no-optimizer` */
export function requireTrainable(net: Predictor, model: Model): Trainable {
  const differentiable = requireDifferentiable(net, model);
  if (isTrainable(differentiable)) return differentiable;
  throw new Failure("no-optimizer", `the model ${model.name} says nothing about its training`, {
    help: ["add to the model: train { optimizer sgd(rate: 0.1)  epochs 100 }"],
  });
}

type ModelClass = new (options: BeginOptions) => Predictor;

/** The module is of our own making: that the members exist is all there is to ask at run time. */
function isModelClass(value: unknown): value is ModelClass {
  const prototype = typeof value === "function" ? memberOf(value, "prototype") : undefined;
  return hasMethods(prototype, ["normalise", "predictAll", "save"]);
}

function isDifferentiable(net: Predictor): net is Differentiable {
  return hasMethods(net, ["evaluate", "gradients"]);
}

function isTrainable(net: Differentiable): net is Trainable {
  return hasMethods(net, ["train", "restoreBest", "checkpoint"]);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof memberOf(value, name) === "function");
}

function memberOf(value: unknown, name: string): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  return Reflect.get(value, name);
}

/** A module's text as its own address: nothing is written anywhere, and nothing is evaluated as a string. */
function moduleUrl(text: string): string {
  return `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
}
