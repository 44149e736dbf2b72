/**
 * Owns: the IDX format, in which MNIST comes: two zero bytes, one for the type, one for the number of axes, each axis's
 * extent as a big-endian 32-bit word, then the elements, big-endian, in row-major order.
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", file formats.
 */

import { FileError } from "./error.ts";
import { type NumberType, widthOf } from "./number-type.ts";
import { decodeNumbers, type RawTensor } from "./numbers.ts";
import { sizeOf } from "./tensor.ts";

const idxTypes: ReadonlyMap<number, NumberType> = new Map([
  [0x08, "U8"],
  [0x09, "I8"],
  [0x0b, "I16"],
  [0x0c, "I32"],
  [0x0d, "F32"],
  [0x0e, "F64"],
]);

/** Bytes stay what they are: 0 … 255, unscaled. @throws {FileError} for bytes that are not exactly an IDX file. */
export function readIdx(file: Uint8Array): RawTensor {
  const [first, second, code, rank] = file;
  if (first !== 0 || second !== 0 || code === undefined || rank === undefined) {
    throw new FileError("bad-header", "The file does not begin as an IDX file, with two zero bytes.", anotherFormat);
  }
  const type = idxTypes.get(code);
  if (type === undefined) {
    throw new FileError("bad-type", `The type 0x${code.toString(16).padStart(2, "0")} is none of IDX.`, anotherFormat);
  }
  const start = 4 + 4 * rank;
  if (file.length < start) {
    const message = `The header of ${rank} axes is ${start} bytes long, the file ${file.length}.`;
    throw new FileError("cut-short", message, "The file was cut short; fetch or save it again.");
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const data = file.subarray(start);
  checkLength(data.length, sizeOf(shape) * widthOf(type), shape);
  return { shape, values: decodeNumbers("The file", data, type, false) };
}

/** @throws {FileError} unless there are as many bytes as the shape needs. */
export function checkLength(found: number, needed: number, shape: readonly number[]): void {
  const message = `The elements of [${shape.join(", ")}] need ${needed} bytes, and ${found} follow the header.`;
  if (found < needed) throw new FileError("cut-short", message, "The file was cut short; fetch or save it again.");
  if (found > needed) throw new FileError("bad-layout", message, "The file is damaged, or another lies behind it.");
}

const anotherFormat = "This is no IDX file, a compressed one (gunzip it), or a damaged one.";
