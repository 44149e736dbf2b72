/**
 * Owns: unroll and jam: several iterations of a loop at once, in the same inner loops. What they all read is then loaded
 * once, and their sums do not wait for each other: around a contraction this is a tile of accumulators.
 */

import type { ScalarFunctionName } from "@adjoint/ir";
import { combineForms, constantForm, formKey, symbolForm } from "./index-form.ts";
import { instantiateItems } from "./instantiate-items.ts";
import type { Buffer, Item, LoopExpression, LoopItem, StoreItem } from "./loop-nest.ts";
import { reductionSteps } from "./reductions.ts";
import type { Supply } from "./supply.ts";

/**
 * The loop with `factor` of its iterations at once, and a loop for those that are left. Its iterations must be free to run
 * in any order.
 * @param outer local variables of the blocks around the loop
 */
export function jamLoop(loop: LoopItem, factor: number, outer: ReadonlySet<Buffer>, supply: Supply): readonly Item[] {
  const { symbol } = loop;
  const groups = Math.floor(symbol.extent / factor);
  const left = symbol.extent - groups * factor;
  const result: Item[] = [];
  const group = supply.loop(groups, symbol.label);
  const copies = Array.from({ length: factor }, (_, k) => {
    const at = groups === 1 ? constantForm(k) : combineForms(k, [factor], [symbolForm(group)]);
    return instantiateItems(loop.body, { forms: new Map([[symbol, at]]), shared: outer, sameLoops: true }, supply);
  });
  if (groups > 0) result.push({ ...loop, symbol: group, body: interleave(copies) });
  if (left > 0) {
    const rest = supply.loop(left, symbol.label);
    const at = combineForms(groups * factor, [1], [symbolForm(rest)]);
    const body = instantiateItems(
      loop.body,
      { forms: new Map([[symbol, left === 1 ? constantForm(groups * factor) : at]]), shared: outer, sameLoops: false },
      supply,
    );
    const scalar: LoopItem = { ...loop, symbol: rest, body };
    result.push(...(left >= 2 && left < factor ? jamLoop(scalar, left, outer, supply) : [scalar]));
  }
  return result;
}

/** Copies of one body, item by item: leaves one after the other, loops as one loop. */
function interleave(copies: readonly (readonly Item[])[]): readonly Item[] {
  const [first] = copies;
  return (first ?? []).flatMap((item, position): readonly Item[] => {
    const alike = copies.flatMap((copy) => copy[position] ?? []);
    if (item.kind === "loop") {
      const bodies = alike.map((other) => (other.kind === "loop" ? other.body : []));
      return [{ ...item, body: interleave(bodies) }];
    }
    return joined(alike) ?? alike;
  });
}

/** One store for several that add to the same address. */
function joined(items: readonly Item[]): readonly Item[] | null {
  const stores = items.filter((item): item is StoreItem => item.kind === "store");
  const [first, ...others] = stores;
  if (first === undefined || first.operator === "set" || stores.length < items.length) return null;
  const key = addressOf(first);
  if (others.some((other) => other.operator !== first.operator || addressOf(other) !== key)) return null;
  const { fn } = reductionSteps[first.operator];
  const value = others.reduce<LoopExpression>((sum, { value: next }) => apply(fn, sum, next), first.value);
  return [{ ...first, value }];
}

function apply(fn: ScalarFunctionName, ...args: readonly LoopExpression[]): LoopExpression {
  return { kind: "apply", fn, args };
}

function addressOf({ target }: StoreItem): string {
  return `${target.buffer.id} ${formKey(target.at)}`;
}
