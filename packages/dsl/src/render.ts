/**
 * Owns: how a diagnostic looks: for people, a citation of the source with marks under it; for programs, plain data.
 *
 *     error[shape-mismatch]: `W` has 3 columns where `x` has 2 elements
 *       ┌ gender.adj:9:12
 *     9 │   z[i] = sum[j](W[i, j] * x[j])
 *       │                      ─      ─ j runs over 2 here
 *       │                      j runs over 3 here
 *       = help: W is declared [units, n] at gender.adj:6; did you mean n = 2?
 */

import { type Position, positionOf, type SourceFile } from "@adjoint/ir";
import type { Diagnostic, Label } from "./diagnostic.ts";
import type { DiagnosticCode } from "./diagnostic-codes.ts";
import { type Cell, harmless, layOut, widthOf } from "./text-width.ts";

export interface RenderOptions {
  /** ANSI colours, for a terminal. */
  readonly colour: boolean;
}

/** A mark under part of one line. */
interface Mark {
  /** Columns `[from, to)`, never empty. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly primary: boolean;
}

/** The part of a label that lies on one line, in UTF-16 offsets of the line. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly primary: boolean;
}

interface CitedLine {
  readonly number: number;
  readonly text: string;
  readonly stretches: readonly Stretch[];
}

interface Citation {
  readonly file: SourceFile;
  readonly at: Position;
  readonly lines: readonly CitedLine[];
}

type Paint = (text: string) => string;

interface Palette {
  readonly severity: Paint;
  readonly strong: Paint;
  readonly gutter: Paint;
  readonly secondary: Paint;
}

/** Several lines, without a line break at the end. Nothing of the source can act on a terminal. */
export function renderDiagnostic(diagnostic: Diagnostic, { colour }: RenderOptions): string {
  const palette = paletteOf(diagnostic.severity, colour);
  const citations = cite(diagnostic.labels);
  const largest = Math.max(...citations.flatMap(({ lines }) => lines.map(({ number }) => number)));
  const gutter = String(largest).length;
  const rows: string[] = [];
  const row = (left: string, sign: string, right: string): void => {
    rows.push(`${palette.gutter(`${left.padStart(gutter)} ${sign}`)} ${right}`.trimEnd());
  };
  const head = palette.severity(`${diagnostic.severity}[${diagnostic.code}]`);
  rows.push(`${head}${palette.strong(`: ${harmless(diagnostic.message)}`)}`);
  for (const [index, { file, at, lines }] of citations.entries()) {
    row("", index === 0 ? "┌" : "├", `${harmless(file.path)}:${at.line}:${at.column}`);
    let previous: number | null = null;
    for (const line of lines) {
      if (previous !== null && line.number > previous + 1) row("", "·", "");
      previous = line.number;
      const { shown, marks } = draw(line);
      row(String(line.number), "│", shown);
      for (const markRow of markRows(marks, palette)) row("", "│", markRow);
    }
  }
  if (diagnostic.help !== null) row("", "=", `help: ${harmless(diagnostic.help)}`);
  return rows.join("\n");
}

// ── what is cited ────────────────────────────────────────────────────────────────────────────────────────────────────

/** By file, in the order in which labels name them; in a file, by line. */
function cite(labels: Diagnostic["labels"]): readonly Citation[] {
  const files = new Map<SourceFile, Label[]>();
  for (const label of labels) {
    const known = files.get(label.span.file);
    if (known === undefined) files.set(label.span.file, [label]);
    else known.push(label);
  }
  return [...files].map(([file, own]) => {
    const first = own[0] ?? labels[0];
    const lines = new Map<number, { text: string; stretches: Stretch[] }>();
    for (const label of own) {
      for (const { number, text, stretch } of stretchesOf(label, label === labels[0])) {
        const line = lines.get(number) ?? { text, stretches: [] };
        line.stretches.push(stretch);
        lines.set(number, line);
      }
    }
    const cited = [...lines].map(([number, line]) => ({ number, ...line })).sort((a, b) => a.number - b.number);
    return { file, at: positionOf(file, first.span.start), lines: cited };
  });
}

/** One for a label on one line; for a longer one, its first line's, and its last line's, which has its text. */
function stretchesOf(
  { span: { file, start, end }, text }: Label,
  primary: boolean,
): readonly { readonly number: number; readonly text: string; readonly stretch: Stretch }[] {
  const first = positionOf(file, start);
  const last = positionOf(file, end);
  const firstLine = lineAround(file, start);
  const lastLine = lineAround(file, end);
  const from = first.column - 1;
  const to = last.column - 1;
  if (first.line === last.line) {
    return [{ number: first.line, text: firstLine, stretch: { from, to, text, primary } }];
  }
  const indent = Math.min(lastLine.length - lastLine.trimStart().length, to);
  const beginning = { from, to: firstLine.length, text: "from here …", primary };
  const ending = { from: indent, to, text: `… to here: ${text}`, primary };
  return [
    { number: first.line, text: firstLine, stretch: beginning },
    { number: last.line, text: lastLine, stretch: ending },
  ];
}

function lineAround({ text }: SourceFile, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, "");
}

