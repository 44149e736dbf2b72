/** Owns: the list of procedures that a model is compiled to, and those of a plain function. */

import type { Model } from "@adjoint/ir";
import type { CompileOptions } from "../options.ts";
import type { PipelineOptions } from "../pipeline.ts";
import type { Procedure } from "../procedure.ts";
import { deriveInitialize, deriveInitializeState } from "./initialize-procedures.ts";
import { parameterLayout, stateLayout } from "./layout.ts";
import { deriveEvaluate, deriveFinish, deriveForward, deriveGradient } from "./model-procedures.ts";
import { deriveStep, deriveUpdate } from "./update-procedures.ts";

export { deriveFunction } from "./function-procedures.ts";

export interface DeriveOptions extends Pick<CompileOptions, "inference"> {
  /** Whether `evaluate` and `gradient` weigh the example, to be made procedures of a block of examples. */
  readonly weighted?: boolean;
}

/**
 * A model's procedures, in the order in which they are printed: `forward`; with a loss `evaluate`, `finish` if a
 * metric is of a data set and, with trainable parameters, `gradient`; with an optimizer too `update`, for batches of one example `step`, and (if it has state)
 * `initializeState`; `initialize` if there are parameters. With `inference`, `forward` only.
 */
export function deriveProcedures(
  model: Model,
  options: DeriveOptions,
  pipeline: PipelineOptions = {},
): readonly Procedure[] {
  const forward = deriveForward(model, pipeline);
  if (options.inference) return [forward];
  const procedures = [forward];
  const { size, trainable } = parameterLayout(model);
  const loss = model.loss?.node;
  if (loss !== undefined) {
    const { weighted = false } = options;
    // What is of a batch already knows which of its examples count.
    const measured = weighted && model.coupling?.measuring !== true;
    procedures.push(deriveEvaluate(model, model.validation?.node ?? loss, pipeline, measured));
    if (model.statistics.length > 0) procedures.push(deriveFinish(model, pipeline));
    if (trainable > 0) procedures.push(deriveGradient(model, loss, pipeline, weighted && model.coupling === null));
    if (trainable > 0 && model.training !== null) {
      procedures.push(deriveUpdate(model, pipeline));
      if (model.training.batch === 1 && model.coupling === null) procedures.push(deriveStep(model, loss, pipeline));
      if (stateLayout(model).size > 0) procedures.push(deriveInitializeState(model, pipeline));
    }
  }
  if (size > 0) procedures.push(deriveInitialize(model, pipeline));
  return procedures;
}
