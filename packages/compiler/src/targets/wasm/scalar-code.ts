/**
 * Owns: what each scalar function is in WebAssembly. The table is exhaustive by its type: a scalar function without an
 * entry does not compile.
 */

import type { ScalarFunctionName } from "@adjoint/ir";
import type { LoopExpression } from "../../schedule/loop-nest.ts";
import type { Code } from "./assembler.ts";
import type { FloatCode } from "./float-code.ts";
import type { FunctionLibrary, LibraryName } from "./function-library.ts";

/** A float, or the truth value of a comparison, in one lane or in all of a vector. */
export interface Value {
  readonly kind: "float" | "mask";
  readonly code: Code;
  readonly lanes: number;
}

export type ScalarForm =
  /** Instructions from floats to a float, each argument in one place. */
  | { readonly form: "instruction"; readonly build: (code: FloatCode, x: Code, y: Code) => Code }
  /** Instructions from floats to a truth value. */
  | { readonly form: "comparison"; readonly build: (code: FloatCode, x: Code, y: Code) => Code }
  /** From truth values to a truth value. */
  | { readonly form: "connective"; readonly build: (code: FloatCode, x: Code, y: Code) => Code }
  /** A function of the module's own or of JavaScript's Math. */
  | { readonly form: "function"; readonly name: LibraryName }
  | { readonly form: "choice" }
  | { readonly form: "same" };

type Build = (code: FloatCode, x: Code, y: Code) => Code;
const instruction = (build: Build): ScalarForm => ({ form: "instruction", build });
const comparison = (build: Build): ScalarForm => ({ form: "comparison", build });
const connective = (build: Build): ScalarForm => ({ form: "connective", build });
const named = (name: LibraryName): ScalarForm => ({ form: "function", name });

export const scalarCodes: Readonly<Record<ScalarFunctionName, ScalarForm>> = {
  add: instruction((code, x, y) => code.add(x, y)),
  sub: instruction((code, x, y) => code.sub(x, y)),
  mul: instruction((code, x, y) => code.mul(x, y)),
  div: instruction((code, x, y) => code.div(x, y)),
  neg: instruction((code, x) => code.neg(x)),
  pow: named("pow"),
  abs: instruction((code, x) => code.abs(x)),
  sign: named("sign"),
  sqrt: instruction((code, x) => code.sqrt(x)),
  exp: named("exp"),
  expm1: named("expm1"),
  log: named("log"),
  log1p: named("log1p"),
  sin: named("sin"),
  cos: named("cos"),
  tan: named("tan"),
  asin: named("asin"),
  acos: named("acos"),
  atan: named("atan"),
  atan2: named("atan2"),
  sinh: named("sinh"),
  cosh: named("cosh"),
  tanh: named("tanh"),
  asinh: named("asinh"),
  acosh: named("acosh"),
  atanh: named("atanh"),
  erf: named("erf"),
  logistic: named("logistic"),
  log1pexp: named("log1pexp"),
  floor: instruction((code, x) => code.floor(x)),
  ceil: instruction((code, x) => code.ceil(x)),
  round: named("round"),
  min: instruction((code, x, y) => code.min(x, y)),
  max: instruction((code, x, y) => code.max(x, y)),
  lt: comparison((code, x, y) => code.lt(x, y)),
  le: comparison((code, x, y) => code.le(x, y)),
  eq: comparison((code, x, y) => code.eq(x, y)),
  ne: comparison((code, x, y) => code.ne(x, y)),
  and: connective((code, x, y) => code.and(x, y)),
  or: connective((code, x, y) => code.or(x, y)),
  not: connective((code, x) => code.not(x)),
  select: { form: "choice" },
  stop_gradient: { form: "same" },
};

/** A function's arguments in the order in which they are computed: of two summands a product first, which then may be fused. */
export function inOrder(fn: ScalarFunctionName, args: readonly LoopExpression[]): readonly LoopExpression[] {
  const isProduct = (arg: LoopExpression | undefined): boolean => arg?.kind === "apply" && arg.fn === "mul";
  return fn === "add" && isProduct(args[1]) && !isProduct(args[0]) ? args.toReversed() : args;
}

/** What is added up, as far as it is written as one sum. */
export function termsOf(expression: LoopExpression): readonly LoopExpression[] {
  if (expression.kind !== "apply" || expression.fn !== "add") return [expression];
  return expression.args.flatMap(termsOf);
}

/** 1 for true, 0 for false. */
export function asFloat(code: FloatCode, value: Value): Code {
  return value.kind === "float" ? value.code : code.fromMask(value.code);
}

/** A number is true when it is not 0. */
export function asMask(code: FloatCode, value: Value): Code {
  return value.kind === "mask" ? value.code : code.ne(value.code, code.constant(0));
}

/** The scalar function of argument values of as many lanes as `code` has, each used once. A select computes both branches. */
export function applyScalar(
  fn: ScalarFunctionName,
  args: readonly Value[],
  code: FloatCode,
  library: FunctionLibrary,
): Value {
  const entry = scalarCodes[fn];
  const [x, y, z] = args;
  if (x === undefined) throw new RangeError(`${fn} without an argument`);
  const floats = args.map((arg) => (entry.form === "connective" || entry.form === "choice" ? 0 : asFloat(code, arg)));
  const { lanes } = code;
  switch (entry.form) {
    case "instruction":
      return { kind: "float", lanes, code: entry.build(code, floats[0] ?? 0, floats[1] ?? 0) };
    case "comparison":
      return { kind: "mask", lanes, code: entry.build(code, floats[0] ?? 0, floats[1] ?? 0) };
    case "connective":
      return { kind: "mask", lanes, code: entry.build(code, asMask(code, x), y === undefined ? 0 : asMask(code, y)) };
    case "function":
      return { kind: "float", lanes, code: library.call(entry.name, code, floats) };
    case "choice":
      if (y === undefined || z === undefined) throw new RangeError("a select has three arguments");
      return { kind: "float", lanes, code: code.select(asMask(code, x), asFloat(code, y), asFloat(code, z)) };
    case "same":
      return x;
  }
}
