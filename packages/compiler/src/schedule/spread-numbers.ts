/**
 * Owns: numbers that are used in vectors only: they are repeated along the lanes once, where they become known, and not at
 * each use. A load that goes into all lanes is one instruction.
 */

import { type IndexForm, type IndexSymbol, symbolForm } from "./index-form.ts";
import { substitute } from "./instantiate-items.ts";
import {
  forEachLeaf,
  formsOf,
  formsOfRange,
  type Item,
  type LoopExpression,
  lanesOf,
  lanesOfAccess,
  mapForms,
} from "./loop-nest.ts";
import type { Supply } from "./supply.ts";

/** The same items, in which the symbols of such numbers have as many lanes as what they are used in. */
export function spreadNumbers(items: readonly Item[], lanes: number, supply: Supply): readonly Item[] {
  if (lanes === 1) return items;
  const uses = new Uses();
  for (const item of items) uses.note(item);
  const spread = new Map<IndexSymbol, IndexSymbol>();
  for (const symbol of uses.inVectors) {
    if (!uses.elsewhere.has(symbol)) spread.set(symbol, { ...supply.like(symbol), lanes });
  }
  if (spread.size === 0) return items;
  const forms = new Map([...spread].map(([from, to]): [IndexSymbol, IndexForm] => [from, symbolForm(to)]));
  const define = (item: Item): Item => {
    if (item.kind === "loop") return { ...item, body: item.body.map(define) };
    return item.kind === "let" ? { ...item, symbol: spread.get(item.symbol) ?? item.symbol } : item;
  };
  return items.map((item) => define(mapForms(item, (form) => substitute(form, forms))));
}

/** How the values of symbols are used: as an operand beside vectors, or in any other way. */
class Uses {
  readonly inVectors = new Set<IndexSymbol>();
  readonly elsewhere = new Set<IndexSymbol>();

  note(item: Item): void {
    forEachLeaf(item, (leaf, loops) => {
      for (const loop of loops) for (const form of formsOfRange(loop)) this.#keep(form);
      const lanes = leaf.kind === "let" ? (leaf.symbol.lanes ?? 1) : lanesOfAccess(leaf.target);
      if (leaf.kind === "store") this.#keep(leaf.target.at);
      this.#visit(leaf.value, lanes > 1);
    });
  }

  #keep({ terms }: IndexForm): void {
    for (const { symbol } of terms) this.elsewhere.add(symbol);
  }

  /** Depth is bounded by what fusion lets an expression hold. */
  #visit(expression: LoopExpression, inVector: boolean): void {
    switch (expression.kind) {
      case "number":
      case "argument":
        return;
      case "load":
      case "noise":
        for (const form of formsOf(expression)) this.#keep(form);
        return;
      case "position": {
        const { offset, terms } = expression.form;
        const [only, ...others] = terms;
        const isValue = only?.symbol.kind === "value" && only.symbol.lanes === undefined;
        const isPlain = isValue && offset === 0 && only.coefficient === 1 && others.length === 0;
        if (isPlain && inVector) this.inVectors.add(only.symbol);
        else this.#keep(expression.form);
        return;
      }
      case "apply": {
        const isVector = lanesOf(expression) > 1;
        for (const [k, arg] of expression.args.entries()) {
          // A condition that is one for all lanes chooses what is computed.
          const chooses = expression.fn === "select" && k === 0;
          this.#visit(arg, chooses ? lanesOf(arg) > 1 : isVector);
        }
        return;
      }
      case "guard":
        for (const form of formsOf(expression)) this.#keep(form);
        this.#visit(expression.value, lanesOf(expression.value) > 1);
        return;
      case "horizontal":
        this.#visit(expression.value, true);
        return;
    }
  }
}
