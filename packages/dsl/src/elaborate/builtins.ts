/** Owns: the names that no page defines: scalar functions under the names of mathematics, `grad`, `pi`. */

import type { ScalarFunctionName } from "@adjoint/ir";
import type { BuiltinValue } from "./values.ts";

/**
 * The scalar functions that are called by name. Missing on purpose: those that are written as operators or as
 * `if … then … else …`, and those that only rewriting introduces, since the language has them as ordinary definitions.
 */
const called = [
  "abs",
  "sign",
  "sqrt",
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "atan2",
  "sinh",
  "cosh",
  "tanh",
  "asinh",
  "acosh",
  "atanh",
  "erf",
  "floor",
  "ceil",
  "round",
  "min",
  "max",
  "stop_gradient",
] as const satisfies readonly ScalarFunctionName[];

export type CalledFunction = (typeof called)[number];

export const builtins: ReadonlyMap<string, BuiltinValue> = new Map([
  ...called.map((fn): [string, BuiltinValue] => [fn, { kind: "builtin", name: fn, builtin: { kind: "scalar", fn } }]),
  ["grad", { kind: "builtin", name: "grad", builtin: { kind: "grad" } }],
  ["batch", { kind: "builtin", name: "batch", builtin: { kind: "batch" } }],
]);

/** Numbers with a name. */
export const constants: ReadonlyMap<string, number> = new Map([["pi", Math.PI]]);

/** 1 while a model is elaborated for training, 0 while for prediction. */
export const trainingName = "training";

/** How many examples a batch has, and which of them this is. */
export const batchNames = ["examples", "example"] as const;

/** Names that stand for a number wherever they are not given another meaning. */
export const numberNames: readonly string[] = [...constants.keys(), trainingName, ...batchNames];

/** The reductions, which are called with indices: `sum[i](x[i])`. */
export const reductionNames = ["sum", "mean", "prod", "max", "min"] as const;

/** What an initializer's formula may use besides its own parameters. */
export const initializerNames = ["fan_in", "fan_out", "random_uniform", "random_normal"] as const;

/** What an optimizer's formulas are about. */
export const optimizerNames = ["w", "g", "t"] as const;

/** Names that a page may not define: what they mean never depends on the page. */
export function isReservedDefinition(name: string): boolean {
  return builtins.has(name) || numberNames.includes(name) || reductionNames.some((reduction) => reduction === name);
}
