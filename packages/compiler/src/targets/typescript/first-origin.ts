/** Owns: where on the page a loop comes from: the place of the first thing in it that computes anything. */

import type { Origin, Span } from "@adjoint/ir";
import type { Item, StoreItem } from "../../schedule/loop-nest.ts";

/** Whether an item only loads, or sets what others will add to. */
export function isPreparation(item: Item): boolean {
  if (item.kind === "loop") return item.body.every(isPreparation);
  const { kind } = item.value;
  if (item.kind === "let") return kind === "load" || kind === "position";
  return item.operator === "set" && kind === "number" && !isConstantResult(item);
}

function isConstantResult(store: StoreItem): boolean {
  return store.value.kind === "number" && store.target.buffer.array !== null;
}

/** Where the first thing in an item that computes anything comes from. */
export function firstOrigin(item: Item | undefined): Origin | null {
  if (item === undefined) return null;
  if (item.kind === "loop") {
    for (const child of item.body) {
      const origin = firstOrigin(child);
      if (origin !== null) return origin;
    }
    return null;
  }
  if (item.kind === "store" && (item.operator !== "set" || isConstantResult(item))) return item.origin;
  switch (item.value.kind) {
    case "number":
    case "position":
    case "load":
    case "argument":
      return null;
    case "noise":
    case "apply":
    case "guard":
    case "horizontal":
      return item.origin;
  }
}

export function spanOf(origin: Origin | null): Span | null {
  return origin?.statement ?? origin?.span ?? null;
}
