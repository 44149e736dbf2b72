/**
 * Owns: the text of a module. One printer serves the three languages: TypeScript, JavaScript (types left out) and
 * declarations (bodies left out).
 */

import type { Span } from "@adjoint/ir";
import CodeBlockWriter from "code-block-writer";
import type { EmittedLine } from "../procedure.ts";
import { docComment } from "./documentation.ts";
import type {
  ClassItem,
  ConstantItem,
  FunctionItem,
  ImportItem,
  InterfaceItem,
  Item,
  Language,
  Parameter,
} from "./structures.ts";

export interface PrintedModule {
  readonly text: string;
  /** For source maps: which source the line of the text comes from. Lines count from 1, columns from 0. */
  readonly places: readonly { readonly line: number; readonly column: number; readonly span: Span }[];
}

const maximalWidth = 120;

/** Prints the items in order, a blank line between them, after the header's comment. */
export function printModule(header: string, items: readonly Item[], language: Language): PrintedModule {
  const writer = new CodeBlockWriter({ indentNumberOfSpaces: 2, newLine: "\n" });
  const places: { line: number; column: number; span: Span }[] = [];
  let line = 1;
  /** Every line of the module is written here, so that lines can be counted as they are written. */
  const write = (text: string, span: Span | null = null): void => {
    if (span !== null) {
      const column = 2 * writer.getIndentationLevel() + (text.length - text.trimStart().length);
      places.push({ line, column, span });
    }
    if (text === "") writer.newLine();
    else writer.writeLine(text);
    line++;
  };
  const writeAll = (texts: readonly string[]): void => {
    for (const text of texts) write(text);
  };
  const block = (head: string, body: () => void, tail = "}"): void => {
    write(head);
    writer.indent(body);
    write(tail);
  };
  const writeDocs = (docs: string): void => {
    writeAll(docComment(docs));
  };

  const writers = {
    import: (item: ImportItem) => {
      const names = item.names
        .filter((name) => name.languages.has(language))
        .map(({ name, value }) => (language === "ts" && !value ? `type ${name}` : name));
      const keyword = language === "dts" ? "import type" : "import";
      const whole = `${keyword} { ${names.join(", ")} } from ${JSON.stringify(item.moduleSpecifier)};`;
      if (whole.length <= maximalWidth) write(whole);
      else {
        const end = `} from ${JSON.stringify(item.moduleSpecifier)};`;
        block(`${keyword} {`, () => writeAll(names.map((name) => `${name},`)), end);
      }
    },
    interface: (item: InterfaceItem) => {
      writeDocs(item.docs);
      const heritage = item.extends === null ? "" : ` extends ${item.extends}`;
      const head = `${item.isExported ? "export " : ""}interface ${item.name}${heritage}`;
      if (item.properties.length === 0) return write(`${head} {}`);
      block(`${head} {`, () => {
        for (const property of item.properties) {
          writeDocs(property.docs);
          write(`readonly ${property.name}: ${property.type};`);
        }
      });
    },
    constant: (item: ConstantItem) => {
      if (language === "dts") return;
      writeDocs(item.docs);
      const [first = "", ...rest] = item.initializer(language);
      const annotation = language === "ts" && item.type !== null ? `: ${item.type}` : "";
      const texts = [`const ${item.name}${annotation} = ${first}`, ...rest];
      for (const [k, text] of texts.entries()) write(k === texts.length - 1 ? `${text};` : text);
    },
    function: (item: FunctionItem) => {
      writeDocs(item.docs);
      const start = `${item.isExported ? "export " : ""}${language === "dts" ? "declare " : ""}function ${item.name}`;
      const end = `${returns(item.returnType)}${language === "dts" ? ";" : " {"}`;
      writeSignature(start, item.parameters, end);
      if (language === "dts") return;
      writer.indent(() => {
        for (const { text, span } of item.statements) write(text, span);
      });
      write("}");
    },
    class: (item: ClassItem) => {
      writeDocs(item.docs);
      const start = `${item.isExported ? "export " : ""}${language === "dts" ? "declare " : ""}class ${item.name}`;
      const types = language === "js" ? "" : `<${item.types}>`;
      block(`${start} extends ${item.extends}${types} {`, () => {
        for (const [k, method] of item.methods.entries()) {
          if (k > 0) write("");
          writeDocs(method.docs);
          const end = `${method.returnType === null ? "" : returns(method.returnType)}${language === "dts" ? ";" : " {"}`;
          writeSignature(`${method.isStatic ? "static " : ""}${method.name}`, method.parameters, end);
          if (language === "dts") continue;
          writer.indent(() => writeAll(method.statements));
          write("}");
        }
      });
    },
  };
  const returns = (type: string): string => (language === "js" ? "" : `: ${type}`);
  const parameterText = ({ name: plain, type, initializer, unusedName }: Parameter): string => {
    const name = language === "ts" && unusedName !== undefined ? unusedName : plain;
    if (language === "dts") return `${name}${initializer === null ? "" : "?"}: ${type}`;
    // A literal says its own type.
    const literal = initializer !== null && /^\d+$/.test(initializer);
    const annotation = language === "js" || literal ? "" : `: ${type}`;
    return `${name}${annotation}${initializer === null ? "" : ` = ${initializer}`}`;
  };
  const writeSignature = (start: string, parameters: readonly Parameter[], end: string): void => {
    const texts = parameters.map(parameterText);
    const whole = `${start}(${texts.join(", ")})${end}`;
    if (whole.length <= maximalWidth) write(whole);
    else block(`${start}(`, () => writeAll(texts.map((text) => `${text},`)), `)${end}`);
  };

  writeDocs(header);
  for (const item of items) {
    if (!stands(item, language)) continue;
    if (line > 1) write("");
    switch (item.kind) {
      case "import":
        writers.import(item);
        break;
      case "interface":
        writers.interface(item);
        break;
      case "constant":
        writers.constant(item);
        break;
      case "function":
        writers.function(item);
        break;
      case "class":
        writers.class(item);
        break;
      case "text":
        writeAll(item.text[language]);
        break;
    }
  }
  if (language === "dts") {
    // Without it, a declaration file exports whatever it declares.
    write("");
    write("export {};");
  }
  return { text: writer.toString(), places };
}

/** Whether anything of the item is left in the language. */
function stands(item: Item, language: Language): boolean {
  switch (item.kind) {
    case "import":
      return item.names.some((name) => name.languages.has(language));
    case "interface":
      return language !== "js";
    case "constant":
      return language !== "dts";
    case "function":
      return language !== "dts" || item.isExported === true;
    case "class":
      return true;
    case "text":
      return item.text[language].length > 0;
  }
}

/** Lines without a source. */
export function linesOf(...texts: readonly string[]): readonly EmittedLine[] {
  return texts.map((text) => ({ text, span: null }));
}
