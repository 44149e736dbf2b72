/**
 * Owns: one random program with its numbers, and how what it computes is judged. The one reference is the interpreter on
 * the graph as it was made, gradients expanded and nothing else done to it.
 */

import {
  arbitraryRecipe,
  buildProgram,
  Expectation,
  type Precision,
  type RandomProgram,
  type Recipe,
  type Results,
} from "@adjoint/check";
import { expandGradients } from "@adjoint/compiler";
import type { Graph, InputNode, Model, Optimizer } from "@adjoint/ir";
import fc from "fast-check";
import { modelOf } from "./random-model.ts";

/**
 * Half of the programs have gradients among their values, so that what is derived for them are second derivatives; in one
 * of four the examples of a batch see each other.
 */
export const recipes: fc.Arbitrary<Recipe> = fc
  .boolean()
  .chain((gradients) => arbitraryRecipe({ gradients, batches: true }));

/** Where a program comes from: it is the `path`-th of the seed. */
export interface Place {
  readonly seed: number;
  readonly path: number;
}

export interface Finding extends Place {
  readonly claim: string;
  readonly detail: string;
}

export type Verdict =
  | { readonly kind: "agreed" }
  | { readonly kind: "mismatch"; readonly detail: string }
  /** Rounding, or a kink nearby, decides the comparison: it says nothing. */
  | { readonly kind: "undecided" };

export const agreed: Verdict = { kind: "agreed" };

export function mismatch(detail: string): Verdict {
  return { kind: "mismatch", detail };
}

/** What claims of emitted functions are about: a model, numbers for its inputs, and what should come out. */
export type Emittable = Pick<Trial, "place" | "model" | "examples" | "read" | "reference" | "judge">;

/** What was claimed of programs, and of which it was not true. */
export class Claims {
  readonly mismatches: Finding[] = [];
  readonly undecided: Finding[] = [];
  claims = 0;

  /** Whatever throws breaks its claim: nothing throws for a sound program. */
  claim({ place }: Pick<Trial, "place">, claim: string, judge: () => Verdict): void {
    this.claims++;
    const verdict = attempt(judge);
    if (verdict.kind === "mismatch") this.mismatches.push({ ...place, claim, detail: verdict.detail });
    if (verdict.kind === "undecided") this.undecided.push({ ...place, claim, detail: "" });
  }
}

function attempt(judge: () => Verdict): Verdict {
  try {
    return judge();
  } catch (error) {
    return mismatch(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

export class Trial {
  readonly place: Place;
  readonly recipe: Recipe;
  readonly program: RandomProgram;
  /** The program as a model; one in three can be trained. */
  readonly model: Model;
  /** Rounded to float32, so that every precision starts from the same numbers. */
  readonly values: ReadonlyMap<string, Float64Array>;
  /** Loss, outputs, and the loss's gradient in every parameter, still to be expanded. */
  readonly asked: Graph;
  /** The same, expanded. */
  readonly plain: Graph;
  #expectation: Expectation | null = null;

  constructor(place: Place, recipe: Recipe, optimizers: readonly Optimizer[]) {
    this.place = place;
    this.recipe = recipe;
    this.program = buildProgram(recipe);
    const optimizer = optimizers[recipe.seed % (3 * Math.max(1, optimizers.length))] ?? null;
    this.model = modelOf(this.program, `M${place.path}`, optimizer);
    this.values = new Map([...this.program.values].map(([name, x]) => [name, x.map(Math.fround)]));
    const { builder, loss, parameters } = this.program;
    this.asked = {
      name: "Random",
      outputs: [
        { name: "loss", node: loss },
        ...this.model.outputs.map(({ name, node }) => ({ name, node })),
        ...parameters.map((node) => ({ name: `d_${node.name}`, node: builder.gradient(loss, node) })),
      ],
    };
    this.plain = expandGradients(this.asked);
  }

  /** How many examples of a batch count; null for a program of one. */
  get examples(): number | null {
    return this.recipe.batch?.examples ?? null;
  }

  readonly read = ({ name }: InputNode): Float64Array => {
    const values = this.values.get(name);
    if (values === undefined) throw new RangeError(`no numbers for ${name}`);
    return values;
  };

  get reference(): Expectation {
    this.#expectation ??= new Expectation(this.plain, this.read);
    return this.#expectation;
  }

  judge(actual: Results, precision: Precision): Verdict {
    return judge(this.reference, actual, precision);
  }
}

export function judge(reference: Expectation, actual: Results, precision: Precision): Verdict {
  const comparison = reference.compare(actual, precision);
  switch (comparison.kind) {
    case "equal":
      return agreed;
    case "undecided":
      return comparison;
    case "mismatch": {
      const { result, index, actual: found, expected } = comparison.mismatch;
      return mismatch(`${result}[${index}] is ${found} instead of ${expected}`);
    }
  }
}
