/** Owns: what users of the checks see. */

export * from "./branch-signature.ts";
export * from "./build-recipe.ts";
export * from "./check-gradients.ts";
export * from "./check-point.ts";
export * from "./compare.ts";
export * from "./derive-subject.ts";
export * from "./finite-differences.ts";
export * from "./random-numbers.ts";
export * from "./random-recipe.ts";
export * from "./restrict-to-line.ts";
export * from "./rounding.ts";
