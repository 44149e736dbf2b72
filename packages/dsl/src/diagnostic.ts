/** Owns: what a diagnostic is. The codes and their meaning stand in diagnostic-codes.ts, the rendering in render.ts. */

import type { Span } from "@adjoint/ir";
import type { DiagnosticCode } from "./diagnostic-codes.ts";

export interface Label {
  readonly span: Span;
  readonly text: string;
}

/** One finding: what is wrong, where, and the remedy. The first label is the place that is cited. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly labels: readonly [Label, ...Label[]];
  readonly help: string | null;
}
