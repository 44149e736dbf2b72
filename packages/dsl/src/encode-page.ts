/** Owns: a syntax tree as JSON and back, with the spans of its own file as pairs of offsets. */

import type { SourceFile } from "@adjoint/ir";
import type { Page } from "./syntax-tree.ts";

export function encodePage(page: Page): string {
  return JSON.stringify(page, (key, value) => (key === "span" ? [value.start, value.end] : value));
}

/** The inverse of `encodePage`; the text of `file` must be the one that the page was parsed from. */
export function decodePage(json: string, file: SourceFile): Page {
  return JSON.parse(json, (key, value) => (key === "span" ? { file, start: value[0], end: value[1] } : value));
}
