/** Owns: moving what a loop would compute again and again in front of it. */

import { type IndexSymbol, symbolForm } from "./index-form.ts";
import {
  accessesOf,
  type Buffer,
  forEachExpression,
  formsOf,
  type Item,
  type LetItem,
  type LoopExpression,
  type LoopItem,
} from "./loop-nest.ts";
import type { Supply } from "./supply.ts";

/** Gives out symbols that no form uses yet. */
export type SymbolSource = Pick<Supply, "naming">;

/**
 * @param locals buffers that are local variables: reading one alone is nothing to save
 */
export function hoistInvariants(
  items: readonly Item[],
  locals: ReadonlySet<Buffer>,
  symbols: SymbolSource,
): readonly Item[] {
  return items.flatMap((item) => (item.kind === "loop" ? hoistFrom(item, locals, symbols) : [item]));
}

function hoistFrom(loop: LoopItem, locals: ReadonlySet<Buffer>, symbols: SymbolSource): readonly Item[] {
  const body = hoistInvariants(loop.body, locals, symbols);
  const written = new Set(
    accessesOf(loop)
      .filter(({ writes }) => writes)
      .map(({ access }) => access.buffer),
  );
  const inside = new Set<IndexSymbol>(loop.lane === undefined ? [loop.symbol] : [loop.symbol, loop.lane]);
  for (const item of body) if (item.kind === "let") inside.add(item.symbol);

  const before: LetItem[] = [];
  const known = new Map<string, IndexSymbol>();
  const isInvariant = (expression: LoopExpression): boolean => {
    let invariant = true;
    forEachExpression(expression, (part) => {
      if (part.kind === "load" && written.has(part.access.buffer)) invariant = false;
      if (formsOf(part).some((form) => form.terms.some(({ symbol }) => inside.has(symbol)))) invariant = false;
    });
    return invariant;
  };
  const hoist = (expression: LoopExpression, origin: LetItem["origin"]): LoopExpression => {
    if (isWorthHoisting(expression, locals) && isInvariant(expression)) {
      const key = JSON.stringify(expression);
      let symbol = known.get(key);
      if (symbol === undefined) {
        symbol = symbols.naming(expression, expression.kind === "load" ? expression.access.label : "");
        known.set(key, symbol);
        before.push({ kind: "let", symbol, value: expression, origin });
      }
      return { kind: "position", form: symbolForm(symbol) };
    }
    // A guarded value may only be computed where its guard holds, so a guard moves whole or not at all.
    if (expression.kind !== "apply") return expression;
    return { ...expression, args: expression.args.map((arg) => hoist(arg, origin)) };
  };

  const remaining: Item[] = [];
  for (const item of body) {
    switch (item.kind) {
      case "loop":
        remaining.push(item);
        break;
      case "let":
        if (isInvariant(item.value)) {
          inside.delete(item.symbol);
          before.push(item);
        } else remaining.push({ ...item, value: hoist(item.value, item.origin) });
        break;
      case "store":
        remaining.push({ ...item, value: hoist(item.value, item.origin) });
        break;
    }
  }
  return [...before, { ...loop, body: remaining }];
}

function isWorthHoisting(expression: LoopExpression, locals: ReadonlySet<Buffer>): boolean {
  switch (expression.kind) {
    case "number":
    case "argument":
    case "position":
      return false;
    case "load":
      return !locals.has(expression.access.buffer);
    case "apply":
      // A negation is as cheap as a name.
      return expression.fn !== "neg" || expression.args.some((arg) => isWorthHoisting(arg, locals));
    case "noise":
    case "guard":
    case "horizontal":
      return true;
  }
}
