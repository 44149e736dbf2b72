/** Owns: the optimizers of the standard library, as the language makes them. */

import { load, memoryHost } from "@adjoint/dsl";
import type { Optimizer } from "@adjoint/ir";

const names = ["sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw"] as const;

export function standardOptimizers(): readonly Optimizer[] {
  return names.map((name) => {
    const text = `model M {\n  param w ~ ones\n  loss w\n  train { optimizer ${name}() }\n}\n`;
    const { program } = load("page.adj", memoryHost({ "page.adj": text }));
    const optimizer = program?.models[0]?.training?.optimizer;
    if (optimizer === undefined) throw new Error(`the standard library has no ${name}`);
    return optimizer;
  });
}
