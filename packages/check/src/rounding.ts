/**
 * Owns: how far rounding alone may carry a result, as Monte Carlo arithmetic tells it (D. S. Parker, "Monte Carlo
 * arithmetic", UCLA CSD-970002, 1997): the graph is interpreted again with every inexact operation disturbed at random,
 * and the spread of each result is what its condition makes of such disturbances. A bound like that is small where a
 * formula is well-conditioned and does not have to be guessed where it is not.
 */

import { flatIndex, forEachIndex, type Graph, type InputNode, interpret, type Node, reducedStrides } from "@adjoint/ir";
import { distance } from "./compare.ts";
import { uniformStream } from "./random-numbers.ts";

export interface Precision {
  /** Below this distance two numbers are the same, without asking how well-conditioned they are. */
  readonly tolerance: number;
  /** The relative size of a disturbance: some dozen roundings, or regrouping a sum would exceed one. */
  readonly disturbance: number;
  /** Whether every number between is rounded to float32 as well, with its range. */
  readonly single?: boolean;
}

export const precisions = {
  /** Another order, or other formulas, in float64 (ε = 2⁻⁵²). */
  f64: { tolerance: 1e-11, disturbance: 2 ** -42 },
  /** Results rounded to float32 (ε = 2⁻²³) where they are stored, and nothing else. */
  f32: { tolerance: 2 ** -23, disturbance: 2 ** -42 },
  /** Float32 throughout (ε = 2⁻²³), with elementary functions to a few units in the last place. */
  single: { tolerance: 2 ** -16, disturbance: 2 ** -17, single: true },
} as const satisfies Readonly<Record<string, Precision>>;

export type Results = ReadonlyMap<string, ArrayLike<number>>;

/** An element of a result that rounding does not explain. */
export interface Deviation {
  readonly result: string;
  readonly index: number;
  readonly actual: number;
  readonly expected: number;
  /** How far apart rounding may bring the two. */
  readonly allowed: number;
}

export type Comparison =
  | { readonly kind: "equal" }
  /** Further apart than rounding explains. */
  | { readonly kind: "mismatch"; readonly mismatch: Deviation }
  /** Rounding moves the results so far that they say nothing: a branch is decided by it, or digits cancel. */
  | { readonly kind: "undecided" };

/** What a graph's results are, and how sure. */
export class Expectation {
  readonly results: Results;
  readonly #graph: Graph;
  readonly #inputs: (node: InputNode) => ArrayLike<number>;
  readonly #spreads = new Map<Precision, Results>();

  constructor(graph: Graph, inputs: (node: InputNode) => ArrayLike<number>) {
    this.#graph = graph;
    this.#inputs = inputs;
    this.results = interpret(graph, inputs);
  }

  /** Elements that are not finite are not compared: which of ±∞ and NaN comes out is nobody's promise. */
  compare(actual: Results, precision: Precision): Comparison {
    let undecided = false;
    for (const [result, expected] of this.results) {
      const found = actual.get(result);
      if (found?.length !== expected.length) throw new RangeError(`${result} has not ${expected.length} elements`);
      for (let index = 0; index < expected.length; index++) {
        const [a, e] = [found[index]!, expected[index]!];
        if (!Number.isFinite(e) || distance(a, e) <= precision.tolerance) continue;
        const spread = this.#spread(precision).get(result)?.[index] ?? 0;
        const allowed = spread + precision.tolerance * Math.max(1, Math.abs(e));
        const isExplained = Math.abs(a - e) <= allowed || spread === Number.POSITIVE_INFINITY;
        if (!isExplained) return { kind: "mismatch", mismatch: { result, index, actual: a, expected: e, allowed } };
        undecided = true;
      }
    }
    return { kind: undecided ? "undecided" : "equal" };
  }

  /** The greatest deviation of each element over a few disturbed runs. */
  #spread(precision: Precision): Results {
    const known = this.#spreads.get(precision);
    if (known !== undefined) return known;
    const widest = new Map([...this.results].map(([name, { length }]) => [name, new Float64Array(length)]));
    for (let run = 0; run <= runs; run++) {
      const disturbed = interpret(this.#graph, this.#inputs, disturbance(precision, run));
      for (const [name, values] of disturbed) {
        const expected = this.results.get(name)!;
        const wide = widest.get(name)!;
        values.forEach((value, k) => {
          const deviation = Math.abs(value - expected[k]!);
          wide[k] = Math.max(wide[k]!, Number.isNaN(deviation) ? Number.POSITIVE_INFINITY : deviation);
        });
      }
    }
    this.#spreads.set(precision, widest);
    return widest;
  }
}

