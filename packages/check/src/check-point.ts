/** Owns: the verdict on a subject's derivatives at one point, in one direction. */

import { type InputNode, interpret } from "@adjoint/ir";
import { tolerances } from "./compare.ts";
import { directionName, type Subject } from "./derive-subject.ts";
import { centralDifference } from "./finite-differences.ts";
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
    compareExactly("optimised", expectation, interpret(subject.optimised, read)),
    compareExactly("forward", expectation, new Map([...expectation.results, ["slope", [number("forward")]]])),
  ];
  const disagreement = exact.find(({ kind }) => kind === "disagree");
  if (disagreement !== undefined) return disagreement;

  const differences = [
    { claim: "backward", graph: subject.value, output: "value", derivative: "slope" },
    { claim: "second-order", graph: subject.slope, output: "slope", derivative: "curvature" },
  ] as const;
  for (const { claim, graph, output, derivative } of differences) {
    const difference = centralDifference(restrictToLine(graph, output, full, direction));
    if (difference.kind === "none") return undecided(difference.reason);
    const [actual, expected] = [number(derivative), difference.value];
    // A difference's own error comes on top of what rounding does to both.
    const tolerance = tolerances.numerical * Math.max(1, Math.abs(actual), Math.abs(expected)) + difference.error;
    if (!(Math.abs(actual - expected) <= tolerance)) return { kind: "disagree", claim, actual, expected, tolerance };
  }
  return exact.find(({ kind }) => kind === "undecided") ?? { kind: "agree" };
}

function undecided(reason: (Verdict & { readonly kind: "undecided" })["reason"]): Verdict {
  return { kind: "undecided", reason };
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
