/**
 * Owns: the safetensors format, read and written. Eight bytes hold the header's length N (little-endian), N bytes of JSON
 * name each tensor with its type, shape and place, and the rest is the tensors' bytes, without gap or overlap.
 * Source: the format section of https://github.com/huggingface/safetensors (README, version 0.4).
 */

import { agreesWithChecksum, checksumKey, noChecksum, writeChecksum } from "./checksum.ts";
import { FileError } from "./error.ts";
import { type NumberType, widthOf } from "./number-type.ts";
import { repeatedKey } from "./repeated-key.ts";
import { type Extents, type Floats, sizeOf } from "./tensor.ts";

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean; ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

/** The format's own limit on the header, against files made to exhaust memory. */
const headerLimit = 100_000_000;

/** What is in a file; other types are refused. */
const storedTypes = "F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL".split(" ");

export interface StoredTensor {
  readonly type: NumberType;
  readonly shape: Extents;
  readonly bytes: Uint8Array;
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface NamedTensor {
  readonly name: string;
  readonly shape: Extents;
  readonly values: Floats;
}

/** The bytes of a file that holds `tensors` in the given order, as F64 or F32 after their arrays, and a checksum. */
export function writeSafeTensors(
  tensors: readonly NamedTensor[],
  metadata: readonly (readonly [string, string])[],
): Uint8Array {
  let size = 0;
  const entries: [string, unknown][] = [["__metadata__", Object.fromEntries([...metadata, [checksumKey, noChecksum]])]];
  for (const { name, shape, values } of tensors) {
    const begin = size;
    size += values.byteLength;
    const dtype = values instanceof Float64Array ? "F64" : "F32";
    entries.push([name, { dtype, shape, data_offsets: [begin, size] }]);
  }
  // `fromEntries` defines own members whatever their names. Spaces align the data to eight bytes.
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(8 + padded + size).fill(0x20, 8, 8 + padded);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  file.set(header, 8);
  let at = 8 + padded;
  for (const { values } of tensors) {
    if (values instanceof Float64Array) for (const value of values) at = setFloat64(view, at, value);
    else for (const value of values) at = setFloat32(view, at, value);
  }
  writeChecksum(file, padded);
  return file;
}

/** @throws {FileError} for bytes that are not exactly a safetensors file, or not those that its checksum was written for. */
export function readSafeTensors(file: Uint8Array): SafeTensors {
  const { header, data } = splitHeader(file);
  const tensors = new Map<string, StoredTensor>();
  const metadata = new Map<string, string>();
  const places: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (!isRecord(entry)) throw badHeader(`${quote(name)} is described by no object.`);
    if (name === "__metadata__") {
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== "string") throw badHeader(`The metadata ${quote(key)} is no text.`);
        if (key !== checksumKey) metadata.set(key, value);
      }
      continue;
    }
    const { type, shape, begin, end } = readEntry(name, entry, data.length);
    places.push({ name, begin, end });
    tensors.set(name, { type, shape, bytes: data.subarray(begin, end) });
  }
  let covered = 0;
  for (const { name, begin, end } of places.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < covered) throw badLayout(`${quote(name)} overlaps the tensor before it.`);
    if (begin > covered) throw badLayout(`There are bytes before ${quote(name)} that belong to no tensor.`);
    covered = end;
  }
  if (covered !== data.length) throw badLayout(`${data.length - covered} bytes at the end belong to no tensor.`);
  if (agreesWithChecksum(file, file.length - data.length - 8) === false) {
    throw new FileError("damaged", "The file's bytes are not those that were written.", "Fetch or save it again.");
  }
  return { tensors, metadata };
}

/**
 * Copies a stored tensor into `into`. F32 widens to F64 without loss; anything that would lose is refused.
 * @throws {FileError} for another shape or type.
 */
