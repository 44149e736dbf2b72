/**
 * Owns: what can be said of a definition by itself, before and without any call of it: that its names mean something,
 * that its statements are of the kinds it may hold, that it returns, that its calls fit. Sizes and shapes depend on the
 * call, and are elaboration's business.
 */

import type { Diagnostic } from "../diagnostic.ts";
import type { LoadedPage } from "../pages.ts";
import { checkBody } from "./check-body.ts";
import { checkStatements } from "./check-statements.ts";
import type { Report } from "./report.ts";

export function checkPage(
  { page, scope, broken }: Omit<LoadedPage, "file">,
  add: (diagnostic: Diagnostic) => void,
): void {
  const report: Report = (code, message, labels, help = null, severity = "error") =>
    add({ code, severity, message, labels, help });
  const used = new Set<string>();
  for (const definition of page.definitions) {
    let failed = false;
    const reportHere: Report = (code, message, labels, help, severity = "error") => {
      // What is unused because something else is missing is no finding of its own.
      if (severity === "warning" && failed) return;
      failed ||= severity === "error";
      report(code, message, labels, help, severity);
    };
    checkStatements(definition, reportHere);
    checkBody(definition, scope, reportHere, (name) => used.add(name));
  }
  // What cannot be read may use any of them.
  if (broken.size > 0) return;
  for (const { names } of page.imports) {
    for (const name of names) {
      const found = scope.names.get(name.text);
      const imported = found?.kind === "definition" && !page.definitions.includes(found.definition);
      if (!imported || used.has(name.text)) continue;
      report(
        "unused-name",
        `\`${name.text}\` is imported and never used`,
        [{ span: name.span, text: "unused" }],
        "use it, or take it out of the import",
        "warning",
      );
    }
  }
}
