/**
 * Owns: the limits that keep parsing linear in time and bounded in stack, whatever the text.
 *
 * The grammar's matcher and the code after it recurse over the nesting of brackets and conditions, never over the length
 * of anything; code that walks trees recurses over their depth. Both are bounded here, before the recursion.
 */

import type { SourceFile } from "@adjoint/ir";
import type { Diagnostic } from "./diagnostic.ts";
import type { Token } from "./scan.ts";
import type { Chunk } from "./split-page.ts";
import type { Argument, Definition, Expression, Formal, IndexBinder, Statement, TrainSetting } from "./syntax-tree.ts";

export const limits = {
  /** UTF-16 units in a page: some 1,500 lines, which the matcher reads in under a second. */
  sourceLength: 65_536,
  /** UTF-16 units in a name, a number or a file name. The matcher's time grows faster than these. */
  tokenLength: 1_024,
  /** Brackets and conditions inside each other. The matcher takes up to 6.5 KB of stack for each, of some 980 KB. */
  nesting: 64,
  /** Nodes from an expression's root to its deepest leaf: the terms of a sum count too. */
  treeDepth: 256,
} as const;

export function guardLength(file: SourceFile): Diagnostic | null {
  if (file.text.length <= limits.sourceLength) return null;
  return {
    code: "source-too-large",
    severity: "error",
    message: `the page has ${file.text.length} characters; the limit is ${limits.sourceLength}`,
    labels: [{ span: { file, start: 0, end: 0 }, text: "in this file" }],
    help: "divide it into pages, and `import` one from the other",
  };
}

export function guardTokens(file: SourceFile, tokens: readonly Token[]): Diagnostic | null {
  const long = tokens.find(({ start, end }) => end - start > limits.tokenLength);
  if (long === undefined) return null;
  return {
    code: "token-too-long",
    severity: "error",
    message: `this ${long.kind === "word" ? "name" : long.kind} has ${long.end - long.start} characters; the limit is ${limits.tokenLength}`,
    labels: [{ span: { file, start: long.start, end: long.end }, text: "too long" }],
    help: "shorten it",
  };
}

/** Counts open brackets, and the conditions begun in each that a `=`, `<-` or `,` has not ended. */
export function guardNesting(file: SourceFile, tokens: readonly Token[], chunk: Chunk): Diagnostic | null {
  const conditions: number[] = [0];
  let depth = 0;
  for (let index = chunk.from; index < chunk.to; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    const innermost = conditions.length - 1;
    switch (token.text) {
      case "(":
      case "[":
      case "{":
        conditions.push(0);
        depth++;
        break;
      case ")":
      case "]":
      case "}":
        if (innermost === 0) break;
        depth -= 1 + (conditions.pop() ?? 0);
        break;
      case "if":
        conditions[innermost] = (conditions[innermost] ?? 0) + 1;
        depth++;
        break;
      case "=":
      case "<-":
      case ",":
      case "return":
        depth -= conditions[innermost] ?? 0;
        conditions[innermost] = 0;
        break;
    }
    if (depth > limits.nesting) {
      return {
        code: "nesting-too-deep",
        severity: "error",
        message: `brackets and conditions are nested more than ${limits.nesting} deep`,
        labels: [{ span: { file, start: token.start, end: token.end }, text: "one too many" }],
        help: "bind an inner part to a name of its own",
      };
    }
  }
  return null;
}

/** The first expression of a definition whose tree is too deep. Iterative, since it is what makes recursion safe. */
export function guardDepth(definition: Definition): Diagnostic | null {
  const pending: { readonly node: Expression; readonly depth: number }[] = expressionsIn(definition).map((node) => ({
    node,
    depth: 1,
  }));
  for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
    if (top.depth > limits.treeDepth) {
      return {
        code: "nesting-too-deep",
        severity: "error",
        message: `an expression is more than ${limits.treeDepth} operations deep`,
        labels: [{ span: top.node.span, text: "too deep here" }],
        help: "bind a part of it to a name of its own, or write a sum of many terms as `sum[i](…)`",
      };
    }
    for (const node of partsOf(top.node)) pending.push({ node, depth: top.depth + 1 });
  }
  return null;
}

/** The expressions directly under an expression. */
export function partsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "number":
    case "reference":
      return [];
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "conditional":
      return [node.condition, node.whenTrue, node.whenFalse];
    case "call":
      return node.arguments.map((argument: Argument) => argument.value);
    case "read":
      return [node.source, ...node.indices, ...present(node.otherwise)];
    case "reduction":
      return [...extentsOf(node.indices), node.body];
  }
}

function expressionsIn({ formals, body }: Definition): readonly Expression[] {
  const inFormals = (formals ?? []).flatMap((formal: Formal) => [
    ...(formal.extents ?? []),
    ...present(formal.type?.count),
    ...present(formal.default),
  ]);
  return [...inFormals, ...(body.kind === "block" ? body.statements.flatMap(expressionsOf) : [body.value])];
}

function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case "port":
      return [...statement.extents, ...present(statement.type?.count)];
    case "parameter":
    case "state":
    case "noise":
      return [...statement.extents, statement.initializer];
    case "binding":
    case "result":
      return [...extentsOf(statement.indices ?? []), statement.value];
    case "update":
    case "return":
    case "loss-statement":
      return [statement.value];
    case "require":
      return [statement.condition];
    case "repeat":
      return [statement.count, ...statement.statements.flatMap(expressionsOf)];
    case "carry":
      return [...(statement.extents ?? []), statement.value];
    case "scan":
      return [...extentsOf([statement.index]), ...statement.statements.flatMap(expressionsOf)];
    case "train":
      return statement.settings.flatMap((setting: TrainSetting) => setting.values);
  }
}

function extentsOf(indices: readonly IndexBinder[]): readonly Expression[] {
  return indices.flatMap((index) => present(index.extent));
}

function present(expression: Expression | null | undefined): readonly Expression[] {
  return expression === null || expression === undefined ? [] : [expression];
}
