/** Owns: the standard library: pages of the language like any other, in scope on every page. */

import type { DefinitionValue, PageScope } from "./elaborate/values.ts";
import { decodePage } from "./encode-page.ts";
import { standardPages } from "./generated/std.generated.ts";

/** All its definitions in one scope. */
export function loadStandardLibrary(): PageScope {
  const names = new Map<string, DefinitionValue>();
  const scope: PageScope = { names, outer: null };
  for (const { file, tree } of standardPages) {
    for (const definition of decodePage(tree, file).definitions) {
      names.set(definition.name.text, { kind: "definition", definition, page: scope });
    }
  }
  return scope;
}
