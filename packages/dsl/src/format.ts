/**
 * Owns: the canonical layout of a page. Two spaces, 100 columns; `~` and the names of ports aligned in a run of like
 * statements; one empty line between definitions, at most one where the writer left some between statements; every
 * comment kept. Formatting what is formatted changes nothing, and the tree of the result is the tree of the page.
 */

import type { SourceFile, Span } from "@adjoint/ir";
import { CommentCursor } from "./comment-cursor.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { concat, type Document, group, hardBreak, indent, line, mustBreak, print, suffix } from "./document.ts";
import {
  formatAlone,
  formatBinder,
  formatBinders,
  formatExpression,
  formatExtents,
  formatFormals,
  formatRange,
} from "./format-expression.ts";
import { parse } from "./parse.ts";
import { type Comment, scan } from "./scan.ts";
import type { Definition, Expression, Import, Page, Statement, TrainSetting, TrainStatement } from "./syntax-tree.ts";
import { widthOf } from "./text-width.ts";

export interface Formatted {
  /** Null exactly if the page does not parse. */
  readonly text: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

const width = 100;

export function format(file: SourceFile): Formatted {
  const { page, diagnostics } = parse(file);
  if (page === null) return { text: null, diagnostics };
  return { text: formatPage(page, scan(file).comments), diagnostics };
}

/** The text of a page, with the comments of its file; of a page that has no text yet, with none. */
export function formatPage(page: Page, comments: readonly Comment[]): string {
  const { text } = page.span.file;
  const cursor = new CommentCursor(comments);
  const parts: Document[] = [];
  let previous: Import | Definition | null = null;
  for (const item of [...page.imports, ...page.definitions]) {
    const leading = leadingComments(item.span.start, text, cursor);
    const separated = previous !== null && (!isOneLiner(previous) || !isOneLiner(item) || leading.afterBlank);
    if (parts.length > 0) parts.push(hardBreak);
    if (separated && parts.length > 0) parts.push(hardBreak);
    parts.push(leading.comments, leading.gap);
    parts.push(item.kind === "import" ? formatImport(item, cursor) : formatDefinition(item, text, cursor));
    parts.push(trailingComments(item.span.end, text, cursor));
    previous = item;
  }
  const rest = leadingComments(Number.POSITIVE_INFINITY, text, cursor);
  if (!rest.empty) {
    if (parts.length > 0) parts.push(hardBreak);
    if (parts.length > 0 && rest.afterBlank) parts.push(hardBreak);
    parts.push(rest.comments);
  }
  return `${print(concat(...parts), width).trimEnd()}\n`;
}

function isOneLiner(item: Import | Definition): boolean {
  return item.kind === "import" || item.body.kind === "expression";
}

// ── comments between things ──────────────────────────────────────────────────────────────────────────────────────────

interface Leading {
  /** The comments on lines of their own, with an empty line wherever the writer left one. */
  readonly comments: Document;
  /** The line breaks between the last comment and the thing itself; none without comments. */
  readonly gap: Document;
  readonly empty: boolean;
  /** An empty line stands before the first comment, or, without one, before the thing itself. */
  readonly afterBlank: boolean;
}

/** The comments before what stands at `offset` (at the end of the page: infinity). */
function leadingComments(offset: number, text: string, cursor: CommentCursor): Leading {
  const [first, ...others] = cursor.takeBefore(offset);
  const blankBefore = Number.isFinite(offset) && followsBlank(text, offset);
  if (first === undefined) return { comments: concat(), gap: concat(), empty: true, afterBlank: blankBefore };
  const rows = others.flatMap(({ text, afterBlank }) => [hardBreak, ...(afterBlank ? [hardBreak] : []), text]);
  const gap = concat(hardBreak, ...(blankBefore ? [hardBreak] : []));
  return { comments: concat(first.text, ...rows), gap, empty: false, afterBlank: first.afterBlank };
}

/** The comments behind what ends at `end`, up to the end of that line. */
function trailingComments(end: number, text: string, cursor: CommentCursor): Document {
  const lineEnd = text.indexOf("\n", end);
  const trailing = cursor.takeTrailingBefore(lineEnd === -1 ? text.length : lineEnd);
  return concat(...trailing.map((comment) => suffix(comment.text)));
}

function followsBlank(text: string, offset: number): boolean {
  return /\n[ \t\r]*\n[ \t\r]*$/.test(text.slice(Math.max(0, offset - 200), offset));
}

// ── definitions ──────────────────────────────────────────────────────────────────────────────────────────────────────

function formatImport({ names, from, span }: Import, cursor: CommentCursor): Document {
  const list = names.flatMap((name, k) => [k === 0 ? "" : ",", cursor.lineBefore(name.span.start), name.text]);
  const inner = concat(indent(concat(...list)), line());
  const rest = cursor.suffixesBefore(span.end);
  return concat(group(concat("import {", inner, "}")), ` from "${from.text}"`, rest);
}

function formatDefinition(definition: Definition, text: string, cursor: CommentCursor): Document {
  const { keyword, name, formals, body, span } = definition;
  const head = concat(keyword, " ", name.text, formals === null ? "" : formatFormals(formals, cursor));
  if (body.kind === "block") return concat(head, " ", formatBlock(body.statements, body.span, text, cursor));
  const value = concat(cursor.lineBefore(body.value.span.start), formatAlone(body.value, cursor));
  return concat(group(concat(head, " =", indent(value))), cursor.suffixesBefore(span.end));
}

function formatBlock(statements: readonly Statement[], span: Span, text: string, cursor: CommentCursor): Document {
  const close = span.end - 1;
  const first = statements[0]?.span.start ?? close;
  // What stands before the brace, and behind it on its line.
  const opening = [...cursor.takeBefore(span.start), ...cursor.takeTrailingBefore(first)];
  const header = opening.map((comment) => suffix(comment.text));
  const columns = alignments(statements, text);
  const rows: Document[] = [];
  for (const [index, statement] of statements.entries()) {
    const leading = leadingComments(statement.span.start, text, cursor);
    rows.push(hardBreak);
    if (index > 0 && leading.afterBlank) rows.push(hardBreak);
    rows.push(leading.comments, leading.gap, formatStatement(statement, columns[index] ?? 0, text, cursor));
    rows.push(cursor.suffixesBefore(statement.span.end), trailingComments(statement.span.end, text, cursor));
  }
  const rest = leadingComments(close, text, cursor);
  if (!rest.empty) {
    rows.push(hardBreak);
    if (statements.length > 0 && rest.afterBlank) rows.push(hardBreak);
    rows.push(rest.comments);
  }
  if (rows.length === 0 && header.length === 0) return concat("{}");
  return concat("{", ...header, indent(concat(...rows)), hardBreak, "}");
}

// ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────────

function formatStatement(statement: Statement, column: number, text: string, cursor: CommentCursor): Document {
  switch (statement.kind) {
    case "port":
    case "parameter":
    case "state":
    case "noise":
      return formatDeclaration(statement, column, cursor);
    case "binding": {
      const { name, indices, value } = statement;
      const left = indices === null ? "" : formatBinders(indices, cursor, statement.trailing);
      return bound(concat(name.text, left, " ="), value, cursor);
    }
    case "update":
      return bound(concat(`${statement.name.text} <-`), statement.value, cursor);
    case "return":
      return bound(concat("return"), statement.value, cursor);
    case "loss-statement": {
      const { name, value } = statement;
      return bound(concat("loss", name === null ? "" : ` ${name.text} =`), value, cursor);
    }
    case "result": {
      const { role, name, indices, value } = statement;
      if (name === null) return bound(concat(role), value, cursor);
      const left = indices === null ? "" : formatBinders(indices, cursor, statement.trailing);
      return bound(concat(`${role} ${name.text}`, left, " ="), value, cursor);
    }
    case "require":
      return bound(concat("require"), statement.condition, cursor);
    case "repeat": {
      const { index, count, statements, block } = statement;
      const turns = formatRange(count, cursor);
      return concat(
        index === null ? "repeat " : `repeat ${index.text} < `,
        turns,
        " ",
        formatBlock(statements, block.span, text, cursor),
      );
    }
    case "carry": {
      const { name, extents, value } = statement;
      const shape = extents === null ? "" : formatExtents(extents, cursor);
      return bound(concat(`carry ${name.text}`, shape, " ="), value, cursor);
    }
    case "scan": {
      const { index, backwards, statements, block } = statement;
      const head = concat("scan ", formatBinder(index, cursor), backwards ? " backwards " : " ");
      return concat(head, formatBlock(statements, block.span, text, cursor));
    }
    case "train":
      return formatTrain(statement, cursor);
  }
}

function formatSetting({ name, values, patterns }: TrainSetting, cursor: CommentCursor): Document {
  const listed = values.flatMap((value, k) => [k === 0 ? "" : ", ", formatExpression(value, cursor)]);
  const quoted = patterns.map(({ text }) => `"${text}"`).join(", ");
  if (values.length === 0) return concat(`${name.text} ${quoted}`);
  return concat(name.text, " ", ...listed, patterns.length === 0 ? "" : ` for ${quoted}`);
}

/**
 * What ends with a bracket begins on the line of its name and breaks inside the bracket; anything else that is too long
 * goes to the next line, as does what a comment stands before.
 */
function bound(head: Document, value: Expression, cursor: CommentCursor): Document {
  const before = cursor.lineBefore(value.span.start);
  const hugs = value.kind === "call" || value.kind === "reduction" || value.kind === "read";
  if (hugs && !mustBreak(before)) return concat(head, " ", formatExpression(value, cursor));
  return group(concat(head, indent(concat(before, formatAlone(value, cursor)))));
}

function formatTrain({ settings, span }: TrainStatement, cursor: CommentCursor): Document {
  if (settings.length === 0) return concat("train {", cursor.suffixesBefore(span.end), "}");
  const rows = settings.map((setting, k) =>
    concat(cursor.lineBefore(setting.name.span.start, k === 0 ? " " : "  "), formatSetting(setting, cursor)),
  );
  return group(concat("train {", indent(concat(...rows)), cursor.suffixesBefore(span.end), line(), "}"));
}

// ── alignment ────────────────────────────────────────────────────────────────────────────────────────────────────────

type Declaration = Extract<Statement, { readonly kind: "port" | "parameter" | "state" | "noise" }>;

function formatDeclaration(statement: Declaration, column: number, cursor: CommentCursor): Document {
  const lead = leadOf(statement);
  const padded = lead + " ".repeat(Math.max(0, column - widthOf(lead)));
  switch (statement.kind) {
    case "port": {
      const { name, extents, type } = statement;
      const suffixed = type === null ? "" : concat(": class(", formatExpression(type.count, cursor), ")");
      return concat(padded, " ", name.text, formatExtents(extents, cursor), suffixed);
    }
    case "parameter":
      return concat(padded, " ~ ", formatExpression(statement.initializer, cursor), statement.frozen ? " frozen" : "");
    case "state":
    case "noise":
      return concat(padded, " ~ ", formatExpression(statement.initializer, cursor));
  }
}

/** What stands left of the column that is aligned: a port's role; a parameter's or state's name and extents. */
function leadOf(statement: Declaration): string {
  switch (statement.kind) {
    case "port":
      return statement.role;
    case "parameter":
    case "state":
    case "noise": {
      const extents = formatExtents(statement.extents, new CommentCursor([]));
      const word = statement.kind === "parameter" ? "param" : statement.kind;
      return `${word} ${statement.name.text}${print(extents, Number.POSITIVE_INFINITY)}`;
    }
  }
}

function isDeclaration(statement: Statement | undefined): statement is Declaration {
  const kind = statement?.kind;
  return kind === "port" || kind === "parameter" || kind === "state" || kind === "noise";
}

/** By statement: the column of its run, where a run is declarations of one kind without an empty line or comment between. */
function alignments(statements: readonly Statement[], text: string): readonly number[] {
  const columns = new Array<number>(statements.length).fill(0);
  let start = 0;
  while (start < statements.length) {
    let end = start + 1;
    while (end < statements.length && continuesRun(statements[end - 1], statements[end], text)) end++;
    const run = statements.slice(start, end).filter(isDeclaration);
    columns.fill(Math.max(0, ...run.map((statement) => widthOf(leadOf(statement)))), start, end);
    start = end;
  }
  return columns;
}

function continuesRun(before: Statement | undefined, after: Statement | undefined, text: string): boolean {
  if (!isDeclaration(before) || !isDeclaration(after) || before.kind !== after.kind) return false;
  const between = text.slice(before.span.end, after.span.start);
  return !/\n[ \t\r]*(?:\n|\/\/)/.test(between);
}
