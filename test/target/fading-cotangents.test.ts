/** What fades away on its way through a recurrence ends before it becomes subnormal in float32, and nothing else does. */

import { loadWasmTarget, profileNetwork } from "@adjoint/compiler";
import { WasmCode } from "@adjoint/runtime";
import { expect, test } from "vitest";
import { programOf } from "../properties/support/networks.ts";

const target = await loadWasmTarget();
const steps = 200;

/** ∂loss/∂s[t] = ½^(steps − 1 − t) · ∂loss/∂o, and that is 1 where y is −½. */
const page = `model Fading {
  input  x[1]
  target y[1]
  param s[${steps}, 1] ~ zeros
  scan t {
    carry h[1] = 0
    h <- 0.5 * h + s[t, ..] * x
  }
  o = h[${steps - 1}, ..]
  loss mse(o, y)
  train { optimizer sgd(rate: 0.1)  batch 1 }
}`;

async function gradientFor(y: number, precision: "f32" | "f64"): Promise<readonly number[]> {
  const [model] = programOf(page).models;
  if (model === undefined) throw new Error("the page has no model");
  const network = profileNetwork(target, model, { precision });
  const code = new WasmCode(Buffer.from(network.binary).toString("hex"), "");
  const memory = new WebAssembly.Memory({ initial: network.pages, maximum: network.pages });
  const view = ([at, length]: readonly [number, number]) =>
    precision === "f32" ? new Float32Array(memory.buffer, at, length) : new Float64Array(memory.buffer, at, length);
  const [x, label] = network.columns;
  if (x === undefined || label === undefined) throw new Error("an input and a target");
  view(x).fill(1);
  view(label).fill(y);
  const { gradient } = new WebAssembly.Instance(code.module, { memory: { memory }, math: {} }).exports;
  if (typeof gradient !== "function") throw new Error("no gradient");
  gradient(1);
  return [...view(network.grad)];
}

const truth = Array.from({ length: steps }, (_, t) => 0.5 ** (steps - 1 - t));

test("in float32 a cotangent is what it is as far as 2⁻¹⁰², and then 0", async () => {
  const found = await gradientFor(-0.5, "f32");
  expect(found[0]).toBe(0);
  for (const [t, value] of found.entries()) {
    const whole = truth[t] ?? Number.NaN;
    if (whole >= 2 ** -102 || value !== 0) expect(value, `step ${t}`).toBe(whole);
    else expect(whole, `step ${t}`).toBeLessThan(2 ** -102);
    expect(value === 0 || value >= 2 ** -126, `step ${t} is subnormal`).toBe(true);
  }
});

test("what is no number, or infinite, is carried on", async () => {
  expect((await gradientFor(Number.NaN, "f32")).every(Number.isNaN)).toBe(true);
  const infinite = await gradientFor(Number.NEGATIVE_INFINITY, "f32");
  expect(infinite.every((value) => value === Number.POSITIVE_INFINITY)).toBe(true);
});

test("in float64 nothing is taken away", async () => {
  expect(await gradientFor(-0.5, "f64")).toEqual(truth);
});
