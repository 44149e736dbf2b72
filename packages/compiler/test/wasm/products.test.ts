/** Products that are added to: where they are in a module, and that fusing them is right where the engine can. */

import { WasmCode } from "@adjoint/runtime";
import { describe, expect, test } from "vitest";
import { loadWasmTarget } from "../../src/targets/wasm/assembler.ts";
import { emitWasm } from "../../src/targets/wasm/emit.ts";
import { findProducts } from "../../src/targets/wasm/find-products.ts";
import { walkInstructions } from "../../src/targets/wasm/walk-instructions.ts";
import { fixtures } from "../target/fixtures.ts";
import { expected } from "../target/run-emitted.ts";
import { allowRelaxedSimd, hasRelaxedSimd } from "./relaxed-simd.ts";
import { actualInWasm } from "./run-wasm.ts";

const target = await loadWasmTarget();
const { assembler: b } = target;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const codeOf = (code: { readonly binary: Uint8Array; readonly products: Uint8Array }): WasmCode =>
  new WasmCode(hex(code.binary), hex(code.products));

const isOld = !hasRelaxedSimd();
const untouched = isOld ? await codeOf(moduleOf("(local.get $c)")).ready() : null;
allowRelaxedSimd();

/** f(a, b, c) = ab + `summand`, of four float32 each, that lie in memory from 0; the result lies behind them. */
function moduleOf(summand: string, type: "f32x4" | "f64x2" = "f32x4") {
  const text = `(module (memory (export "memory") 1) (global $g v128 (v128.const i64x2 0 0))
    (func (export "f") (local $a v128) (local $b v128) (local $c v128) (local $i i32)
      (local.set $a (v128.load (i32.const 0)))
      (local.set $b (v128.load (i32.const 16)))
      (local.set $c (v128.load (i32.const 32)))
      (v128.store (i32.const 48) (${type}.add (${type}.mul (local.get $a) (local.get $b)) ${summand}))))`;
  const m = b.parseText(text);
  m.setFeatures(b.Features.MVP | b.Features.SIMD128);
  const binary = m.emitBinary();
  m.dispose();
  return { binary, products: findProducts(binary) };
}

/** Gaps as offsets. */
function offsetsOf(products: Uint8Array): readonly number[] {
  let at = 0;
  return [...products].flatMap((gap) => {
    at += gap;
    return gap === 255 ? [] : [at];
  });
}

describe("a module's products that are added to", () => {
  test.each([
    ["a local variable", "(local.get $c)", true],
    ["a constant", "(v128.const f32x4 1 2 3 4)", true],
    [
      "what an address names",
      "(v128.load offset=32 (i32.add (local.get $i) (i32.shl (local.get $i) (i32.const 4))))",
      true,
    ],
    ["a number in every lane", "(f32x4.splat (f32.load (i32.const 32)))", true],
    ["another product", "(f32x4.mul (local.get $c) (local.get $c))", true],
    ["what a call may have changed", "(global.get $g)", false],
  ])("%s", (_, summand, isFound) => {
    const { binary, products } = moduleOf(summand);
    const offsets = offsetsOf(products);
    expect(offsets.length).toBe(isFound ? 2 : 0);
    const [body = []] = walkInstructions(binary);
    const opcodes = body.filter(({ start }) => offsets.includes(start)).map(({ opcode }) => opcode);
    expect(opcodes).toEqual(isFound ? [0xfde6, 0xfde4] : []);
  });

  test("a sum of products is a chain: each waits for the sum of those behind it", () => {
    const { binary, products } = moduleOf("(f32x4.add (f32x4.mul (local.get $c) (local.get $a)) (local.get $b))");
    const offsets = offsetsOf(products);
    const [body = []] = walkInstructions(binary);
    const opcodes = body.filter(({ start }) => offsets.includes(start)).map(({ opcode }) => opcode);
    expect(opcodes).toEqual([0xfde6, 0xfde6, 0xfde4, 0xfde4]);
  });

  test("a product that something else is done with stays one", () => {
    const text = `(module (func (param $a v128) (param $b v128) (result v128) (local $t v128)
      (f32x4.add (local.tee $t (f32x4.mul (local.get $a) (local.get $b))) (local.get $a)))
      (func (param $a v128) (param $b v128) (result v128)
      (f32x4.add (local.get $a) (f32x4.mul (local.get $a) (local.get $b))))
      (func (param $a v128) (param $b v128) (result v128)
      (f64x2.add (f32x4.mul (local.get $a) (local.get $b)) (local.get $a))))`;
    const m = b.parseText(text);
    m.setFeatures(b.Features.MVP | b.Features.SIMD128);
    expect([...findProducts(m.emitBinary())]).toEqual([]);
    m.dispose();
  });

  test("gaps of any size are told", () => {
    const filler = (n: number): string => "(drop (i32.const 1))".repeat(n);
    const product = "(drop (f32x4.add (f32x4.mul (local.get 0) (local.get 0)) (local.get 0)))";
    for (const n of [0, 80, 81, 82, 83, 84, 85, 170, 1000]) {
      const m = b.parseText(`(module (func (param v128) ${product} ${filler(n)} ${product}))`);
      m.setFeatures(b.Features.MVP | b.Features.SIMD128);
      const binary = m.emitBinary();
      m.dispose();
      const found = offsetsOf(findProducts(binary));
      const [body = []] = walkInstructions(binary);
      const wanted = body.filter(({ opcode }) => opcode === 0xfde6 || opcode === 0xfde4).map(({ start }) => start);
      expect(found, `${n} between them`).toEqual(wanted);
    }
  });

  test("every body ends where its size says, and an instruction that nobody knows is refused", () => {
    for (const [, make] of fixtures) {
      const { procedure, arrays } = make();
      const sizes = new Map([...arrays].map(([name, { length }]) => [name, length]));
      const { binary } = emitWasm(target, [procedure], { precision: "f32", arrays: sizes });
      for (const body of walkInstructions(binary)) expect(body.at(-1)?.opcode).toBe(0x0b);
    }
    const m = b.parseText("(module (table 1 funcref) (func (call_indirect (i32.const 0))))");
    const binary = m.emitBinary();
    m.dispose();
    expect(() => walkInstructions(binary)).toThrow("0x11");
  });
});

