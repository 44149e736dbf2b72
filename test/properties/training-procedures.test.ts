/**
 * Owns: what `update` and `step` do where optimizers are several, chained, scheduled, or know a whole tensor or network:
 * parameters of each in stretches of their own, reductions before what they enter, in straight lines and in loops.
 */

import { deriveProcedures, loadWasmTarget } from "@adjoint/compiler";
import { expect, test } from "vitest";
import { stateLayout } from "../../packages/compiler/src/derive/layout.ts";
import { actualInWasm } from "../../packages/compiler/test/wasm/run-wasm.ts";
import { emitModel } from "./support/emitted-models.ts";
import { programOf } from "./support/networks.ts";

const page = (train: string): string => `
// Divides by the norm of the tensor, and subtracts the mean gradient of all.
optimizer relative(rate) {
  state v ~ ones
  norm = sqrt(sum[tensor](g^2))
  g <- g / norm - mean[network](g)
  v <- v + g
  w <- w - rate * v
}
model M {
  input x
  param a[2, 3] ~ normal
  param b[2]    ~ normal
  param c       ~ normal
  param d[4]    ~ normal
  h[i] = tanh(sum[j](a[i, j] * (j + x))) + b[i]
  loss sum[i](h[i]^2) + c * h[0] + sum[i](d[i] * x)^2
  train { ${train} }
}`;

const names = ["a", "b", "c", "d"];
const sizes: Readonly<Record<string, number>> = { a: 6, b: 2, c: 1, d: 4 };

/** Flat parameters by name, and what is left of the gradient. */
type Tensors = Record<string, number[]>;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const squares = (values: readonly number[]): number => sum(values.map((value) => value * value));

/** The rules by hand, on whole tensors. */
const rules: Readonly<
  Record<string, { readonly train: string; readonly step: (w: Tensors, g: Tensors, s: Tensors, t: number) => void }>
> = {
  "a norm of the network": {
    train: "optimizer clip_norm(0.5), sgd(rate: 0.1)",
    step: (w, g) => {
      const norm = Math.sqrt(sum(names.map((name) => squares(g[name]!))));
      for (const name of names)
        w[name] = w[name]!.map((each, k) => each - (0.1 * g[name]![k]! * 0.5) / Math.max(norm, 0.5));
    },
  },
  "a statistic of each tensor and a later one of the network": {
    train: "optimizer relative(rate: 0.1 / t)",
    step: (w, g, s, t) => {
      const mean = sum(names.map((name) => sum(g[name]!))) / 13;
      for (const name of names) {
        const norm = Math.sqrt(squares(g[name]!));
        s[name] = (s[name] ?? g[name]!.map(() => 1)).map((v, k) => v + g[name]![k]! / norm - mean);
        w[name] = w[name]!.map((each, k) => each - (0.1 / t) * s[name]![k]!);
      }
    },
  },
  "groups that lie apart in the page, and what is frozen": {
    train: 'optimizer relative(rate: 0.1) for "b", "d" optimizer momentum(rate: 0.2, momentum: 0.5) frozen "c"',
    step: (w, g, s) => {
      const mean = (sum(g["b"]!) + sum(g["d"]!)) / 6;
      for (const name of ["b", "d"]) {
        const norm = Math.sqrt(squares(g[name]!));
        s[name] = (s[name] ?? g[name]!.map(() => 1)).map((v, k) => v + g[name]![k]! / norm - mean);
        w[name] = w[name]!.map((each, k) => each - 0.1 * s[name]![k]!);
      }
      s["a"] = (s["a"] ?? g["a"]!.map(() => 0)).map((v, k) => 0.5 * v - 0.2 * g["a"]![k]!);
      w["a"] = w["a"]!.map((each, k) => each + s["a"]![k]!);
    },
  },
};

const cases = Object.entries(rules).flatMap(([title, rule]) =>
  [100_000, 0].map((unrollLimit) => [title, unrollLimit, rule] as const),
);

test.each(cases)("%s, unrolled up to %i", async (_, unrollLimit, { train, step }) => {
  const [model] = programOf(page(train)).models;
  const procedures = deriveProcedures(model!, { inference: false });
  const emitted = emitModel(procedures, { unrollLimit });
  const frozen = new Set(model!.parameters.filter((each) => each.frozen).map(({ name }) => name));
  // Where each lies: those of one optimizer together, in the order of the page.
  const grouped = model!.training!.groups.flatMap(({ parameters }) => parameters);
  const offsets = new Map<string, number>();
  let at = 0;
  for (const name of [...grouped, ...frozen]) {
    offsets.set(name, at);
    at += sizes[name]!;
  }
  const trained = at - sum([...frozen].map((name) => sizes[name]!));
  const read = (array: Float64Array): Tensors =>
    Object.fromEntries(
      names.map((name) => [name, [...array.slice(offsets.get(name)!, offsets.get(name)! + sizes[name]!)]]),
    );

  const start = Float64Array.from({ length: 13 }, (_, k) => Math.sin(3 * k + 1));
  const x = Float64Array.of(0.7, -0.4, 1.1, 0.2);
  for (const procedure of ["update", "step"] as const) {
    const p = start.slice();
    const state = new Float64Array(stateLayout(model!).size);
    if (state.length > 0) emitted.call("initializeState", { state });
    const expected = read(start);
    const states: Tensors = {};
    for (let t = 1; t <= 6; t++) {
      const grad = new Float64Array(trained);
      const examples = procedure === "step" ? 1 : 2;
      for (let n = 0; n < examples; n++) emitted.call("gradient", { p, x, grad, n: (t + n) % 4 });
      const mean = read(grad.map((each) => each / examples));
      if (procedure === "update") {
        emitted.call("update", { p, grad, state, t, examples });
        expect([...grad]).toEqual(new Array(trained).fill(0));
      } else emitted.call("step", { p, x, state, t, n: t % 4 });
      step(expected, mean, states, t);
      const now = read(p);
      for (const name of names) {
        for (const [k, each] of now[name]!.entries()) expect(each).toBeCloseTo(expected[name]![k]!, 11);
      }
    }
  }
});

test.each(Object.entries(rules))("%s, as WebAssembly", async (_, { train }) => {
  const [model] = programOf(page(train)).models;
  const procedures = deriveProcedures(model!, { inference: false });
  const emitted = emitModel(procedures, { unrollLimit: 0 });
  const target = await loadWasmTarget();
  const update = procedures.find(({ name }) => name === "update")!;
  const size = stateLayout(model!).size;
  const numbers = (count: number, seed: number) =>
    Float64Array.from({ length: count }, (_, k) => Math.sin(seed + 7 * k));
  const arrays = { p: numbers(13, 1), grad: numbers(13, 2), state: numbers(size, 3) };
  const wasm = actualInWasm(target, update, new Map(Object.entries(arrays)), { n: 0, t: 3, examples: 2 }, "f64");
  emitted.call("update", { ...arrays, t: 3, examples: 2 });
  for (const [name, array] of Object.entries(arrays)) {
    for (const [k, each] of array.entries()) expect(wasm.after.get(name)?.[k]).toBeCloseTo(each, 12);
  }
});
