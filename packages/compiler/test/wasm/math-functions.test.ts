/** Owns: how far the elementary functions that modules carry are from the truth, over all floats there are. */

import { scalarFunctions } from "@adjoint/ir";
import { WasmCode } from "@adjoint/runtime";
import { afterAll, describe, expect, test } from "vitest";
import { loadWasmTarget } from "../../src/targets/wasm/assembler.ts";
import { ConstantPool } from "../../src/targets/wasm/constant-pool.ts";
import { findProducts } from "../../src/targets/wasm/find-products.ts";
import { type FloatCode, type FloatName, scalarCode, vectorCode } from "../../src/targets/wasm/float-code.ts";
import { FunctionBuilder } from "../../src/targets/wasm/function-builder.ts";
import { FunctionLibrary } from "../../src/targets/wasm/function-library.ts";
import { type MathName, mathNames } from "../../src/targets/wasm/math-functions.ts";
import { allowRelaxedSimd } from "./relaxed-simd.ts";

const { assembler: b } = await loadWasmTarget();
allowRelaxedSimd();
const count = 1 << 16;

type Way = "a float at a time" | "a vector at a time" | "vectors, products fused";

/** `name` over `count` floats in memory, in place. */
function compiled(name: MathName, precision: FloatName, way: Way) {
  const m = new b.Module();
  m.setFeatures(b.Features.All);
  m.setMemory(16, 16);
  const constants = new ConstantPool(count * 8);
  const code: FloatCode = (way === "a float at a time" ? scalarCode : vectorCode)(b, m, precision);
  const builder = new FunctionBuilder(b, m);
  const [at, end] = [builder.parameter(b.i32), builder.parameter(b.i32)];
  const value = new FunctionLibrary(b, m, constants).call(name, code, [code.load(0, at.get())]);
  const next = at.set(m.i32.add(at.get(), m.i32.const(code.lanes * code.bytes)));
  const again = m.br_if("each", m.i32.lt_u(at.get(), end.get()));
  builder.finish("run", b.none, m.loop("each", m.block(null, [code.store(0, at.get(), value), next, again])));
  m.addFunctionExport("run", "run");
  m.setMemory(16, 16, "memory", constants.segments(m));
  const binary = m.emitBinary();
  m.dispose();
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const { module } = new WasmCode(hex(binary), way === "vectors, products fused" ? hex(findProducts(binary)) : "");
  const { exports } = new WebAssembly.Instance(module);
  const { memory, run } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== "function") throw new Error("two exports");
  const floats =
    precision === "f32" ? new Float32Array(memory.buffer, 0, count) : new Float64Array(memory.buffer, 0, count);
  return { floats, run: () => run(0, count * code.bytes) };
}

