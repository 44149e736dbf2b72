/** Owns: the optimizers of the standard library, as the language makes them. */

import type { Optimizer } from "@adjoint/ir";
import { programOf } from "./networks.ts";

export const optimizerNames = ["sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw"] as const;

export function standardOptimizers(): readonly Optimizer[] {
  return optimizerNames.map((name) => {
    const { models } = programOf(`model M {\n  param w ~ ones\n  loss w\n  train { optimizer ${name}() }\n}\n`);
    const optimizer = models[0]?.training?.groups[0]?.optimizer;
    if (optimizer === undefined) throw new Error(`the standard library has no ${name}`);
    return optimizer;
  });
}
