/** Owns: a syntax tree as JSON and back, with the spans of its own file as pairs of offsets. */

import type { SourceFile } from "@adjoint/ir";
import type { Definition, Page } from "./syntax-tree.ts";

export function encodePage(page: Page): string {
  return JSON.stringify(page, (key, value) => (key === "span" ? [value.start, value.end] : value));
}

/** The inverse of `encodePage`; the text of `file` must be the one that the page was parsed from. */
export function decodePage(json: string, file: SourceFile): Page {
  const page: Page = JSON.parse(json);
  restoreSpans(page, file);
  return page;
}

/** The same for one definition of the page. */
export function decodeDefinition(json: string, file: SourceFile): Definition {
  const definition: Definition = JSON.parse(json);
  restoreSpans(definition, file);
  return definition;
}

/**
 * The name and the JSON of each definition of a page's, without parsing any: the keys stand in the tree's order, inside
 * strings quotes are escaped, and no definition stands in another.
 */
export function* definitionsIn(json: string): Generator<readonly [name: string, json: string]> {
  const opening = '{"kind":"definition",';
  const naming = '"name":{"kind":"name","text":';
  const end = json.lastIndexOf('],"span":[');
  for (let at = json.indexOf(opening); at !== -1; ) {
    const next = json.indexOf(opening, at + 1);
    const text = json.slice(at, next === -1 ? end : next - 1);
    const name = text.indexOf(naming) + naming.length;
    yield [JSON.parse(text.slice(name, text.indexOf(",", name))), text];
    at = next;
  }
}

function restoreSpans(tree: object, file: SourceFile): void {
  // A walk over what was parsed: a reviver, which is called for each number and string as well, takes four times as long.
  const pending: object[] = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const [key, value] of Object.entries(node)) {
      if (key === "span") Object.assign(node, { span: { file, start: value[0], end: value[1] } });
      else if (typeof value === "object" && value !== null) pending.push(value);
    }
  }
}
