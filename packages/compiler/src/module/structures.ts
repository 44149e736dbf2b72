/**
 * Owns: what a module consists of, before it is text in TypeScript, in JavaScript or as declarations. The shapes are
 * ts-morph's structures, of which only what a module needs and only with text in them; nothing of ts-morph is loaded.
 */

import type {
  ClassDeclarationStructure,
  FunctionDeclarationStructure,
  ImportSpecifierStructure,
  InterfaceDeclarationStructure,
  MethodDeclarationStructure,
  OptionalKind,
  ParameterDeclarationStructure,
  PropertySignatureStructure,
  VariableDeclarationStructure,
} from "ts-morph";
import type { EmittedLine } from "../procedure.ts";

export type Language = "ts" | "js" | "dts";

type Text<T, Key extends keyof T> = { readonly [K in Key]-?: string };
type Flag<T, Key extends keyof T> = { readonly [K in Key]?: boolean };
type Documented = { readonly docs: string };

export type Parameter = Text<ParameterDeclarationStructure, "name" | "type"> & {
  readonly initializer: string | null;
  /** The name under which TypeScript lets the function's body leave it unused. */
  readonly unusedName?: string;
};

export type ImportedName = Text<ImportSpecifierStructure, "name"> & {
  /** In which languages the module mentions the name, and whether as a value. */
  readonly value: boolean;
  readonly languages: ReadonlySet<Language>;
};

export type FunctionItem = Text<FunctionDeclarationStructure, "name" | "returnType"> &
  Flag<FunctionDeclarationStructure, "isExported"> &
  Documented & {
    readonly kind: "function";
    readonly parameters: readonly Parameter[];
    readonly statements: readonly EmittedLine[];
  };

export type InterfaceItem = Text<InterfaceDeclarationStructure, "name"> &
  Flag<InterfaceDeclarationStructure, "isExported"> &
  Documented & {
    readonly kind: "interface";
    readonly extends: string | null;
    readonly properties: readonly (Text<OptionalKind<PropertySignatureStructure>, "name" | "type"> & Documented)[];
  };

/** A constant; its initializer is the same text in TypeScript and in JavaScript but for the assertions in it. */
export type ConstantItem = Text<VariableDeclarationStructure, "name"> & {
  readonly kind: "constant";
  readonly docs: string;
  readonly type: string | null;
  readonly initializer: (language: "ts" | "js") => readonly string[];
};

export type Method = Text<MethodDeclarationStructure, "name"> &
  Flag<MethodDeclarationStructure, "isStatic"> &
  Documented & {
    readonly parameters: readonly Parameter[];
    /** Null for a constructor. */
    readonly returnType: string | null;
    readonly statements: readonly string[];
  };

export type ClassItem = Text<ClassDeclarationStructure, "name"> &
  Flag<ClassDeclarationStructure, "isExported"> &
  Documented & {
    readonly kind: "class";
    readonly extends: string;
    /** The type argument of the class extended. */
    readonly types: string;
    readonly methods: readonly Method[];
  };

export type ImportItem = {
  readonly kind: "import";
  readonly moduleSpecifier: string;
  readonly names: readonly ImportedName[];
};

/** Text that stands as it is, a version per language. */
export type TextItem = {
  readonly kind: "text";
  readonly text: Readonly<Record<Language, readonly string[]>>;
};

export type Item = FunctionItem | InterfaceItem | ConstantItem | ClassItem | ImportItem | TextItem;
