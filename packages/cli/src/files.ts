/** Owns: reading and writing of files. A write is whole or not at all; a failure says which file and why. */

import { constants } from "node:fs";
import { access, readFile, realpath, stat } from "node:fs/promises";
import { dirname, extname, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { Failure, messageOf } from "./failure.ts";
import type { Io } from "./io.ts";
import { replaceFile } from "./replace-file.ts";

/** `-` stands for standard input and output wherever a path may. */
export const standardStream = "-";

/** @throws Failure `unreadable-file` */
export async function readBytes(io: Io, path: string): Promise<Uint8Array> {
  if (path === standardStream) return readAll(io.stdin);
  try {
    return await readFile(resolve(io.cwd, path));
  } catch (error) {
    throw new Failure("unreadable-file", `cannot read ${path}: ${reasonOf(error)}`);
  }
}

/** UTF-8 text, without a byte order mark. @throws Failure `unreadable-file`, `not-text` */
export async function readText(io: Io, path: string): Promise<string> {
  return decodeText(path, await readBytes(io, path));
}

/** Bytes as UTF-8 text, without a byte order mark. @throws Failure `unreadable-file`, `not-text` */
export function decodeText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    // A text that is too long for the engine is text all the same.
    if (!(error instanceof TypeError)) throw new Failure("unreadable-file", `cannot read ${path}: ${reasonOf(error)}`);
    throw new Failure("not-text", `${path} is not UTF-8 text`);
  }
}

/**
 * Writes a file so that at every moment it holds the old content or the new, never a part.
 * @throws Failure `unwritable-file`
 */
export async function writeWhole(io: Io, path: string, content: string | Uint8Array): Promise<void> {
  try {
    await replaceFile(await realPath(resolve(io.cwd, path)), content);
  } catch (error) {
    throw new Failure("unwritable-file", `cannot write ${path}: ${reasonOf(error)}`);
  }
}

/**
 * Makes sure, before any work is done, that a result can be written where it is to go, and costs nobody a page or data.
 * @param inputs what the command reads
 * @throws Failure `unwritable-file`, `overwrites-input`
 */
export async function requireWritable(io: Io, path: string, inputs: readonly string[]): Promise<void> {
  const target = resolve(io.cwd, path);
  try {
    // The dot fails where the folder is none.
    await access(`${dirname(target)}${sep}.`, constants.W_OK);
    if ((await stat(target).catch(() => null))?.isDirectory() === true)
      throw Object.assign(new Error(), { code: "EISDIR" });
  } catch (error) {
    throw new Failure("unwritable-file", `cannot write ${path}: ${reasonOf(error)}`);
  }
  const taken = await Promise.all([target, ...inputs.map((input) => resolve(io.cwd, input))].map(realPath));
  if (extname(target) !== pageExtension && !taken.slice(1).includes(taken[0] ?? target)) return;
  const reason = extname(target) === pageExtension ? "it is a page of the language" : "it is what is being read";
  throw new Failure("overwrites-input", `will not write ${path}: ${reason}`, {
    help: ["choose another name with --out"],
  });
}

const pageExtension = ".adj";

/** The file that a path leads to, through symbolic links; the path itself where nothing is. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** `1.4 kB`, in powers of 1000. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB"] as const;
  let value = bytes / 1000;
  let unit: string = units[0];
  for (const next of units.slice(1)) {
    if (value < 999.95) break;
    value /= 1000;
    unit = next;
  }
  return `${value.toFixed(1)} ${unit}`;
}

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

/** What the operating system said, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "ENOENT":
      return "there is no such file or folder";
    case "EISDIR":
      return "it is a folder";
    case "ENOTDIR":
      return "a part of the path is a file, not a folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EROFS":
      return "the file system is read-only";
    case "ENOSPC":
      return "the disk is full";
    case "EMFILE":
    case "ENFILE":
      return "too many open files";
    case "ELOOP":
      return "its symbolic links lead in a circle";
    case "ENAMETOOLONG":
      return "the path is too long";
    case "ERR_STRING_TOO_LONG":
    case "ERR_FS_FILE_TOO_LARGE":
      return "the file is too large";
    case null:
    case undefined:
      return messageOf(error);
    // The operating system has many more; its own message says enough.
  }
  return messageOf(error);
}
