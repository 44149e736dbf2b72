/** Owns: addresses as expressions, with their constant parts in front of the loop under names of their own. */

import { formKey, type IndexForm, type IndexSymbol, withoutSymbol } from "../../schedule/index-form.ts";
import type { Scope } from "./scope.ts";
import {
  type Expression,
  indexSum,
  indexTerm,
  number,
  type Statement,
  type VariableExpression,
  variable,
} from "./target-language.ts";

/** What an address is of: where it lies, and what its rows are named after. */
export interface Tensor {
  readonly place: string;
  readonly label: string;
}

/** The part of an address that stays the same in a loop, and what of its constant the name includes. */
interface Row {
  readonly name: VariableExpression;
  readonly offset: number;
}

/** Where addresses are declared, and the names that end with that block. */
export interface Anchor {
  readonly statements: Statement[];
  readonly names: string[];
}

export class Addresses {
  readonly #scope: Scope;
  /** The front of the function, for what depends on nothing but the example. */
  readonly #front: Anchor;
  /** Names of symbols, and how late each was defined. */
  readonly #symbols = new Map<IndexSymbol, { readonly name: string; readonly order: number }>();
  readonly #rows = new Map<string, Row>();
  /** Where addresses go that need the symbol: right behind its definition, in the block that it belongs to. */
  readonly #anchors = new Map<IndexSymbol, Anchor>();

  constructor(scope: Scope, front: Anchor) {
    this.#scope = scope;
    this.#front = front;
  }

  define(symbol: IndexSymbol, name: string, anchor?: Anchor): void {
    this.#symbols.set(symbol, { name, order: this.#symbols.size });
    if (anchor !== undefined) this.#anchors.set(symbol, anchor);
  }

  /**
   * An address. What stays the same in the innermost loop is computed where it becomes known, under a name of its own:
   * `const W_i = 784 * i;` and then `W_i + j`. Rows of one tensor that lie a constant apart go by one name: `W_i + j + 784`.
   */
  index(form: IndexForm, tensor: Tensor): Expression {
    const inner = this.#innermost(form);
    if (inner === null) return number(form.offset);
    const { symbol, coefficient } = inner;
    const term = indexTerm(coefficient, this.#symbol(symbol));
    const outer = withoutSymbol(form, symbol);
    const [first] = outer.terms;
    if (first === undefined) return indexSum([term], form.offset);
    const trivial = outer.terms.length === 1 && first.coefficient === 1;
    const row = trivial ? { name: this.#symbol(first.symbol), offset: 0 } : this.#row(outer, tensor);
    return indexSum([row.name, term], form.offset - row.offset);
  }

  /** The number that a form comes to. */
  sum(form: IndexForm): Expression {
    return indexSum(
      form.terms.map(({ symbol, coefficient }) => indexTerm(coefficient, this.#symbol(symbol))),
      form.offset,
    );
  }

  #row(form: IndexForm, tensor: Tensor): Row {
    const key = `${tensor.place} ${tensor.label} ${formKey({ ...form, offset: 0 })}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const value = this.index(form, tensor);
    const inner = this.#innermost(form);
    const anchor = (inner === null ? undefined : this.#anchors.get(inner.symbol)) ?? this.#front;
    const name = this.#scope.names.claim(`${tensor.label}_${this.#indicesOf(form)}`);
    anchor.names.push(name);
    anchor.statements.push({ kind: "declare", keyword: "const", declarations: [{ name, value }], span: null });
    const row = { name: variable(name), offset: form.offset };
    this.#rows.set(key, row);
    return row;
  }

  /** `ij` for an address that depends on i and j; `row` where an index has a longer name. */
  #indicesOf(form: IndexForm): string {
    const names = [...form.terms]
      .sort((a, b) => this.#orderOf(a.symbol) - this.#orderOf(b.symbol))
      .map(({ symbol }) => this.#symbol(symbol).name);
    return names.every((name) => name.length === 1) ? names.join("") : "row";
  }

  /** How late a symbol was defined; the example number comes before all. */
  #orderOf(symbol: IndexSymbol): number {
    return this.#symbols.get(symbol)?.order ?? -1;
  }

  /** The symbol that was defined last: the one that changes fastest. */
  #innermost(form: IndexForm): IndexForm["terms"][number] | null {
    let innermost: IndexForm["terms"][number] | null = null;
    let depth = -1;
    for (const term of form.terms) {
      const at = this.#orderOf(term.symbol);
      if (innermost === null || at > depth) {
        innermost = term;
        depth = at;
      }
    }
    return innermost;
  }

  #symbol(symbol: IndexSymbol): VariableExpression {
    if (symbol.kind === "example") return variable(this.#scope.parameter("n"));
    const defined = this.#symbols.get(symbol);
    if (defined === undefined) throw new RangeError("an index is used outside its loop");
    return variable(defined.name);
  }
}
