/**
 * Owns: what is claimed of every random program, whichever way it is run. The one reference is the interpreter on the
 * graph as it was made, gradients expanded and nothing else done to it.
 */

import {
  arbitraryRecipe,
  buildProgram,
  checkPoint,
  normalStream,
  type RandomProgram,
  type Recipe,
  subjectOf,
} from "@adjoint/check";
import {
  deriveProcedures,
  expandGradients,
  outputLayout,
  type Procedure,
  parameterLayout,
  portLayout,
  runPipeline,
  stateLayout,
} from "@adjoint/compiler";
import { elementCount, type Graph, type InputNode, interpret, type Model, type Optimizer, verify } from "@adjoint/ir";
import fc from "fast-check";
import { type Argument, type EmittedModel, emitModels } from "./emitted-models.ts";
import { modelOf } from "./random-model.ts";
import { type Precision, precisions, Reference, type Results } from "./rounding.ts";

export interface Finding {
  /** Replays the program: the recipe is the `path`-th of the `seed`. */
  readonly seed: number;
  readonly path: number;
  readonly claim: string;
  readonly detail: string;
}

export interface Outcome {
  readonly programs: number;
  readonly mismatches: readonly Finding[];
  /** Comparisons that said nothing, because rounding decides them. */
  readonly undecided: readonly Finding[];
  readonly comparisons: number;
}

/** Half of the programs have gradients among their values, so that what is emitted for them are second derivatives. */
export const recipes: fc.Arbitrary<Recipe> = fc.boolean().chain((gradients) => arbitraryRecipe({ gradients }));

/** The two ways in which a procedure is emitted. Either text runs on float64 and on float32 arrays. */
const emissions = [
  { name: "straight lines", unrollLimit: 100_000 },
  { name: "loops", unrollLimit: 0 },
] as const;

/** Checks the programs `from` … `to` − 1 of a seed. */
export async function runPrograms(
  seed: number,
  from: number,
  to: number,
  optimizers: readonly Optimizer[],
): Promise<Outcome> {
  const drawn = fc.sample(recipes, { seed, path: `${from}`, numRuns: to - from });
  return await runRecipes(drawn, optimizers, (k) => ({ seed, path: from + k }));
}

export async function runRecipes(
  drawn: readonly Recipe[],
  optimizers: readonly Optimizer[],
  place: (k: number) => { readonly seed: number; readonly path: number },
): Promise<Outcome> {
  const mismatches: Finding[] = [];
  const undecided: Finding[] = [];
  let comparisons = 0;
  const trials = drawn.map((recipe, k) => {
    const program = buildProgram(recipe);
    // One in three is trained too.
    const optimizer = optimizers[recipe.seed % (3 * optimizers.length)] ?? null;
    const record = (claim: string, judge: () => Verdict): void => {
      comparisons++;
      const verdict = attempt(judge);
      const finding = { ...place(k), claim };
      if (verdict.kind === "mismatch") mismatches.push({ ...finding, detail: verdict.detail });
      if (verdict.kind === "undecided") undecided.push({ ...finding, detail: verdict.detail });
    };
    return { trial: new Trial(program, recipe, modelOf(program, `M${k}`, optimizer)), record };
  });
  const compiled: { readonly procedures: readonly Procedure[]; readonly entry: (typeof trials)[number] }[] = [];
  for (const entry of trials) {
    const { trial, record } = entry;
    record("every pass leaves a sound graph", () => trial.soundness());
    record("optimised = unoptimised", () => trial.optimised());
    record("derivatives against differences and each other", () => trial.differences());
    record("a model compiles", () => {
      compiled.push({ procedures: deriveProcedures(trial.model, { inference: false }), entry });
      return agreed;
    });
  }
  for (const emission of emissions) {
    const running = await emitModels(
      compiled.map(({ procedures }) => procedures),
      emission,
    );
    for (const [k, { entry }] of compiled.entries()) {
      const { trial, record } = entry;
      record(`${emission.name}: nothing allocated`, () => allocation(running[k]!));
      for (const precision of ["f64", "f32"] as const) {
        const run = new Run(trial, running[k]!, precision);
        const way = `${emission.name}, ${precision}`;
        record(`${way}: emitted = interpreted`, () => run.values());
        record(`${way}: repeatable, inputs untouched`, () => run.repetition());
        if (trial.model.training !== null) record(`${way}: step = gradient, then update`, () => run.step());
      }
    }
  }
  return { programs: drawn.length, mismatches, undecided, comparisons };
}

