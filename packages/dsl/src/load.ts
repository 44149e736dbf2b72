/** Owns: from the path of a page to the program that the compiler takes, or to everything that is wrong with it. */

import type { FunctionDefinition, Model, Program } from "@adjoint/ir";
import { checkPage } from "./check/check-page.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { elaborateFunction } from "./elaborate/functions.ts";
import { elaborateModel } from "./elaborate/models.ts";
import { Findings } from "./elaborate/session.ts";
import { suggestion } from "./elaborate/suggestions.ts";
import type { Host } from "./host.ts";
import { type LoadedPage, PageReader } from "./pages.ts";
import { loadStandardLibrary } from "./standard-library.ts";

export interface LoadOptions {
  /** Numbers that take the place of hyperparameters' defaults, in every model of the page that has them. */
  readonly hyperparameters?: Readonly<Record<string, number>>;
}

export interface Loaded {
  /** Null exactly if a diagnostic is an error. */
  readonly program: Program | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads, checks and elaborates a page with all it imports. Never throws, whatever the text. */
export function load(path: string, host: Host, options: LoadOptions = {}): Loaded {
  const findings = new Findings();
  const report = (diagnostic: Diagnostic): void => findings.add(diagnostic);
  const reader = new PageReader(host, loadStandardLibrary(), report);
  const main = reader.read(path, null);
  if (main === null) return { program: null, diagnostics: findings.all };
  const overrides = options.hyperparameters ?? {};
  checkOverrides(main, overrides, findings);
  for (const page of reader.pages) checkPage(page, report);
  const models: Model[] = [];
  const functions: FunctionDefinition[] = [];
  for (const definition of main.page.definitions) {
    const entity = { kind: "definition", definition, page: main.scope } as const;
    if (definition.keyword === "model") models.push(elaborateModel(entity, findings, overrides));
    if (definition.keyword === "function") {
      const made = elaborateFunction(entity, findings);
      if (made !== null) functions.push(made);
    }
  }
  const program = findings.failed ? null : { path, models, functions };
  return { program, diagnostics: inReadingOrder(findings.all, reader.pages) };
}

/** Page by page, the one asked for first, and from top to bottom in each. */
function inReadingOrder(diagnostics: readonly Diagnostic[], pages: readonly LoadedPage[]): readonly Diagnostic[] {
  const order = new Map(pages.map(({ file }, position) => [file.path, position]));
  const place = ({ labels: [{ span }] }: Diagnostic): number => order.get(span.file.path) ?? pages.length;
  return [...diagnostics].sort((a, b) => place(a) - place(b) || a.labels[0].span.start - b.labels[0].span.start);
}

function checkOverrides(main: LoadedPage, overrides: Readonly<Record<string, number>>, findings: Findings): void {
  const models = main.page.definitions.filter((definition) => definition.keyword === "model");
  const known = models.flatMap((model) => (model.formals ?? []).map((formal) => formal.name.text));
  for (const [name, value] of Object.entries(overrides)) {
    const place = models[0]?.name.span ?? { file: main.file, start: 0, end: 0 };
    if (!known.includes(name)) {
      // The model that has it may be one that cannot be read.
      if (main.broken.size > 0) continue;
      findings.add({
        code: "unknown-hyperparameter",
        severity: "error",
        message: `no model here has a hyperparameter \`${name}\``,
        labels: [{ span: place, text: known.length === 0 ? "has none" : `has ${known.join(", ")}` }],
        help: suggestion(name, known),
      });
    } else if (!Number.isFinite(value)) {
      findings.add({
        code: "not-finite",
        severity: "error",
        message: `the hyperparameter \`${name}\` is set to ${value}`,
        labels: [{ span: place, text: "must be finite" }],
        help: null,
      });
    }
  }
}
