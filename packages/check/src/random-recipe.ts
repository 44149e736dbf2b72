/**
 * Owns: recipes for random graphs, as plain data that fast-check draws and shrinks. Every value of these types is a
 * recipe: `build-recipe.ts` reads numbers modulo what there is to choose from, so shrinking never has to be repaired.
 * In every field 0 (and the first of each list) is the plainest choice.
 *
 * A quarter of the programs has a recurrence: forwards or backwards, of up to three carried tensors of up to two axes,
 * time anywhere among them, its body made of the same steps, another recurrence among them. Where it is asked for, a quarter
 * is of a batch whose examples see each other, not all of which need count.
 */

import type { ReductionOp, ScalarFunctionName } from "@adjoint/ir";
import { scalarFunctionNames, scalarFunctions } from "@adjoint/ir";
import fc from "fast-check";

/** How one axis of a tensor is read in the index space of the reader. */
export interface Move {
  /** Which axis of the reader drives it, counted from the axis at its own position. */
  readonly axis: number;
  /** 0: forwards, 1: backwards, 2: every second element, 3: not at all. */
  readonly stride: number;
  /** Whether the next axis is added, as in the window `i + u` of a convolution. */
  readonly window: boolean;
  readonly offset: number;
}

/** A tensor already made, counted backwards from the newest. */
export type Reference = number;

export type Step =
  | {
      readonly kind: "map";
      readonly fn: ScalarFunctionName;
      /** The first gives the shape; the others are read at it. Of three, as many as the function takes are used. */
      readonly args: readonly [Reference, Reference, Reference];
      readonly moves: readonly Move[];
    }
  | {
      readonly kind: "read";
      readonly source: Reference;
      readonly shape: readonly number[];
      readonly moves: readonly Move[];
      readonly fill: number | null;
    }
  | {
      readonly kind: "reduce";
      readonly op: ReductionOp;
      readonly arg: Reference;
      /** Which axes, by position; the last one if none of the tensor's is chosen. */
      readonly axes: readonly boolean[];
    }
  | {
      readonly kind: "pick";
      readonly source: Reference;
      readonly axis: number;
      /** An input of classes, or the whole part of a tensor computed so far. */
      readonly at: "classes" | Reference;
      readonly moves: readonly Move[];
    }
  /** The same elements along other axes: which, of some ways to regroup them. */
  | { readonly kind: "reshape"; readonly source: Reference; readonly way: number }
  | { readonly kind: "index"; readonly shape: readonly number[]; readonly strides: readonly number[] }
  | { readonly kind: "constant"; readonly shape: readonly number[]; readonly value: number }
  /** The gradient of a tensor's sum with respect to a leaf, as a value. In a recurrence: to a tensor that moves with it. */
  | { readonly kind: "gradient"; readonly of: Reference; readonly wrt: number }
  /** What a batch makes of its examples' tensors, or all of them, one after another. */
  | { readonly kind: "batch"; readonly op: BatchOp; readonly of: Reference }
  | ScanStep;

/** Over the examples that count; `all` keeps them, along an axis of their own. */
export type BatchOp = "sum" | "mean" | "prod" | "max" | "min" | "all";

/** A recurrence. Its steps see what was made before it, then `given`, then what is carried. */
export interface ScanStep {
  readonly kind: "scan";
  /** Two times more than this. */
  readonly times: number;
  readonly backwards: boolean;
  /** Where time stands among the axes of what is carried. */
  readonly axis: number;
  /** Whether its steps see only what is the same at every time of a recurrence around it, and for every example. */
  readonly apart: boolean;
  /** Tensors of which each step reads what the moves say, time being the first axis of the reader. */
  readonly given: readonly Given[];
  readonly carries: readonly [RandomCarry, ...RandomCarry[]];
  readonly body: readonly Step[];
}

export interface Given {
  readonly of: Reference;
  readonly shape: readonly number[];
  readonly moves: readonly Move[];
  readonly fill: number | null;
}

export interface RandomCarry {
  readonly shape: readonly number[];
  readonly initial: Reference;
  /** Among what its steps see and have made. */
  readonly next: Reference;
  readonly moves: readonly Move[];
  /** Whether what was carried into each step is asked for, besides what comes out. */
  readonly before: boolean;
}

export interface Leaf {
  readonly role: "parameter" | "input" | "target";
  readonly shape: readonly number[];
}

export interface Recipe {
  /** The first is a parameter whatever it says. */
  readonly leaves: readonly Leaf[];
  readonly steps: readonly Step[];
  /** Decides the numbers of parameters and inputs. */
  readonly seed: number;
  /** Numbers are multiples of one half, which makes ties and kinks likely instead of impossible. */
  readonly lattice: boolean;
  /** How many examples see each other, and how many of those count; null for a program of one example. */
  readonly batch: { readonly size: number; readonly examples: number } | null;
}

export interface RecipeOptions {
  /** Most steps of a recipe. Default 12. */
  readonly steps?: number;
  /** Whether gradients may occur as values (they must be expanded before anything runs). Default false. */
  readonly gradients?: boolean;
  /** Whether there may be recurrences. Default true. */
  readonly scans?: boolean;
  /** Whether some programs are of a batch whose examples see each other. Default false. */
  readonly batches?: boolean;
}

