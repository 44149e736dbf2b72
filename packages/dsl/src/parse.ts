/** Owns: from the text of a page to its syntax tree, or to every diagnostic that its text alone gives rise to. */

import type { SourceFile } from "@adjoint/ir";
import type { Diagnostic } from "./diagnostic.ts";
import { guardLength, guardTokens } from "./parse-guards.ts";
import { ChunkReader, mostDiagnostics } from "./read-chunk.ts";
import { scan } from "./scan.ts";
import { splitPage } from "./split-page.ts";
import { definitionWords } from "./statement-words.ts";
import type { Definition, DefinitionKeyword, Import, Page } from "./syntax-tree.ts";

export interface Parsed {
  /** Null exactly if a diagnostic is an error. */
  readonly page: Page | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a page. Never throws, whatever the text, and takes time linear in its length. Every import and definition is
 * matched by itself, and after an error matching goes on at the next statement that begins a line.
 */
export function parse(file: SourceFile): Parsed {
  const tooLong = guardLength(file);
  if (tooLong !== null) return { page: null, diagnostics: [tooLong] };
  const scanned = scan(file);
  const tokenTooLong = guardTokens(file, scanned.tokens);
  if (tokenTooLong !== null) return { page: null, diagnostics: [tokenTooLong] };
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

/** A definition that has been found but not read. */
export interface Outlined {
  readonly keyword: DefinitionKeyword;
  readonly name: string;
  /** Reads it, anew at each call; null, and diagnostics, if it is in error. */
  read(report: (diagnostic: Diagnostic) => void): Definition | null;
}

/**
 * The definitions of a page that is known to be free of errors, each to be read when it is needed: of a library a program
 * uses a small part, and finding the definitions costs about a fiftieth of reading them.
 */
export function outline(file: SourceFile): readonly Outlined[] {
  const scanned = scan(file);
  const split = splitPage(scanned.tokens);
  return split.chunks.flatMap((chunk) => {
    const keyword = definitionWords.find((word) => word === scanned.tokens[chunk.from]?.text);
    const name = scanned.tokens[chunk.from + 1]?.text.normalize("NFC");
    if (keyword === undefined || name === undefined) return [];
    const read = (report: (diagnostic: Diagnostic) => void): Definition | null => {
      const parsed = new ChunkReader(file, scanned, split, chunk).read(report);
      return parsed?.kind === "definition" ? parsed : null;
    };
    return [{ keyword, name, read }];
  });
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
