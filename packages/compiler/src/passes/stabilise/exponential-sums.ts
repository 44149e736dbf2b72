/**
 * Owns: sums of exponentials. Numerator and denominator of exp(v) / Σ exp(u), and the logarithm of Σ exp(u), are computed
 * with the greatest u subtracted, so that nothing overflows and one term of the sum is 1. The shift cancels in exact
 * arithmetic, and therefore in every derivative: it is under stop_gradient.
 */

import type { Builder, Node, Origin, ReduceNode } from "@adjoint/ir";
import type { RangeAnalysis } from "../ranges.ts";
import type { Rule } from "../rewriting/rule.ts";
import { argumentsOfMap, dropAxes, isInvariant, readAs, reductionOf, repeatAlong } from "../rewriting/views.ts";

/** Exponents within ±this neither overflow nor vanish. */
const harmless = 100;

interface ExponentialSum {
  readonly reduction: ReduceNode;
  /** The exponents are x − shift, with `shift` of the reduction's shape; null if nothing is subtracted. */
  readonly x: Node;
  readonly shift: Node | null;
}

function exponentialSum(builder: Builder, reduction: ReduceNode): ExponentialSum | null {
  const { arg, axes } = reduction;
  if (reduction.op !== "sum" || arg.kind !== "map" || arg.fn !== "exp") return null;
  const [u] = arg.args;
  if (u === undefined) return null;
  const [x, shift] = argumentsOfMap(builder, u, "sub") ?? [];
  if (x !== undefined && shift !== undefined && isInvariant(shift, axes)) {
    return { reduction, x, shift: dropAxes(builder, shift, axes) };
  }
  return { reduction, x: u, shift: null };
}

function greatest(builder: Builder, { reduction, x }: ExponentialSum, origin: Origin | null): Node {
  return builder.map("stop_gradient", [builder.reduce("max", x, reduction.axes, origin)], origin);
}

/** Whether the exponents cannot leave the range in which exp is harmless. */
function isHarmless(ranges: RangeAnalysis, sum: ExponentialSum): boolean {
  const { low, high } = ranges.of(sum.x);
  return sum.shift === null && low >= -harmless && high <= harmless;
}

function shiftedSum(builder: Builder, sum: ExponentialSum, shift: Node, origin: Origin | null): Node {
  const { x, reduction } = sum;
  const repeated = repeatAlong(builder, shift, x.shape, reduction.axes);
  const exponentials = builder.map("exp", [builder.map("sub", [x, repeated], origin)], origin);
  return builder.reduce("sum", exponentials, reduction.axes, origin);
}

const logSumExp: Rule = {
  name: "log-sum-exp",
  doc: "log Σᵢ exp(xᵢ − c) = log Σᵢ exp(xᵢ − m) + m − c with m = maxᵢ xᵢ",
  heads: ["log"],
  except: "nonfinite",
  apply: (node, { builder, ranges, origin }) => {
    if (node.kind !== "map") return null;
    const [arg] = node.args;
    const found = arg === undefined ? null : reductionOf(arg);
    const sum = found === null ? null : exponentialSum(builder, found.reduction);
    if (found === null || sum === null || isHarmless(ranges, sum)) return null;
    const shift = greatest(builder, sum, origin);
    if (sum.shift === shift) return null;
    const logarithm = builder.map("log", [shiftedSum(builder, sum, shift, origin)], origin);
    const restored = sum.shift === null ? shift : builder.map("sub", [shift, sum.shift], origin);
    return readAs(builder, builder.map("add", [logarithm, restored], origin), found.read);
  },
  examples: [
    ({ builder, m }) => builder.map("log", [builder.reduce("sum", builder.map("exp", [m]), [1])]),
    ({ builder, m, x }) => {
      const u = builder.map("sub", [m, builder.broadcast(x, [3, 4], [0])]);
      return builder.map("log", [builder.reduce("sum", builder.map("exp", [u]), [1])]);
    },
  ],
};

const exponentialRatio: Rule = {
  name: "exponential-ratio",
  doc: "exp(v − c) / Σᵢ exp(xᵢ − c) = exp(v − m) / Σᵢ exp(xᵢ − m) with m = maxᵢ xᵢ",
  heads: ["div"],
  except: "nonfinite",
  apply: (node, { builder, ranges, origin }) => {
    if (node.kind !== "map") return null;
    const [numerator, denominator] = node.args;
    if (numerator === undefined || denominator === undefined) return null;
    const [exponent] = argumentsOfMap(builder, numerator, "exp") ?? [];
    const found = reductionOf(denominator);
    const sum = found === null ? null : exponentialSum(builder, found.reduction);
    if (exponent === undefined || found === null || sum === null || isHarmless(ranges, sum)) return null;
    const shift = greatest(builder, sum, origin);
    if (sum.shift === shift) return null;
    // Where the numerator subtracts the same c, c goes; otherwise m − c is subtracted from it.
    const difference = argumentsOfMap(builder, exponent, "sub");
    const [v, c] = difference ?? [];
    const oldShift = sum.shift === null ? null : readAs(builder, sum.shift, found.read);
    const newShift = readAs(builder, shift, found.read);
    const map = (fn: "sub" | "exp" | "div", ...args: Node[]) => builder.map(fn, args, origin);
    const shifted =
      oldShift === null
        ? map("sub", exponent, newShift)
        : v !== undefined && c === oldShift
          ? map("sub", v, newShift)
          : map("sub", exponent, map("sub", newShift, oldShift));
    const total = readAs(builder, shiftedSum(builder, sum, shift, origin), found.read);
    return map("div", map("exp", shifted), total);
  },
  examples: [
    ({ builder, m }) => {
      const e = builder.map("exp", [m]);
      return builder.map("div", [e, builder.broadcast(builder.reduce("sum", e, [1]), [3, 4], [0])]);
    },
    ({ builder, m }) => {
      const greatestOfRow = builder.broadcast(builder.reduce("max", m, [1]), [3, 4], [0]);
      const e = builder.map("exp", [builder.map("sub", [m, greatestOfRow])]);
      return builder.map("div", [e, builder.broadcast(builder.reduce("sum", e, [1]), [3, 4], [0])]);
    },
    ({ builder, m, x, y }) => {
      const c = builder.broadcast(x, [3, 4], [0]);
      const total = builder.reduce("sum", builder.map("exp", [builder.map("sub", [m, c])]), [1]);
      return builder.map("div", [builder.map("exp", [y]), total]);
    },
  ],
};

export const exponentialSumRules: readonly Rule[] = [logSumExp, exponentialRatio];
