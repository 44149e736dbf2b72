/** Owns: accumulation in a local instead of memory, where a loop adds to one address all the time. */

import { areDisjoint } from "./dependence.ts";
import { formKey, type IndexSymbol, zeroForm } from "./index-form.ts";
import {
  type Access,
  accessesOf,
  type Buffer,
  forEachLeaf,
  type Item,
  type LoopItem,
  type StoreItem,
} from "./loop-nest.ts";
import type { Supply } from "./supply.ts";

export function accumulateInRegisters(items: readonly Item[], supply: Supply): readonly Item[] {
  const visitBlock = (block: readonly Item[]): readonly Item[] => {
    const result: Item[] = [];
    for (const item of block) {
      if (item.kind !== "loop") {
        result.push(item);
        continue;
      }
      let loop = item;
      const after: Item[] = [];
      for (const target of steadyTargets(item, supply.locals)) {
        const accumulator: Access = {
          buffer: supply.local(target.access.label),
          at: zeroForm,
          label: target.access.label,
        };
        loop = redirect(loop, target.access, accumulator);
        const load = { kind: "load", access: accumulator } as const;
        const start = startOf(result, target.access);
        const previous = result[start];
        const { origin } = target;
        if (previous?.kind === "store") {
          result[start] = { ...previous, target: accumulator };
          after.push({ kind: "store", target: target.access, operator: "set", value: load, origin });
        } else if (target.operator === "sum") {
          const zero = { kind: "number", value: 0 } as const;
          result.push({ kind: "store", target: accumulator, operator: "set", value: zero, origin });
          after.push({ kind: "store", target: target.access, operator: "sum", value: load, origin });
        } else {
          const before = { kind: "load", access: target.access } as const;
          result.push({ kind: "store", target: accumulator, operator: "set", value: before, origin });
          after.push({ kind: "store", target: target.access, operator: "set", value: load, origin });
        }
      }
      result.push({ ...loop, body: visitBlock(loop.body) }, ...after);
    }
    return result;
  };
  return visitBlock(items);
}

/** Where the block last set the address, if nothing has touched it since; else −1. */
function startOf(block: readonly Item[], target: Access): number {
  for (let k = block.length - 1; k >= 0; k--) {
    const item = block[k];
    if (item === undefined) break;
    if (item.kind === "store" && item.operator === "set" && isSame(item.target, target)) return k;
    const touches = accessesOf(item).some(
      ({ access }) => access.buffer === target.buffer && !areDisjoint(access, target),
    );
    if (touches || block.length - k > 16) break;
  }
  return -1;
}

interface SteadyTarget {
  readonly access: Access;
  readonly operator: StoreItem["operator"];
  readonly origin: StoreItem["origin"];
}

/** Addresses that the loop accumulates to with one operator, that don't move in it, and that nothing else in it touches. */
function steadyTargets(loop: LoopItem, locals: ReadonlySet<Buffer>): readonly SteadyTarget[] {
  const inside = new Set<IndexSymbol>();
  const collect = (item: Item): void => {
    if (item.kind === "store") return;
    inside.add(item.symbol);
    if (item.kind === "loop") item.body.forEach(collect);
  };
  collect(loop);
  const candidates = new Map<string, SteadyTarget & { stores: number }>();
  forEachLeaf(loop, (leaf) => {
    if (leaf.kind !== "store" || leaf.operator === "set" || locals.has(leaf.target.buffer)) return;
    if (leaf.target.at.terms.some(({ symbol }) => inside.has(symbol))) return;
    const key = `${leaf.target.buffer.id} ${leaf.operator} ${formKey(leaf.target.at)}`;
    const known = candidates.get(key);
    if (known !== undefined) known.stores++;
    else candidates.set(key, { access: leaf.target, operator: leaf.operator, origin: leaf.origin, stores: 1 });
  });
  const accesses = accessesOf(loop);
  return [...candidates.values()].filter(({ access, stores }) => {
    const met = accesses.filter((other) => other.access.buffer === access.buffer && !areDisjoint(other.access, access));
    return met.length === stores;
  });
}

function redirect(loop: LoopItem, from: Access, to: Access): LoopItem {
  return { ...loop, body: loop.body.map((item) => redirectItem(item, from, to)) };
}

function redirectItem(item: Item, from: Access, to: Access): Item {
  switch (item.kind) {
    case "loop":
      return redirect(item, from, to);
    case "let":
      return item;
    case "store":
      return isSame(item.target, from) ? { ...item, target: to } : item;
  }
}

function isSame(a: Access, b: Access): boolean {
  return a.buffer === b.buffer && formKey(a.at) === formKey(b.at);
}
