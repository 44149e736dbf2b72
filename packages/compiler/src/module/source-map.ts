/** Owns: source maps from a module's lines to the pages they were made from (https://tc39.es/ecma426, version 3). */

import type { SourceFile } from "@adjoint/ir";
import { GenMapping, maybeAddMapping, setSourceContent, toEncodedMap } from "@jridgewell/gen-mapping";
import type { PrintedModule } from "./print-module.ts";

/** The map as JSON. Sources are named by their paths and carried along. */
export function writeSourceMap({ places }: PrintedModule): string {
  const map = new GenMapping();
  const lineStarts = new Map<SourceFile, readonly number[]>();
  for (const { line, column, span } of places) {
    let starts = lineStarts.get(span.file);
    if (starts === undefined) {
      starts = startsOfLines(span.file.text);
      lineStarts.set(span.file, starts);
    }
    const original = placeOf(starts, span.start);
    maybeAddMapping(map, { generated: { line, column }, original, source: span.file.path });
  }
  for (const file of lineStarts.keys()) setSourceContent(map, file.path, file.text);
  return JSON.stringify(toEncodedMap(map));
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The line, counted from 1, and the column, counted from 0, by bisection. */
function placeOf(starts: readonly number[], offset: number): { readonly line: number; readonly column: number } {
  let low = 0;
  let high = starts.length;
  // Invariant: line `low` starts at or before the offset, line `high` after it.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) };
}
