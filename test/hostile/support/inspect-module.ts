/** Owns: whether the text of a module is a module of the kind that the compiler writes, and nothing else. */

import { ts } from "ts-morph";

/** All that an emitted module takes from its surroundings. What else it names, it declares. */
const globals: ReadonlySet<string> = new Set([
  ...["Math", "Number", "Object", "Array", "Map", "Set", "JSON", "Symbol", "Promise", "Date", "String", "Boolean"],
  ...["Error", "RangeError", "TypeError", "Float64Array", "Float32Array", "Uint8Array", "Uint32Array", "Int32Array"],
  ...["Int8Array", "Int16Array", "Uint16Array", "Uint8ClampedArray", "BigInt64Array"],
  ...[
    "BigUint64Array",
    "ArrayBuffer",
    "DataView",
    "TextEncoder",
    "TextDecoder",
    "undefined",
    "NaN",
    "Infinity",
    "BigInt",
  ],
  ...[
    "ArrayLike",
    "Readonly",
    "Record",
    "Partial",
    "AsyncGenerator",
    "AsyncIterable",
    "Iterable",
    "AbortSignal",
    "Generator",
  ],
  ...[
    "ReadonlyMap",
    "ReadonlySet",
    "ReadonlyArray",
    "ArrayBufferLike",
    "ArrayBufferView",
    "Pick",
    "Omit",
    "Parameters",
    "const",
  ],
  ...[
    "performance",
    "setTimeout",
    "setImmediate",
    "queueMicrotask",
    "MessageChannel",
    "WeakMap",
    "IteratorResult",
    "PromiseLike",
  ],
]);

/** What the module says that no emitted module does; null if nothing. */
export function inspectModule(text: string, language: "ts" | "js"): string | null {
  const kind = language === "ts" ? ts.ScriptKind.TS : ts.ScriptKind.JS;
  const file = ts.createSourceFile(`module.${language}`, text, ts.ScriptTarget.ES2022, true, kind);
  const errors: unknown = "parseDiagnostics" in file ? file.parseDiagnostics : null;
  if (!Array.isArray(errors)) return "TypeScript does not say whether it could read the module";
  if (errors.length > 0) return `no well-formed module: ${errors.map(({ messageText }) => messageText).join(", ")}`;
  if (file.referencedFiles.length + file.typeReferenceDirectives.length + file.libReferenceDirectives.length > 0) {
    return "a comment that TypeScript takes for a reference to a file";
  }
  for (const statement of file.statements) {
    if (!isDeclaration(statement)) return `a statement beside the declarations: ${statement.getText().slice(0, 200)}`;
    if (ts.isImportDeclaration(statement) && statement.moduleSpecifier.getText() !== '"@adjoint/runtime"') {
      return `an import that no module has: ${statement.getText()}`;
    }
  }
  const directives: unknown = "commentDirectives" in file ? file.commentDirectives : undefined;
  if (directives !== undefined || ("checkJsDirective" in file && file.checkJsDirective !== undefined)) {
    return "a comment that tells TypeScript what not to check";
  }
  const address = /^[ \t]*\/\/[#@][ \t]*source(?:Mapping)?URL/m.exec(text);
  if (address !== null) return `a comment that debuggers follow: ${address[0]}`;
  return strangerIn(file);
}

function isDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isImportDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isVariableStatement(statement) ||
    ts.isExportDeclaration(statement)
  );
}

/** A name that is neither declared in the module nor among what modules take from their surroundings. */
function strangerIn(file: ts.SourceFile): string | null {
  const declared = new Set<string>();
  const used: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (declares(node)) declared.add(node.text);
      else if (!isMember(node)) used.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const stranger = used.find(({ text }) => !declared.has(text) && !globals.has(text));
  return stranger === undefined
    ? null
    : `it reaches for \`${stranger.text}\`: ${stranger.parent.getText().slice(0, 200)}`;
}

function declares(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    (ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isFunctionDeclaration(parent) ||
      ts.isFunctionExpression(parent) ||
      ts.isClassDeclaration(parent) ||
      ts.isInterfaceDeclaration(parent) ||
      ts.isTypeAliasDeclaration(parent) ||
      ts.isTypeParameterDeclaration(parent) ||
      ts.isBindingElement(parent) ||
      ts.isImportSpecifier(parent)) &&
    parent.name === name
  );
}

/** Whether the identifier is a key, after a dot or before a colon, which reaches nothing by itself. */
function isMember(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === name;
  if (ts.isQualifiedName(parent)) return parent.right === name;
  if (ts.isBindingElement(parent)) return parent.propertyName === name;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isGetAccessorDeclaration(parent) ||
      ts.isNamedTupleMember(parent) ||
      ts.isExportSpecifier(parent) ||
      ts.isImportSpecifier(parent)) &&
    parent.name === name
  );
}
