/** Owns: the runtime inside a module: of its declarations those that the module needs, and what those need in turn. */

import { type RuntimeDeclaration, runtime } from "./generated/runtime.generated.ts";
import type { ImportedName, Item, Language } from "./structures.ts";

/** Every name that an inlined runtime may declare. */
export function runtimeNames(): readonly string[] {
  return runtime.ts.map(({ name }) => name);
}

/** The text that stands in for an import of these names. */
export function inlineRuntime(names: readonly ImportedName[]): readonly Item[] {
  const needed = {
    ts: declarationsFor(names, "ts"),
    js: declarationsFor(names, "js"),
    dts: declarationsFor(names, "dts"),
  };
  // One item a declaration, for the blank lines between them.
  return (["ts", "js", "dts"] as const).flatMap((language) =>
    needed[language].map(({ text }): Item => {
      const lines = text.split("\n");
      const only = (l: Language): readonly string[] => (l === language ? lines : []);
      return { kind: "text", text: { ts: only("ts"), js: only("js"), dts: only("dts") } };
    }),
  );
}

/** What the names reach in a language, in the order in which the declarations can stand. */
function declarationsFor(names: readonly ImportedName[], language: Language): readonly RuntimeDeclaration[] {
  const byName = new Map(runtime[language].map((declaration) => [declaration.name, declaration]));
  const needed = new Set<string>();
  const pending = names.filter(({ languages }) => languages.has(language)).map(({ name }) => name);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const declaration = byName.get(name);
    if (needed.has(name) || declaration === undefined) continue;
    needed.add(name);
    pending.push(...declaration.uses);
  }
  return runtime[language].filter(({ name }) => needed.has(name));
}
