/**
 * Owns: the checksum that files carry in their metadata, as `crc32`, by which damaged numbers are told from others. It is
 * the CRC-32 of IEEE 802.3 over the whole file, in eight hexadecimal digits that count as zeros themselves.
 */

export const checksumKey = "crc32";
/** What stands in place of the checksum while it is computed. */
export const noChecksum = "00000000";

/** Writes the checksum of `file` into its header, in which `noChecksum` stands. */
export function writeChecksum(file: Uint8Array, headerLength: number): void {
  const place = placeOfChecksum(file, headerLength);
  if (place === null) return;
  const digits = checksumOf(file, place);
  for (let k = 0; k < digits.length; k++) file[place + k] = digits.charCodeAt(k);
}

/** Whether the bytes are those that were written; null for a file without a checksum, of which nobody knows. */
export function agreesWithChecksum(file: Uint8Array, headerLength: number): boolean | null {
  const place = placeOfChecksum(file, headerLength);
  if (place === null) return null;
  return String.fromCharCode(...file.subarray(place, place + noChecksum.length)) === checksumOf(file, place);
}

/** Where in the file the digits stand. No string of JSON contains bare quotes, and no tensor is described by a string. */
function placeOfChecksum(file: Uint8Array, headerLength: number): number | null {
  const mark = `"${checksumKey}":"`;
  for (let at = 8; at < 8 + headerLength - mark.length - noChecksum.length; at++) {
    let k = 0;
    while (k < mark.length && file[at + k] === mark.charCodeAt(k)) k++;
    if (k === mark.length) return at + k;
  }
  return null;
}

function checksumOf(file: Uint8Array, place: number): string {
  const digits = { from: place, to: place + noChecksum.length };
  return crc32(file, digits).toString(16).padStart(noChecksum.length, "0");
}

/** The CRC-32 of bytes, of which those of a range count as the digit 0. */
export function crc32(bytes: Uint8Array, zeros: { readonly from: number; readonly to: number } = nowhere): number {
  // One byte's contribution: eight divisions by the polynomial, bits reflected.
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
    return remainder;
  });
  const { from, to } = zeros;
  let remainder = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) {
    const byte = k >= from && k < to ? 0x30 : bytes[k]!;
    remainder = (remainder >>> 8) ^ table[(remainder ^ byte) & 0xff]!;
  }
  return ~remainder >>> 0;
}

const nowhere = { from: 0, to: 0 };
