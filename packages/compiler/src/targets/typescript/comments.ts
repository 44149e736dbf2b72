/** Owns: comments in emitted code. A comment is one line whatever the source says, and cites the line it stands for. */

import { citation, type Origin, type Span, textOf } from "@adjoint/ir";

const textWidth = 76;
const citationColumn = 84;

/** What a run of statements computes: a statement of the source, forwards or backwards. */
export interface Section {
  readonly key: string;
  readonly adjoint: boolean;
  readonly span: Span | null;
}

/** The section of an origin; everything without a source is one section. */
export function sectionOf(origin: Origin | null): Section {
  const span = origin?.statement ?? origin?.span ?? null;
  const adjoint = origin?.adjoint ?? false;
  const place = span === null ? "" : `${span.start}:${span.end}:${span.file.path}`;
  return { key: `${adjoint ? "backward" : "forward"}:${place}`, adjoint, span };
}

/**
 * `// h = dense(x, units: 2)      gender.adj:6`; null for a section that has no source.
 * @param depth blocks around the comment inside the function's own: citations stand in one column
 */
export function sectionComment(section: Section, depth = 0): string | null {
  if (section.span === null) return null;
  const source = oneLine(textOf(section.span));
  const text = cut(section.adjoint ? `backward: ${source}` : source, textWidth);
  return `// ${text.padEnd(citationColumn - 3 - 2 * depth)} ${oneLine(citation(section.span))}`;
}

/** The text without line terminators, control characters and marks that reorder it on screen. */
export function oneLine(text: string): string {
  return text
    .replace(/\/\/[^\n]*/g, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join("")}…`;
}