export function copyTensor(file: SafeTensors, name: string, shape: Extents, into: Floats): void {
  const stored = file.tensors.get(name);
  if (stored === undefined) {
    const model = file.metadata.get("model");
    const whose = model === undefined ? "" : ` (of the model ${quote(model)})`;
    throw new FileError("missing-tensor", `The file${whose} has no tensor ${quote(name)}.`, sameModel);
  }
  if (stored.shape.length !== shape.length || stored.shape.some((extent, axis) => extent !== shape[axis])) {
    const message = `${quote(name)} is [${stored.shape.join(", ")}] in the file and [${shape.join(", ")}] here.`;
    throw new FileError("wrong-shape", message, sameModel);
  }
  const wide = into instanceof Float64Array;
  if (stored.type !== "F32" && !(stored.type === "F64" && wide)) {
    const message = `${quote(name)} is ${stored.type} in the file and ${wide ? "F64" : "F32"} here.`;
    const remedy = wide ? "Convert it to F32 or F64." : "Convert it to F32, or compile the model with 64 bits.";
    throw new FileError("wrong-type", message, remedy);
  }
  const view = new DataView(stored.bytes.buffer, stored.bytes.byteOffset, stored.bytes.byteLength);
  if (stored.type === "F64") for (let k = 0; k < into.length; k++) into[k] = view.getFloat64(8 * k, true);
  else for (let k = 0; k < into.length; k++) into[k] = view.getFloat32(4 * k, true);
}

const sameModel = "Use a file saved from the same model with the same sizes.";

function splitHeader(file: Uint8Array): { readonly header: Record<string, unknown>; readonly data: Uint8Array } {
  if (file.length < 8) {
    throw new FileError("cut-short", `The file has ${file.length} bytes.`, "A safetensors file has at least 10.");
  }
  const declared = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (declared > BigInt(headerLimit)) {
    const message = `The header claims to be ${declared} bytes long.`;
    throw new FileError("header-too-large", message, "This is no safetensors file, or a damaged one.");
  }
  const length = Number(declared);
  if (file.length < 8 + length) {
    const message = `The header is ${length} bytes long, but only ${file.length - 8} bytes follow.`;
    throw new FileError("cut-short", message, "The file was cut short; fetch or save it again.");
  }
  const bytes = file.subarray(8, 8 + length);
  if (bytes[0] !== 0x7b) throw badHeader("The header does not begin with `{`.");
  return { header: parseHeader(bytes), data: file.subarray(8 + length) };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw badHeader("The header is no JSON in UTF-8.");
  }
  const twice = repeatedKey(text);
  if (twice !== null) {
    throw new FileError(
      "duplicate-name",
      `The header names ${quote(twice.key)} twice.`,
      "This file is damaged or forged.",
    );
  }
  if (!isRecord(header)) throw badHeader("The header is no object.");
  return header;
}

function readEntry(name: string, entry: Record<string, unknown>, available: number) {
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isStoredType(dtype)) {
    const message = `${quote(name)} has the unknown type ${quote(String(dtype))}.`;
    throw new FileError("bad-type", message, "Known are F64, F32 and the other types of the format.");
  }
  if (!isExtents(shape)) throw badHeader(`The shape of ${quote(name)} is no list of whole numbers.`);
  if (!isExtents(offsets) || offsets.length !== 2) throw badHeader(`${quote(name)} has no \`data_offsets\`.`);
  const [begin = 0, end = 0] = offsets;
  if (begin > end) throw badLayout(`${quote(name)} ends before it begins.`);
  if (end > available) {
    const message = `${quote(name)} ends at byte ${end} of the data, of which there are ${available}.`;
    throw new FileError("cut-short", message, "The file was cut short; fetch or save it again.");
  }
  const needed = sizeOf(shape) * widthOf(dtype);
  if (end - begin !== needed) throw badLayout(`${quote(name)} needs ${needed} bytes and has ${end - begin}.`);
  return { type: dtype, shape, begin, end };
}

function isStoredType(dtype: unknown): dtype is NumberType {
  return typeof dtype === "string" && storedTypes.includes(dtype);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isExtents(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
}

function badHeader(message: string): FileError {
  return new FileError("bad-header", message, "This is no safetensors file, or a damaged one.");
}

function badLayout(message: string): FileError {
  return new FileError("bad-layout", message, "This file is damaged or forged.");
}

/** A name from a file, fit for a message. */
function quote(name: string): string {
  const text = JSON.stringify(name);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function setFloat64(view: DataView, at: number, value: number): number {
  view.setFloat64(at, value, true);
  return at + 8;
}

function setFloat32(view: DataView, at: number, value: number): number {
  view.setFloat32(at, value, true);
  return at + 4;
}
