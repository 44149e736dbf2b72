/** Owns: the order of the loops of one nest. */

import { coefficientOf, dependsOn, type IndexSymbol } from "./index-form.ts";
import { type Access, type Bound, forEachExpression, type StoreItem } from "./loop-nest.ts";

/** An inner loop shorter than this spends its time on being a loop. */
const shortLoop = 8;

/**
 * Where sums grow: one at a time in a register, or wherever the walk through memory is cheapest. Tiles of many sums at once
 * make a walk cheap whatever its order is, so a target with lanes keeps them in registers.
 */
export type SumPlace = "registers" | "anywhere";

export interface LoopOrder {
  readonly order: readonly IndexSymbol[];
  /** All reduced axes are innermost, so that the accumulator is one number at a time. */
  readonly inRegister: boolean;
}

/**
 * Puts that axis innermost along which memory is walked most nearly in order; the others keep the order of the axes.
 * If it is a kept axis of a reduction, the accumulators are a row in memory (y[j] += a[i]·B[i, j] with j innermost).
 */
export function orderLoops(
  kept: readonly IndexSymbol[],
  reduced: readonly IndexSymbol[],
  store: StoreItem,
  sums: SumPlace,
): LoopOrder {
  const all = [...kept, ...reduced];
  const accesses: Access[] = [];
  const bounds: Bound[] = [];
  forEachExpression(store.value, (part) => {
    if (part.kind === "load") accesses.push(part.access);
    if (part.kind === "guard") bounds.push(...part.bounds);
  });
  const isBounded = (symbol: IndexSymbol): boolean => bounds.some(({ form }) => dependsOn(form, symbol));
  const scattered = store.target.at.terms.some(({ symbol }) => symbol.kind === "value");
  const costOf = (symbol: IndexSymbol): number => {
    const steps = accesses.reduce((sum, access) => sum + strideCost(coefficientOf(access.at, symbol)), 0);
    const target = strideCost(coefficientOf(store.target.at, symbol));
    // Accumulating in memory loads and stores at each step.
    const own = reduced.length > 0 ? 2 * target : target;
    // Where data decide the address, each step of a reduced axis may go anywhere.
    const astray = scattered && reduced.includes(symbol) ? strideCost(Number.POSITIVE_INFINITY) : 0;
    return steps + own + astray + (symbol.extent < shortLoop ? 3 : 0);
  };
  if (sums === "registers" && !scattered) {
    // What is decided by bounds is decided outside, where their tests are few.
    const [free, bounded] = [reduced.filter((s) => !isBounded(s)), reduced.filter(isBounded)];
    const inner = free.length === 0 ? byCost(bounded, costOf) : [...bounded, ...byCost(free, costOf)];
    return { order: [...byStride(kept, store.target), ...inner], inRegister: true };
  }
  const innermost = byCost(all, costOf).at(-1);
  if (innermost === undefined) return { order: [], inRegister: true };
  if (reduced.length === 0) return { order: [...kept.filter((s) => s !== innermost), innermost], inRegister: true };
  if (reduced.includes(innermost)) {
    return { order: [...kept, ...reduced.filter((s) => s !== innermost), innermost], inRegister: true };
  }
  return { order: [...kept.filter((s) => s !== innermost), ...reduced, innermost], inRegister: false };
}

/** As the elements lie that are stored: the next one is reached by the innermost index. */
function byStride(symbols: readonly IndexSymbol[], target: Access): readonly IndexSymbol[] {
  const strideOf = (symbol: IndexSymbol): number => Math.abs(coefficientOf(target.at, symbol));
  return [...symbols].sort((a, b) => strideOf(b) - strideOf(a));
}

/** The cheapest index innermost, the last of them at a tie; the others keep their order, which is row-major. */
function byCost(symbols: readonly IndexSymbol[], costOf: (symbol: IndexSymbol) => number): readonly IndexSymbol[] {
  let innermost = symbols.at(-1);
  for (const symbol of [...symbols].reverse()) {
    if (innermost !== undefined && costOf(symbol) < costOf(innermost)) innermost = symbol;
  }
  return innermost === undefined ? [] : [...symbols.filter((symbol) => symbol !== innermost), innermost];
}

function strideCost(stride: number): number {
  const distance = Math.abs(stride);
  return distance === 0 ? 0 : distance === 1 ? 1 : distance < 8 ? 3 : 8;
}
