/** Owns: how text looks in a terminal: the columns it takes, and that nothing in it can act on the terminal. */

/** Controls and bidirectional controls, which could hide or rearrange what is shown. */
const acting = /\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f]|\p{Cs}/gu;
const invisible = /^(?:\p{Mn}|\p{Me}|\p{Cf})+$/u;
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/u;

const tabStop = 4;

/** One piece of a line as it is shown: a grapheme, a tab, or the stand-in of a control. */
export interface Cell {
  /** UTF-16 offset in the line. */
  readonly offset: number;
  /** Column at which it begins, from 0. */
  readonly column: number;
  readonly width: number;
  readonly text: string;
}

/** The text with every control replaced by a picture of it or by U+FFFD. Line breaks and tabs are controls too. */
export function harmless(text: string): string {
  return text.replace(acting, (control) => {
    const code = control.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : "\ufffd";
  });
}

/** The cells of one line, ending with an empty one for the place behind it. */
export function layOut(line: string): readonly [Cell, ...Cell[]] {
  const cells: Cell[] = [];
  let column = 0;
  for (const { segment, offset } of graphemesOf(line)) {
    const text = segment === "\t" ? " ".repeat(tabStop - (column % tabStop)) : harmless(segment);
    const width = segment === "\t" ? text.length : graphemeWidth(text);
    cells.push({ offset, column, width, text });
    column += width;
  }
  const end: Cell = { offset: line.length, column, width: 0, text: "" };
  const [first, ...rest] = cells;
  return first === undefined ? [end] : [first, ...rest, end];
}

/**
 * The graphemes of a line. The engine's segmenter takes time that grows with the square of the text, so it is given a part
 * at a time: the last grapheme of a part, which may go on behind it, is the first of the next.
 */
function* graphemesOf(line: string): Generator<{ readonly segment: string; readonly offset: number }> {
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  const part = 256;
  let length = part;
  for (let start = 0; start < line.length; ) {
    const end = start + length - (isHighSurrogate(line.charCodeAt(start + length - 1)) ? 1 : 0);
    const found = [...segmenter.segment(line.slice(start, end))];
    const last = end < line.length ? found.pop() : undefined;
    for (const { segment, index } of found) yield { segment, offset: start + index };
    // One grapheme that fills the part: twice as much is needed to see its end.
    length = found.length === 0 ? 2 * length : part;
    start = last === undefined ? line.length : start + last.index;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) || grapheme.includes("\ufe0f") ? 2 : 1;
}

/** Columns that the text takes on one line. */
export function widthOf(text: string): number {
  return layOut(text).reduce((sum, cell) => sum + cell.width, 0);
}
