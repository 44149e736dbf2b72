/** Owns: what the language needs of the world: the text of pages. */

export interface Host {
  /** The text of a page, or null if it cannot be read. */
  read(path: string): string | null;
  /** The path of the page that `specifier` names in an import of the page `from`; equal pages have equal paths. */
  resolve(from: string, specifier: string): string;
}

/** Pages kept in memory, by path: for editors, playgrounds and tests. Specifiers are relative to the importing page. */
export function memoryHost(pages: Readonly<Record<string, string>>): Host {
  return {
    read: (path) => (Object.hasOwn(pages, path) ? (pages[path] ?? null) : null),
    resolve: (from, specifier) => {
      const parts = specifier.startsWith("/") ? [] : from.split("/").slice(0, -1);
      for (const part of specifier.split("/")) {
        if (part === "..") parts.pop();
        else if (part !== "." && part !== "") parts.push(part);
      }
      return parts.join("/");
    },
  };
}
