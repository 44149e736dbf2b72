/** Owns: source files, spans in them, and the translation of offsets to lines and columns. */

export interface SourceFile {
  /** As the user would name it: relative to where they stand, or `std/layers.adj` for the standard library. */
  readonly path: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets `[start, end)` in one file. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** Line and column, both counted from 1; the column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionOf(file: SourceFile, offset: number): Position {
  const before = file.text.slice(0, offset);
  const lastBreak = before.lastIndexOf("\n");
  let line = 1;
  for (let k = before.indexOf("\n"); k !== -1; k = before.indexOf("\n", k + 1)) line++;
  return { line, column: offset - lastBreak };
}

export function textOf(span: Span): string {
  return span.file.text.slice(span.start, span.end);
}

/** `gender.adj:6`, as comments and messages cite a place. */
export function citation(span: Span): string {
  return `${span.file.path}:${positionOf(span.file, span.start).line}`;
}