/** Random recipes for well-typed graphs; `buildProgram` makes the graph. */
export function arbitraryRecipe(options: RecipeOptions = {}): fc.Arbitrary<Recipe> {
  const kinds: Required<Omit<RecipeOptions, "steps">> = {
    gradients: options.gradients ?? false,
    scans: options.scans ?? true,
    batches: options.batches ?? false,
  };
  return fc.record({
    leaves: fc.array(fc.record({ role: fc.constantFrom("parameter", "input", "target"), shape }), {
      minLength: 1,
      maxLength: 4,
    }),
    steps: fc.array(arbitraryStep(kinds, kinds.scans ? 2 : 0), {
      minLength: 1,
      maxLength: options.steps ?? 12,
      size: "max",
    }),
    seed: fc.integer({ min: 0, max: 0x7fffffff }),
    lattice: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
    batch: kinds.batches
      ? fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, { arbitrary: batch, weight: 1 })
      : fc.constant(null),
  });
}

const batch = fc.constantFrom(
  ...[2, 3].flatMap((size) => Array.from({ length: size }, (_, k) => ({ size, examples: size - k }))),
);

// A step function ends every derivative: a few of them make branches, many would leave nothing to check.
const isStep = (fn: ScalarFunctionName): boolean => scalarFunctions[fn].partials.every((partial) => partial === null);
const scalarFunction = fc.oneof(
  { arbitrary: fc.constantFrom(...scalarFunctionNames.filter((fn) => !isStep(fn))), weight: 8 },
  { arbitrary: fc.constantFrom(...scalarFunctionNames.filter(isStep)), weight: 1 },
);
// "max": as long as allowed as often as short, at any setting of fast-check's own.
const shape = fc.array(fc.constantFrom(2, 1, 3, 4), { maxLength: 3, size: "max" });
// Recent tensors are likelier, or long chains would hardly occur.
const reference = fc.oneof({ arbitrary: fc.nat(2), weight: 3 }, { arbitrary: fc.nat(15), weight: 1 });
const move: fc.Arbitrary<Move> = fc.record({
  axis: fc.oneof({ arbitrary: fc.constant(0), weight: 2 }, { arbitrary: fc.nat(2), weight: 1 }),
  stride: fc.oneof({ arbitrary: fc.constant(0), weight: 2 }, { arbitrary: fc.nat(3), weight: 1 }),
  window: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
  offset: fc.nat(5),
});
const moves = fc.array(move, { maxLength: 3 });

/** @param depth how many recurrences may stand inside each other */
function arbitraryStep(kinds: Required<Omit<RecipeOptions, "steps">>, depth: number): fc.Arbitrary<Step> {
  const steps: fc.WeightedArbitrary<Step>[] = [
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("map"),
        fn: scalarFunction,
        args: fc.tuple(reference, reference, reference),
        moves,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("read"),
        source: reference,
        shape,
        moves,
        fill: fc.constantFrom(null, 0, 1, -0.5),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("reduce"),
        op: fc.constantFrom("sum", "prod", "max", "min"),
        arg: reference,
        axes: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("pick"),
        source: reference,
        axis: fc.nat(2),
        at: fc.oneof(fc.constant("classes" as const), reference),
        moves,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("reshape"), source: reference, way: fc.nat(4) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("index"),
        shape,
        strides: fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("constant"), shape, value: fc.constantFrom(1, 0, 2, -1, 0.5, -1.5) }),
    },
  ];
  if (kinds.gradients)
    steps.push({
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("gradient"), of: reference, wrt: fc.nat(3) }),
    });
  if (kinds.batches)
    steps.push({
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("batch"),
        op: fc.constantFrom("sum", "mean", "prod", "max", "min", "all"),
        of: reference,
      }),
    });
  if (depth > 0) steps.push({ weight: 1, arbitrary: arbitraryScan(arbitraryStep(kinds, depth - 1)) });
  return fc.oneof(...steps);
}

const small = fc.array(fc.constantFrom(2, 1, 3), { maxLength: 2, size: "max" });

function arbitraryScan(step: fc.Arbitrary<Step>): fc.Arbitrary<ScanStep> {
  const carry = fc.record({ shape: small, initial: reference, next: fc.nat(5), moves, before: fc.boolean() });
  return fc.record({
    kind: fc.constant("scan"),
    times: fc.nat(2),
    backwards: fc.boolean(),
    axis: fc.oneof({ arbitrary: fc.constant(0), weight: 1 }, { arbitrary: fc.nat(4), weight: 1 }),
    apart: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, { arbitrary: fc.constant(true), weight: 1 }),
    given: fc.array(fc.record({ of: reference, shape: small, moves, fill: fc.constantFrom(null, 0, 1, -0.5) }), {
      maxLength: 2,
      size: "max",
    }),
    carries: fc
      .tuple(carry, fc.array(carry, { maxLength: 2 }))
      .map(([first, others]): ScanStep["carries"] => [first, ...others]),
    body: fc.array(step, { maxLength: 5, size: "max" }),
  });
}
