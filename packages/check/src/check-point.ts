/** Owns: the verdict on a subject's derivatives at one point, in one direction. */

import { type InputNode, interpret } from "@adjoint/ir";
import { liesOnKink } from "./branch-signature.ts";
import { tolerances } from "./compare.ts";
import { directionName, type Subject } from "./derive-subject.ts";
import { centralDifference, type Sample } from "./finite-differences.ts";
import { type Point, restrictToLine } from "./restrict-to-line.ts";
import { Expectation, type Precision, precisions, type Results } from "./rounding.ts";

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
  /** The point says nothing: a value is not finite, a kink is too near for differences, or rounding decides a value. */
  | { readonly kind: "undecided"; readonly reason: "not-finite" | "branches" | "rounding" }
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

/** What rounding does beyond this is asked of the derivatives themselves. */
const reordered: Precision = { ...precisions.f64, tolerance: tolerances.reordered };

/** Checks every claim at `point`, along `direction`, of the subject's variables. */
export function checkPoint(subject: Subject, point: Point, direction: Point): Verdict {
  const slopes = new Map([...direction].map(([name, values]) => [directionName(name), values] as const));
  const full: Point = new Map([...point, ...slopes]);
  const read = ({ name }: InputNode): ArrayLike<number> => {
    const values = full.get(name);
    if (values === undefined) throw new RangeError(`the point says nothing of ${name}`);
    return values;
  };
  const expectation = new Expectation(subject.derivatives, read);
  const number = (name: string): number => expectation.results.get(name)![0]!;
  if (![...expectation.results.keys()].every((name) => Number.isFinite(number(name)))) return undecided("not-finite");

  const exact = [
    compareOptimised(subject, expectation, read),
    compareExactly("forward", expectation, new Map([...expectation.results, ["slope", [number("forward")]]])),
  ];
  const disagreement = exact.find(({ kind }) => kind === "disagree");
  if (disagreement !== undefined) return disagreement;

  const differences = [
    { claim: "backward", graph: subject.value, output: "value", derivative: "slope" },
    { claim: "second-order", graph: subject.slope, output: "slope", derivative: "curvature" },
  ] as const;
  for (const { claim, graph, output, derivative } of differences) {
    const verdict = compareDifferences(claim, number(derivative), restrictToLine(graph, output, full, direction));
    if (verdict.kind !== "agree") return verdict;
  }
  return exact.find(({ kind }) => kind === "undecided") ?? { kind: "agree" };
}

/**
 * The first steps of differences, in the order in which they are tried while they deny the derivative. Extrapolation
 * believes that a function is as smooth between its points as it is at them: where a pole lies nearer than a step, it is
 * sure of a wrong number. What is wrong with a derivative is seen from nearby too.
 */
const firstSteps = [2 ** -4, 2 ** -10, 2 ** -16] as const;

function compareDifferences(claim: Claim, actual: number, f: (t: number) => Sample): Verdict {
  let verdict: Verdict = { kind: "agree" };
  for (const step of firstSteps) {
    const difference = centralDifference(f, { step, enough: tolerances.numerical / 16 });
    if (difference.kind === "none") return verdict.kind === "disagree" ? verdict : undecided(difference.reason);
    const expected = difference.value;
    // A difference's own error comes on top of what rounding does to both.
    const tolerance = tolerances.numerical * Math.max(1, Math.abs(actual), Math.abs(expected)) + difference.error;
    if (Math.abs(actual - expected) <= tolerance) return { kind: "agree" };
    verdict = { kind: "disagree", claim, actual, expected, tolerance };
  }
  return verdict;
}

function undecided(reason: (Verdict & { readonly kind: "undecided" })["reason"]): Verdict {
  return { kind: "undecided", reason };
}

/**
 * On a kink a first derivative is a convention, the same in whatever form a formula has, and a second one is not: |x|·|x| has
 * none by the convention, and x·x has 2.
 */
function compareOptimised(
  { value, optimised }: Subject,
  expectation: Expectation,
  read: (node: InputNode) => ArrayLike<number>,
): Verdict {
  const results = interpret(optimised, read);
  const verdict = compareExactly("optimised", expectation, results);
  if (verdict.kind !== "disagree") return verdict;
  const curvature = expectation.results.get("curvature") ?? [];
  const firstOrder = compareExactly("optimised", expectation, new Map([...results, ["curvature", curvature]]));
  return firstOrder.kind !== "disagree" && liesOnKink(value, read) ? undecided("branches") : verdict;
}

/** Of the same mathematics in another order, which may take another branch where rounding decides. */
function compareExactly(claim: Claim, expectation: Expectation, actual: Results): Verdict {
  const comparison = expectation.compare(actual, reordered);
  switch (comparison.kind) {
    case "equal":
      return { kind: "agree" };
    case "undecided":
      return undecided("rounding");
    case "mismatch": {
      const { actual: found, expected, allowed } = comparison.mismatch;
      return { kind: "disagree", claim, actual: found, expected, tolerance: allowed };
    }
  }
}
