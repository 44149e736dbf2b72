/** Owns: what the rest of the compiler's users see of explanations. */

export * from "./derivation.ts";
export type {
  CallExpression,
  Condition,
  Expression,
  NumberExpression,
  Power,
  ProductExpression,
  SumExpression,
  SymbolExpression,
} from "./expression.ts";
export { formatNumber, printCondition, printExpression } from "./print-expression.ts";
export { type RenderOptions, renderDerivation } from "./render-derivation.ts";
export * from "./summary.ts";