/** A branch that rounding decides goes the same way in all of them once in 2¹⁶ times. */
const runs = 16;

/**
 * Disturbs each element of every inexact operation, relative to the greatest number that took part in it: a sum is as
 * inexact as its terms are large, a product as itself. Equal values are disturbed equally: whatever computes them, a tie
 * stays a tie.
 *
 * Noise parts numbers that are almost equal and never joins them; rounding does both. So in every second run the values
 * are rounded to a grid of the noise's size instead, each time another one, and once they are not disturbed at all, but
 * rounded to float32 where that is the precision.
 */
function disturbance({ disturbance: size, single = false }: Precision, run: number) {
  const move = run % 2 === 1 ? noisy(size, run) : onGrid(size, run);
  return (node: Node, values: Float64Array, args: readonly Float64Array[]): void => {
    const isExact = !isInexact(node) || (isRing(node) && [values, ...args].every((each) => each.every(isShort)));
    if (!isExact && run > 0) {
      const scales = magnitudes(node, values, args);
      for (let k = 0; k < values.length; k++) values[k] = move(values[k]!, scales[k]!);
    }
    if (single) for (let k = 0; k < values.length; k++) values[k] = Math.fround(values[k]!);
  };
}

type Move = (value: number, scale: number) => number;

function noisy(size: number, seed: number): Move {
  return (value, scale) => value + scale * size * noise(value, seed);
}

/** To the nearest of points as far apart as `size` times the power of 2 below the scale. */
function onGrid(size: number, seed: number): Move {
  const phase = uniformStream(seed)();
  return (value, scale) => {
    const unit = size * 2 ** Math.floor(Math.log2(scale));
    return unit > 0 && Number.isFinite(unit) ? (Math.round(value / unit + phase) - phase) * unit : value;
  };
}

/** The greatest number that took part in each element. */
function magnitudes(node: Node, values: Float64Array, args: readonly Float64Array[]): Float64Array {
  const greatest = values.map(Math.abs);
  const include = (k: number, term: number): void => {
    greatest[k] = Math.max(greatest[k]!, Math.abs(term));
  };
  if (node.kind === "map" && (node.fn === "add" || node.fn === "sub")) {
    for (const terms of args) for (const [k, term] of terms.entries()) include(k, term);
  }
  if (node.kind === "reduce" && node.op === "sum") {
    const strides = reducedStrides(node.arg.shape, node.axes);
    forEachIndex(node.arg.shape, (at, k) => include(flatIndex(at, strides), args[0]![k]!));
  }
  return greatest;
}

/** A number on [−1, 1) that depends on every bit of the value. */
function noise(value: number, seed: number): number {
  const [low = 0, high = 0] = new Uint32Array(Float64Array.of(value).buffer);
  return 2 * uniformStream(Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77) ^ seed)() - 1;
}

function isInexact(node: Node): boolean {
  switch (node.kind) {
    case "map":
      return !exact.has(node.fn);
    case "reduce":
      return node.op === "sum" || node.op === "prod";
    case "input":
    case "constant":
    case "index":
    case "read":
    case "pick":
    case "reshape":
    case "gradient":
    case "carried":
    case "scan":
      return false;
  }
}

const exact: ReadonlySet<string> = new Set(
  "neg abs sign floor ceil round min max lt le eq ne and or not select stop_gradient".split(" "),
);

/**
 * Sums and products of short binary fractions are exact, in whatever order: there ties are ties, and what follows from a
 * tie is not put down to rounding.
 */
function isShort(value: number): boolean {
  return Number.isInteger(value * 2 ** 12) && Math.abs(value) < 2 ** 10;
}

function isRing(node: Node): boolean {
  return node.kind === "reduce" || (node.kind === "map" && ["add", "sub", "mul"].includes(node.fn));
}
