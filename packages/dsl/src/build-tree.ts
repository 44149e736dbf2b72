/** Owns: from what the grammar matched to the syntax tree: one semantic action per rule, each node with its span. */

import type { SourceFile, Span } from "@adjoint/ir";
import type { MatchResult, Node } from "ohm-js";
import { buildOperation, type Infix, type Item, type Operand, type Prefix } from "./build-operation.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { grammar } from "./grammar.ts";
import { binaryPrecedence, isBinaryOperator, levelOf } from "./precedence.ts";
import type {
  Argument,
  ClassType,
  Definition,
  DefinitionKeyword,
  Expression,
  Formal,
  Import,
  IndexBinder,
  Name,
  Statement,
  TrainSetting,
} from "./syntax-tree.ts";

/** What the actions need besides the match, which begins at `offset` of the file. */
export interface Context {
  readonly file: SourceFile;
  readonly offset: number;
  readonly docs: ReadonlyMap<number, string>;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Needs a match of the rule Import. */
export function buildImport(match: MatchResult, context: Context): Import {
  return importOf(semantics(match) as Node, context);
}

/** Needs a match of the rule Definition. */
export function buildDefinition(match: MatchResult, context: Context): Definition {
  return definitionOf(semantics(match) as Node, context);
}

/** Calls of semantic operations are untyped in Ohm's interface; here, and only here, the types begin. */
function run<T>(operation: string, node: Node, context: Context): T {
  return node[operation](context);
}
const importOf = (node: Node, context: Context) => run<Import>("import", node, context);
const definitionOf = (node: Node, context: Context) => run<Definition>("definition", node, context);
const bodyOf = (node: Node, context: Context) => run<Definition["body"]>("body", node, context);
const formalOf = (node: Node, context: Context) => run<Formal>("formal", node, context);
const statementOf = (node: Node, context: Context) => run<Statement>("statement", node, context);
const settingOf = (node: Node, context: Context) => run<TrainSetting>("setting", node, context);
const binderOf = (node: Node, context: Context) => run<IndexBinder>("binder", node, context);
const argumentOf = (node: Node, context: Context) => run<Argument>("argument", node, context);
const expressionOf = (node: Node, context: Context) => run<Expression>("expression", node, context);
const itemsOf = (node: Node, context: Context) => run<readonly Item[]>("items", node, context);

/** The argument that the operation under way was called with. */
function contextOf(node: Node): Context {
  const { args } = node;
  return args.context;
}

function spanOf(node: Node, context: Context): Span {
  const { file, offset } = context;
  return { file, start: offset + node.source.startIdx, end: offset + node.source.endIdx };
}

/** From the beginning of one node to the end of another. */
function between(first: Node, last: Node, context: Context): Span {
  return { ...spanOf(first, context), end: spanOf(last, context).end };
}

/** Names are compared as text, so one way to write a letter must be every way: NFC. */
function nameOf(node: Node, context: Context): Name {
  return { kind: "name", text: node.sourceString.normalize("NFC"), span: spanOf(node, context) };
}

/** The elements of a `ListOf`, without the separators. */
function listOf<T>(list: Node, of: (node: Node, context: Context) => T, context: Context): readonly T[] {
  return list.asIteration().children.map((node) => of(node, context));
}

/** The content of an optional part. */
function optional<T>(part: Node, of: (node: Node) => T): T | null {
  return part.numChildren === 0 ? null : of(part.child(0));
}

// Extents, Binders = "[" list ","? "]"; ClassType = ":" "class" "(" count ")".
function extentsOf(extents: Node, context: Context): readonly Expression[] | null {
  return optional(extents, (node) => listOf(node.child(1), expressionOf, context));
}

function bindersOf(binders: Node, context: Context): readonly IndexBinder[] {
  return listOf(binders.child(1), binderOf, context);
}

function classTypeOf(type: Node, context: Context): ClassType | null {
  return optional(type, (node) => ({
    kind: "class-type",
    count: expressionOf(node.child(3), context),
    span: spanOf(node, context),
  }));
}

/** The grammar reads a whole operation after `<`; a second comparison in it, unless parenthesised, is a slip. */
function extentOf(operation: Node, context: Context): Expression {
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

function docOf(node: Node, context: Context): string {
  return context.docs.get(spanOf(node, context).start) ?? "";
}

/** The operators that stand before an operand. */
function prefixesOf(prefixes: Node, context: Context): readonly Prefix[] {
  return prefixes.children.map((prefix) => ({
    kind: "prefix",
    operator: prefix.sourceString === "-" ? "-" : "not",
    span: spanOf(prefix, context),
  }));
}

function operandOf(operand: Node, context: Context): Operand {
  return { kind: "operand", expression: expressionOf(operand, context), span: spanOf(operand, context) };
}

function infixOf(infix: Node, context: Context): Infix {
  const operator = infix.sourceString;
  if (!isBinaryOperator(operator)) throw new RangeError(`the grammar and precedence.ts differ about ${operator}`);
  return { kind: "infix", operator, span: spanOf(infix, context) };
}

/** Strips what a lexical alternative of words is known to match by the grammar. */
function wordOf<Word extends string>(node: Node, words: readonly Word[]): Word {
  const found = words.find((word) => word === node.sourceString);
  if (found === undefined) throw new RangeError(`the grammar and the syntax tree differ about ${node.sourceString}`);
  return found;
}

const definitionWords: readonly DefinitionKeyword[] = [
  "model",
  "layer",
  "function",
  "loss",
  "metric",
  "optimizer",
  "initializer",
];

const semantics = grammar
  .createSemantics()
  .addOperation<Import>("import(context)", {
    Import(word, _open, names, _comma, _close, _from, path) {
      const context = contextOf(this);
      return {
        kind: "import",
        names: listOf(names, nameOf, context),
        from: { text: path.sourceString.slice(1, -1), span: spanOf(path, context) },
        span: between(word, path, context),
      };
    },
  })
  .addOperation<Definition>("definition(context)", {
    Definition(keyword, name, formals, body) {
      const context = contextOf(this);
      return {
        kind: "definition",
        keyword: wordOf(keyword, definitionWords),
        name: nameOf(name, context),
        formals: optional(formals, (node) => listOf(node.child(1), formalOf, context)),
        body: bodyOf(body, context),
        doc: docOf(keyword, context),
        span: between(keyword, body, context),
      };
    },
  })
  .addOperation<Definition["body"]>("body(context)", {
    Body_block(_open, statements, _close) {
      const context = contextOf(this);
      return {
        kind: "block",
        statements: statements.children.map((node) => statementOf(node, context)),
        span: spanOf(this, context),
      };
    },
    Body_expression(_equals, value) {
      return { kind: "expression", value: expressionOf(value, contextOf(this)) };
    },
  })
  .addOperation<Formal>("formal(context)", {
    Formal(name, extents, type, initial) {
      const context = contextOf(this);
      return {
        kind: "formal",
        name: nameOf(name, context),
        extents: extentsOf(extents, context),
        type: classTypeOf(type, context),
        default: optional(initial, (node) => expressionOf(node.child(1), context)),
        span: spanOf(this, context),
      };
    },
  })
  .addOperation<Statement>("statement(context)", {
    Binding(name, binders, _equals, value) {
      const context = contextOf(this);
      return {
        kind: "binding",
        name: nameOf(name, context),
        indices: optional(binders, (node) => bindersOf(node, context)),
        value: expressionOf(value, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Update(name, _arrow, value) {
      const context = contextOf(this);
      return {
        kind: "update",
        name: nameOf(name, context),
        value: expressionOf(value, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Parameter(_param, name, extents, _tilde, initializer, frozen) {
      const context = contextOf(this);
      return {
        kind: "parameter",
        name: nameOf(name, context),
        extents: extentsOf(extents, context) ?? [],
        initializer: expressionOf(initializer, context),
        frozen: frozen.numChildren > 0,
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    State(_state, name, _tilde, initializer) {
      const context = contextOf(this);
      return {
        kind: "state",
        name: nameOf(name, context),
        initializer: expressionOf(initializer, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Port(role, name, extents, type) {
      const context = contextOf(this);
      return {
        kind: "port",
        role: wordOf(role, ["input", "target"]),
        name: nameOf(name, context),
        extents: extentsOf(extents, context) ?? [],
        type: classTypeOf(type, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Return(_return, value) {
      const context = contextOf(this);
      return { kind: "return", value: expressionOf(value, context), span: spanOf(this, context) };
    },
    Loss(_loss, value) {
      const context = contextOf(this);
      return {
        kind: "loss-statement",
        value: expressionOf(value, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Result_named(role, name, _equals, value) {
      const context = contextOf(this);
      return {
        kind: "result",
        role: wordOf(role, ["metric", "output"]),
        name: nameOf(name, context),
        value: expressionOf(value, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Result_bare(role, value) {
      const context = contextOf(this);
      return {
        kind: "result",
        role: wordOf(role, ["metric", "output"]),
        name: null,
        value: expressionOf(value, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Train(_train, _open, settings, _close) {
      const context = contextOf(this);
      return {
        kind: "train",
        settings: settings.children.map((node) => settingOf(node, context)),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
  })
  .addOperation<TrainSetting>("setting(context)", {
    Setting(name, value) {
      const context = contextOf(this);
      return {
        kind: "train-setting",
        name: nameOf(name, context),
        value: expressionOf(value, context),
        span: spanOf(this, context),
      };
    },
  })
  .addOperation<IndexBinder>("binder(context)", {
    Binder(name, extent) {
      const context = contextOf(this);
      return {
        kind: "index-binder",
        name: nameOf(name, context),
        extent: optional(extent, (node) => extentOf(node.child(1), context)),
        span: spanOf(this, context),
      };
    },
  })
  .addOperation<Argument>("argument(context)", {
    Argument_named(name, _colon, value) {
      const context = contextOf(this);
      return {
        kind: "argument",
        name: nameOf(name, context),
        value: expressionOf(value, context),
        span: spanOf(this, context),
      };
    },
    Argument_positional(value) {
      const context = contextOf(this);
      return { kind: "argument", name: null, value: expressionOf(value, context), span: spanOf(this, context) };
    },
  })
  .addOperation<Expression>("expression(context)", {
    Expression(inner) {
      return expressionOf(inner, contextOf(this));
    },
    Conditional(_if, condition, _then, whenTrue, _else, whenFalse) {
      const context = contextOf(this);
      return {
        kind: "conditional",
        condition: expressionOf(condition, context),
        whenTrue: expressionOf(whenTrue, context),
        whenFalse: expressionOf(whenFalse, context),
        span: spanOf(this, context),
      };
    },
    Operation(prefixes, operand, terms) {
      const context = contextOf(this);
      const items: Item[] = [...prefixesOf(prefixes, context), operandOf(operand, context)];
      for (const term of terms.children) items.push(...itemsOf(term, context));
      return buildOperation(items, context.report);
    },
    Operand(inner) {
      return expressionOf(inner, contextOf(this));
    },
    Operand_read(subject, indices) {
      const context = contextOf(this);
      let source = expressionOf(subject, context);
      for (const part of indices.children) {
        // Indices = "[" list Otherwise? ","? "]", Otherwise = "else" value
        source = {
          kind: "read",
          source,
          indices: listOf(part.child(1), expressionOf, context),
          otherwise: optional(part.child(2), (node) => expressionOf(node.child(1), context)),
          span: between(subject, part, context),
        };
      }
      return source;
    },
    Subject(inner) {
      return expressionOf(inner, contextOf(this));
    },
    Initializer(inner) {
      return expressionOf(inner, contextOf(this));
    },
    Parenthesised(_open, inner, _close) {
      return expressionOf(inner, contextOf(this));
    },
    Reduction(operator, binders, _open, body, _close) {
      const context = contextOf(this);
      return {
        kind: "reduction",
        operator: nameOf(operator, context),
        indices: bindersOf(binders, context),
        body: expressionOf(body, context),
        span: spanOf(this, context),
      };
    },
    Call(callee, _open, given, _comma, _close) {
      const context = contextOf(this);
      return {
        kind: "call",
        callee: nameOf(callee, context),
        arguments: listOf(given, argumentOf, context),
        span: spanOf(this, context),
      };
    },
    Reference(name) {
      const context = contextOf(this);
      return { kind: "reference", name: nameOf(name, context), span: spanOf(this, context) };
    },
    number(_whole, _point, _fraction, _exponent) {
      return { kind: "number", value: Number(this.sourceString), span: spanOf(this, contextOf(this)) };
    },
  })
  .addOperation<readonly Item[]>("items(context)", {
    Term(infix, prefixes, operand) {
      const context = contextOf(this);
      return [infixOf(infix, context), ...prefixesOf(prefixes, context), operandOf(operand, context)];
    },
  });
