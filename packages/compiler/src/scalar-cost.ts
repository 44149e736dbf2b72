/** Owns: what a scalar function costs, roughly, for decisions between computing something again and keeping it. */

import type { ScalarFunctionName } from "@adjoint/ir";

const cheap: ReadonlySet<ScalarFunctionName> = new Set([
  "add",
  "sub",
  "mul",
  "neg",
  "abs",
  "min",
  "max",
  "lt",
  "le",
  "eq",
  "ne",
  "and",
  "or",
  "not",
  "select",
  "stop_gradient",
]);

/** In additions. */
export function costOf(fn: ScalarFunctionName): number {
  if (cheap.has(fn)) return fn === "stop_gradient" ? 0 : 1;
  return fn === "div" || fn === "sqrt" ? 4 : 16;
}
