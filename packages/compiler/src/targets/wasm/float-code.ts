/**
 * Owns: one vocabulary for the four kinds of float a module computes with: f32, f64, and vectors of 128 bits of either. What
 * is written in it once (a polynomial, a layer's elementwise work) exists for one element and for as many as fit a vector.
 */

import type { Assembler, Assembly, Code, CodeType } from "./assembler.ts";

/** The element type of a module. */
export type FloatName = "f32" | "f64";

/** Operations on floats of one kind. A mask is a truth value per lane: an i32 for one element, all bits of a lane in a vector. */
export interface FloatCode {
  readonly name: FloatName;
  readonly type: CodeType;
  readonly maskType: CodeType;
  /** Bytes of one element in memory. */
  readonly bytes: 4 | 8;
  readonly lanes: 1 | 2 | 4;
  constant(value: number): Code;
  /** `offset` bytes behind the address; loads `lanes` consecutive elements. */
  load(offset: number, address: Code): Code;
  /** The one element there in every lane. */
  loadSplat(offset: number, address: Code): Code;
  store(offset: number, address: Code, value: Code): Code;
  /** The same element in every lane. */
  splat(element: Code): Code;
  add(a: Code, b: Code): Code;
  sub(a: Code, b: Code): Code;
  mul(a: Code, b: Code): Code;
  div(a: Code, b: Code): Code;
  min(a: Code, b: Code): Code;
  max(a: Code, b: Code): Code;
  /** What lies outside is the nearer end; NaN stays NaN. Of ±0 at an end, which of the two is open. */
  clamp(a: Code, least: Code, greatest: Code): Code;
  neg(a: Code): Code;
  abs(a: Code): Code;
  sqrt(a: Code): Code;
  floor(a: Code): Code;
  ceil(a: Code): Code;
  lt(a: Code, b: Code): Code;
  le(a: Code, b: Code): Code;
  eq(a: Code, b: Code): Code;
  ne(a: Code, b: Code): Code;
  and(a: Code, b: Code): Code;
  or(a: Code, b: Code): Code;
  not(a: Code): Code;
  /** `a` where the mask holds, else `b`; both are computed. */
  select(mask: Code, a: Code, b: Code): Code;
  /** 1 where the mask holds, else 0. */
  fromMask(mask: Code): Code;
  /** Bits of a float shifted left, and of what is shifted in the sign bit and the exponent of 1 added. */
  shiftBits(a: Code, by: number): Code;
  shiftBitsRight(a: Code, by: number): Code;
  andBits(a: Code, b: Code): Code;
  orBits(a: Code, b: Code): Code;
  /** The float whose bits these are; the integer is given as its low and high words. */
  bits(low: number, high: number): Code;
}

/** @param stored as what elements lie in memory, where that is narrower than what is computed with */
export function scalarCode(b: Assembler, m: Assembly, name: FloatName, stored: FloatName = name): FloatCode {
  const f32 = name === "f32";
  const ops = f32 ? m.f32 : m.f64;
  const narrow = stored !== name;
  const load = (offset: number, address: Code): Code =>
    narrow ? m.f64.promote(m.f32.load(offset, 4, address)) : ops.load(offset, f32 ? 4 : 8, address);
  const [one, zero] = [() => ops.const(1), () => ops.const(0)];
  const common = {
    name,
    type: f32 ? b.f32 : b.f64,
    maskType: b.i32,
    bytes: stored === "f32" ? 4 : 8,
    lanes: 1,
    constant: (value) => ops.const(value),
    load,
    loadSplat: load,
    store: (offset, address, value) =>
      narrow ? m.f32.store(offset, 4, address, m.f32.demote(value)) : ops.store(offset, f32 ? 4 : 8, address, value),
    splat: (element) => element,
    add: (x, y) => ops.add(x, y),
    sub: (x, y) => ops.sub(x, y),
    mul: (x, y) => ops.mul(x, y),
    div: (x, y) => ops.div(x, y),
    min: (x, y) => ops.min(x, y),
    max: (x, y) => ops.max(x, y),
    clamp: (x, least, greatest) => ops.max(ops.min(x, greatest), least),
    neg: (x) => ops.neg(x),
    abs: (x) => ops.abs(x),
    sqrt: (x) => ops.sqrt(x),
    floor: (x) => ops.floor(x),
    ceil: (x) => ops.ceil(x),
    lt: (x, y) => ops.lt(x, y),
    le: (x, y) => ops.le(x, y),
    eq: (x, y) => ops.eq(x, y),
    ne: (x, y) => ops.ne(x, y),
    and: (x, y) => m.i32.and(x, y),
    or: (x, y) => m.i32.or(x, y),
    not: (x) => m.i32.eqz(x),
    select: (mask, x, y) => m.select(mask, x, y),
    fromMask: (mask) => m.select(mask, one(), zero()),
  } satisfies Partial<FloatCode>;
  if (f32) {
    const [asBits, asFloat] = [(x: Code) => m.i32.reinterpret(x), (x: Code) => m.f32.reinterpret(x)];
    return {
      ...common,
      shiftBits: (x, by) => asFloat(m.i32.shl(asBits(x), m.i32.const(by))),
      shiftBitsRight: (x, by) => asFloat(m.i32.shr_u(asBits(x), m.i32.const(by))),
      andBits: (x, y) => asFloat(m.i32.and(asBits(x), asBits(y))),
      orBits: (x, y) => asFloat(m.i32.or(asBits(x), asBits(y))),
      bits: (low) => asFloat(m.i32.const(low)),
    };
  }
  const [asBits, asFloat] = [(x: Code) => m.i64.reinterpret(x), (x: Code) => m.f64.reinterpret(x)];
  const wide = (low: number, high: number): Code =>
    m.i64.const(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0)));
  return {
    ...common,
    shiftBits: (x, by) => asFloat(m.i64.shl(asBits(x), wide(by, 0))),
    shiftBitsRight: (x, by) => asFloat(m.i64.shr_u(asBits(x), wide(by, 0))),
    andBits: (x, y) => asFloat(m.i64.and(asBits(x), asBits(y))),
    orBits: (x, y) => asFloat(m.i64.or(asBits(x), asBits(y))),
    bits: (low, high) => asFloat(wide(low, high)),
  };
}

