/** Owns: the standard library: pages of the language like any other, in scope on every page. */

import type { SourceFile } from "@adjoint/ir";
import type { DefinitionValue, PageScope } from "./elaborate/values.ts";
import { decodeDefinition, definitionsIn } from "./encode-page.ts";
import { standardPages } from "./generated/std.generated.ts";
import type { Definition } from "./syntax-tree.ts";

/** All its definitions in one scope. Of most of them a page uses only that they exist, so each is read when it is asked for. */
export function loadStandardLibrary(): PageScope {
  const names = new Map<string, DefinitionValue>();
  const scope: PageScope = { names, outer: null };
  for (const { file, tree } of standardPages) {
    for (const [name, json] of definitionsIn(tree)) names.set(name, new LibraryDefinition(scope, file, json));
  }
  return scope;
}

class LibraryDefinition implements DefinitionValue {
  readonly kind = "definition";
  readonly page: PageScope;
  readonly #file: SourceFile;
  readonly #json: string;
  #definition: Definition | null = null;

  constructor(page: PageScope, file: SourceFile, json: string) {
    this.page = page;
    this.#file = file;
    this.#json = json;
  }

  get definition(): Definition {
    this.#definition ??= decodeDefinition(this.#json, this.#file);
    return this.#definition;
  }
}
