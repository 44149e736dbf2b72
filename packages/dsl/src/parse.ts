/** Owns: from the text of a page to its syntax tree, or to diagnostics. */

import type { SourceFile } from "@adjoint/ir";
import type { Diagnostic } from "./diagnostic.ts";
import type { Page } from "./syntax-tree.ts";

export interface Parsed {
  /** Null exactly if a diagnostic is an error. */
  readonly page: Page | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a page. Never throws on any text, and takes time linear in its length. */
export function parse(file: SourceFile): Parsed {
  return {
    page: null,
    diagnostics: [
      {
        code: "not-a-definition",
        severity: "error",
        message: "not implemented",
        labels: [{ span: { file, start: 0, end: 0 }, text: "" }],
        help: null,
      },
    ],
  };
}
