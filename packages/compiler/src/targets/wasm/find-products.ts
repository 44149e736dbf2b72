/**
 * Owns: where a module's vectors are multiplied and then added to, so that its loader can make one operation of the two
 * where the engine has relaxed SIMD: `a b mul c add` becomes `a b nop c madd`, which takes the same bytes.
 */

import { type Instruction, walkInstructions } from "./walk-instructions.ts";

/** Instructions of a summand at most: the factors wait for it in registers. */
const longestSummand = 32;
const f32x4Add = 0xfde4;
const f32x4Mul = 0xfde6;
const f64x2Add = 0xfdf0;
const f64x2Mul = 0xfdf2;

/** How many values an instruction takes that may stand between the two, each of which leaves one; null if it may not. */
function operands(opcode: number): number | null {
  switch (opcode) {
    // local.get, i32.const, v128.const
    case 0x20:
    case 0x41:
    case 0xfd0c:
      return 0;
    // local.tee; f32.load, f64.load and their splats; v128.load and its splats of 32 and 64 bits
    case 0x22:
    case 0x2a:
    case 0x2b:
    case 0xfd13:
    case 0xfd14:
    case 0xfd00:
    case 0xfd09:
    case 0xfd0a:
      return 1;
    // i32.add, i32.mul, i32.shl; add, sub and mul of vectors
    case 0x6a:
    case 0x6c:
    case 0x74:
    case f32x4Add:
    case 0xfde5:
    case f32x4Mul:
    case f64x2Add:
    case 0xfdf1:
    case f64x2Mul:
      return 2;
    default:
      return null;
  }
}

/** The addition of a value to the product that `body[at]` leaves on the stack; null where that goes elsewhere. */
function additionTo(body: readonly Instruction[], at: number): Instruction | null {
  const wanted = body[at]?.opcode === f32x4Mul ? f32x4Add : f64x2Add;
  // Values on the stack above the product.
  let above = 0;
  for (const instruction of body.slice(at + 1, at + 1 + longestSummand)) {
    if (above === 1 && instruction.opcode === wanted) return instruction;
    const taken = operands(instruction.opcode);
    if (taken === null || taken > above) return null;
    above += 1 - taken;
  }
  return null;
}

/**
 * The offsets in a module of all products that are added to, and of their additions, ascending, as gaps: a byte is what
 * an offset is beyond the one before; 255 is that much and no offset.
 * @param mayFuse by function that the module defines, in order; all may without it
 */
export function findProducts(binary: Uint8Array, mayFuse: readonly boolean[] = []): Uint8Array {
  const offsets: number[] = [];
  for (const [index, body] of walkInstructions(binary).entries()) {
    if (mayFuse[index] === false) continue;
    for (const [k, { opcode, start }] of body.entries()) {
      if (opcode !== f32x4Mul && opcode !== f64x2Mul) continue;
      const addition = additionTo(body, k);
      if (addition === null) continue;
      offsets.push(start, addition.start);
    }
  }
  return gapsOf(offsets.sort((a, b) => a - b));
}

/** Of ascending offsets. */
function gapsOf(offsets: readonly number[]): Uint8Array {
  const gaps: number[] = [];
  let last = 0;
  for (const offset of offsets) {
    for (; offset - last >= 255; last += 255) gaps.push(255);
    gaps.push(offset - last);
    last = offset;
  }
  return Uint8Array.from(gaps);
}
