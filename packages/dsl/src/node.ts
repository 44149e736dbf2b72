/** Owns: pages from the file system. */

import { readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { Host } from "./host.ts";

/** Reads pages as UTF-8; a specifier is relative to the page that imports it. */
export function nodeHost(): Host {
  return {
    read: (path) => {
      try {
        return readPage(path);
      } catch {
        return null;
      }
    },
    resolve: (from, specifier) => normalize(join(dirname(from), specifier)),
  };
}

/**
 * The text of a page.
 * @throws {Error} as the file system says it, and for devices, some of which never end
 * @throws {TypeError} if it is not UTF-8
 */
export function readPage(path: string): string {
  const found = statSync(path);
  if (found.isCharacterDevice() || found.isBlockDevice()) throw new Error("it is a device");
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
}
