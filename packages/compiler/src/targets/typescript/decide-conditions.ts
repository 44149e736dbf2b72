/**
 * Owns: conditions that are asked again where they are known. A cotangent that passes where two conditions hold has parts
 * that pass where one of them does: inside `a && b ? … : 0` nothing needs to ask for `a`. TypeScript follows such
 * conditions too, and takes one that can only have one outcome for a slip.
 */

import { type BinaryOperator, binary, type Expression, isBoolean, type Statement } from "./target-language.ts";

/** The statements, each asking nothing that its own conditions tell. They do the same. */
export function decideConditions(statements: readonly Statement[]): readonly Statement[] {
  return statements.map(decide);
}

function decide(statement: Statement): Statement {
  switch (statement.kind) {
    case "declare": {
      const declarations = statement.declarations.map(({ name, value }) => ({ name, value: decided(value) }));
      return { ...statement, declarations };
    }
    case "assign":
    case "return":
      return { ...statement, value: decided(statement.value) };
    case "if":
    case "for":
      return { ...statement, body: decideConditions(statement.body) };
    case "group":
      return { ...statement, statements: decideConditions(statement.statements) };
    case "call":
    case "comment":
      return statement;
  }
}

function decided(expression: Expression): Expression {
  return new Decider().value(expression);
}

/** Nothing changes while one expression is computed, so what was found out in it holds until its end. */
class Decider {
  /** Outcomes of comparisons, and numbers that something equals, by their texts. */
  readonly #outcomes = new Map<string, boolean>();
  readonly #numbers = new Map<string, number>();

  /** Depth is bounded by the width that statements are allowed. */
  value(expression: Expression): Expression {
    switch (expression.kind) {
      case "number":
      case "variable":
        return expression;
      case "element":
        return { ...expression, index: this.value(expression.index) };
      case "unary":
        return { ...expression, operand: this.value(expression.operand) };
      case "binary":
        return { ...expression, left: this.value(expression.left), right: this.value(expression.right) };
      case "call":
        return { ...expression, args: expression.args.map((arg) => this.value(arg)) };
      case "conditional": {
        const condition = this.condition(expression.condition);
        if (condition === true) return this.value(expression.whenTrue);
        if (condition === false) return this.value(expression.whenFalse);
        return {
          kind: "conditional",
          condition,
          whenTrue: this.#under(condition, true, () => this.value(expression.whenTrue)),
          whenFalse: this.#under(condition, false, () => this.value(expression.whenFalse)),
        };
      }
    }
  }

  /** What is left to be asked, or the answer. */
  condition(expression: Expression): Expression | boolean {
    if (expression.kind === "unary" && expression.operator === "!") {
      const operand = this.condition(expression.operand);
      return typeof operand === "boolean" ? !operand : { ...expression, operand };
    }
    if (expression.kind !== "binary" || !isBoolean(expression)) return this.value(expression);
    const { operator, left, right } = expression;
    if (operator === "&&" || operator === "||") {
      /** What the left side is where the right side is asked for at all. */
      const passing = operator === "&&";
      const first = this.condition(left);
      if (typeof first === "boolean") return first === passing ? this.condition(right) : first;
      const second = this.#under(first, passing, () => this.condition(right));
      // `a && true` asks for a alone; `a && false` is false, whatever a is.
      if (typeof second === "boolean") return second === passing ? first : second;
      return binary(operator, first, second);
    }
    return this.#comparison(operator, this.value(left), this.value(right));
  }

  #comparison(operator: BinaryOperator, left: Expression, right: Expression): Expression | boolean {
    const isUnequal = operator === "!==";
    const outcome =
      this.#outcomes.get(keyOf(isUnequal ? "===" : operator, left, right)) ?? this.#equality(operator, left, right);
    return outcome === undefined ? binary(operator, left, right) : outcome !== isUnequal;
  }

  /** Whether something that equals one number equals another, asked with `===` or `!==`. */
  #equality(operator: BinaryOperator, left: Expression, right: Expression): boolean | undefined {
    if ((operator !== "===" && operator !== "!==") || right.kind !== "number") return undefined;
    const known = left.kind === "number" ? left.value : this.#numbers.get(JSON.stringify(left));
    return known === undefined ? undefined : known === right.value;
  }

  /** What is made of an expression where a condition has the outcome. */
  #under<T>(condition: Expression, outcome: boolean, make: () => T): T {
    const learnt: (() => void)[] = [];
    this.#learn(condition, outcome, learnt);
    const made = make();
    for (const forget of learnt.reverse()) forget();
    return made;
  }

  #learn(condition: Expression, outcome: boolean, learnt: (() => void)[]): void {
    if (condition.kind === "unary" && condition.operator === "!") this.#learn(condition.operand, !outcome, learnt);
    if (condition.kind !== "binary" || !isBoolean(condition)) return;
    const { operator, left, right } = condition;
    if (operator === "&&" || operator === "||") {
      // Of a conjunction that fails nobody knows which part does, nor of a disjunction that holds.
      if (outcome !== (operator === "&&")) return;
      this.#learn(left, outcome, learnt);
      this.#learn(right, outcome, learnt);
      return;
    }
    const [asked, holds] = operator === "!==" ? (["===", !outcome] as const) : ([operator, outcome] as const);
    remember(this.#outcomes, keyOf(asked, left, right), holds, learnt);
    if (asked === "===" && holds && right.kind === "number") {
      remember(this.#numbers, JSON.stringify(left), right.value, learnt);
    }
  }
}

function remember<T>(known: Map<string, T>, key: string, value: T, learnt: (() => void)[]): void {
  if (known.has(key)) return;
  known.set(key, value);
  learnt.push(() => known.delete(key));
}

function keyOf(operator: BinaryOperator, left: Expression, right: Expression): string {
  return `${operator} ${JSON.stringify([left, right])}`;
}
