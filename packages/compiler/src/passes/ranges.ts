/**
 * Owns: what values a node can take, as an interval of the reals: enough to justify x/x = 1, log(a·b) = log a + log b and
 * the like, and to know where a factor is finite. Intervals hold in exact arithmetic for finite inputs; that e^x rounds to
 * 0 or overflows is no counterexample to e^x > 0.
 */

import {
  affineRange,
  elementCount,
  type MapNode,
  type Node,
  plainAxis,
  type ReduceNode,
  type ScalarFunctionName,
} from "@adjoint/ir";
import { Analysis } from "./analysis.ts";

export interface Range {
  readonly low: number;
  readonly high: number;
  /** Whether `low` (`high`) itself is never taken. */
  readonly aboveLow: boolean;
  readonly belowHigh: boolean;
  /** The value is a finite number for moderate inputs: no pole, no exponential growth. */
  readonly tame: boolean;
}

export type RangeAnalysis = Analysis<Range>;

export function analyseRanges(): RangeAnalysis {
  return new Analysis(rangeOf);
}

export const isPositive = (r: Range): boolean => r.low > 0 || (r.low === 0 && r.aboveLow);
export const isNonNegative = (r: Range): boolean => r.low >= 0;
export const isNonZero = (r: Range): boolean => isPositive(r) || isPositive(negated(r));

function closed(low: number, high: number, tame = true): Range {
  return { low, high, aboveLow: false, belowHigh: false, tame };
}
function open(low: number, high: number, tame = true): Range {
  return { low, high, aboveLow: true, belowHigh: true, tame };
}
const everything = (tame: boolean): Range => open(-Infinity, Infinity, tame);
const point = (value: number): Range =>
  Number.isNaN(value) ? everything(false) : closed(value, value, Number.isFinite(value));
const negated = (r: Range): Range => ({
  low: -r.high,
  high: -r.low,
  aboveLow: r.belowHigh,
  belowHigh: r.aboveLow,
  tame: r.tame,
});

const bit = closed(0, 1);

/** The least interval that holds both. */
function hull(a: Range, b: Range): Range {
  const low = Math.min(a.low, b.low);
  const high = Math.max(a.high, b.high);
  return {
    low,
    high,
    aboveLow: (a.low > low || a.aboveLow) && (b.low > low || b.aboveLow),
    belowHigh: (a.high < high || a.belowHigh) && (b.high < high || b.belowHigh),
    tame: a.tame && b.tame,
  };
}

function sum(a: Range, b: Range): Range {
  return {
    low: a.low + b.low,
    high: a.high + b.high,
    aboveLow: a.aboveLow || b.aboveLow,
    belowHigh: a.belowHigh || b.belowHigh,
    tame: a.tame && b.tame,
  };
}

/** Bounds of a product come from corners; a bound is out of reach if every corner that attains it is. */
function product(a: Range, b: Range): Range {
  const corners = [
    corner(a.low, a.aboveLow, b.low, b.aboveLow),
    corner(a.low, a.aboveLow, b.high, b.belowHigh),
    corner(a.high, a.belowHigh, b.low, b.aboveLow),
    corner(a.high, a.belowHigh, b.high, b.belowHigh),
  ];
  const low = Math.min(...corners.map((c) => c.value));
  const high = Math.max(...corners.map((c) => c.value));
  return {
    low,
    high,
    aboveLow: corners.every((c) => c.value > low || c.open),
    belowHigh: corners.every((c) => c.value < high || c.open),
    tame: a.tame && b.tame,
  };
}

function corner(x: number, xOpen: boolean, y: number, yOpen: boolean): { value: number; open: boolean } {
  // A closed 0 times anything is 0 and attained; an infinite bound is never attained itself.
  if (x === 0 || y === 0) return { value: 0, open: !((x === 0 && !xOpen) || (y === 0 && !yOpen)) };
  return { value: x * y, open: xOpen || yOpen };
}

function reciprocal(r: Range): Range {
  const bounded = r.low > 0 || r.high < 0;
  if (!isNonZero(r)) return everything(false);
  const invert = (x: number, sign: number) => (x === 0 ? sign * Infinity : 1 / x);
  const sign = isPositive(r) ? 1 : -1;
  return {
    low: invert(r.high, sign),
    high: invert(r.low, sign),
    aboveLow: r.belowHigh,
    belowHigh: r.aboveLow,
    tame: bounded && r.tame,
  };
}

