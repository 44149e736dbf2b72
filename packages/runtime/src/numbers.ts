/** Owns: the elements of files as numbers. What a float64 cannot hold exactly is refused. */

import { FileError } from "./error.ts";
import { type NumberType, widthOf } from "./number-type.ts";
import type { Extents, NumericArray } from "./tensor.ts";

/** Numbers as a file has them: of the file's own type where an array of numbers has it, in row-major order. */
export interface RawTensor {
  readonly shape: Extents;
  readonly values: NumericArray;
}

/**
 * The numbers that the bytes stand for. Halves widen to F32 and 64-bit integers to F64.
 * @param what they are, for messages
 * @throws {FileError} for an integer beyond ±2⁵³
 */
export function decodeNumbers(what: string, bytes: Uint8Array, type: NumberType, littleEndian: boolean): NumericArray {
  const count = bytes.length / widthOf(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fill = <A extends NumericArray>(into: A, read: (at: number) => number): A => {
    const width = bytes.length / count;
    for (let k = 0; k < count; k++) into[k] = read(k * width);
    return into;
  };
  switch (type) {
    case "F64":
      return fill(new Float64Array(count), (at) => view.getFloat64(at, littleEndian));
    case "F32":
      return fill(new Float32Array(count), (at) => view.getFloat32(at, littleEndian));
    case "F16":
      return fill(new Float32Array(count), (at) => halfOf(view.getUint16(at, littleEndian)));
    case "BF16": {
      // The upper half of an F32.
      const word = new DataView(new ArrayBuffer(4));
      return fill(new Float32Array(count), (at) => {
        word.setUint16(0, view.getUint16(at, littleEndian));
        return word.getFloat32(0);
      });
    }
    case "I64":
      return fill(new Float64Array(count), (at) => exact(what, view.getBigInt64(at, littleEndian)));
    case "U64":
      return fill(new Float64Array(count), (at) => exact(what, view.getBigUint64(at, littleEndian)));
    case "I32":
      return fill(new Int32Array(count), (at) => view.getInt32(at, littleEndian));
    case "U32":
      return fill(new Uint32Array(count), (at) => view.getUint32(at, littleEndian));
    case "I16":
      return fill(new Int16Array(count), (at) => view.getInt16(at, littleEndian));
    case "U16":
      return fill(new Uint16Array(count), (at) => view.getUint16(at, littleEndian));
    case "I8":
      return fill(new Int8Array(count), (at) => view.getInt8(at));
    case "U8":
      // A copy of its own: the `slice` of a Node Buffer is a view.
      return new Uint8Array(bytes);
    case "BOOL":
      return Uint8Array.from(bytes, (byte) => (byte === 0 ? 0 : 1));
  }
}

/** IEEE 754 binary16: a sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function exact(what: string, value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new FileError("wrong-type", `${what} holds ${value}, beyond ±2^53.`, "Store it as F64, or in fewer digits.");
}

/** The same elements in row-major order, for an array in which the first axis runs fastest. */
export function fromColumnMajor({ shape, values }: RawTensor): RawTensor {
  const reordered = values.slice();
  const index = shape.map(() => 0);
  for (let k = 0; k < values.length; k++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * (shape[axis] ?? 1) + (index[axis] ?? 0);
    reordered[k] = values[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === shape[axis] ? 0 : next;
      if (next !== shape[axis]) break;
    }
  }
  return { shape, values: reordered };
}