// ── how it is drawn ──────────────────────────────────────────────────────────────────────────────────────────────────

/** A line of more UTF-16 units is shown in part, around its first mark. */
const longest = 160;
const leadIn = 40;

/** The line as it is shown, and the columns of its marks. Takes no more time for a line of a megabyte than for one of 160. */
function draw({ text, stretches }: CitedLine): { readonly shown: string; readonly marks: readonly Mark[] } {
  const whole = text.length <= longest;
  const begin = whole ? 0 : Math.max(0, Math.min((stretches[0]?.from ?? 0) - leadIn, text.length - longest));
  const part = whole ? text : text.slice(begin, begin + longest);
  const before = begin > 0 ? "…" : "";
  const after = begin + part.length < text.length ? "…" : "";
  const cells = layOut(part);
  const column = (offset: number): number =>
    before.length + columnAt(cells, Math.min(Math.max(offset - begin, 0), part.length));
  const marks = stretches.map((stretch) => {
    const from = column(stretch.from);
    return { ...stretch, from, to: Math.max(from + 1, column(stretch.to)) };
  });
  return { shown: before + cells.map((cell) => cell.text).join("") + after, marks };
}

/** The column of the cell that holds a UTF-16 offset. */
function columnAt(cells: readonly [Cell, ...Cell[]], offset: number): number {
  let found = cells[0];
  for (const cell of cells) {
    if (cell.offset > offset) break;
    found = cell;
  }
  return found.column;
}

/**
 * Marks that do not overlap share a row; the last one's text follows it, the others' stand below, from right to left,
 * each under the beginning of its mark.
 */
function markRows(marks: readonly Mark[], palette: Palette): readonly string[] {
  return layers([...marks].sort((a, b) => a.from - b.from || b.to - a.to)).flatMap((layer) => {
    const paint = (mark: Mark): Paint => (mark.primary ? palette.severity : palette.secondary);
    const rows = [
      join(
        layer.map((mark, k) => ({
          at: mark.from,
          text:
            "─".repeat(mark.to - mark.from) +
            (k === layer.length - 1 && mark.text !== "" ? ` ${harmless(mark.text)}` : ""),
          paint: paint(mark),
        })),
      ),
    ];
    const waiting = layer.slice(0, -1).filter((mark) => mark.text !== "");
    for (let mark = waiting.pop(); mark !== undefined; mark = waiting.pop()) {
      const left = waiting.map((other) => ({ at: other.from, text: "│", paint: paint(other) }));
      rows.push(join([...left, { at: mark.from, text: harmless(mark.text), paint: paint(mark) }]));
    }
    return rows;
  });
}

function layers(sorted: readonly Mark[]): readonly (readonly Mark[])[] {
  const found: Mark[][] = [];
  for (const mark of sorted) {
    const free = found.find((layer) => (layer.at(-1)?.to ?? 0) <= mark.from);
    if (free === undefined) found.push([mark]);
    else free.push(mark);
  }
  return found;
}

function join(pieces: readonly { readonly at: number; readonly text: string; readonly paint: Paint }[]): string {
  let column = 0;
  let text = "";
  for (const piece of pieces) {
    text += " ".repeat(Math.max(0, piece.at - column)) + piece.paint(piece.text);
    column = Math.max(column, piece.at) + widthOf(piece.text);
  }
  return text;
}

function paletteOf(severity: Diagnostic["severity"], colour: boolean): Palette {
  const ansi = (code: string): Paint => (colour ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text);
  return {
    severity: ansi(severity === "error" ? "1;31" : "1;33"),
    strong: ansi("1"),
    gutter: ansi("34"),
    secondary: ansi("36"),
  };
}

// ── for programs ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A place: line and column from 1, the column in UTF-16 units, and the offset from 0. */
export interface JsonPlace extends Position {
  readonly offset: number;
}

/** What `--json` prints for a diagnostic; the first label is the place that is cited. */
export interface JsonDiagnostic {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly help: string | null;
  readonly labels: readonly {
    readonly path: string;
    readonly text: string;
    readonly start: JsonPlace;
    readonly end: JsonPlace;
  }[];
}

export function diagnosticToJson({ code, severity, message, help, labels }: Diagnostic): JsonDiagnostic {
  const place = (file: SourceFile, offset: number): JsonPlace => ({ ...positionOf(file, offset), offset });
  return {
    code,
    severity,
    message,
    help,
    labels: labels.map(({ span: { file, start, end }, text }) => ({
      path: file.path,
      text,
      start: place(file, start),
      end: place(file, end),
    })),
  };
}
