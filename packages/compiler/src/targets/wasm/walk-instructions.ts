/**
 * Owns: a module's bytes instruction by instruction: the sections, function bodies and immediates of the binary format, for
 * every instruction that a module of ours may have. What it does not know it refuses, since the bytes behind an unknown
 * immediate would be taken for instructions.
 */

/** An instruction: its opcode (behind the prefixes 0xfc and 0xfd, 256 · prefix + number) and the bytes that it takes. */
export interface Instruction {
  readonly opcode: number;
  readonly start: number;
  readonly end: number;
}

const codeSection = 10;
/** What 0xfc and 0xfd, the prefixes, make of the number behind them. */
const [numeric, simd] = [0xfc00, 0xfd00];

/** The instructions of each function that the module defines, in order. @throws {RangeError} */
export function walkInstructions(binary: Uint8Array): readonly (readonly Instruction[])[] {
  const reader = new ByteReader(binary, 8);
  const bodies: Instruction[][] = [];
  while (reader.at < binary.length) {
    const section = reader.byte();
    const end = reader.number() + reader.at;
    if (section === codeSection) {
      for (let left = reader.number(); left > 0; left--) bodies.push(walkBody(reader));
    }
    reader.at = end;
  }
  return bodies;
}

function walkBody(reader: ByteReader): Instruction[] {
  const end = reader.number() + reader.at;
  for (let groups = reader.number(); groups > 0; groups--) {
    reader.number();
    reader.byte();
  }
  const instructions: Instruction[] = [];
  while (reader.at < end) {
    const start = reader.at;
    const first = reader.byte();
    const opcode = first === 0xfc || first === 0xfd ? 256 * first + reader.number() : first;
    skipImmediates(opcode, reader);
    instructions.push({ opcode, start, end: reader.at });
  }
  if (reader.at !== end) throw new RangeError("a function's instructions end elsewhere than its body");
  return instructions;
}

/** What follows an opcode: so many LEB128 numbers, then so many bytes. */
interface Immediates {
  readonly numbers: number;
  readonly bytes: number;
}

const numbers = (count: number): Immediates => ({ numbers: count, bytes: 0 });
const bytes = (count: number): Immediates => ({ numbers: 0, bytes: count });

/** Moves behind what follows an opcode. @throws {RangeError} for one that no module of ours has */
function skipImmediates(opcode: number, reader: ByteReader): void {
  const immediates = immediatesOf(opcode);
  if (immediates === null) throw new RangeError(`instruction 0x${opcode.toString(16)} is not known here`);
  for (let k = 0; k < immediates.numbers; k++) reader.number();
  reader.skip(immediates.bytes);
}

function immediatesOf(opcode: number): Immediates | null {
  // Control without a target, drop, select; arithmetic, comparisons, conversions; the same of vectors.
  if ([0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b].includes(opcode)) return numbers(0);
  if (within(opcode, 0x45, 0xc4) || within(opcode, numeric, numeric + 7)) return numbers(0);
  for (const [first, last] of [
    [14, 20],
    [35, 83],
    [94, 275],
  ] as const) {
    if (within(opcode, simd + first, simd + last)) return numbers(0);
  }
  // block, loop and if have a type, br and br_if a label, calls and variables an index, whole constants a number.
  if ([0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x3f, 0x40, 0x41, 0x42].includes(opcode)) return numbers(1);
  if (within(opcode, 0x20, 0x24)) return numbers(1);
  // Loads and stores have alignment and offset, those of a lane its number too.
  if (within(opcode, 0x28, 0x3e) || within(opcode, simd, simd + 11)) return numbers(2);
  if (within(opcode, simd + 92, simd + 93)) return numbers(2);
  if (within(opcode, simd + 84, simd + 91)) return { numbers: 2, bytes: 1 };
  if (within(opcode, simd + 21, simd + 34)) return bytes(1);
  // memory.copy, memory.fill.
  if (opcode === numeric + 10) return bytes(2);
  if (opcode === numeric + 11) return bytes(1);
  // f32.const, f64.const, v128.const, i8x16.shuffle.
  if (opcode === 0x43) return bytes(4);
  if (opcode === 0x44) return bytes(8);
  return within(opcode, simd + 12, simd + 13) ? bytes(16) : null;
}

function within(opcode: number, first: number, last: number): boolean {
  return opcode >= first && opcode <= last;
}

class ByteReader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new RangeError("a module ends within an instruction");
    return byte;
  }

  /** LEB128, unsigned; of a signed number, or one of more than 32 bits, only the length is right. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift < 32) value = (value | ((byte & 127) << shift)) >>> 0;
      if (byte < 128) return value;
    }
  }

  skip(count: number): void {
    this.at += count;
  }
}
