/**
 * Owns: the runtime's random numbers as WebAssembly, bit for bit: `random.ts` there says what they are. They are made of
 * whole numbers and of + − × ÷ √, which must not be fused. Draws k and k + 1 of a stream are one vector.
 */

import type { Assembler, Assembly, Code } from "./assembler.ts";
import { FunctionBuilder } from "./function-builder.ts";

/** Bits by which the rounds of Threefry-2×32 rotate, again and again; after every fourth the key is injected. */
const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
const parity = 0x1bd11bda;
const attemptTag = 1 << 21;

/** Adds a function of the seed's two words, a stream and k (i32): draws k and k + 1 of `uniform` (f64x2). */
export function defineUniform(assembler: Assembler, m: Assembly, name: string): void {
  const { v128 } = assembler;
  const { builder, low, high, stream, k } = drawingFunction(assembler, m);
  const a = builder.local(v128);
  const b = builder.local(v128);
  const key = [builder.local(v128), builder.local(v128), builder.local(v128)];
  const word = (j: number): Code => key[j % 3]?.get() ?? 0;
  const words = (...values: readonly number[]): Code => m.v128.const(bytesOf(Int32Array.from(values)));
  const doubles = (value: number): Code => m.v128.const(bytesOf(Float64Array.of(value, value)));

  const keys = [low.get(), high.get(), m.i32.xor(m.i32.xor(low.get(), high.get()), m.i32.const(parity))];
  const statements = keys.flatMap((value, j) => key[j]?.set(m.i32x4.splat(value)) ?? []);
  statements.push(
    a.set(m.i32x4.add(m.i32x4.add(m.i32x4.splat(k.get()), words(0, 1, 0, 0)), word(0))),
    b.set(m.i32x4.add(m.i32x4.splat(stream.get()), word(1))),
  );
  for (let round = 0; round < 20; round++) {
    const by = rotations[round % 8] ?? 0;
    const rotated = m.v128.or(m.i32x4.shl(b.get(), m.i32.const(by)), m.i32x4.shr_u(b.get(), m.i32.const(32 - by)));
    statements.push(a.set(m.i32x4.add(a.get(), b.get())), b.set(m.v128.xor(rotated, a.get())));
    if (round % 4 < 3) continue;
    const injection = (round + 1) / 4;
    const count = words(injection, injection, injection, injection);
    statements.push(a.set(m.i32x4.add(a.get(), word(injection))));
    statements.push(b.set(m.i32x4.add(m.i32x4.add(b.get(), word(injection + 1)), count)));
  }
  // The first 26 bits of one word, then 27 of the other, as a fraction: exact, each of the three operations.
  const upper = m.f64x2.convert_low_i32x4_u(m.i32x4.shr_u(a.get(), m.i32.const(6)));
  const lower = m.f64x2.convert_low_i32x4_u(m.i32x4.shr_u(b.get(), m.i32.const(5)));
  const drawn = m.f64x2.add(m.f64x2.mul(upper, doubles(2 ** -26)), m.f64x2.mul(lower, doubles(2 ** -53)));
  builder.finish(name, v128, m.block(null, [...statements, drawn], v128));
}

/** The same of `normal`, by the function for an even k. */
export function defineNormal(assembler: Assembler, m: Assembly, name: string, even: string): void {
  const { v128 } = assembler;
  const { builder, low, high, stream, k } = drawingFunction(assembler, m);
  const pair = (first: Code): Code => m.call(even, [low.get(), high.get(), stream.get(), first], v128);
  // The second of one point and the first of the next.
  const [before, behind] = [m.i32.sub(k.get(), m.i32.const(1)), m.i32.add(k.get(), m.i32.const(1))];
  const lanes = Array.from({ length: 16 }, (_, byte) => byte + 8);
  const across = m.i8x16.shuffle(pair(before), pair(behind), lanes);
  builder.finish(name, v128, m.if(m.i32.and(k.get(), m.i32.const(1)), across, pair(k.get())));
}

/** The same of `normal` for an even k: both coordinates of a point. */
export function defineEvenNormal(assembler: Assembler, m: Assembly, name: string, uniform: string): void {
  const { f64, v128 } = assembler;
  const { builder, low, high, stream, k } = drawingFunction(assembler, m);
  const point = builder.local(v128);
  const s = builder.local(f64);
  const fraction = builder.local(f64);
  const exponent = builder.local(f64);
  const t = builder.local(f64);
  const sum = builder.local(f64);
  const number = (value: number): Code => m.f64.const(value);
  const squared = (lane: number): Code =>
    m.f64.mul(m.f64x2.extract_lane(point.get(), lane), m.f64x2.extract_lane(point.get(), lane));

  // A point of the square (−1, 1)², and the next one unless it lies in the disc.
  const drawn = m.call(uniform, [low.get(), high.get(), stream.get(), k.get()], v128);
  const onSquare = m.f64x2.sub(m.f64x2.mul(drawn, m.f64x2.splat(number(2))), m.f64x2.splat(number(1)));
  const isInside = m.i32.and(m.f64.gt(s.get(), number(0)), m.f64.lt(s.get(), number(1)));
  const attempt = m.block("attempt", [
    point.set(onSquare),
    s.set(m.f64.add(squared(0), squared(1))),
    m.br_if("inside", isInside),
    high.set(m.i32.add(high.get(), m.i32.const(attemptTag))),
    m.br("again"),
  ]);
  const statements = [m.block("inside", [m.loop("again", attempt)])];

  // log s = e log 2 + 2 artanh t, s = 2ᵉ m, t = (m − 1) / (m + 1).
  const halve = m.block(null, [
    m.br_if("scaled", m.f64.ge(fraction.get(), number(Math.SQRT1_2))),
    fraction.set(m.f64.mul(fraction.get(), number(2))),
    exponent.set(m.f64.sub(exponent.get(), number(1))),
    m.br("scale"),
  ]);
  const quotient = m.f64.div(m.f64.sub(fraction.get(), number(1)), m.f64.add(fraction.get(), number(1)));
  statements.push(
    fraction.set(s.get()),
    exponent.set(number(0)),
    m.block("scaled", [m.loop("scale", halve)]),
    t.set(quotient),
    sum.set(number(0)),
  );
  for (let n = 23; n > 0; n -= 2) {
    const raised = m.f64.mul(m.f64.mul(sum.get(), t.get()), t.get());
    statements.push(sum.set(m.f64.add(raised, number(1 / n))));
  }
  const series = m.f64.mul(m.f64.mul(number(2), t.get()), sum.get());
  const logarithm = m.f64.add(m.f64.mul(exponent.get(), number(Math.LN2)), series);
  const scale = m.f64.sqrt(m.f64.div(m.f64.mul(number(-2), logarithm), s.get()));
  const scaled = m.f64x2.mul(point.get(), m.f64x2.splat(scale));
  builder.finish(name, v128, m.block(null, [...statements, scaled], v128));
}

/** A function of the seed's two words, a stream and the number of a draw. */
function drawingFunction(assembler: Assembler, m: Assembly) {
  const builder = new FunctionBuilder(assembler, m);
  const low = builder.parameter(assembler.i32);
  const high = builder.parameter(assembler.i32);
  const stream = builder.parameter(assembler.i32);
  const k = builder.parameter(assembler.i32);
  return { builder, low, high, stream, k };
}

function bytesOf(values: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer);
}