/** The image under a function that never decreases; it is as tame as its argument unless a bound says otherwise. */
function increasing(f: (x: number) => number, r: Range, tame = r.tame): Range {
  return { low: f(r.low), high: f(r.high), aboveLow: r.aboveLow, belowHigh: r.belowHigh, tame };
}

/** At most this, e^x is far from overflow even as a factor among others. */
const moderateExponent = 300;

type RangeRule = (x: Range, y: Range, z: Range) => Range;
const partialFunction: RangeRule = () => everything(false);

const rangeRules: Readonly<Record<ScalarFunctionName, RangeRule>> = {
  add: sum,
  sub: (x, y) => sum(x, negated(y)),
  mul: product,
  div: (x, y) => product(x, reciprocal(y)),
  neg: negated,
  pow: (x, y) =>
    isPositive(x)
      ? open(0, Infinity, false)
      : y.low === y.high && y.low % 2 === 0
        ? closed(0, Infinity, false)
        : everything(false),
  abs: (x) => {
    if (isNonNegative(x)) return x;
    return { ...closed(0, Math.max(-x.low, x.high), x.tame), aboveLow: isNonZero(x) };
  },
  sign: (x) => (isPositive(x) ? closed(1, 1) : isNonNegative(x) ? closed(0, 1) : closed(-1, 1)),
  sqrt: (x) => ({
    ...increasing(Math.sqrt, { ...x, low: Math.max(0, x.low), high: Math.max(0, x.high) }, x.tame && isNonNegative(x)),
    aboveLow: isPositive(x),
  }),
  exp: (x) => ({
    ...increasing(Math.exp, x, x.tame && x.high < moderateExponent),
    aboveLow: x.aboveLow || x.low === -Infinity,
  }),
  expm1: (x) => ({
    ...increasing(Math.expm1, x, x.tame && x.high < moderateExponent),
    aboveLow: x.aboveLow || x.low === -Infinity,
  }),
  log: (x) =>
    isNonNegative(x)
      ? increasing(Math.log, x, x.tame && x.low > 0)
      : { ...everything(false), high: Math.log(Math.max(0, x.high)), belowHigh: false },
  log1p: (x) => (x.low >= -1 ? increasing(Math.log1p, x, x.tame && x.low > -1) : everything(false)),
  sin: (x) => closed(-1, 1, x.tame),
  cos: (x) => closed(-1, 1, x.tame),
  tan: partialFunction,
  asin: (x) => closed(-Math.PI / 2, Math.PI / 2, x.tame && x.low >= -1 && x.high <= 1),
  acos: (x) => closed(0, Math.PI, x.tame && x.low >= -1 && x.high <= 1),
  atan: (x) => increasing(Math.atan, x),
  atan2: (x, y) => closed(-Math.PI, Math.PI, x.tame && y.tame),
  sinh: (x) => increasing(Math.sinh, x, x.tame && Math.max(-x.low, x.high) < moderateExponent),
  cosh: (x) => ({ ...closed(1, Infinity, x.tame && Math.max(-x.low, x.high) < moderateExponent), belowHigh: true }),
  tanh: (x) => ({ ...increasing(Math.tanh, x), aboveLow: true, belowHigh: true }),
  asinh: (x) => increasing(Math.asinh, x),
  acosh: (x) => ({ ...closed(0, Infinity, x.tame && x.low >= 1), belowHigh: true }),
  atanh: partialFunction,
  erf: (x) => ({
    ...closed(isNonNegative(x) ? 0 : -1, 1, x.tame),
    aboveLow: x.low < 0 || isPositive(x),
    belowHigh: true,
  }),
  logistic: (x) => open(isNonNegative(x) ? 0.5 : 0, x.high <= 0 ? 0.5 : 1, x.tame),
  log1pexp: (x) => ({
    ...open(0, Infinity, x.tame),
    low: isNonNegative(x) ? Math.LN2 : 0,
    aboveLow: !isNonNegative(x),
  }),
  floor: (x) => ({ ...increasing(Math.floor, x), aboveLow: false, belowHigh: false }),
  ceil: (x) => ({ ...increasing(Math.ceil, x), aboveLow: false, belowHigh: false }),
  round: (x) => ({ ...increasing(Math.round, x), aboveLow: false, belowHigh: false }),
  min: (x, y) => negated(greater(negated(x), negated(y))),
  max: greater,
  lt: () => bit,
  le: () => bit,
  eq: () => bit,
  ne: () => bit,
  and: () => bit,
  or: () => bit,
  not: () => bit,
  select: (_, y, z) => hull(y, z),
  stop_gradient: (x) => x,
};