describe("fusing them", () => {
  test("is left where the engine cannot, or where it is not wanted", async () => {
    if (isOld) expect(untouched).toEqual({ fused: false });
    const code = codeOf(moduleOf("(local.get $c)"));
    expect(await code.ready({ fused: false })).toEqual({ fused: false });
    expect(await code.ready()).toEqual({ fused: true });
    expect(await codeOf(moduleOf("(global.get $g)")).ready()).toEqual({ fused: false });
  });

  test.each([
    ["f32x4", Float32Array, Math.fround],
    ["f64x2", Float64Array, (x: number) => x],
  ] as const)("%s: rounds once, or, on a processor without it, as before", (type, Floats, round) => {
    const { module } = codeOf(moduleOf("(local.get $c)", type));
    const { exports } = new WebAssembly.Instance(module);
    const { memory, f } = exports;
    if (!(memory instanceof WebAssembly.Memory) || typeof f !== "function") throw new Error("two exports");
    // (1 + e)(1 − e) − 1 = −e², of which nothing is left where the product is rounded.
    const e = type === "f32x4" ? 2 ** -20 : 2 ** -40;
    const lanes = 16 / Floats.BYTES_PER_ELEMENT;
    const numbers = new Floats(memory.buffer, 0, 4 * lanes);
    numbers
      .fill(1 + e, 0, lanes)
      .fill(1 - e, lanes, 2 * lanes)
      .fill(-1, 2 * lanes, 3 * lanes);
    f();
    const results = new Set(numbers.subarray(3 * lanes));
    expect(results.size).toBe(1);
    expect([round(-e * e), 0]).toContain([...results][0]);
  });

  describe.each([
    ["f64", 1e-11],
    ["f32", 2e-5],
  ] as const)("in %s, procedures do what the interpreter says", (precision, tolerance) => {
    test.each(fixtures)("%s", (_name, make) => {
      const { procedure, arrays, values } = make();
      const rounded = new Map([...arrays].map(([name, array]) => [name, array.map(Math.fround)]));
      const should = expected(procedure, rounded, values);
      const does = actualInWasm(target, procedure, rounded, values, precision, "fused");
      for (const [name, array] of should.after) {
        array.forEach((wanted, k) => {
          const found = does.after.get(name)?.[k] ?? Number.NaN;
          if (!Number.isFinite(wanted)) expect(found, name).toEqual(wanted);
          else expect(Math.abs(found - wanted) / Math.max(1, Math.abs(wanted)), name).toBeLessThan(tolerance);
        });
      }
    });
  });
});
