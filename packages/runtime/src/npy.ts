/**
 * Owns: NumPy's formats. NPY: `\x93NUMPY`, a version, the header's length, a header that is a literal of Python with type,
 * order and shape, then the elements. NPZ: a zip archive of them, named `….npy`.
 * Source: NumPy Enhancement Proposal 1, and the format's versions 2.0 and 3.0 in numpy.lib.format.
 */

import { FileError } from "./error.ts";
import { checkLength } from "./idx.ts";
import { type NumberType, widthOf } from "./number-type.ts";
import { decodeNumbers, fromColumnMajor, type RawTensor } from "./numbers.ts";
import { sizeOf } from "./tensor.ts";
import { type Inflate, inflateRaw, readZip } from "./zip.ts";

const npyMagic = "\u0093NUMPY";

const npyTypes: ReadonlyMap<string, NumberType> = new Map([
  ["f8", "F64"],
  ["f4", "F32"],
  ["f2", "F16"],
  ["i8", "I64"],
  ["i4", "I32"],
  ["i2", "I16"],
  ["i1", "I8"],
  ["u8", "U64"],
  ["u4", "U32"],
  ["u2", "U16"],
  ["u1", "U8"],
  ["b1", "BOOL"],
]);

/** @throws {FileError} for bytes that are not exactly an NPY file, or hold no real numbers. */
export function readNpy(file: Uint8Array): RawTensor {
  const text = (from: number, to: number): string => String.fromCharCode(...file.subarray(from, to));
  if (text(0, 6) !== npyMagic) throw badNpy("The file does not begin with \\x93NUMPY.");
  const version = file[6] ?? 0;
  if (version < 1 || version > 3) throw badNpy(`The format's version is ${version}.`);
  const lengthBytes = version === 1 ? 2 : 4;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = 8 + lengthBytes;
  const headerLength = file.length < start ? 0 : lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (file.length < start + headerLength || file.length < start) {
    throw new FileError("cut-short", "The header is cut short.", "Fetch or save the file again.");
  }
  if (headerLength > longestHeader) throw badNpy(`The header is ${headerLength} bytes long.`);
  const header = text(start, start + headerLength);
  const type = /'descr': *'([<>|=])([a-z]\d+)'/.exec(header);
  const order = /'fortran_order': *(True|False)/.exec(header);
  const extents = /'shape': *\(((?:\d+, *)*\d*)\)/.exec(header);
  const [, byteOrder, code = ""] = type ?? [];
  const numberType = npyTypes.get(code);
  if (type === null || numberType === undefined) {
    const found = /'descr': *(\[[^\]]*\]|'[^']*')/.exec(header)?.[1] ?? "none";
    const message = `The elements are of the type ${found.slice(0, 80)}.`;
    throw new FileError("bad-type", message, "Store real numbers, whole numbers or truth values.");
  }
  if (order === null || extents === null) throw badNpy("The header has no order or no shape.");
  const shape = (extents[1] ?? "").split(",").flatMap((extent) => (extent.trim() === "" ? [] : [Number(extent)]));
  const data = file.subarray(start + headerLength);
  checkLength(data.length, sizeOf(shape) * widthOf(numberType), shape);
  const stored = { shape, values: decodeNumbers("The file", data, numberType, byteOrder !== ">") };
  return order[1] === "True" ? fromColumnMajor(stored) : stored;
}

/**
 * The arrays of an NPZ file by name, without `.npy`.
 * @param inflate how to decompress; an engine that has no raw deflate in `DecompressionStream` needs another
 * @throws {FileError} for a file that is no such archive, or an array that is no such file
 */
export async function readNpz(
  file: Uint8Array,
  inflate: Inflate = inflateRaw,
): Promise<ReadonlyMap<string, RawTensor>> {
  const arrays = new Map<string, RawTensor>();
  for (const [name, bytes] of await readZip(file, inflate)) {
    if (!name.endsWith(".npy")) continue;
    try {
      arrays.set(name.slice(0, -".npy".length), readNpy(bytes));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const message = error.message.slice(0, -error.remedy.length).trim();
      throw new FileError(error.code, `${JSON.stringify(name)}: ${message}`, error.remedy);
    }
  }
  return arrays;
}

const longestHeader = 65_536;

function badNpy(message: string): FileError {
  return new FileError("bad-header", message, "This is no NPY file, or a damaged one.");
}