function greater(x: Range, y: Range): Range {
  const low = Math.max(x.low, y.low);
  const { high, belowHigh } = hull(x, y);
  const aboveLow = (x.low === low && x.aboveLow) || (y.low === low && y.aboveLow);
  return { low, high, aboveLow, belowHigh, tame: x.tame && y.tame };
}

function rangeOfMap(node: MapNode, args: readonly Range[]): Range {
  const unknown = everything(false);
  const [x = unknown, y = unknown, z = unknown] = args;
  if (node.fn === "mul" && node.args[0] === node.args[1]) {
    const square = product(x, x);
    return isNonZero(x) || isNonNegative(square) ? square : { ...square, low: 0, aboveLow: false };
  }
  if (node.fn === "sub" && axesOfGreatest(node.args[1], node.args[0]) !== null) return closed(-Infinity, 0, x.tame);
  return rangeRules[node.fn](x, y, z);
}

/** The axes of `x` along which `bound` repeats its greatest elements, so that x − bound ≤ 0; null if it does not. */
function axesOfGreatest(bound: Node | undefined, x: Node | undefined): readonly number[] | null {
  let node = bound;
  if (node?.kind === "map" && node.fn === "stop_gradient") node = node.args[0];
  if (node?.kind !== "read" || node.fill !== null || x === undefined) return null;
  let { source } = node;
  if (source.kind === "map" && source.fn === "stop_gradient" && source.args[0] !== undefined) source = source.args[0];
  if (source.kind !== "reduce" || source.op !== "max" || source.arg !== x) return null;
  const { axes } = source;
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const repeats = node.index.every((form, k) => plainAxis(form) === kept[k] || x.shape[kept[k] ?? 0] === 1);
  return repeats ? axes : null;
}

/** Whether the sum has a term e⁰: Σᵢ e^(xᵢ − max x). */
function hasOne({ arg, axes }: ReduceNode): boolean {
  const [exponent] = arg.kind === "map" && arg.fn === "exp" ? arg.args : [];
  if (exponent?.kind !== "map" || exponent.fn !== "sub") return false;
  return axesOfGreatest(exponent.args[1], exponent.args[0])?.every((axis) => axes.includes(axis)) === true;
}

function rangeOf(node: Node, args: readonly Range[]): Range {
  const [r = everything(false)] = args;
  switch (node.kind) {
    case "input":
      if (node.element.kind === "class") return closed(0, node.element.count - 1);
      return node.role === "uniform" ? { ...closed(0, 1), belowHigh: true } : everything(true);
    case "constant":
      return point(node.value);
    case "index": {
      const { min, max } = affineRange(node.value, node.shape);
      return closed(min, max);
    }
    case "map":
      return rangeOfMap(node, args);
    case "reduce":
      return rangeOfReduce(node, r);
    case "read":
      return node.fill === null ? r : hull(r, point(node.fill));
    case "pick":
    case "reshape":
      return r;
    case "gradient":
    case "carried":
      return everything(false);
    case "scan": {
      const unknown = everything(false);
      const [initial = unknown, next = unknown] = args.slice(2 * node.which);
      return node.moment === "after" ? next : hull(initial, next);
    }
  }
}

function rangeOfReduce(node: ReduceNode, r: Range): Range {
  switch (node.op) {
    case "sum": {
      const count = elementCount(node.axes.map((axis) => node.arg.shape[axis] ?? 1));
      if (hasOne(node)) return { ...r, low: 1, high: r.high * count, aboveLow: false };
      return { ...r, low: r.low * count, high: r.high * count };
    }
    case "prod":
      if (isPositive(r)) return open(0, Infinity, r.tame);
      return isNonNegative(r) ? { ...closed(0, Infinity, r.tame), belowHigh: true } : everything(r.tame);
    case "max":
    case "min":
      return r;
  }
}