export type Verdict =
  | { readonly kind: "agreed" }
  | { readonly kind: "mismatch"; readonly detail: string }
  | { readonly kind: "undecided"; readonly detail: string };

const agreed: Verdict = { kind: "agreed" };

/** Nothing in the text of the functions makes an object. */
function allocation({ text }: EmittedModel): Verdict {
  const code = text.replace(/\/\/.*$/gm, "");
  const found = /\bnew\b|=>|[=(,:]\s*\[|[=(,:]\s*\{|`|\.(slice|map|fill|subarray)\b/.exec(code);
  return found === null ? agreed : mismatch(`${found[0]} in\n${code}`);
}

function mismatch(detail: string): Verdict {
  return { kind: "mismatch", detail };
}

/** Nothing throws for a sound program. */
function attempt(judge: () => Verdict): Verdict {
  try {
    return judge();
  } catch (error) {
    return mismatch(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** One program with its numbers, rounded to float32 so that every precision starts from the same. */
class Trial {
  readonly program: RandomProgram;
  readonly model: Model;
  readonly values: ReadonlyMap<string, Float64Array>;
  readonly #seed: number;
  readonly #plain: Graph;
  readonly #asked: Graph;
  #reference: Reference | null = null;

  constructor(program: RandomProgram, recipe: Recipe, model: Model) {
    this.program = program;
    this.model = model;
    this.#seed = recipe.seed;
    this.values = new Map([...program.values].map(([name, x]) => [name, x.map(Math.fround)]));
    const { builder, loss, parameters } = program;
    this.#asked = {
      name: "Random",
      outputs: [
        { name: "loss", node: loss },
        ...model.outputs.map(({ name, node }) => ({ name, node })),
        ...parameters.map((node) => ({ name: `d_${node.name}`, node: builder.gradient(loss, node) })),
      ],
    };
    this.#plain = expandGradients(this.#asked);
  }

  get reference(): Reference {
    this.#reference ??= new Reference(this.#plain, this.read);
    return this.#reference;
  }

  readonly read = (node: InputNode): Float64Array => {
    const values = this.values.get(node.name);
    if (values === undefined) throw new RangeError(`no numbers for ${node.name}`);
    return values;
  };

  /** The verifier between passes. */
  soundness(): Verdict {
    verify(this.#asked);
    verify(this.#plain, { expanded: true });
    const result = runPipeline(this.#asked, { observe: (_, graph) => verify(graph) });
    verify(result, { expanded: true });
    return agreed;
  }

  optimised(): Verdict {
    return this.judge(interpret(runPipeline(this.#asked), this.read), precisions.f64);
  }

  /** Backward against central differences, forward mode against reverse, second order, along a random direction. */
  differences(): Verdict {
    const subject = subjectOf("Random", this.program.loss);
    const normal = normalStream(this.#seed);
    const raw = subject.variables.map(
      ({ name, shape }) => [name, Float64Array.from({ length: elementCount(shape) }, normal)] as const,
    );
    const length = Math.hypot(...raw.flatMap(([, x]) => [...x]));
    const direction = new Map(raw.map(([name, x]) => [name, x.map((component) => component / length)]));
    const verdict = checkPoint(subject, this.values, direction);
    switch (verdict.kind) {
      case "agree":
      case "undecided":
        return agreed;
      case "disagree":
        return mismatch(`${verdict.claim}: ${verdict.actual} instead of ${verdict.expected} ± ${verdict.tolerance}`);
    }
  }

  judge(actual: Results, precision: Precision): Verdict {
    const comparison = this.reference.compare(actual, precision);
    switch (comparison.kind) {
      case "equal":
        return agreed;
      case "undecided":
        return { kind: "undecided", detail: "" };
      case "mismatch": {
        const { result, index, actual: found, expected } = comparison.mismatch;
        return mismatch(`${result}[${index}] is ${found} instead of ${expected}`);
      }
    }
  }
}

/** A trial's functions as emitted in one way, on arrays of their own. The data holds two examples; the second is meant. */
class Run {
  readonly #trial: Trial;
  readonly #emitted: EmittedModel;
  readonly #kind: "f64" | "f32";
  /** What is read only: parameters, data by port, and the number of the example. */
  readonly #given: Readonly<Record<string, Argument>> & { readonly p: Float64Array | Float32Array };

  constructor(trial: Trial, emitted: EmittedModel, kind: "f64" | "f32") {
    this.#trial = trial;
    this.#emitted = emitted;
    this.#kind = kind;
    const { slots, size } = parameterLayout(trial.model);
    const p = this.#floats(size);
    for (const { parameter, offset } of slots) p.set(trial.read(parameter.node), offset);
    const data = portLayout(trial.model).map(({ port, array, size: count }) => {
      const twoExamples = new Float64Array(2 * count);
      twoExamples.set(trial.read(port.node), count);
      return [array, twoExamples] as const;
    });
    this.#given = { ...Object.fromEntries(data), p, n: 1 };
  }

  #floats(length: number): Float64Array | Float32Array {
    return this.#kind === "f64" ? new Float64Array(length) : new Float32Array(length);
  }

  /** Loss, outputs and gradients, through every function that computes them. */
  #results(): { readonly results: Results; readonly evaluated: number; readonly everything: readonly number[] } {
    const { model } = this.#trial;
    const outputs = outputLayout(model);
    const { slots, trainable } = parameterLayout(model);
    const out = this.#floats(2 * outputs.size);
    const grad = this.#floats(trainable);
    this.#emitted.call("forward", { ...this.#given, out });
    const evaluated = this.#emitted.call("evaluate", this.#given);
    const loss = this.#emitted.call("gradient", { ...this.#given, grad });
    const results = new Map<string, ArrayLike<number>>([["loss", [loss]]]);
    for (const { name, offset, size } of outputs.slots) {
      results.set(name, out.slice(outputs.size + offset, outputs.size + offset + size));
    }
    for (const { name, offset, size } of slots) results.set(`d_${name}`, grad.slice(offset, offset + size));
    return { results, evaluated, everything: [loss, evaluated, ...out, ...grad] };
  }

  values(): Verdict {
    const { results, evaluated } = this.#results();
    const precision = precisions[this.#kind];
    const verdict = this.#trial.judge(results, precision);
    if (verdict.kind === "mismatch") return verdict;
    return this.#trial.judge(new Map([...results, ["loss", [evaluated]]]), precision);
  }

  repetition(): Verdict {
    const arrays = Object.values(this.#given).filter((given) => typeof given !== "number");
    const before = arrays.map((array) => array.slice());
    const first = this.#results().everything;
    const again = this.#results().everything;
    const changed = again.findIndex((value, k) => !Object.is(value, first[k]));
    if (changed !== -1) return mismatch(`${first[changed]} at first, then ${again[changed]}`);
    const touched = arrays.some((array, a) => array.some((value, k) => !Object.is(value, before[a]?.[k])));
    return touched ? mismatch("an input was written to") : agreed;
  }

  /** `step` does what `gradient` and `update` do one after the other, from a state that is not the first. */
  step(): Verdict {
    const { model } = this.#trial;
    const { p } = this.#given;
    const state = this.#floats(stateLayout(model).size).map((_, k) => 0.25 + (k % 7) / 8);
    const grad = this.#floats(parameterLayout(model).trainable);
    const apart = { ...this.#given, p: p.slice(), state: state.slice(), grad, t: 3, examples: 1 };
    const loss = this.#emitted.call("gradient", apart);
    this.#emitted.call("update", apart);
    const atOnce = { ...this.#given, p: p.slice(), state: state.slice(), t: 3 };
    const before = this.#emitted.call("step", atOnce);
    if (grad.some((x) => x !== 0)) return mismatch("update left a gradient behind");
    const tolerance = this.#kind === "f64" ? 1e-9 : 1e-4;
    const expected = [loss, ...apart.p, ...apart.state];
    for (const [k, x] of [before, ...atOnce.p, ...atOnce.state].entries()) {
      const y = expected[k]!;
      if (!Number.isFinite(y) || Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y))) continue;
      return mismatch(`${x} after step, ${y} after gradient and update`);
    }
    return agreed;
  }
}
