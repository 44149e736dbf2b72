/**
 * Owns: what each scalar function means: arity, value, partial derivatives, where to test it, documentation.
 * What it prints as stands in one exhaustive table per target. Truth is 1, falsehood 0, and a condition is true when ≠ 0.
 *
 * Conventions at kinks: sign(0) = 0, so |x|′(0) = 0; min and max split a tie evenly; rounding and comparisons have
 * derivative 0 everywhere; a select passes its cotangent to the branch taken and exactly 0 to the other.
 */

import { erf, log1pexp, logistic } from "./special-functions.ts";

/** The names; a function named here without an entry in the table, or the other way round, does not compile. */
export type ScalarFunctionName =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "neg"
  | "pow"
  | "abs"
  | "sign"
  | "sqrt"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "atan2"
  | "sinh"
  | "cosh"
  | "tanh"
  | "asinh"
  | "acosh"
  | "atanh"
  | "erf"
  | "logistic"
  | "log1pexp"
  | "floor"
  | "ceil"
  | "round"
  | "min"
  | "max"
  | "lt"
  | "le"
  | "eq"
  | "ne"
  | "and"
  | "or"
  | "not"
  | "select"
  | "stop_gradient";

/** Arithmetic that a derivative rule is written in: over numbers, over graph nodes, over anything with these two. */
export interface Algebra<T> {
  constant(value: number): T;
  call(fn: ScalarFunctionName, ...args: T[]): T;
}

/** ∂f/∂x_k at arguments `x`, where `y` = f(x) is known already. */
export type Partial = <T>(algebra: Algebra<T>, x: readonly T[], y: T) => T;

/** Where tests sample an argument, and the points in it at which f is not differentiable. */
export interface Domain {
  readonly from: number;
  readonly to: number;
  readonly kinks?: readonly number[];
}

export interface ScalarFunction {
  readonly arity: 1 | 2 | 3;
  readonly doc: string;
  readonly value: (...x: number[]) => number;
  /** One entry per argument; null where the derivative is 0 everywhere. */
  readonly partials: readonly (Partial | null)[];
  readonly domain: readonly Domain[];
}

const anywhere: Domain = { from: -4, to: 4 };
const positive: Domain = { from: 0.05, to: 6 };
const truth: Domain = { from: 0, to: 1 };

/** Missing arguments are the caller's defect; NaN makes them visible. */
function unary(f: (x: number) => number): (...x: number[]) => number {
  return (x = Number.NaN) => f(x);
}
function binary(f: (x: number, y: number) => number): (...x: number[]) => number {
  return (x = Number.NaN, y = Number.NaN) => f(x, y);
}
/** A rule over named arguments; the table's rules are always called with as many as the arity says. */
function rule1(f: <T>(a: Algebra<T>, x: T, y: T) => T): Partial {
  return (a, [x], y) => f(a, required(x), y);
}
function rule2(f: <T>(a: Algebra<T>, x: T, z: T, y: T) => T): Partial {
  return (a, [x, z], y) => f(a, required(x), required(z), y);
}
function required<T>(x: T | undefined): T {
  if (x === undefined) throw new RangeError("a derivative rule was given too few arguments");
  return x;
}

const square = <T>(a: Algebra<T>, x: T): T => a.call("mul", x, x);
const reciprocal = <T>(a: Algebra<T>, x: T): T => a.call("div", a.constant(1), x);
const one = <T>(a: Algebra<T>): T => a.constant(1);
/** 1 − x² as (1 − x)(1 + x), which does not cancel near ±1. */
const oneMinusSquare = <T>(a: Algebra<T>, x: T): T => a.call("mul", a.call("sub", one(a), x), a.call("add", one(a), x));

