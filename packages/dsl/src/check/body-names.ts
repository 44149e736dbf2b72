/** Owns: the names that a definition's body knows, statement after statement: each is defined once, known where it is used, and used. */

import type { Span } from "@adjoint/ir";
import type { Label } from "../diagnostic.ts";
import { numberNames, trainingName } from "../elaborate/builtins.ts";
import { globalNames, globalValue } from "../elaborate/names.ts";
import { suggestion } from "../elaborate/suggestions.ts";
import type { PageScope } from "../elaborate/values.ts";
import type { Definition, Name, Statement } from "../syntax-tree.ts";
import type { Report } from "./report.ts";

/** The indices in scope at a place, the innermost first. */
export interface Indices {
  readonly name: string;
  readonly outer: Indices | null;
}

function hasIndex(indices: Indices | null, text: string): boolean {
  for (let at = indices; at !== null; at = at.outer) if (at.name === text) return true;
  return false;
}

interface Local {
  readonly span: Span;
  /** Whether it should be used: what a body makes for itself. */
  readonly owned: boolean;
  used: boolean;
}

/** Where in a statement a name stands that means nothing, and the indices in scope at the first place. */
interface Unknown {
  readonly places: Name[];
  readonly indices: Indices | null;
}

export class BodyNames {
  readonly #locals = new Map<string, Local>();
  /** Unknown names of the statement that is being checked, by their text. */
  readonly #unknown = new Map<string, Unknown>();
  /** Unknown names that stand as indices of reads, and as sizes. */
  readonly #asIndex = new Set<Name>();
  readonly #asSize = new Set<Name>();
  /** Names from outside the `repeat` that is being checked, as long as it has not bound them anew. */
  #rebindable: ReadonlySet<string> = new Set();

  readonly #definition: Definition;
  readonly #page: PageScope;
  readonly #report: Report;
  /** What such a definition knows without defining it. */
  readonly #fixed: readonly string[];
  readonly #useGlobal: (text: string) => void;

  constructor(
    definition: Definition,
    page: PageScope,
    report: Report,
    fixed: readonly string[],
    useGlobal: (text: string) => void,
  ) {
    this.#definition = definition;
    this.#page = page;
    this.#report = report;
    this.#fixed = fixed;
    this.#useGlobal = useGlobal;
  }

