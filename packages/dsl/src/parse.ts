/** Owns: from the text of a page to its syntax tree, or to every diagnostic that its text alone gives rise to. */

import type { SourceFile } from "@adjoint/ir";
import type { FailedMatchResult, MatchResult } from "ohm-js";
import { buildDefinition, buildImport, type Context } from "./build-tree.ts";
import { describeFailure } from "./describe-failure.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { grammar } from "./grammar.ts";
import { guardDepth, guardLength, guardNesting } from "./parse-guards.ts";
import { type Scan, scan, type Token } from "./scan.ts";
import { type Chunk, type Split, splitPage } from "./split-page.ts";
import { isStatementStart } from "./statement-words.ts";
import type { Definition, Import, Page } from "./syntax-tree.ts";

export interface Parsed {
  /** Null exactly if a diagnostic is an error. */
  readonly page: Page | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** More than a reader takes in at once. */
const mostDiagnostics = 50;

/**
 * Reads a page. Never throws, whatever the text, and takes time linear in its length. Every import and definition is
 * matched by itself, and after an error matching goes on at the next statement that begins a line.
 */
export function parse(file: SourceFile): Parsed {
  const tooLong = guardLength(file);
  if (tooLong !== null) return { page: null, diagnostics: [tooLong] };
  const scanned = scan(file);
  const split = splitPage(scanned.tokens);
  const diagnostics: Diagnostic[] = [...scanned.diagnostics];
  const imports: Import[] = [];
  const definitions: Definition[] = [];
  for (const chunk of split.chunks) {
    if (diagnostics.length >= mostDiagnostics) break;
    const reader = new ChunkReader(file, scanned, split, chunk);
    const before = diagnostics.length;
    if (scanned.diagnostics.some(({ labels: [{ span }] }) => reader.start <= span.start && span.start < reader.end))
      continue;
    const parsed = reader.read((diagnostic) => diagnostics.push(diagnostic));
    if (parsed === null || diagnostics.length > before) continue;
    if (parsed.kind === "definition") definitions.push(parsed);
    else if (definitions.length === 0) imports.push(parsed);
    else diagnostics.push(misplacedImport(parsed, definitions));
  }
  const shown = inOrder(diagnostics);
  if (shown.length > 0) return { page: null, diagnostics: shown };
  const span = { file, start: 0, end: file.text.length };
  return { page: { kind: "page", imports, definitions, span }, diagnostics: [] };
}

/** Reads one chunk of a page. */
class ChunkReader {
  /** Offsets of the chunk's text, to the beginning of the next chunk. */
  readonly start: number;
  readonly end: number;
  readonly #file: SourceFile;
  readonly #scan: Scan;
  readonly #split: Split;
  readonly #chunk: Chunk;

  constructor(file: SourceFile, scanned: Scan, split: Split, chunk: Chunk) {
    this.#file = file;
    this.#scan = scanned;
    this.#split = split;
    this.#chunk = chunk;
    this.start = chunk.kind === "stray" ? 0 : (scanned.tokens[chunk.from]?.start ?? 0);
    this.end = scanned.tokens[chunk.to]?.start ?? file.text.length;
  }

  read(report: (diagnostic: Diagnostic) => void): Import | Definition | null {
    const { tokens, docs } = this.#scan;
    const tooDeep = guardNesting(this.#file, tokens, this.#chunk);
    if (tooDeep !== null) {
      report(tooDeep);
      return null;
    }
    const rule = this.#chunk.kind === "import" ? "Import" : "Definition";
    const match = grammar.match(this.#file.text.slice(this.start, this.end), rule);
    if (match.failed()) {
      this.#reportFailures(match, report);
      return null;
    }
    const context: Context = { file: this.#file, offset: this.start, docs, report };
    if (rule === "Import") return buildImport(match, context);
    const definition = buildDefinition(match, context);
    const depth = guardDepth(definition);
    if (depth !== null) report(depth);
    return definition;
  }

  /** One diagnostic for the match, and one for each that fails after it, going on at the statements that follow. */
  #reportFailures(first: FailedMatchResult, report: (diagnostic: Diagnostic) => void): void {
    const { file, end } = { file: this.#file, end: this.end };
    const { tokens } = this.#scan;
    let match: MatchResult = first;
    let from = this.#chunk.from;
    let offset = this.start;
    for (let count = 0; count < mostDiagnostics && match.failed(); count++) {
      const at = tokenFrom(tokens, from, this.#chunk.to, offset + match.getRightmostFailurePosition());
      const expected = new Set(match.getRightmostFailures().map((failure) => failure.getText()));
      const { brackets } = this.#split;
      report(describeFailure({ file, tokens, brackets, from, to: this.#chunk.to, at, expected }));
      const next = this.#nextStatement(Math.max(at, from + 1));
      const token = next === null ? undefined : tokens[next];
      if (next === null || token === undefined) return;
      from = next;
      offset = token.start;
      match = grammar.match(file.text.slice(offset, end), "Rest");
    }
  }

  /** The first token from `index` on that begins a line and a statement, directly in the definition's block. */
  #nextStatement(index: number): number | null {
    const { tokens } = this.#scan;
    const { matching, enclosing } = this.#split.brackets;
    for (let k = index; k < this.#chunk.to; k++) {
      if (!isStatementStart(tokens, k)) continue;
      let around = enclosing[k] ?? -1;
      // What is open and never closed is part of an error that was reported, not a place.
      while (around !== -1 && tokens[around]?.text !== "{" && !matching.has(around)) around = enclosing[around] ?? -1;
      if (around !== -1 && tokens[around]?.text === "{" && enclosing[around] === -1) return k;
    }
    return null;
  }
}

/** The first token in `[from, to)` that does not end before `offset`: the one that stands there or comes next. */
function tokenFrom(tokens: readonly Token[], from: number, to: number, offset: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function misplacedImport(found: Import, definitions: readonly Definition[]): Diagnostic {
  const [first] = definitions;
  return {
    code: "misplaced-import",
    severity: "error",
    message: "imports stand before the first definition",
    labels: [
      { span: found.span, text: "this import" },
      ...(first === undefined ? [] : [{ span: first.name.span, text: "comes after this definition" }]),
    ],
    help: "move it to the top of the page",
  };
}

/** In the order of the text, and no more than a reader takes in. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort((a, b) => a.labels[0].span.start - b.labels[0].span.start);
  const [hidden] = sorted.slice(mostDiagnostics);
  if (hidden === undefined) return sorted;
  return [
    ...sorted.slice(0, mostDiagnostics),
    {
      code: "too-many-errors",
      severity: "error",
      message: "there are more errors, which are not shown",
      labels: [{ span: hidden.labels[0].span, text: "the next is here" }],
      help: "mend those above first",
    },
  ];
}
