/**
 * Owns: text with places where it may break, and the choice of the breaks (after Oppen 1980 and Wadler 2003).
 *
 * A group is printed on one line if what stands before its next possible break fits, else all its own breaks are taken.
 * A suffix (a comment) waits for the end of its line and takes no width. Printing is iterative and linear in practice.
 */

import { widthOf } from "./text-width.ts";

export type Document =
  | { readonly kind: "text"; readonly text: string }
  /** In a group on one line: `flat`; else a line break. */
  | { readonly kind: "line"; readonly flat: string }
  | { readonly kind: "break" }
  | { readonly kind: "suffix"; readonly text: string }
  | { readonly kind: "concat"; readonly parts: readonly Document[]; readonly breaks: boolean }
  | { readonly kind: "indent"; readonly content: Document; readonly breaks: boolean }
  | { readonly kind: "group"; readonly content: Document; readonly breaks: boolean };

export const text = (content: string): Document => ({ kind: "text", text: content });
export const line = (flat = " "): Document => ({ kind: "line", flat });
/** A line break wherever it stands; every group around it breaks. */
export const hardBreak: Document = { kind: "break" };
/** Stands at the end of the line that it is on; every group around it breaks, so that nothing is drawn in behind it. */
export const suffix = (content: string): Document => ({ kind: "suffix", text: content });

export function concat(...parts: readonly (Document | string)[]): Document {
  const documents = parts.map((part) => (typeof part === "string" ? text(part) : part));
  return { kind: "concat", parts: documents, breaks: documents.some(mustBreak) };
}
export const indent = (content: Document): Document => ({ kind: "indent", content, breaks: mustBreak(content) });
export const group = (content: Document): Document => ({ kind: "group", content, breaks: mustBreak(content) });

/** Whether a line break inside is certain. */
export function mustBreak(document: Document): boolean {
  switch (document.kind) {
    case "text":
    case "line":
      return false;
    case "break":
    case "suffix":
      return true;
    case "concat":
    case "indent":
    case "group":
      return document.breaks;
  }
}

interface Command {
  readonly document: Document;
  readonly indentation: number;
  readonly flat: boolean;
}

const step = 2;

/** The text in at most `width` columns where the breaks allow it, without spaces at the ends of lines. */
export function print(document: Document, width: number): string {
  const lines: string[] = [];
  let current = "";
  let column = 0;
  let suffixes = "";
  const commands: Command[] = [{ document, indentation: 0, flat: false }];
  const endLine = (): void => {
    lines.push((current + suffixes).trimEnd());
    suffixes = "";
  };
  for (let command = commands.pop(); command !== undefined; command = commands.pop()) {
    const { document: top, indentation, flat } = command;
    switch (top.kind) {
      case "text":
        current += top.text;
        column += columnsOf(top.text);
        break;
      case "line":
        if (flat) {
          current += top.flat;
          column += top.flat.length;
          break;
        }
        endLine();
        current = " ".repeat(indentation);
        column = indentation;
        break;
      case "break":
        endLine();
        current = " ".repeat(indentation);
        column = indentation;
        break;
      case "suffix":
        suffixes += ` ${top.text}`;
        break;
      case "concat":
        for (let k = top.parts.length - 1; k >= 0; k--) {
          const part = top.parts[k];
          if (part !== undefined) commands.push({ document: part, indentation, flat });
        }
        break;
      case "indent":
        commands.push({ document: top.content, indentation: indentation + step, flat });
        break;
      case "group": {
        const onOneLine = flat || (!top.breaks && fits(top.content, commands, width - column));
        commands.push({ document: top.content, indentation, flat: onOneLine });
        break;
      }
    }
  }
  endLine();
  return lines.join("\n");
}

/** Whether the content, on one line, and what follows up to the next break, take no more than `room` columns. */
function fits(content: Document, following: readonly Command[], room: number): boolean {
  let left = room;
  let next = following.length;
  const pending: Pick<Command, "document" | "flat">[] = [{ document: content, flat: true }];
  while (left >= 0) {
    const command = pending.pop() ?? following[--next];
    if (command === undefined) return true;
    const { document, flat } = command;
    switch (document.kind) {
      case "text":
        left -= columnsOf(document.text);
        break;
      case "line":
        if (!flat) return true;
        left -= document.flat.length;
        break;
      case "break":
        return true;
      case "suffix":
        break;
      case "concat":
        for (let k = document.parts.length - 1; k >= 0; k--) {
          const part = document.parts[k];
          if (part !== undefined) pending.push({ document: part, flat });
        }
        break;
      case "indent":
        pending.push({ document: document.content, flat });
        break;
      case "group":
        pending.push({ document: document.content, flat: flat && !document.breaks });
        break;
    }
  }
  return false;
}

function columnsOf(content: string): number {
  return /^[ -~]*$/.test(content) ? content.length : widthOf(content);
}