/** Floats of both signs and every exponent, evenly in their bits; what is special; and many close to 0 and around 1. */
function arguments_(precision: FloatName): Float64Array {
  const special = [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    2,
    1 / 3,
    Math.PI,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  const values = new Float64Array(count);
  const bits = new DataView(new ArrayBuffer(8));
  const step = 2 ** 32 / (count / 2);
  for (let k = 0; k < count / 2; k++) {
    bits.setUint32(0, Math.floor(k * step + 7 * k) % 2 ** 32);
    bits.setUint32(4, Math.imul(k, 0x9e3779b1) >>> 0);
    values[k] = precision === "f32" ? bits.getFloat32(0) : bits.getFloat64(0);
    // The other half where functions turn: evenly from −20 to 20.
    values[count / 2 + k] = precision === "f32" ? Math.fround(-20 + (k * 80) / count) : -20 + (k * 80) / count;
  }
  values.set(special);
  return values;
}

/** The distance to the next float of a number's size. */
function unit(value: number, precision: FloatName): number {
  const [places, least] = precision === "f32" ? [23, -126] : [52, -1022];
  return 2 ** (Math.max(least, Math.floor(Math.log2(Math.abs(value)))) - places);
}

/**
 * Errors in units of the last place; where results are too small for normal numbers, of those. That of erf in float64 is
 * the series' that it is held against. Beside that, what comes of an e^x below √2 times the smallest normal number may be 0.
 */
const bounds: Readonly<Record<MathName, { readonly f32: number; readonly f64: number }>> = {
  exp: { f32: 1.5, f64: 2 },
  expm1: { f32: 2, f64: 2 },
  log: { f32: 1, f64: 2 },
  log1p: { f32: 2, f64: 3 },
  tanh: { f32: 2.6, f64: 3 },
  erf: { f32: 1, f64: 8 },
  logistic: { f32: 2.5, f64: 3 },
  log1pexp: { f32: 2, f64: 3 },
  sign: { f32: 0, f64: 0 },
  round: { f32: 0, f64: 0 },
};

const madeOfExponentials: ReadonlySet<MathName> = new Set(["exp", "logistic", "log1pexp"]);

/** Whether 0 is as good as the truth. */
function isNothing(name: MathName, truth: number, precision: FloatName): boolean {
  return madeOfExponentials.has(name) && truth < Math.SQRT2 * 2 ** (precision === "f32" ? -126 : -1022);
}

/** The interpreter's functions are right to a unit or two, but for what they leave out: e^(−x) may overflow. */
function truthOf(name: MathName, x: number): number {
  return name === "logistic" && x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : scalarFunctions[name].value(x);
}

const found = Object.fromEntries(mathNames.map((name) => [name, { f32: "", f64: "" }]));
afterAll(() => console.table(found));

describe.each(["f32", "f64"] as const)("in %s", (precision) => {
  const given = arguments_(precision);
  test.each(mathNames)("%s", (name) => {
    const narrow = compiled(name, precision, "a float at a time");
    const wide = compiled(name, precision, "a vector at a time");
    const fused = compiled(name, precision, "vectors, products fused");
    for (const { floats, run } of [narrow, wide, fused]) {
      floats.set(given);
      run();
    }
    const largest = precision === "f32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
    const worst = { narrow: 0, fused: 0 };
    let where = 0;
    for (const [k, x] of given.entries()) {
      if (!Object.is(narrow.floats[k], wide.floats[k])) {
        expect(wide.floats[k], `${name}(${x}) in a vector`).toBe(narrow.floats[k]);
      }
      const truth = truthOf(name, x);
      for (const [way, { floats }] of [
        ["narrow", narrow],
        ["fused", fused],
      ] as const) {
        const y = floats[k] ?? Number.NaN;
        if (Number.isNaN(truth) ? Number.isNaN(y) : y === truth) continue;
        if (y === 0 && isNothing(name, truth, precision)) continue;
        const error = Number.isNaN(y - truth) ? Number.POSITIVE_INFINITY : Math.abs(y - truth) / unit(truth, precision);
        // Where the truth is about to overflow, infinity is as good.
        if (Math.abs(truth) >= largest && Math.abs(y) === Number.POSITIVE_INFINITY) continue;
        if (error <= worst[way]) continue;
        worst[way] = error;
        if (way === "narrow") where = x;
      }
    }
    Object.assign(found[name] ?? {}, {
      [precision]: `${worst.narrow.toFixed(2)} ulp at ${where}, fused ${worst.fused.toFixed(2)}`,
    });
    expect(worst.narrow, `${name}(${where})`).toBeLessThanOrEqual(bounds[name][precision]);
    expect(worst.fused, `${name}, fused`).toBeLessThanOrEqual(bounds[name][precision]);
  });

  // Rounding must not lead beyond a limit, or back from it.
  test.each([
    { name: "tanh", least: -1 },
    { name: "erf", least: -1 },
    { name: "logistic", least: 0 },
  ] as const)("$name reaches its limits and stays there", ({ name, least }) => {
    const far = precision === "f32" ? { up: 20, down: -95 } : { up: 40, down: -750 };
    for (const way of ["a float at a time", "a vector at a time", "vectors, products fused"] as const) {
      const { floats, run } = compiled(name, precision, way);
      floats.set(given);
      run();
      const wrong = [...given.entries()].filter(([k, x]) => {
        const y = floats[k] ?? Number.NaN;
        if (x >= far.up) return y !== 1;
        if (x <= far.down) return y !== least;
        if (least < 0 && x === 0) return !Object.is(y, x);
        return y > 1 || y < least;
      });
      expect(wrong.map(([, x]) => x)).toEqual([]);
    }
  });
});
