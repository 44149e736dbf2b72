/** Owns: from the text of a page to its syntax tree, or to every diagnostic that its text alone gives rise to. */

import type { SourceFile } from "@adjoint/ir";
import type { Diagnostic } from "./diagnostic.ts";
import { guardLength, guardTokens } from "./parse-guards.ts";
import { ChunkReader, mostDiagnostics } from "./read-chunk.ts";
import { scan, type Token } from "./scan.ts";
import { type Chunk, splitPage } from "./split-page.ts";
import type { Definition, Import, Page } from "./syntax-tree.ts";

export interface Parsed {
  /** Null exactly if a diagnostic is an error. */
  readonly page: Page | null;
  readonly diagnostics: readonly Diagnostic[];
  /** What could be read of a page in error, so that the rest of it can be checked; null if reading was given up. */
  readonly readable: Readable | null;
}

export interface Readable {
  readonly page: Page;
  /** Names that the page means to define or import, but in text that is in error. */
  readonly broken: ReadonlySet<string>;
}

/**
 * Reads a page. Never throws, whatever the text, and takes time linear in its length. Every import and definition is
 * matched by itself, and after an error matching goes on at the next statement that begins a line.
 */
export function parse(file: SourceFile): Parsed {
  const tooLong = guardLength(file);
  if (tooLong !== null) return { page: null, diagnostics: [tooLong], readable: null };
  const scanned = scan(file);
  const tokenTooLong = guardTokens(file, scanned.tokens);
  if (tokenTooLong !== null) return { page: null, diagnostics: [tokenTooLong], readable: null };
  const split = splitPage(scanned.tokens);
  const diagnostics: Diagnostic[] = [...scanned.diagnostics];
  const imports: Import[] = [];
  const definitions: Definition[] = [];
  const broken = new Set<string>();
  for (const chunk of split.chunks) {
    if (diagnostics.length >= mostDiagnostics) break;
    const parsed = readChunk(chunk);
    if (parsed === null) for (const name of namesGiven(scanned.tokens, chunk)) broken.add(name);
    else if (parsed.kind === "definition") definitions.push(parsed);
    else {
      imports.push(parsed);
      if (definitions.length > 0) diagnostics.push(misplacedImport(parsed, definitions));
    }
  }
  const page: Page = { kind: "page", imports, definitions, span: { file, start: 0, end: file.text.length } };
  if (diagnostics.length === 0) return { page, diagnostics, readable: { page, broken } };
  const readable = diagnostics.length < mostDiagnostics ? { page, broken } : null;
  return { page: null, diagnostics: inOrder(diagnostics), readable };

  function readChunk(chunk: Chunk): Import | Definition | null {
    const reader = new ChunkReader(file, scanned, split, chunk);
    const before = diagnostics.length;
    if (scanned.diagnostics.some(({ labels: [{ span }] }) => reader.start <= span.start && span.start < reader.end))
      return null;
    const parsed = reader.read((diagnostic) => diagnostics.push(diagnostic));
    return diagnostics.length > before ? null : parsed;
  }
}

/** The names that a chunk gives: all that an import mentions, and whatever stands before the formals or the body else. */
function* namesGiven(tokens: readonly Token[], { kind, from, to }: Chunk): Generator<string> {
  for (const token of tokens.slice(from, to)) {
    if (kind !== "import" && ["(", "=", "{"].includes(token.text)) return;
    if (token.kind === "word") yield token.text.normalize("NFC");
  }
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
