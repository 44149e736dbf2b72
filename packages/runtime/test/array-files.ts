/** Owns: files of arrays, written as their formats say, for tests of what reads them. */

import { deflateRawSync } from "node:zlib";
import { crc32 } from "../src/checksum.ts";

/** @param data the elements' bytes, big-endian */
export function idx(code: number, shape: readonly number[], data: readonly number[]): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + data.length);
  file.set([0, 0, code, shape.length]);
  const view = new DataView(file.buffer);
  shape.forEach((extent, axis) => {
    view.setUint32(4 + 4 * axis, extent);
  });
  file.set(data, 4 + 4 * shape.length);
  return file;
}

export function npy(
  descr: string,
  shape: readonly number[],
  data: ArrayBufferView,
  { order = "False", version = 1 }: { readonly order?: string; readonly version?: number } = {},
): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${extents}), }`;
  const lengthBytes = version === 1 ? 2 : 4;
  const start = 8 + lengthBytes;
  const header = `${text}${" ".repeat(63 - ((start + text.length) % 64))}\n`;
  const file = new Uint8Array(start + header.length + data.byteLength);
  file.set([0x93, ...Buffer.from("NUMPY"), version, 0]);
  new DataView(file.buffer).setUint16(8, header.length, true);
  file.set(Buffer.from(header, "latin1"), start);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + header.length);
  return file;
}

/** A zip archive, stored or deflated; with `wide`, sizes stand in the field for 64 bits. */
export function zip(
  files: Readonly<Record<string, Uint8Array>>,
  { deflated = false, wide = false }: { readonly deflated?: boolean; readonly wide?: boolean } = {},
): Uint8Array {
  const [contents, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, file] of Object.entries(files)) {
    const data = deflated ? deflateRawSync(file) : file;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const extra = Buffer.alloc(wide ? 20 : 0);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(deflated ? 8 : 0, 10);
    entry.writeUInt32LE(crc32(file), 16);
    entry.writeUInt32LE(wide ? 0xffffffff : data.length, 20);
    entry.writeUInt32LE(wide ? 0xffffffff : file.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(offset, 42);
    if (wide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(16, 2);
      extra.writeBigUInt64LE(BigInt(file.length), 4);
      extra.writeBigUInt64LE(BigInt(data.length), 12);
    }
    contents.push(local, Buffer.from(name), Buffer.from(data));
    directory.push(entry, Buffer.from(name), extra);
    offset += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...contents, ...directory, end]));
}
