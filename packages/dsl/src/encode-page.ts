/** Owns: a syntax tree as JSON and back, with the spans of its own file as pairs of offsets. */

import type { SourceFile } from "@adjoint/ir";
import type { Page } from "./syntax-tree.ts";

export function encodePage(page: Page): string {
  return JSON.stringify(page, (key, value) => (key === "span" ? [value.start, value.end] : value));
}

/** The inverse of `encodePage`; the text of `file` must be the one that the page was parsed from. */
export function decodePage(json: string, file: SourceFile): Page {
  const page: Page = JSON.parse(json);
  // A walk over what was parsed: a reviver, which is called for each number and string as well, takes four times as long.
  const pending: object[] = [page];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const [key, value] of Object.entries(node)) {
      if (key === "span") Object.assign(node, { span: { file, start: value[0], end: value[1] } });
      else if (typeof value === "object" && value !== null) pending.push(value);
    }
  }
  return page;
}
