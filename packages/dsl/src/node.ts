/** Owns: pages from the file system. */

import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { Host } from "./host.ts";

/** Reads pages as UTF-8; a specifier is relative to the page that imports it. */
export function nodeHost(): Host {
  return {
    read: (path) => {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return null;
      }
    },
    resolve: (from, specifier) => normalize(join(dirname(from), specifier)),
  };
}
