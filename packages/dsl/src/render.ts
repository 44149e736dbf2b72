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

interface CitedLine {
  readonly number: number;
  readonly text: string;
  readonly marks: readonly Mark[];
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
      const cells = layOut(line.text);
      const window = windowOf(cells, line.marks);
      row(String(line.number), "│", windowed(cells, window));
      for (const marks of markRows(
        line.marks.map((mark) => clip(mark, window)),
        palette,
      ))
        row("", "│", marks);
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
    const lines = new Map<number, { text: string; marks: Mark[] }>();
    for (const label of own) {
      for (const { number, text, mark } of marksOf(label, label === labels[0])) {
        const line = lines.get(number) ?? { text, marks: [] };
        line.marks.push(mark);
        lines.set(number, line);
      }
    }
    const cited = [...lines].map(([number, line]) => ({ number, ...line })).sort((a, b) => a.number - b.number);
    return { file, at: positionOf(file, first.span.start), lines: cited };
  });
}

/** One mark for a label on one line; for a longer one, a mark under its first line and one, with its text, under its last. */
function marksOf({ span, text }: Label, primary: boolean): { number: number; text: string; mark: Mark }[] {
  const first = positionOf(span.file, span.start);
  const last = positionOf(span.file, Math.max(span.start, span.end));
  const firstLine = lineAround(span.file, span.start);
  const lastLine = lineAround(span.file, Math.max(span.start, span.end));
  const mark = (line: string, from: number, to: number, words: string): Mark => {
    const cells = layOut(line);
    const start = columnAt(cells, from);
    return { from: start, to: Math.max(start + 1, columnAt(cells, to)), text: words, primary };
  };
  if (first.line === last.line) {
    return [{ number: first.line, text: firstLine, mark: mark(firstLine, first.column - 1, last.column - 1, text) }];
  }
  const indent = lastLine.length - lastLine.trimStart().length;
  return [
    { number: first.line, text: firstLine, mark: mark(firstLine, first.column - 1, firstLine.length, "from here …") },
    {
      number: last.line,
      text: lastLine,
      mark: mark(lastLine, Math.min(indent, last.column - 1), last.column - 1, `… to here: ${text}`),
    },
  ];
}

function lineAround({ text }: SourceFile, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, "");
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

// ── how it is drawn ──────────────────────────────────────────────────────────────────────────────────────────────────

/** A line longer than this is shown in part, around its first mark. */
const widest = 160;
const leadIn = 40;

interface Window {
  readonly from: number;
  readonly to: number;
}

function windowOf(cells: readonly [Cell, ...Cell[]], marks: readonly Mark[]): Window {
  const width = cells.at(-1)?.column ?? 0;
  if (width <= widest) return { from: 0, to: width };
  const from = Math.max(0, Math.min((marks[0]?.from ?? 0) - leadIn, width - widest));
  return { from, to: from + widest };
}

function windowed(cells: readonly Cell[], { from, to }: Window): string {
  const width = cells.at(-1)?.column ?? 0;
  const shown = cells.filter((cell) => cell.column >= from && cell.column + cell.width <= to);
  // A wide character cut by the window's edge leaves its second column empty.
  const gap = " ".repeat((shown[0]?.column ?? from) - from);
  return `${from > 0 ? "…" : ""}${gap}${shown.map((cell) => cell.text).join("")}${to < width ? "…" : ""}`;
}

function clip(mark: Mark, { from, to }: Window): Mark {
  const shift = from > 0 ? from - 1 : 0;
  const inside = (column: number): number => Math.min(Math.max(column, from), to);
  const start = inside(mark.from) - shift;
  return { ...mark, from: start, to: Math.max(start + 1, inside(mark.to) - shift) };
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
