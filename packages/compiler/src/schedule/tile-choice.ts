/** Owns: what was decided about one nest of loops, for people to read. */

import type { IndexSymbol } from "./index-form.ts";
import { forEachLeaf, type LoopItem } from "./loop-nest.ts";

export interface TileChoice {
  /** The nest as it was. */
  readonly nest: LoopItem;
  /** Estimated cycles. */
  readonly before: number;
  readonly after: number;
  readonly lanes: ReadonlySet<IndexSymbol>;
  readonly jams: ReadonlyMap<IndexSymbol, number>;
}

/** `z, h: 32 ×2 · 128 ×4 · 784 in lanes: 6,4 times fewer cycles …` for loops over 32, 128 and 784. */
export function describeTile({ nest, before, after, lanes, jams }: TileChoice): string {
  const stored = new Set<string>();
  forEachLeaf(nest, (leaf) => {
    if (leaf.kind === "store") stored.add(leaf.target.label);
  });
  const shape = (loop: LoopItem): string => {
    const { symbol } = loop;
    const inner = loop.body.flatMap((item) => (item.kind === "loop" ? [shape(item)] : []));
    const factor = jams.get(symbol) ?? 1;
    const own = `${symbol.extent}${lanes.has(symbol) ? " in lanes" : ""}${factor > 1 ? ` ×${factor}` : ""}`;
    return inner.length === 0 ? own : `${own} · ${inner.length === 1 ? inner[0] : `(${inner.join(" | ")})`}`;
  };
  const gain = (before / after).toFixed(1);
  return `${[...stored].join(", ")}: ${shape(nest)}; about ${Math.round(after)} cycles, ${gain} times fewer than plain`;
}
