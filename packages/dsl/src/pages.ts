/** Owns: reading a page and the pages it imports, and the scope of names that each of them sees. */

import type { SourceFile } from "@adjoint/ir";
import type { Diagnostic, Label } from "./diagnostic.ts";
import type { DiagnosticCode } from "./diagnostic-codes.ts";
import { isReservedDefinition } from "./elaborate/builtins.ts";
import { suggestion } from "./elaborate/suggestions.ts";
import { type DefinitionValue, type PageScope, type Poison, poison } from "./elaborate/values.ts";
import type { Host } from "./host.ts";
import { parse } from "./parse.ts";
import type { Import, Page } from "./syntax-tree.ts";

/** Pages that import each other in a row, at most. */
const deepestImport = 64;

export interface LoadedPage {
  readonly file: SourceFile;
  readonly page: Page;
  readonly scope: PageScope;
  /** Names that the page gives in text that cannot be read: they mean something, though nobody knows what. */
  readonly broken: ReadonlySet<string>;
}

type Report = (diagnostic: Diagnostic) => void;

/** Reads pages, each once, however often it is imported. */
export class PageReader {
  readonly #host: Host;
  readonly #library: PageScope;
  readonly #report: Report;
  readonly #pages = new Map<string, LoadedPage | null>();
  /** The pages being read now, each imported by the one before it. */
  readonly #open: string[] = [];

  constructor(host: Host, library: PageScope, report: Report) {
    this.#host = host;
    this.#library = library;
    this.#report = report;
  }

  /** Every page that could be read at least in part, the first one first. */
  get pages(): readonly LoadedPage[] {
    return [...this.#pages.values()].flatMap((page) => page ?? []);
  }

  /**
   * The page at `path`; null if nothing of it can be read. What is wrong with its text has been reported, and is left out of
   * the page. `from` is what imports it.
   */
  read(path: string, from: Import | null): LoadedPage | null {
    const known = this.#pages.get(path);
    if (known !== undefined) return known;
    const text = this.#host.read(path);
    if (text === null) {
      const place = from?.from.span ?? { file: { path, text: "" }, start: 0, end: 0 };
      this.#error(
        "file-not-found",
        `\`${path}\` cannot be read`,
        [{ span: place, text: "no page here" }],
        "a page is a file of UTF-8 text, and its path is relative to the page that imports it",
      );
      return null;
    }
    const file: SourceFile = { path, text };
    const { readable, diagnostics } = parse(file);
    for (const diagnostic of diagnostics) this.#report(diagnostic);
    if (readable === null) {
      this.#pages.set(path, null);
      return null;
    }
    const { page, broken } = readable;
    const names = new Map<string, DefinitionValue | Poison>([...broken].map((name) => [name, poison]));
    const loaded: LoadedPage = { file, page, scope: { names, outer: this.#library }, broken };
    this.#open.push(path);
    // Before its imports, so that pages stand in the order in which a reader meets them.
    this.#pages.set(path, loaded);
    this.#define(loaded, names);
    for (const each of page.imports) this.#import(each, path, names);
    this.#open.pop();
    return loaded;
  }

  #define({ page, scope }: LoadedPage, names: Map<string, DefinitionValue | Poison>): void {
    for (const definition of page.definitions) {
      const { name } = definition;
      const earlier = names.get(name.text);
      if (earlier?.kind === "definition") {
        this.#error("duplicate-name", `\`${name.text}\` is defined twice`, [
          { span: name.span, text: "again" },
          { span: earlier.definition.name.span, text: "defined here" },
        ]);
      } else {
        if (isReservedDefinition(name.text)) {
          const labels: [Label] = [{ span: name.span, text: "built into the language" }];
          this.#error("reserved-name", `\`${name.text}\` cannot be defined anew`, labels, "choose another name");
        }
        names.set(name.text, { kind: "definition", definition, page: scope });
      }
    }
  }

  #import(each: Import, path: string, names: Map<string, DefinitionValue | Poison>): void {
    const target = this.#host.resolve(path, each.from.text);
    const failed = (): void => {
      for (const name of each.names) if (!names.has(name.text)) names.set(name.text, poison);
    };
    if (this.#open.includes(target)) {
      failed();
      this.#error(
        "import-cycle",
        path === target ? `\`${path}\` imports itself` : `\`${path}\` and \`${target}\` import each other`,
        [{ span: each.from.span, text: "closes the circle" }],
        path === target ? "what a page defines is known all over the page" : "move what both need to a third page",
      );
      return;
    }
    if (this.#open.length >= deepestImport) {
      failed();
      const labels: [Label] = [{ span: each.from.span, text: "given up here" }];
      this.#error("nesting-too-deep", `more than ${deepestImport} pages import each other in a row`, labels);
      return;
    }
    const imported = this.read(target, each);
    if (imported === null) {
      failed();
      return;
    }
    for (const name of each.names) {
      const found = imported.page.definitions.find((definition) => definition.name.text === name.text);
      const earlier = names.get(name.text);
      if (found === undefined && imported.broken.has(name.text)) {
        if (earlier === undefined) names.set(name.text, poison);
      } else if (found === undefined) {
        const candidates = imported.page.definitions.map((definition) => definition.name.text);
        this.#error(
          "unknown-import",
          `\`${target}\` does not define \`${name.text}\``,
          [{ span: name.span, text: "unknown" }],
          suggestion(name.text, candidates),
        );
        if (earlier === undefined) names.set(name.text, poison);
      } else if (earlier?.kind === "definition") {
        this.#error("duplicate-name", `\`${name.text}\` is defined twice`, [
          { span: name.span, text: "imported here" },
          { span: earlier.definition.name.span, text: "defined here" },
        ]);
      } else {
        names.set(name.text, { kind: "definition", definition: found, page: imported.scope });
      }
    }
  }

  #error(
    code: DiagnosticCode,
    message: string,
    labels: readonly [Label, ...Label[]],
    help: string | null = null,
  ): void {
    this.#report({ code, severity: "error", message, labels, help });
  }
}
