/**
 * Owns: what can be said of a definition by itself, before and without any call of it: that its names mean something,
 * that its statements are of the kinds it may hold, that it returns, that its calls fit. Sizes and shapes depend on the
 * call, and are elaboration's business.
 */

import type { Diagnostic, Label } from "../diagnostic.ts";
import type { DiagnosticCode } from "../diagnostic-codes.ts";
import type { PageScope } from "../elaborate/values.ts";
import type { Page } from "../syntax-tree.ts";
import { checkBody } from "./check-body.ts";
import { checkStatements } from "./check-statements.ts";

export type Report = (
  code: DiagnosticCode,
  message: string,
  labels: readonly [Label, ...Label[]],
  help?: string | null,
  severity?: Diagnostic["severity"],
) => void;

export function checkPage(page: Page, scope: PageScope, add: (diagnostic: Diagnostic) => void): void {
  const report: Report = (code, message, labels, help = null, severity = "error") =>
    add({ code, severity, message, labels, help });
  const used = new Set<string>();
  for (const definition of page.definitions) {
    checkStatements(definition, report);
    checkBody(definition, scope, report, (name) => used.add(name));
  }
  for (const { names } of page.imports) {
    for (const name of names) {
      if (used.has(name.text) || scope.names.get(name.text)?.kind !== "definition") continue;
      report(
        "unused-name",
        `\`${name.text}\` is imported and never used`,
        [{ span: name.span, text: "unused" }],
        null,
        "warning",
      );
    }
  }
}
