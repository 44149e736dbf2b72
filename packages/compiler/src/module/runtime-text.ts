/** Owns: the runtime inside a module: of its declarations those that the module needs, and what those need in turn. */

import type { ImportedName, Item } from "./structures.ts";

export function runtimeNames(): readonly string[] {
  return [];
}

export function inlineRuntime(_names: readonly ImportedName[]): readonly Item[] {
  return [];
}