/** @param stored as what elements lie in memory, where that is narrower than what is computed with */
export function vectorCode(b: Assembler, m: Assembly, name: FloatName, stored: FloatName = name): FloatCode {
  const f32 = name === "f32";
  const narrow = stored !== name;
  const ops = f32 ? m.f32x4 : m.f64x2;
  const ints = f32 ? m.i32x4 : m.i64x2;
  const lanes = f32 ? 4 : 2;
  const constant = (value: number): Code =>
    m.v128.const(bytesOf(f32 ? new Float32Array(4).fill(value) : new Float64Array(2).fill(value)));
  return {
    name,
    type: b.v128,
    maskType: b.v128,
    bytes: stored === "f32" ? 4 : 8,
    lanes,
    constant,
    load: (offset, address) =>
      narrow
        ? m.f64x2.promote_low_f32x4(m.v128.load64_zero(offset, 4, address))
        : m.v128.load(offset, f32 ? 4 : 8, address),
    loadSplat: (offset, address) =>
      narrow
        ? ops.splat(m.f64.promote(m.f32.load(offset, 4, address)))
        : f32
          ? m.v128.load32_splat(offset, 4, address)
          : m.v128.load64_splat(offset, 8, address),
    store: (offset, address, value) =>
      narrow
        ? m.v128.store64_lane(offset, 4, 0, address, m.f32x4.demote_f64x2_zero(value))
        : m.v128.store(offset, f32 ? 4 : 8, address, value),
    splat: (element) => ops.splat(element),
    add: (x, y) => ops.add(x, y),
    sub: (x, y) => ops.sub(x, y),
    mul: (x, y) => ops.mul(x, y),
    div: (x, y) => ops.div(x, y),
    min: (x, y) => ops.min(x, y),
    max: (x, y) => ops.max(x, y),
    // One instruction each: the first operand, unless the second is smaller, or greater.
    clamp: (x, least, greatest) => ops.pmax(ops.pmin(x, greatest), least),
    neg: (x) => ops.neg(x),
    abs: (x) => ops.abs(x),
    sqrt: (x) => ops.sqrt(x),
    floor: (x) => ops.floor(x),
    ceil: (x) => ops.ceil(x),
    lt: (x, y) => ops.lt(x, y),
    le: (x, y) => ops.le(x, y),
    eq: (x, y) => ops.eq(x, y),
    ne: (x, y) => ops.ne(x, y),
    and: (x, y) => m.v128.and(x, y),
    or: (x, y) => m.v128.or(x, y),
    not: (x) => m.v128.not(x),
    select: (mask, x, y) => m.v128.bitselect(x, y, mask),
    fromMask: (mask) => m.v128.and(mask, constant(1)),
    shiftBits: (x, by) => ints.shl(x, m.i32.const(by)),
    shiftBitsRight: (x, by) => ints.shr_u(x, m.i32.const(by)),
    andBits: (x, y) => m.v128.and(x, y),
    orBits: (x, y) => m.v128.or(x, y),
    bits: (low, high) => m.v128.const(bytesOf(Int32Array.from(f32 ? [low, low, low, low] : [low, high, low, high]))),
  };
}

function bytesOf(values: Float32Array | Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer);
}