export const scalarFunctions: Readonly<Record<ScalarFunctionName, ScalarFunction>> = {
  add: {
    arity: 2,
    doc: "x + y",
    value: binary((x, y) => x + y),
    partials: [one, one],
    domain: [anywhere, anywhere],
  },
  sub: {
    arity: 2,
    doc: "x − y",
    value: binary((x, y) => x - y),
    partials: [one, (a) => a.constant(-1)],
    domain: [anywhere, anywhere],
  },
  mul: {
    arity: 2,
    doc: "x · y",
    value: binary((x, y) => x * y),
    partials: [rule2((_, _x, z) => z), rule2((_, x) => x)],
    domain: [anywhere, anywhere],
  },
  div: {
    arity: 2,
    doc: "x / y",
    value: binary((x, y) => x / y),
    partials: [
      rule2((a, _x, z) => reciprocal(a, z)),
      // d(x/z) = −(x/z)/z dz, which reuses the quotient.
      rule2((a, _x, z, y) => a.call("neg", a.call("div", y, z))),
    ],
    domain: [anywhere, positive],
  },
  neg: { arity: 1, doc: "−x", value: unary((x) => -x), partials: [(a) => a.constant(-1)], domain: [anywhere] },
  pow: {
    arity: 2,
    doc: "x to the power y",
    value: binary((x, y) => x ** y),
    partials: [
      // y·x^(y−1), and 0 at x = y = 0. It is no constant at y = 0 elsewhere: there it grows with y by 1/x.
      rule2((a, x, z) => {
        const slope = a.call("mul", z, a.call("pow", x, a.call("sub", z, one(a))));
        return a.call("select", a.call("or", x, a.call("ne", z, a.constant(0))), slope, a.constant(0));
      }),
      // x^y·log x, with the limit 0 at x = 0.
      rule2((a, x, _z, y) => a.call("select", x, a.call("mul", y, a.call("log", x)), a.constant(0))),
    ],
    domain: [positive, anywhere],
  },
  abs: {
    arity: 1,
    doc: "|x|; derivative sign(x), 0 at 0",
    value: unary(Math.abs),
    partials: [rule1((a, x) => a.call("sign", x))],
    domain: [{ ...anywhere, kinks: [0] }],
  },
  sign: step("−1, 0 or 1", Math.sign, [0]),
  sqrt: {
    arity: 1,
    doc: "√x",
    value: unary(Math.sqrt),
    partials: [rule1((a, _x, y) => a.call("div", a.constant(0.5), y))],
    domain: [positive],
  },
  exp: { arity: 1, doc: "eˣ", value: unary(Math.exp), partials: [rule1((_a, _x, y) => y)], domain: [anywhere] },
  expm1: {
    arity: 1,
    doc: "eˣ − 1, exact near 0",
    value: unary(Math.expm1),
    partials: [rule1((a, x) => a.call("exp", x))],
    domain: [anywhere],
  },
  log: {
    arity: 1,
    doc: "natural logarithm",
    value: unary(Math.log),
    partials: [rule1((a, x) => reciprocal(a, x))],
    domain: [positive],
  },
  log1p: {
    arity: 1,
    doc: "log(1 + x), exact near 0",
    value: unary(Math.log1p),
    partials: [rule1((a, x) => reciprocal(a, a.call("add", one(a), x)))],
    domain: [{ from: -0.9, to: 6 }],
  },
  sin: {
    arity: 1,
    doc: "sine of radians",
    value: unary(Math.sin),
    partials: [rule1((a, x) => a.call("cos", x))],
    domain: [anywhere],
  },
  cos: {
    arity: 1,
    doc: "cosine of radians",
    value: unary(Math.cos),
    partials: [rule1((a, x) => a.call("neg", a.call("sin", x)))],
    domain: [anywhere],
  },
  tan: {
    arity: 1,
    doc: "tangent of radians",
    value: unary(Math.tan),
    partials: [rule1((a, _x, y) => a.call("add", one(a), square(a, y)))],
    domain: [{ from: -1.3, to: 1.3 }],
  },
  asin: {
    arity: 1,
    doc: "arc sine, in radians",
    value: unary(Math.asin),
    partials: [rule1((a, x) => reciprocal(a, a.call("sqrt", oneMinusSquare(a, x))))],
    domain: [{ from: -0.95, to: 0.95 }],
  },
  acos: {
    arity: 1,
    doc: "arc cosine, in radians",
    value: unary(Math.acos),
    partials: [rule1((a, x) => a.call("div", a.constant(-1), a.call("sqrt", oneMinusSquare(a, x))))],
    domain: [{ from: -0.95, to: 0.95 }],
  },
  atan: {
    arity: 1,
    doc: "arc tangent, in radians",
    value: unary(Math.atan),
    partials: [rule1((a, x) => reciprocal(a, a.call("add", one(a), square(a, x))))],
    domain: [anywhere],
  },
  atan2: {
    arity: 2,
    doc: "angle of the point (y, x) in radians; first argument is the ordinate",
    value: binary(Math.atan2),
    partials: [
      rule2((a, x, z) => a.call("div", z, a.call("add", square(a, x), square(a, z)))),
      rule2((a, x, z) => a.call("neg", a.call("div", x, a.call("add", square(a, x), square(a, z))))),
    ],
    domain: [anywhere, positive],
  },
  sinh: {
    arity: 1,
    doc: "hyperbolic sine",
    value: unary(Math.sinh),
    partials: [rule1((a, x) => a.call("cosh", x))],
    domain: [anywhere],
  },
  cosh: {
    arity: 1,
    doc: "hyperbolic cosine",
    value: unary(Math.cosh),
    partials: [rule1((a, x) => a.call("sinh", x))],
    domain: [anywhere],
  },
  tanh: {
    arity: 1,
    doc: "hyperbolic tangent",
    value: unary(Math.tanh),
    partials: [rule1((a, _x, y) => a.call("sub", one(a), square(a, y)))],
    domain: [anywhere],
  },
  asinh: {
    arity: 1,
    doc: "inverse hyperbolic sine",
    value: unary(Math.asinh),
    partials: [rule1((a, x) => reciprocal(a, a.call("sqrt", a.call("add", one(a), square(a, x)))))],
    domain: [anywhere],
  },
  acosh: {
    arity: 1,
    doc: "inverse hyperbolic cosine",
    value: unary(Math.acosh),
    partials: [
      rule1((a, x) => reciprocal(a, a.call("sqrt", a.call("mul", a.call("sub", x, one(a)), a.call("add", x, one(a)))))),
    ],
    domain: [{ from: 1.1, to: 6 }],
  },
  atanh: {
    arity: 1,
    doc: "inverse hyperbolic tangent",
    value: unary(Math.atanh),
    partials: [rule1((a, x) => reciprocal(a, oneMinusSquare(a, x)))],
    domain: [{ from: -0.9, to: 0.9 }],
  },
  erf: {
    arity: 1,
    doc: "error function 2/√π ∫₀ˣ e^(−t²) dt",
    value: unary(erf),
    partials: [
      rule1((a, x) => a.call("mul", a.constant(2 / Math.sqrt(Math.PI)), a.call("exp", a.call("neg", square(a, x))))),
    ],
    domain: [anywhere],
  },
  logistic: {
    arity: 1,
    doc: "1 / (1 + e^(−x))",
    value: unary(logistic),
    partials: [rule1((a, _x, y) => a.call("mul", y, a.call("sub", one(a), y)))],
    domain: [anywhere],
  },
  log1pexp: {
    arity: 1,
    doc: "log(1 + eˣ) without overflow",
    value: unary(log1pexp),
    partials: [rule1((a, x) => a.call("logistic", x))],
    domain: [anywhere],
  },
  floor: step("greatest whole number ≤ x", Math.floor, [-4, -3, -2, -1, 0, 1, 2, 3, 4]),
  ceil: step("least whole number ≥ x", Math.ceil, [-4, -3, -2, -1, 0, 1, 2, 3, 4]),
  round: step("nearest whole number, halves upwards", Math.round, [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5]),
  min: {
    arity: 2,
    doc: "the lesser; a tie splits the derivative evenly",
    value: binary(Math.min),
    partials: [rule2((a, x, z) => shareOf(a, x, z)), rule2((a, x, z) => shareOf(a, z, x))],
    domain: [anywhere, anywhere],
  },
  max: {
    arity: 2,
    doc: "the greater; a tie splits the derivative evenly",
    value: binary(Math.max),
    partials: [rule2((a, x, z) => shareOf(a, z, x)), rule2((a, x, z) => shareOf(a, x, z))],
    domain: [anywhere, anywhere],
  },
  lt: comparison("x < y", (x, y) => x < y),
  le: comparison("x ≤ y", (x, y) => x <= y),
  eq: comparison("x = y", (x, y) => x === y),
  ne: comparison("x ≠ y", (x, y) => x !== y),
  and: comparison("both are true", (x, y) => x !== 0 && y !== 0, truth),
  or: comparison("at least one is true", (x, y) => x !== 0 || y !== 0, truth),
  not: {
    arity: 1,
    doc: "true if x is false",
    value: unary((x) => (x === 0 ? 1 : 0)),
    partials: [null],
    domain: [truth],
  },
  select: {
    arity: 3,
    doc: "the second argument where the first is true, else the third",
    value: (c = Number.NaN, x = Number.NaN, z = Number.NaN) => (c !== 0 ? x : z),
    partials: [
      null,
      (a, [c]) => a.call("select", required(c), a.constant(1), a.constant(0)),
      (a, [c]) => a.call("select", required(c), a.constant(0), a.constant(1)),
    ],
    domain: [truth, anywhere, anywhere],
  },
  stop_gradient: {
    arity: 1,
    doc: "x, but a constant to differentiation",
    value: unary((x) => x),
    partials: [null],
    domain: [anywhere],
  },
};

/** Guaranteed by the type of the table: its keys are the names. */
export const scalarFunctionNames = Object.keys(scalarFunctions) as readonly ScalarFunctionName[];

/** The share of the cotangent that goes to `x` in min(x, z): 1 if x < z, ½ at a tie, else 0. */
function shareOf<T>(a: Algebra<T>, x: T, z: T): T {
  const half = a.constant(0.5);
  return a.call("add", a.call("mul", half, a.call("lt", x, z)), a.call("mul", half, a.call("le", x, z)));
}

/** Constant but for jumps at `kinks`. */
function step(doc: string, f: (x: number) => number, kinks: readonly number[]): ScalarFunction {
  return { arity: 1, doc, value: unary(f), partials: [null], domain: [{ ...anywhere, kinks }] };
}

function comparison(doc: string, holds: (x: number, y: number) => boolean, domain: Domain = anywhere): ScalarFunction {
  return {
    arity: 2,
    doc: `1 if ${doc}, else 0`,
    value: binary((x, y) => (holds(x, y) ? 1 : 0)),
    partials: [null, null],
    domain: [domain, domain],
  };
}