  define(name: Name, owned: boolean, rebinds = false): void {
    if (name.text === trainingName) this.#reportTraining(name);
    const earlier = this.#locals.get(name.text);
    if (rebinds && this.#rebindable.has(name.text)) {
      this.#rebindable = new Set([...this.#rebindable].filter((text) => text !== name.text));
      return;
    }
    if (earlier === undefined) {
      this.#locals.set(name.text, { span: name.span, owned, used: false });
      return;
    }
    this.#report(
      "duplicate-name",
      `\`${name.text}\` is defined twice`,
      [
        { span: name.span, text: "again" },
        { span: earlier.span, text: "defined here" },
      ],
      "a name keeps its value: give the second another name",
    );
  }

  /** Where a local is defined; null if there is none of that name. */
  placeOf(text: string): Span | null {
    return this.#locals.get(text)?.span ?? null;
  }

  /** A use of a name as a value. `h.W` is a parameter of what made h; whether h has one of that name is known when it is called. */
  refer(name: Name, indices: Indices | null): void {
    if (hasIndex(indices, name.text)) return;
    const [head = name.text] = name.text.split(".");
    if (this.useLocal(head)) return;
    if (globalValue(this.#page, name.text) !== null) this.#useGlobal(name.text);
    else if (!this.#fixed.includes(name.text) && !numberNames.includes(name.text)) this.noteUnknown(name, indices);
  }

  /** Whether there is a local of that name; it counts as used. */
  useLocal(text: string): boolean {
    const local = this.#locals.get(text);
    if (local !== undefined) local.used = true;
    return local !== undefined;
  }

  isKnown(text: string, indices: Indices | null): boolean {
    if (hasIndex(indices, text) || this.#locals.has(text)) return true;
    return this.#fixed.includes(text) || numberNames.includes(text) || globalValue(this.#page, text) !== null;
  }

  noteIndex(name: Name): void {
    this.#asIndex.add(name);
  }

  noteSize(name: Name): void {
    this.#asSize.add(name);
  }

  noteUnknown(name: Name, indices: Indices | null): void {
    const known = this.#unknown.get(name.text);
    if (known === undefined) this.#unknown.set(name.text, { places: [name], indices });
    else known.places.push(name);
  }

  /** At the end of a statement: an unknown name is told once, with all its places. */
  reportUnknowns(statements: readonly Statement[]): void {
    for (const { places, indices } of this.#unknown.values()) this.#reportUnknown(places, indices, statements);
    this.#unknown.clear();
  }

  /** Checks the statements of a block; afterwards only what it `keeps` of its own names is known. */
  block(check: () => void, options: { readonly rebinds: boolean; readonly keeps: readonly string[] }): void {
    const outside = new Set(this.#locals.keys());
    const around = this.#rebindable;
    if (options.rebinds) this.#rebindable = outside;
    check();
    this.#rebindable = around;
    for (const [text, local] of [...this.#locals]) {
      if (outside.has(text) || options.keeps.includes(text)) continue;
      this.#locals.delete(text);
      this.#warnIfUnused(text, local);
    }
  }

  warnOfUnused(): void {
    for (const [text, local] of this.#locals) this.#warnIfUnused(text, local);
  }

  /** In a model what nobody uses is left to be an output one day. */
  #warnIfUnused(text: string, local: Local): void {
    if (local.used || !local.owned || this.#definition.keyword === "model") return;
    this.#report(
      "unused-name",
      `\`${text}\` is never used`,
      [{ span: local.span, text: "unused" }],
      "use it, or delete it",
      "warning",
    );
  }

  #reportTraining(name: Name): void {
    this.#report(
      "reserved-name",
      `\`${name.text}\` is known everywhere, and is not given a value`,
      [{ span: name.span, text: "defined anew" }],
      "it is true while a network is trained and false while it predicts; give this another name",
    );
  }

  /** A name that is defined further down is the likeliest slip. */
  #reportUnknown(places: readonly Name[], indices: Indices | null, statements: readonly Statement[]): void {
    const [name, ...others] = places;
    if (name === undefined) return;
    const below = statements.find(
      (statement) =>
        "name" in statement && statement.name?.text === name.text && statement.name.span.start > name.span.start,
    );
    const again = others.map(({ span }) => ({ span, text: "and here" }));
    if (below === undefined) {
      const labels: [Label, ...Label[]] = [{ span: name.span, text: "unknown" }, ...again];
      const help = suggestion(name.text, this.#candidates(indices)) ?? this.#roleHelp(places);
      this.#report("unknown-name", `nothing here is called \`${name.text}\``, labels, help);
      return;
    }
    this.#report(
      "unknown-name",
      `\`${name.text}\` is used before it is defined`,
      [{ span: name.span, text: "not yet known" }, ...again, { span: below.span, text: "defined here" }],
      "statements are read from top to bottom",
    );
  }

  *#candidates(indices: Indices | null): Generator<string> {
    for (let at = indices; at !== null; at = at.outer) yield at.name;
    yield* this.#locals.keys();
    yield* this.#fixed;
    yield* globalNames(this.#page);
    yield* numberNames;
  }

  /** What would give the name a meaning, by the place in which it stands. */
  #roleHelp(places: readonly Name[]): string | null {
    const { keyword, name } = this.#definition;
    const { text } = places[0] ?? name;
    if (places.some((place) => this.#asIndex.has(place)))
      return `an index is bound on the left, y[${text}] = …, or by a reduction, sum[${text}](…)`;
    if (!places.some((place) => this.#asSize.has(place))) return null;
    return keyword === "model"
      ? `a model's sizes are its hyperparameters: model ${name.text}(${text} = 1)`
      : `a size is named where a tensor is declared: ${keyword} ${name.text}(x[${text}])`;
  }
}
