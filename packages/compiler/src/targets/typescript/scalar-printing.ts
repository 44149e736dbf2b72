/**
 * Owns: what each scalar function is in TypeScript. The table is exhaustive by its type: a scalar function without an
 * entry does not compile.
 */

import type { ScalarFunctionName } from "@adjoint/ir";
import {
  asCondition,
  asNumber,
  type BinaryOperator,
  binary,
  call,
  type Expression,
  minus,
  number,
  plus,
} from "./target-language.ts";

/** Functions that JavaScript's Math lacks; their text stands in helpers.ts. */
export type HelperName = "erf" | "log1pexp";

export type ScalarForm =
  /** An operator between numbers that gives a number. */
  | { readonly form: "infix"; readonly operator: BinaryOperator }
  /** A comparison of two numbers. */
  | { readonly form: "comparison"; readonly operator: "<" | "<=" | "===" | "!==" }
  /** `Math.name(…)` */
  | { readonly form: "math"; readonly name: string }
  | { readonly form: "helper"; readonly name: HelperName }
  /** Anything else that is one expression. */
  | { readonly form: "template"; readonly build: (args: readonly Expression[]) => Expression };

const math = (name: string): ScalarForm => ({ form: "math", name });
const comparison = (operator: "<" | "<=" | "===" | "!=="): ScalarForm => ({ form: "comparison", operator });
const template = (build: (...args: Expression[]) => Expression): ScalarForm => ({
  form: "template",
  build: (args) => build(...args),
});

const negate = (x: Expression): Expression =>
  x.kind === "number" ? number(-x.value) : { kind: "unary", operator: "-", operand: x };

const not = (x: Expression): Expression =>
  x.kind === "binary" && x.operator === "==="
    ? binary("!==", x.left, x.right)
    : x.kind === "binary" && x.operator === "!=="
      ? binary("===", x.left, x.right)
      : { kind: "unary", operator: "!", operand: x };

/** Math.max(Math.max(a, b), c) is Math.max(a, b, c). */
function variadic(callee: string): ScalarForm {
  return template((x, y) => {
    const left = x.kind === "call" && x.callee === callee && x.args.length < 8 ? x.args : [x];
    return call(callee, ...left, y);
  });
}

export const scalarPrinting: Readonly<Record<ScalarFunctionName, ScalarForm>> = {
  add: template(plus),
  sub: template(minus),
  mul: { form: "infix", operator: "*" },
  div: { form: "infix", operator: "/" },
  neg: template(negate),
  pow: { form: "infix", operator: "**" },
  abs: math("abs"),
  sign: math("sign"),
  sqrt: math("sqrt"),
  exp: math("exp"),
  expm1: math("expm1"),
  log: math("log"),
  log1p: math("log1p"),
  sin: math("sin"),
  cos: math("cos"),
  tan: math("tan"),
  asin: math("asin"),
  acos: math("acos"),
  atan: math("atan"),
  atan2: math("atan2"),
  sinh: math("sinh"),
  cosh: math("cosh"),
  tanh: math("tanh"),
  asinh: math("asinh"),
  acosh: math("acosh"),
  atanh: math("atanh"),
  erf: { form: "helper", name: "erf" },
  logistic: template((x) => binary("/", number(1), plus(number(1), call("Math.exp", negation(x))))),
  log1pexp: { form: "helper", name: "log1pexp" },
  floor: math("floor"),
  ceil: math("ceil"),
  round: math("round"),
  min: variadic("Math.min"),
  max: variadic("Math.max"),
  lt: comparison("<"),
  le: comparison("<="),
  eq: comparison("==="),
  ne: comparison("!=="),
  and: template((x, y) => binary("&&", asCondition(x), asCondition(y))),
  or: template((x, y) => binary("||", asCondition(x), asCondition(y))),
  not: template((x) => not(asCondition(x))),
  select: template((condition, whenTrue, whenFalse) => ({
    kind: "conditional",
    condition: asCondition(condition),
    whenTrue: asNumber(whenTrue),
    whenFalse: asNumber(whenFalse),
  })),
  stop_gradient: template((x) => x),
};

/** The scalar function applied to argument expressions. Comparisons stay boolean: {@link asNumber} makes them 1 or 0. */
export function applyScalar(fn: ScalarFunctionName, args: readonly Expression[]): Expression {
  const entry = scalarPrinting[fn];
  switch (entry.form) {
    case "infix":
      return binary(entry.operator, asNumber(required(args[0])), asNumber(required(args[1])));
    case "comparison":
      return compare(entry.operator, asNumber(required(args[0])), asNumber(required(args[1])));
    case "math":
      return call(`Math.${entry.name}`, ...args.map(asNumber));
    case "helper":
      return call(entry.name, ...args.map(asNumber));
    case "template":
      return entry.build(fn === "and" || fn === "or" || fn === "not" || fn === "select" ? args : args.map(asNumber));
  }
}

/** Constants stand on the right, as one says it: `x > 0`, not `0 < x`. */
function compare(operator: "<" | "<=" | "===" | "!==", left: Expression, right: Expression): Expression {
  if (left.kind !== "number" || right.kind === "number") return binary(operator, left, right);
  const turned = { "<": ">", "<=": ">=", "===": "===", "!==": "!==" } as const;
  return binary(turned[operator], right, left);
}

/** −x where x may be a sum that reads better negated as it stands. */
function negation(x: Expression): Expression {
  return x.kind === "unary" && x.operator === "-" ? x.operand : negate(x);
}

function required(expression: Expression | undefined): Expression {
  if (expression === undefined) throw new RangeError("a scalar function was printed with too few arguments");
  return expression;
}
