/** Owns: the reading of one import or definition by itself, and how reading goes on in it after an error. */

import type { SourceFile } from "@adjoint/ir";
import type { FailedMatchResult, MatchResult } from "ohm-js";
import { buildDefinition, buildImport } from "./build-tree.ts";
import { describeFailure } from "./describe-failure.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { grammar } from "./grammar.ts";
import type { Context } from "./match-parts.ts";
import { guardDepth, guardNesting } from "./parse-guards.ts";
import type { Scan, Token } from "./scan.ts";
import type { Chunk, Split } from "./split-page.ts";
import { isStatementStart } from "./statement-words.ts";
import type { Definition, Import } from "./syntax-tree.ts";

/** More than a reader takes in at once. */
export const mostDiagnostics = 50;

/** Reads one chunk of a page. */
export class ChunkReader {
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

  /** Null exactly if something is reported that leaves no tree. */
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
