/** Owns: what other packages may use of the language. */

export type { Diagnostic, Label } from "./diagnostic.ts";
export { type DiagnosticCode, diagnosticCodes } from "./diagnostic-codes.ts";
export { trainingDefaults } from "./elaborate/training.ts";
export { type Formatted, format } from "./format.ts";
export { type Host, memoryHost } from "./host.ts";
export { type Loaded, type LoadOptions, load } from "./load.ts";
export { type Parsed, parse } from "./parse.ts";
export {
  diagnosticToJson,
  type JsonDiagnostic,
  type JsonPlace,
  type RenderOptions,
  renderDiagnostic,
} from "./render.ts";
export type * from "./syntax-tree.ts";
export { languageLimits, standardDefinitions, vocabulary, writtenForm } from "./vocabulary.ts";
