/** Owns: how a check of a definition tells what it found. */

import type { Diagnostic, Label } from "../diagnostic.ts";
import type { DiagnosticCode } from "../diagnostic-codes.ts";

export type Report = (
  code: DiagnosticCode,
  message: string,
  labels: readonly [Label, ...Label[]],
  help?: string | null,
  severity?: Diagnostic["severity"],
) => void;
