/**
 * Owns: the making of `src/module/generated/runtime.generated.ts`, which holds the runtime's text declaration by
 * declaration, so that a standalone module takes only what it needs.
 *
 * The runtime's files are put one after another, without their imports and exports, once as TypeScript, once as
 * JavaScript, once as declarations; in each, a type checker says which declaration uses which.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ts } from "ts-morph";

interface Declaration {
  readonly name: string;
  readonly text: string;
  readonly uses: readonly string[];
}

const root = join(import.meta.dirname, "../../../..");
const source = join(root, "packages/runtime/src");
/** The files whose declarations a module may mention. What only programs around it use (readers of data) is left out. */
const entries = ["model.ts", "random.ts", "wasm.ts", "wasm-team.ts", "coupled.ts"] as const;

/** The text of the generated file. */
export function generateRuntimeText(): string {
  const whole = filesInOrder()
    .map((file) => withoutImports(readFileSync(join(source, file), "utf8")))
    .join("\n");
  const javascript = format(
    ts.transpileModule(whole, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 } })
      .outputText,
    "runtime.js",
  );
  const { outputText } = ts.transpileDeclaration(whole, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const languages = {
    ts: declarations(whole, "runtime.ts"),
    js: declarations(javascript, "runtime.js"),
    dts: declarations(format(outputText, "runtime.d.ts"), "runtime.d.ts"),
  };
  const constants = Object.entries(languages).map(([language, list]) => {
    return `  ${language}: ${JSON.stringify(list, null, 2).replaceAll("\n", "\n  ")},`;
  });
  return [
    "/** Owns: the runtime's text, generated from packages/runtime/src by test/module/runtime-text.test.ts (vitest -u). */",
    "",
    'import type { Language } from "../structures.ts";',
    "",
    "/** A top-level declaration: its text and the other declarations it uses. */",
    "export interface RuntimeDeclaration {",
    "  readonly name: string;",
    "  readonly text: string;",
    "  readonly uses: readonly string[];",
    "}",
    "",
    "/** In each language, in an order in which they can stand. */",
    "export const runtime: Readonly<Record<Language, readonly RuntimeDeclaration[]>> = {",
    ...constants,
    "};",
    "",
  ].join("\n");
}

/** The files that the entries reach, imported ones first. */
function filesInOrder(): readonly string[] {
  const order: string[] = [];
  const visit = (file: string): void => {
    const text = readFileSync(join(source, file), "utf8");
    for (const [, imported] of text.matchAll(/from "\.\/([\w-]+\.ts)";/g)) {
      if (imported !== undefined && !order.includes(imported)) visit(imported);
    }
    if (!order.includes(file)) order.push(file);
  };
  for (const entry of entries) visit(entry);
  return order;
}

/** The file's declarations, exported, without its header and its imports. */
function withoutImports(text: string): string {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.ESNext, true);
  return file.statements
    .filter((statement) => !ts.isImportDeclaration(statement))
    .map((statement) => statement.getFullText().replace(/^\s*\/\*\* ?\n? ?\*? ?Owns:[\s\S]*?\*\//, ""))
    .join("");
}

function declarations(text: string, path: string): readonly Declaration[] {
  const options = { allowJs: true, noLib: true, target: ts.ScriptTarget.ESNext, moduleDetection: 3, noResolve: true };
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(options),
    getSourceFile: (name) => (name === path ? file : undefined),
  };
  const checker = ts.createProgram([path], options, host).getTypeChecker();
  const owners = new Map<ts.Symbol, string>();
  const statements = file.statements.filter((statement) => !ts.isExportDeclaration(statement));
  for (const statement of statements) {
    const identifier = nameOf(statement);
    const symbol = checker.getSymbolAtLocation(identifier);
    if (symbol === undefined) throw new Error(`${identifier.text} has no symbol`);
    if ([...owners.values()].includes(identifier.text)) throw new Error(`${identifier.text} is declared in two files`);
    owners.set(symbol, identifier.text);
  }
  return statements.map((statement) => {
    const name = nameOf(statement).text;
    const uses = new Set<string>();
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        const shorthand = ts.isShorthandPropertyAssignment(node.parent)
          ? checker.getShorthandAssignmentValueSymbol(node.parent)
          : undefined;
        const symbol = shorthand ?? checker.getSymbolAtLocation(node);
        const owner = symbol === undefined ? undefined : owners.get(symbol);
        if (owner !== undefined && owner !== name) uses.add(owner);
      }
      ts.forEachChild(node, visit);
    };
    visit(statement);
    return { name, text: unexported(statement), uses: [...uses].sort() };
  });
}

function nameOf(statement: ts.Statement): ts.Identifier {
  const declaration = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : statement;
  const name = declaration === undefined ? undefined : ts.getNameOfDeclaration(declaration as ts.Declaration);
  if (name === undefined || !ts.isIdentifier(name)) throw new Error(`no name in ${statement.getText().slice(0, 60)}`);
  return name;
}

function unexported(statement: ts.Statement): string {
  const full = statement.getFullText();
  const lead = full.length - statement.getText().length;
  const text = full.slice(lead).replace(/^export /, "");
  return (full.slice(0, lead) + text).trim();
}

function format(text: string, path: string): string {
  const biome = join(root, "node_modules/.bin/biome");
  return execFileSync(biome, ["format", `--stdin-file-path=${path}`], { cwd: root, input: text, encoding: "utf8" });
}
