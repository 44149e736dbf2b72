/** Owns: which symbols of a loop program have to be whole numbers. */

import type { IndexForm, IndexSymbol } from "../../schedule/index-form.ts";
import { forEachExpression, formsOf, type Item } from "../../schedule/loop-nest.ts";

/** The symbols that are part of an address or of a bound. */
export function symbolsInAddresses(items: readonly Item[]): ReadonlySet<IndexSymbol> {
  const found = new Set<IndexSymbol>();
  const add = (form: IndexForm): void => {
    for (const { symbol } of form.terms) found.add(symbol);
  };
  const visit = (item: Item): void => {
    if (item.kind === "loop") {
      for (const { form } of [...(item.range?.where ?? []), ...(item.range?.from ?? []), ...(item.range?.to ?? [])]) {
        add(form);
      }
      for (const child of item.body) visit(child);
      return;
    }
    if (item.kind === "store") add(item.target.at);
    forEachExpression(item.value, (part) => {
      if (part.kind !== "position") for (const form of formsOf(part)) add(form);
    });
  };
  for (const item of items) visit(item);
  return found;
}
