/** Owns: the verdict on a subject's derivatives at one point, in one direction. */

import { type Graph, interpret } from "@adjoint/ir";
import { distance, tolerances } from "./compare.ts";
import { directionName, type Subject } from "./derive-subject.ts";
import { centralDifference } from "./finite-differences.ts";
import { type Point, restrictToLine } from "./restrict-to-line.ts";

/** Which two numbers should have been one. */
export type Claim =
  /** The reverse sweep against central differences of the value. */
  | "backward"
  /** Forward mode against reverse mode. */
  | "forward"
  /** The second derivative along the direction against central differences of the first. */
  | "second-order"
  /** What the compiler's pipeline makes of value and derivatives against what it was given. */
  | "optimised";

export type Verdict =
  | { readonly kind: "agree" }
  /** The point says nothing: a value is not finite, or a kink is too near for differences. */
  | { readonly kind: "undecided"; readonly reason: "not-finite" | "branches" }
  | {
      readonly kind: "disagree";
      readonly claim: Claim;
      /** What Adjoint derived. */
      readonly actual: number;
      /** What it is compared with. */
      readonly expected: number;
      /** How far apart they may be. */
      readonly tolerance: number;
    };

/** Checks every claim at `point`, along `direction`, of the subject's variables. */
export function checkPoint(subject: Subject, point: Point, direction: Point): Verdict {
  const slopes = new Map([...direction].map(([name, values]) => [directionName(name), values] as const));
  const full: Point = new Map([...point, ...slopes]);
  const found = evaluateScalars(subject.derivatives, full);
  if (![...found.values()].every(Number.isFinite)) return { kind: "undecided", reason: "not-finite" };

  const optimised = evaluateScalars(subject.optimised, full);
  for (const [name, expected] of found) {
    const verdict = compare("optimised", optimised.get(name)!, expected, 0);
    if (verdict !== null) return verdict;
  }
  const exact = compare("forward", found.get("forward")!, found.get("slope")!, 0);
  if (exact !== null) return exact;

  const differences = [
    { claim: "backward", graph: subject.value, output: "value", derivative: "slope" },
    { claim: "second-order", graph: subject.slope, output: "slope", derivative: "curvature" },
  ] as const;
  for (const { claim, graph, output, derivative } of differences) {
    const difference = centralDifference(restrictToLine(graph, output, full, direction));
    if (difference.kind === "none") return { kind: "undecided", reason: difference.reason };
    const verdict = compare(claim, found.get(derivative)!, difference.value, difference.error);
    if (verdict !== null) return verdict;
  }
  return { kind: "agree" };
}

function evaluateScalars(graph: Graph, point: Point): ReadonlyMap<string, number> {
  const results = interpret(graph, (node) => {
    const values = point.get(node.name);
    if (values === undefined) throw new RangeError(`the point says nothing of ${node.name}`);
    return values;
  });
  return new Map([...results].map(([name, values]) => [name, values[0]!]));
}

/** A difference's own error comes on top of what rounding does to both. */
function compare(claim: Claim, actual: number, expected: number, error: number): Verdict | null {
  const isNumerical = claim === "backward" || claim === "second-order";
  const relative = isNumerical ? tolerances.numerical : tolerances.reordered;
  const tolerance = relative * Math.max(1, Math.abs(actual), Math.abs(expected)) + error;
  const agrees = distance(actual, expected) === 0 || Math.abs(actual - expected) <= tolerance;
  return agrees ? null : { kind: "disagree", claim, actual, expected, tolerance };
}
