/** Owns: what other packages see of the graph. */

export * from "./affine.ts";
export * from "./builder.ts";
export * from "./graph.ts";
export * from "./index-space.ts";
export * from "./interpret.ts";
export * from "./label.ts";
export * from "./print.ts";
export * from "./program.ts";
export * from "./recurrences.ts";
export * from "./scalar-functions.ts";
export * from "./shape.ts";
export * from "./source.ts";
export * from "./special-functions.ts";
export * from "./verify.ts";
