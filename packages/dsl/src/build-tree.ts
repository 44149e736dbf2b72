/** Owns: from what the grammar matched to the syntax tree: one semantic action per rule, each node with its span. */

import type { MatchResult, Node } from "ohm-js";
import { buildOperation, type Item } from "./build-operation.ts";
import { grammar } from "./grammar.ts";
import {
  argumentOf,
  between,
  binderOf,
  bindersOf,
  bodyOf,
  type Context,
  classTypeOf,
  contextOf,
  definitionOf,
  docOf,
  expressionOf,
  extentOf,
  extentsOf,
  formalOf,
  importOf,
  infixOf,
  itemsOf,
  listOf,
  nameOf,
  operandOf,
  optional,
  prefixesOf,
  quotedOf,
  settingOf,
  spanOf,
  statementOf,
  trailingOf,
  wordOf,
} from "./match-parts.ts";
import type {
  Argument,
  Definition,
  DefinitionKeyword,
  Expression,
  Formal,
  Import,
  IndexBinder,
  Statement,
  TrainSetting,
} from "./syntax-tree.ts";

/** Needs a match of the rule Import. */
export function buildImport(match: MatchResult, context: Context): Import {
  return importOf(semantics(match) as Node, context);
}

/** Needs a match of the rule Definition. */
export function buildDefinition(match: MatchResult, context: Context): Definition {
  return definitionOf(semantics(match) as Node, context);
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
        from: quotedOf(path, context),
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
        // Sizes = "[" list Trailing? ","? "]"
        trailing: optional(extents, (node) => trailingOf(node.child(2), context)),
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
        // Elements = "[" list Trailing? ","? "]"
        trailing: optional(binders, (node) => trailingOf(node.child(2), context)),
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
    State(_state, name, extents, _tilde, initializer) {
      const context = contextOf(this);
      return {
        kind: "state",
        name: nameOf(name, context),
        extents: extentsOf(extents, context) ?? [],
        initializer: expressionOf(initializer, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Noise(_noise, name, extents, _tilde, initializer) {
      const context = contextOf(this);
      return {
        kind: "noise",
        name: nameOf(name, context),
        extents: extentsOf(extents, context) ?? [],
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
    Loss_named(_loss, name, _equals, value) {
      const context = contextOf(this);
      return {
        kind: "loss-statement",
        name: nameOf(name, context),
        value: expressionOf(value, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Loss_bare(_loss, value) {
      const context = contextOf(this);
      return {
        kind: "loss-statement",
        name: null,
        value: expressionOf(value, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Result_named(role, name, binders, _equals, value) {
      const context = contextOf(this);
      return {
        kind: "result",
        role: wordOf(role, ["metric", "output"]),
        name: nameOf(name, context),
        indices: optional(binders, (node) => bindersOf(node, context)),
        trailing: optional(binders, (node) => trailingOf(node.child(2), context)),
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
        indices: null,
        trailing: null,
        value: expressionOf(value, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Require(_require, condition) {
      const context = contextOf(this);
      return {
        kind: "require",
        condition: expressionOf(condition, context),
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Repeat(_repeat, index, _less, count, open, statements, close) {
      const context = contextOf(this);
      return {
        kind: "repeat",
        index: optional(index, (node) => nameOf(node, context)),
        count: extentOf(count, context),
        statements: statements.children.map((node) => statementOf(node, context)),
        block: { span: between(open, close, context) },
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Scan(_scan, index, backwards, open, statements, close) {
      const context = contextOf(this);
      return {
        kind: "scan",
        index: binderOf(index, context),
        backwards: backwards.numChildren > 0,
        statements: statements.children.map((node) => statementOf(node, context)),
        block: { span: between(open, close, context) },
        doc: docOf(this, context),
        span: spanOf(this, context),
      };
    },
    Carry(_carry, name, extents, _equals, value) {
      const context = contextOf(this);
      return {
        kind: "carry",
        name: nameOf(name, context),
        extents: extentsOf(extents, context),
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
    Setting_names(name, patterns) {
      const context = contextOf(this);
      return {
        kind: "train-setting",
        name: nameOf(name, context),
        values: [],
        patterns: listOf(patterns, quotedOf, context),
        span: spanOf(this, context),
      };
    },
    Setting_values(name, values, choice) {
      const context = contextOf(this);
      return {
        kind: "train-setting",
        name: nameOf(name, context),
        values: listOf(values, expressionOf, context),
        // Choice = "for" list
        patterns: optional(choice, (node) => listOf(node.child(1), quotedOf, context)) ?? [],
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
        // Indices = "[" list Trailing? Otherwise? ","? "]", Otherwise = "else" value
        source = {
          kind: "read",
          source,
          indices: listOf(part.child(1), expressionOf, context),
          trailing: trailingOf(part.child(2), context),
          otherwise: optional(part.child(3), (node) => expressionOf(node.child(1), context)),
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
