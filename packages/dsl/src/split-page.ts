/**
 * Owns: where imports and definitions begin and end in a page that may be broken, so that each is parsed by itself and an
 * error in one hides nothing in the others.
 */

import { type Brackets, matchBrackets } from "./brackets.ts";
import type { Token } from "./scan.ts";
import { definitionWords } from "./statement-words.ts";

/** The tokens `[from, to)` belong to one import, one definition, or, before the first of these, to neither. */
export interface Chunk {
  readonly kind: "import" | "definition" | "stray";
  readonly from: number;
  readonly to: number;
}

export interface Split {
  readonly chunks: readonly Chunk[];
  readonly brackets: Brackets;
}

/** Reserved, and never part of a body: wherever one stands, a new chunk begins. */
const anchors: ReadonlySet<string> = new Set(["import", "model", "layer", "function", "initializer"]);
/** These also begin statements, or settings of `train`. */
const ambiguous: ReadonlySet<string> = new Set(["loss", "metric", "optimizer"]);
const keywords: ReadonlySet<string> = new Set(definitionWords);

export function splitPage(tokens: readonly Token[]): Split {
  const isAnchor = (index: number): boolean => {
    const token = tokens[index];
    return token?.kind === "word" && anchors.has(token.text) && isPlacedAsKeyword(tokens, index);
  };
  const brackets = matchBrackets(tokens, isAnchor);
  const chunks: Chunk[] = [];
  let kind: Chunk["kind"] = "stray";
  let from = 0;
  for (const [index, token] of tokens.entries()) {
    if (!isAnchor(index) && !beginsDefinition(tokens, brackets, index)) continue;
    if (index > from) chunks.push({ kind, from, to: index });
    kind = token.text === "import" ? "import" : "definition";
    from = index;
  }
  if (tokens.length > from) chunks.push({ kind, from, to: tokens.length });
  return { chunks, brackets };
}

/** A reserved word that stands where a name or a value belongs is an error of the definition around it, no new one. */
function isPlacedAsKeyword(tokens: readonly Token[], index: number): boolean {
  if (tokens[index]?.firstOnLine === true) return true;
  const next = tokens[index + 1];
  return (next?.kind === "word" || next?.text === "{") && !keywords.has(tokens[index - 1]?.text ?? "");
}

/**
 * Outside all brackets an ambiguous word begins a definition. Inside, only `loss name(…) =` and `loss name(…) {` do: no
 * statement has this form, so some bracket before it was left open.
 */
function beginsDefinition(tokens: readonly Token[], { matching, enclosing }: Brackets, index: number): boolean {
  const token = tokens[index];
  if (token?.kind !== "word" || !ambiguous.has(token.text)) return false;
  if (enclosing[index] === -1) return isPlacedAsKeyword(tokens, index);
  if (tokens[index + 1]?.kind !== "word" || tokens[index + 2]?.text !== "(") return false;
  const close = matching.get(index + 2);
  const next = close === undefined ? undefined : tokens[close + 1]?.text;
  return next === "=" || next === "{";
}
