/** Owns: which names of the runtime a module mentions, in which language, as a value or as a type. */

import type { ImportedName, Language } from "./structures.ts";

/** Collects names while a module is put together. Each method returns the name, to be written where it is called. */
export class RuntimeNames {
  readonly #uses = new Map<string, { value: boolean; readonly languages: Set<Language> }>();

  /** A function, called in bodies. */
  value(name: string): string {
    return this.#use(name, true, ["ts", "js"]);
  }

  /** A class that is extended. */
  superclass(name: string): string {
    return this.#use(name, true, ["ts", "js", "dts"]);
  }

  /** A type that occurs in what the module exports. */
  type(name: string): string {
    return this.#use(name, false, ["ts", "dts"]);
  }

  /** A type that occurs in bodies only. */
  localType(name: string): string {
    return this.#use(name, false, ["ts"]);
  }

  /** All, in the order of their names. */
  names(): readonly ImportedName[] {
    return [...this.#uses]
      .map(([name, { value, languages }]) => ({ name, value, languages }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #use(name: string, value: boolean, languages: readonly Language[]): string {
    const use = this.#uses.get(name) ?? { value: false, languages: new Set<Language>() };
    use.value ||= value;
    for (const language of languages) use.languages.add(language);
    this.#uses.set(name, use);
    return name;
  }
}
