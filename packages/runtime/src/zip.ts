/**
 * Owns: zip archives, as far as arrays come in them: the directory at the end says where each file lies; each is stored or
 * deflated, and is held against its checksum.
 * Source: PKWARE, APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12, 4.3.16 and 4.5.3 (sizes of 64 bits).
 */

import { crc32 } from "./checksum.ts";
import { FileError } from "./error.ts";

/** Decompresses a raw deflate stream that is said to become `size` bytes. Rejects what is no such stream. */
export type Inflate = (bytes: Uint8Array, size: number) => Promise<Uint8Array>;

interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
  cancel(): Promise<void>;
}
declare class DecompressionStream {
  constructor(format: "gzip" | "deflate-raw");
  readonly readable: { getReader(): ByteReader };
  readonly writable: { getWriter(): { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> } };
}

/** The bytes of a gzip file, decompressed. @throws {FileError} */
export async function gunzip(file: Uint8Array): Promise<Uint8Array> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) {
    throw new FileError("bad-header", "The file does not begin as gzip does.", "This is no gzip file.");
  }
  return decompress("gzip", file, Number.POSITIVE_INFINITY);
}

/** Decompresses with what browsers and Node have built in. @throws {FileError} */
export function inflateRaw(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  return decompress("deflate-raw", bytes, size);
}

async function decompress(format: "gzip" | "deflate-raw", bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream(format);
  const writer = writable.getWriter();
  const reader = readable.getReader();
  const writing = writer.write(bytes).then(() => writer.close());
  // What is wrong with the bytes is learnt by reading; a rejection here only repeats it.
  writing.catch(() => {});
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (part.value === undefined) continue;
      chunks.push(part.value);
      length += part.value.length;
      if (length > limit) break;
    }
  } catch {
    throw new FileError("damaged", "The compressed bytes are damaged or cut short.", "Fetch or save the file again.");
  }
  if (length > limit) await reader.cancel().catch(() => {});
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** The files of an archive, in the order of its directory. @throws {FileError} */
export async function readZip(file: Uint8Array, inflate: Inflate): Promise<ReadonlyMap<string, Uint8Array>> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const files = new Map<string, Uint8Array>();
  try {
    for (const entry of directoryOf(view)) {
      if (files.has(entry.name)) throw badZip("duplicate-name", `${quoteName(entry.name)} is there twice.`);
      files.set(entry.name, await extract(file, view, entry, inflate));
    }
  } catch (error) {
    // Outside the bytes that there are lies what was cut off.
    if (error instanceof RangeError) throw badZip("cut-short", "The archive leads outside itself.");
    throw error;
  }
  return files;
}

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly checksum: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
}

const [endMark, end64Mark, entryMark, fileMark] = [0x06054b50, 0x06064b50, 0x02014b50, 0x04034b50] as const;
/** What stands in 32 bits for a number that is given in 64. */
const elsewhere = 0xffffffff;

function directoryOf(view: DataView): readonly ZipEntry[] {
  const end = endOfDirectory(view);
  let count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (at === elsewhere || count === 0xffff) {
    const end64 = whole(view.getBigUint64(end - 20 + 8, true));
    if (view.getUint32(end64, true) !== end64Mark) throw badZip("bad-header", "The 64-bit directory is missing.");
    count = whole(view.getBigUint64(end64 + 32, true));
    at = whole(view.getBigUint64(end64 + 48, true));
  }
  const entries: ZipEntry[] = [];
  for (let k = 0; k < count; k++) {
    if (view.getUint32(at, true) !== entryMark) throw badZip("bad-header", `The directory's entry ${k} is damaged.`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const extra = at + 46 + (nameLength ?? 0);
    const wide = wideNumbers(view, extra, extra + (extraLength ?? 0));
    const number = (field: number): number => {
      const narrow = view.getUint32(at + field, true);
      return narrow === elsewhere ? whole(wide.shift() ?? 0n) : narrow;
    };
    // In the order in which the 64-bit numbers stand.
    const [size, compressed, offset] = [number(24), number(20), number(42)];
    entries.push({
      name: nameOf(view, at + 46, nameLength ?? 0),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      checksum: view.getUint32(at + 16, true),
      compressed,
      size,
      offset,
    });
    at = extra + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return entries;
}

/** From the end: a comment of up to 65,535 bytes may follow the mark. */
function endOfDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) === endMark) return at;
  }
  throw badZip("bad-header", "The archive has no directory at its end.");
}

function wideNumbers(view: DataView, from: number, to: number): bigint[] {
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const count = Math.floor(view.getUint16(at + 2, true) / 8);
    return Array.from({ length: count }, (_, k) => view.getBigUint64(at + 4 + 8 * k, true));
  }
  return [];
}

async function extract(file: Uint8Array, view: DataView, entry: ZipEntry, inflate: Inflate): Promise<Uint8Array> {
  const { name, method, encrypted, checksum, compressed, size, offset } = entry;
  const what = quoteName(name);
  if (encrypted) throw badZip("bad-type", `${what} is encrypted.`);
  if (method !== 0 && method !== 8) throw badZip("bad-type", `${what} is compressed by the unknown method ${method}.`);
  if (view.getUint32(offset, true) !== fileMark) throw badZip("bad-header", `${what} is not where the directory says.`);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + compressed > file.length) throw badZip("cut-short", `${what} ends behind the file.`);
  const bytes = file.subarray(start, start + compressed);
  const content = method === 0 ? bytes : await inflate(bytes, size);
  if (content.length === size && crc32(content) === checksum) return content;
  throw badZip("damaged", `The bytes of ${what} are not those that were written.`);
}

function nameOf(view: DataView, at: number, length: number): string {
  return Array.from({ length }, (_, k) => String.fromCharCode(view.getUint8(at + k))).join("");
}

function whole(value: bigint): number {
  return Number(value);
}

function quoteName(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

function badZip(
  code: "bad-header" | "bad-type" | "cut-short" | "damaged" | "duplicate-name",
  message: string,
): FileError {
  return new FileError(code, message, "Save the archive again, without encryption.");
}
