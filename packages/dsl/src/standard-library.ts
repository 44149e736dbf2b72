/** Owns: the standard library: pages of the language like any other, in scope on every page. */

import type { Diagnostic } from "./diagnostic.ts";
import type { DefinitionValue, PageScope } from "./elaborate/values.ts";
import { standardPages } from "./generated/std.generated.ts";
import { parse } from "./parse.ts";

/** All its definitions in one scope; a diagnostic here is a defect of Adjoint's, and is shown rather than hidden. */
export function loadStandardLibrary(report: (diagnostic: Diagnostic) => void): PageScope {
  const names = new Map<string, DefinitionValue>();
  const scope: PageScope = { names, outer: null };
  for (const file of standardPages) {
    const { page, diagnostics } = parse(file);
    for (const diagnostic of diagnostics) report(diagnostic);
    for (const definition of page?.definitions ?? []) {
      names.set(definition.name.text, { kind: "definition", definition, page: scope });
    }
  }
  return scope;
}
