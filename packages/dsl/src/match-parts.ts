/**
 * Owns: the parts that the grammar's rules have in common, read from a match: names, lists, extents, operators, each with
 * its span.
 */

import type { SourceFile, Span } from "@adjoint/ir";
import type { Node } from "ohm-js";
import type { Infix, Item, Operand, Prefix } from "./build-operation.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { binaryPrecedence, isBinaryOperator, levelOf } from "./precedence.ts";
import type {
  Argument,
  ClassType,
  Definition,
  Expression,
  Formal,
  Import,
  IndexBinder,
  Name,
  QuotedText,
  Statement,
  Trailing,
  TrainSetting,
} from "./syntax-tree.ts";

/** What the actions need besides the match, which begins at `offset` of the file. */
export interface Context {
  readonly file: SourceFile;
  readonly offset: number;
  readonly docs: ReadonlyMap<number, string>;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Calls of semantic operations are untyped in Ohm's interface; here, and only here, the types begin. */
function run<T>(operation: string, node: Node, context: Context): T {
  return node[operation](context);
}
export const importOf = (node: Node, context: Context) => run<Import>("import", node, context);
export const definitionOf = (node: Node, context: Context) => run<Definition>("definition", node, context);
export const bodyOf = (node: Node, context: Context) => run<Definition["body"]>("body", node, context);
export const formalOf = (node: Node, context: Context) => run<Formal>("formal", node, context);
export const statementOf = (node: Node, context: Context) => run<Statement>("statement", node, context);
export const settingOf = (node: Node, context: Context) => run<TrainSetting>("setting", node, context);
export const binderOf = (node: Node, context: Context) => run<IndexBinder>("binder", node, context);
export const argumentOf = (node: Node, context: Context) => run<Argument>("argument", node, context);
export const expressionOf = (node: Node, context: Context) => run<Expression>("expression", node, context);
export const itemsOf = (node: Node, context: Context) => run<readonly Item[]>("items", node, context);

/** The argument that the operation under way was called with. */
export function contextOf(node: Node): Context {
  const { args } = node;
  return args.context;
}

export function spanOf(node: Node, context: Context): Span {
  const { file, offset } = context;
  return { file, start: offset + node.source.startIdx, end: offset + node.source.endIdx };
}

/** From the beginning of one node to the end of another. */
export function between(first: Node, last: Node, context: Context): Span {
  return { ...spanOf(first, context), end: spanOf(last, context).end };
}

/** Names are compared as text, so one way to write a letter must be every way: NFC. */
export function nameOf(node: Node, context: Context): Name {
  return { kind: "name", text: node.sourceString.normalize("NFC"), span: spanOf(node, context) };
}

export function quotedOf(node: Node, context: Context): QuotedText {
  return { text: node.sourceString.slice(1, -1), span: spanOf(node, context) };
}

/** The elements of a `ListOf`, without the separators. */
export function listOf<T>(list: Node, of: (node: Node, context: Context) => T, context: Context): readonly T[] {
  return list.asIteration().children.map((node) => of(node, context));
}

/** The content of an optional part. */
export function optional<T>(part: Node, of: (node: Node) => T): T | null {
  return part.numChildren === 0 ? null : of(part.child(0));
}

// Extents, Binders = "[" list ","? "]"; Elements = "[" list Trailing? ","? "]"; ClassType = ":" "class" "(" count ")".
export function extentsOf(extents: Node, context: Context): readonly Expression[] | null {
  return optional(extents, (node) => listOf(node.child(1), expressionOf, context));
}

export function bindersOf(binders: Node, context: Context): readonly IndexBinder[] {
  return listOf(binders.child(1), binderOf, context);
}

/** Trailing = "," ".." */
export function trailingOf(trailing: Node, context: Context): Trailing | null {
  return optional(trailing, (node) => ({ kind: "trailing", span: spanOf(node.child(1), context) }));
}

export function classTypeOf(type: Node, context: Context): ClassType | null {
  return optional(type, (node) => ({
    kind: "class-type",
    count: expressionOf(node.child(3), context),
    span: spanOf(node, context),
  }));
}

/** The grammar reads a whole operation after `<`; a second comparison in it, unless parenthesised, is a slip. */
export function extentOf(operation: Node, context: Context): Expression {
  const extent = expressionOf(operation, context);
  const span = spanOf(operation, context);
  if (
    levelOf(extent) < binaryPrecedence["+"].level &&
    extent.span.start === span.start &&
    extent.span.end === span.end
  ) {
    context.report({
      code: "comparison-chain",
      severity: "error",
      message: "the range of an index is not a comparison",
      labels: [{ span, text: "a comparison" }],
      help: "the range of an index has one bound: `i < n`",
    });
  }
  return extent;
}

export function docOf(node: Node, context: Context): string {
  return context.docs.get(spanOf(node, context).start) ?? "";
}

/** The operators that stand before an operand. */
export function prefixesOf(prefixes: Node, context: Context): readonly Prefix[] {
  return prefixes.children.map((prefix) => ({
    kind: "prefix",
    operator: prefix.sourceString === "-" ? "-" : "not",
    span: spanOf(prefix, context),
  }));
}

export function operandOf(operand: Node, context: Context): Operand {
  return { kind: "operand", expression: expressionOf(operand, context), span: spanOf(operand, context) };
}

export function infixOf(infix: Node, context: Context): Infix {
  const operator = infix.sourceString;
  if (!isBinaryOperator(operator)) throw new RangeError(`the grammar and precedence.ts differ about ${operator}`);
  return { kind: "infix", operator, span: spanOf(infix, context) };
}

/** Which of the words it is that the grammar lets stand here. */
export function wordOf<Word extends string>(node: Node, words: readonly Word[]): Word {
  const found = words.find((word) => word === node.sourceString);
  if (found === undefined) throw new RangeError(`the grammar and the syntax tree differ about ${node.sourceString}`);
  return found;
}
