/** Owns: what is claimed of a program's emitted functions. */

import { type Precision, precisions, type Results } from "@adjoint/check";
import {
  deriveProcedures,
  loadWasmTarget,
  outputLayout,
  type Procedure,
  parameterLayout,
  portLayout,
  stateLayout,
} from "@adjoint/compiler";
import { type Argument, type EmittedModel, emitModel } from "./emitted-models.ts";
import { agreed, type Claims, type Emittable, mismatch, type Trial, type Verdict } from "./trial.ts";
import { wasmModel } from "./wasm-models.ts";

/** The ways in which a procedure is emitted. */
const emissions = [
  { name: "straight lines", unrollLimit: 100_000 },
  { name: "loops", unrollLimit: 0 },
] as const;

export function claimOfEmissions(trials: readonly Emittable[], record: Claims): void {
  for (const trial of trials) {
    let procedures: readonly Procedure[] | null = null;
    record.claim(trial, "a model has procedures", () => {
      procedures = deriveProcedures(trial.model, { inference: false });
      return agreed;
    });
    if (procedures === null) continue;
    for (const { name, unrollLimit } of emissions) {
      for (const precision of ["f64", "f32"] as const)
        claimOfEmission(trial, procedures, name, unrollLimit, precision, record);
    }
  }
}

function claimOfEmission(
  trial: Emittable,
  procedures: readonly Procedure[],
  name: string,
  unrollLimit: number,
  precision: "f64" | "f32",
  record: Claims,
): void {
  const way = `${name}, ${precision}`;
  let emitted: EmittedModel | null = null;
  record.claim(trial, `${way}: nothing allocated`, () => {
    emitted = emitModel(procedures, { unrollLimit, precision });
    return allocation(emitted);
  });
  if (emitted === null) return;
  const run = new Run(trial, emitted, precision);
  record.claim(trial, `${way}: emitted = interpreted`, () => run.values());
  record.claim(trial, `${way}: repeatable, inputs untouched`, () => run.repetition());
  const hasStep = procedures.some((procedure) => procedure.name === "step");
  if (hasStep) record.claim(trial, `${way}: step = gradient, then update`, () => run.step());
}

/** The ways in which a model becomes WebAssembly: elements, examples worked on at once, and how many programs take it. */
const networks = [
  { precision: "f32", block: 4, oneIn: 1 },
  { precision: "f64", block: 1, oneIn: 4 },
] as const;

export async function claimOfNetworks(trials: readonly Trial[], record: Claims): Promise<void> {
  const target = await loadWasmTarget();
  for (const trial of trials) {
    for (const { precision, block, oneIn } of networks) {
      if (trial.place.path % oneIn !== 0) continue;
      const way = `WebAssembly, ${precision}, ${block} at once`;
      let emitted: EmittedModel | null = null;
      record.claim(trial, `${way}: there is a network`, () => {
        emitted = wasmModel(target, trial.model, precision, block);
        return agreed;
      });
      if (emitted === null) continue;
      const run = new Run(trial, emitted, precision, precision === "f64" ? precisions.f64 : precisions.single);
      record.claim(trial, `${way}: emitted = interpreted`, () => run.values());
      record.claim(trial, `${way}: repeatable, inputs untouched`, () => run.repetition());
      if (trial.model.training !== null) {
        record.claim(trial, `${way}: step = gradient, then update`, () => run.step());
      }
    }
  }
}

/** Nothing in the text of the functions makes an object. */
function allocation({ text }: EmittedModel): Verdict {
  const code = text.replace(/\/\/.*$/gm, "");
  const found = /\bnew\b|=>|[=(,:]\s*\[|[=(,:]\s*\{|`|\.(slice|map|fill|subarray)\b/.exec(code);
  return found === null ? agreed : mismatch(`${found[0]} in\n${code}`);
}

/**
 * A trial's functions as emitted in one way, on arrays of their own. The data begins with an example that is not meant;
 * the one that is, or the batch, comes after it.
 */
class Run {
  readonly #trial: Emittable;
  readonly #emitted: EmittedModel;
  readonly #kind: "f64" | "f32";
  readonly #precision: Precision;
  /** What is read only: parameters, data by port, and the number of the example. */
  readonly #given: Readonly<Record<string, Argument>> & { readonly p: Float64Array | Float32Array };

  constructor(trial: Emittable, emitted: EmittedModel, kind: "f64" | "f32", precision: Precision = precisions[kind]) {
    this.#precision = precision;
    this.#trial = trial;
    this.#emitted = emitted;
    this.#kind = kind;
    const { slots, size } = parameterLayout(trial.model);
    const p = this.#floats(size);
    for (const { parameter, offset } of slots) p.set(trial.read(parameter.node), offset);
    const data = portLayout(trial.model).map(({ port, array, size: count }) => {
      const own = trial.read(port.node);
      const examples = new Float64Array(count + own.length);
      examples.set(own, count);
      return [array, examples] as const;
    });
    this.#given = { ...Object.fromEntries(data), p, n: 1, examples: trial.examples ?? 1 };
  }

  #floats(length: number): Float64Array | Float32Array {
    return this.#kind === "f64" ? new Float64Array(length) : new Float32Array(length);
  }

  /** Loss, outputs and gradients, through every function that computes them. */
  #results(): { readonly results: Results; readonly evaluated: number; readonly everything: readonly number[] } {
    const { model } = this.#trial;
    const outputs = outputLayout(model);
    const { slots, trainable } = parameterLayout(model);
    const rows = model.coupling?.size ?? 1;
    const out = this.#floats((1 + rows) * outputs.size);
    const grad = this.#floats(trainable);
    this.#emitted.call("forward", { ...this.#given, out });
    const evaluated = this.#emitted.call("evaluate", this.#given);
    const loss = this.#emitted.call("gradient", { ...this.#given, grad });
    const results = new Map<string, ArrayLike<number>>([["loss", [loss]]]);
    for (const { name, offset, size } of outputs.slots) {
      // Of a batch, nobody asks for what does not count.
      const counted = (this.#trial.examples ?? 1) * size;
      const answered = Array.from({ length: rows }, (_, k) => {
        const first = (1 + k) * outputs.size + offset;
        return [...out.subarray(first, first + size)];
      }).flat();
      const unasked = Array.from(this.#trial.reference.results.get(name) ?? []).slice(counted);
      results.set(name, [...answered.slice(0, counted), ...unasked]);
    }
    for (const { name, offset, size } of slots) results.set(`d_${name}`, grad.slice(offset, offset + size));
    return { results, evaluated, everything: [loss, evaluated, ...out, ...grad] };
  }

  values(): Verdict {
    const { results, evaluated } = this.#results();
    const precision = this.#precision;
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
    const apart = { ...this.#given, p: p.slice(), state: state.slice(), grad, t: 3 };
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
