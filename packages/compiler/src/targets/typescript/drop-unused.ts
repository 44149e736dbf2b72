/** Owns: variables that nothing reads any more, after what read them turned out not to be needed. */

import type { Expression, Statement } from "./target-language.ts";

/** The statements without variables whose value is never read. A name counts as read wherever it is, in any scope. */
export function dropUnused(statements: readonly Statement[]): readonly Statement[] {
  let kept = statements;
  // What is dropped may have been the only reader of something else; each turn drops something, so they end.
  for (;;) {
    const read = new Set<string>();
    readBy(kept, read);
    const left = withoutUnread(kept, read);
    if (left === null) return kept;
    kept = left;
  }
}

function readBy(statements: readonly Statement[], read: Set<string>): void {
  for (const statement of statements) {
    switch (statement.kind) {
      case "declare":
        for (const { value } of statement.declarations) readIn(value, read);
        break;
      case "assign":
        if (statement.target.kind === "element") readIn(statement.target, read);
        readIn(statement.value, read);
        break;
      case "if":
        readIn(statement.condition, read);
        readBy(statement.body, read);
        break;
      case "for":
        readIn(statement.from, read);
        readIn(statement.to, read);
        readBy(statement.body, read);
        break;
      case "call":
        readIn(statement.call, read);
        break;
      case "return":
        readIn(statement.value, read);
        break;
      case "group":
        readBy(statement.statements, read);
        break;
      case "comment":
        break;
    }
  }
}

/** Depth is bounded by the width that statements are allowed. */
function readIn(expression: Expression, read: Set<string>): void {
  switch (expression.kind) {
    case "number":
      return;
    case "variable":
      read.add(expression.name);
      return;
    case "element":
      readIn(expression.index, read);
      return;
    case "unary":
      readIn(expression.operand, read);
      return;
    case "binary":
      readIn(expression.left, read);
      readIn(expression.right, read);
      return;
    case "conditional":
      readIn(expression.condition, read);
      readIn(expression.whenTrue, read);
      readIn(expression.whenFalse, read);
      return;
    case "call":
      for (const arg of expression.args) readIn(arg, read);
      return;
  }
}

/** Null where all are read. */
function withoutUnread(statements: readonly Statement[], read: ReadonlySet<string>): readonly Statement[] | null {
  const left = statements.map((statement) => withoutUnreadIn(statement, read));
  if (left.every((statement, k) => statement === statements[k])) return null;
  return left.filter((statement) => statement !== null);
}

/** The statement itself where all in it are read; null where nothing of it is left. */
function withoutUnreadIn(statement: Statement, read: ReadonlySet<string>): Statement | null {
  switch (statement.kind) {
    case "declare": {
      const declarations = statement.declarations.filter(({ name }) => read.has(name));
      if (declarations.length === statement.declarations.length) return statement;
      return declarations.length === 0 ? null : { ...statement, declarations };
    }
    case "assign":
      return statement.target.kind === "element" || read.has(statement.target.name) ? statement : null;
    case "if":
    case "for": {
      const body = withoutUnread(statement.body, read);
      if (body === null) return statement;
      return body.every(({ kind }) => kind === "comment") ? null : { ...statement, body };
    }
    case "group": {
      const inner = withoutUnread(statement.statements, read);
      return inner === null ? statement : { ...statement, statements: inner };
    }
    case "call":
    case "return":
    case "comment":
      return statement;
  }
}
