/** Owns: variables that nothing reads any more, after what read them turned out not to be needed. */

import type { Declaration, Expression, Statement } from "./target-language.ts";

/** The statements without variables on which nothing depends that is stored, called or returned. */
export function dropUnused(statements: readonly Statement[]): readonly Statement[] {
  let kept = statements;
  // A loop of which nothing is left takes with it what its bounds were computed from. Each turn drops something, so they end.
  for (;;) {
    const left = withoutUnread(kept, new Dependence(kept));
    if (left === null) return kept;
    kept = left;
  }
}

/** What the names of a block stand for; null for what no statement declares: parameters and indices of loops. */
class Scope {
  readonly #names = new Map<string, Declaration | null>();
  readonly #outer: Scope | null;

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }

  define(name: string, meaning: Declaration | null): void {
    this.#names.set(name, meaning);
  }

  /** Blocks nest no deeper than tensors have axes. */
  find(name: string): Declaration | null {
    const own = this.#names.get(name);
    return own === undefined ? (this.#outer?.find(name) ?? null) : own;
  }
}

/** Which variables matter: those that reach something that is stored, called or returned. */
class Dependence {
  /** The variable that each assignment changes. */
  readonly #changed = new Map<Statement, Declaration>();
  readonly #reads = new Map<Declaration, Declaration[]>();
  readonly #live = new Set<Declaration>();

  constructor(statements: readonly Statement[]) {
    const roots: Declaration[] = [];
    this.#walk(statements, new Scope(null), roots);
    for (let at = roots.pop(); at !== undefined; at = roots.pop()) {
      if (this.#live.has(at)) continue;
      this.#live.add(at);
      roots.push(...(this.#reads.get(at) ?? []));
    }
  }

  matters(variable: Declaration): boolean {
    return this.#live.has(variable);
  }

  /** Whether an assignment changes something that matters: an element, what the caller has, or such a variable. */
  changesWhatMatters(assignment: Statement): boolean {
    const variable = this.#changed.get(assignment);
    return variable === undefined || this.#live.has(variable);
  }

  #readsOf(variable: Declaration): Declaration[] {
    const known = this.#reads.get(variable) ?? [];
    this.#reads.set(variable, known);
    return known;
  }

  #walk(statements: readonly Statement[], scope: Scope, roots: Declaration[]): void {
    for (const statement of statements) {
      switch (statement.kind) {
        case "declare":
          for (const declaration of statement.declarations) {
            readIn(declaration.value, scope, this.#readsOf(declaration));
            scope.define(declaration.name, declaration);
          }
          break;
        case "assign": {
          const { target, value } = statement;
          const variable = target.kind === "variable" ? scope.find(target.name) : null;
          if (variable !== null) this.#changed.set(statement, variable);
          const into = variable === null ? roots : this.#readsOf(variable);
          if (target.kind === "element") readIn(target, scope, into);
          readIn(value, scope, into);
          break;
        }
        case "if":
          readIn(statement.condition, scope, roots);
          this.#walk(statement.body, new Scope(scope), roots);
          break;
        case "for": {
          readIn(statement.from, scope, roots);
          readIn(statement.to, scope, roots);
          const inside = new Scope(scope);
          inside.define(statement.index, null);
          if (statement.end !== null) inside.define(statement.end, null);
          this.#walk(statement.body, inside, roots);
          break;
        }
        case "call":
          readIn(statement.call, scope, roots);
          break;
        case "return":
          readIn(statement.value, scope, roots);
          break;
        case "group":
          this.#walk(statement.statements, scope, roots);
          break;
        case "comment":
          break;
      }
    }
  }
}

/** Depth is bounded by the width that statements are allowed. */
function readIn(expression: Expression, scope: Scope, reads: Declaration[]): void {
  switch (expression.kind) {
    case "number":
      return;
    case "variable": {
      const variable = scope.find(expression.name);
      if (variable !== null) reads.push(variable);
      return;
    }
    case "element":
      readIn(expression.index, scope, reads);
      return;
    case "unary":
      readIn(expression.operand, scope, reads);
      return;
    case "binary":
      readIn(expression.left, scope, reads);
      readIn(expression.right, scope, reads);
      return;
    case "conditional":
      readIn(expression.condition, scope, reads);
      readIn(expression.whenTrue, scope, reads);
      readIn(expression.whenFalse, scope, reads);
      return;
    case "call":
      for (const arg of expression.args) readIn(arg, scope, reads);
      return;
  }
}

/** Null where all are read. */
function withoutUnread(statements: readonly Statement[], dependence: Dependence): readonly Statement[] | null {
  const left = statements.map((statement) => withoutUnreadIn(statement, dependence));
  if (left.every((statement, k) => statement === statements[k])) return null;
  return left.filter((statement) => statement !== null);
}

/** The statement itself where all in it are read; null where nothing of it is left. */
function withoutUnreadIn(statement: Statement, dependence: Dependence): Statement | null {
  switch (statement.kind) {
    case "declare": {
      const declarations = statement.declarations.filter((declaration) => dependence.matters(declaration));
      if (declarations.length === statement.declarations.length) return statement;
      return declarations.length === 0 ? null : { ...statement, declarations };
    }
    case "assign":
      return dependence.changesWhatMatters(statement) ? statement : null;
    case "if":
    case "for": {
      const body = withoutUnread(statement.body, dependence);
      if (body === null) return statement;
      return body.every(({ kind }) => kind === "comment") ? null : { ...statement, body };
    }
    case "group": {
      const inner = withoutUnread(statement.statements, dependence);
      return inner === null ? statement : { ...statement, statements: inner };
    }
    case "call":
    case "return":
    case "comment":
      return statement;
  }
}
