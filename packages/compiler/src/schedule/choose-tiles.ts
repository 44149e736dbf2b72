/**
 * Owns: which loops run in lanes and which are unrolled and jammed, and how far. No nest is recognised by what it is for:
 * every way that its addresses allow is tried against the cost model, so a dense layer, its two derivatives, a convolution
 * and a page's own contraction are all one case.
 */

import { Dependences, iterationsCommute } from "./dependence.ts";
import { estimateCost } from "./estimate-cost.ts";
import type { IndexSymbol } from "./index-form.ts";
import { jamLoop } from "./jam-loops.ts";
import { liftVectorSums } from "./lift-vector-sums.ts";
import { type Buffer, forEachExpression, forEachLeaf, type Item, type LoopItem } from "./loop-nest.ts";
import { describeNest } from "./nest-key.ts";
import { restrictLoops } from "./restrict-loops.ts";
import type { Supply } from "./supply.ts";
import type { TileChoice } from "./tile-choice.ts";
import { vectoriseLoop } from "./vectorise-loops.ts";

export interface TileOptions {
  /** Numbers in a vector; 1 for a target without any. */
  readonly lanes: number;
  /** Nests that take fewer cycles than this stay as they are. */
  readonly leastCost: number;
}

/** A loop is worth another shape if that saves this much of its cost. */
const worthwhile = 0.97;
/** Cycles below which a nest runs in lanes at most. */
const leastJammed = 1000;
/** Iterations that one body may hold of all its loops together. */
const mostCopies = 16;
/** Leaves beyond which a nest is left alone but for the nests inside it. */
const largestNest = 120;

interface Plan {
  readonly lanes: ReadonlySet<IndexSymbol>;
  readonly jams: ReadonlyMap<IndexSymbol, number>;
}

/** What is known of each loop of a nest before it is changed. */
interface Facts {
  readonly outer: ReadonlySet<Buffer>;
  readonly commutes: boolean;
}

export function chooseTiles(
  items: readonly Item[],
  options: TileOptions,
  supply: Supply,
  report: (choice: TileChoice) => void = () => undefined,
): readonly Item[] {
  return new Tiler(options, supply, report).block(items, new Set());
}

class Tiler {
  readonly #options: TileOptions;
  readonly #supply: Supply;
  readonly #report: (choice: TileChoice) => void;
  readonly #dependences = new Dependences();
  /** What was chosen for nests, by the key of their {@link describeNest description}, told by the loops of another such nest. */
  readonly #plans = new Map<string, (loops: readonly LoopItem[]) => Plan>();

  constructor(options: TileOptions, supply: Supply, report: (choice: TileChoice) => void) {
    this.#options = options;
    this.#supply = supply;
    this.#report = report;
  }

  /** @param outer local variables of the blocks around */
  block(items: readonly Item[], outer: ReadonlySet<Buffer>): readonly Item[] {
    const known = withLocalsOf(items, outer, this.#supply.locals);
    return items.flatMap((item) => (item.kind === "loop" ? this.#nest(item, known) : [item]));
  }

  #nest(loop: LoopItem, outer: ReadonlySet<Buffer>): readonly Item[] {
    const before = this.#cost([loop]);
    if (before < this.#options.leastCost) return [loop];
    const facts = this.#factsOf(loop, outer);
    const commutes = facts.get(loop.symbol)?.commutes === true;
    if (countLeaves(loop) > largestNest || (!commutes && hasLoops(loop))) {
      return [{ ...loop, body: this.block(loop.body, outer) }];
    }
    const { key } = describeNest(loop, this.#supply.locals);
    const loops = loopsOf(loop);
    const plan = this.#plans.get(key)?.(loops) ?? this.#choose(loop, facts);
    this.#plans.set(key, (alike) => ({
      lanes: new Set(alike.flatMap(({ symbol }, k) => (plan.lanes.has(loops[k]?.symbol ?? symbol) ? [symbol] : []))),
      jams: new Map(alike.map(({ symbol }, k) => [symbol, plan.jams.get(loops[k]?.symbol ?? symbol) ?? 1])),
    }));
    const items = this.#apply(loop, plan, facts) ?? [loop];
    const after = this.#cost(items);
    if (after > worthwhile * before) return [loop];
    this.#report({ nest: loop, before, after, ...plan });
    return items;
  }

  #choose(loop: LoopItem, facts: ReadonlyMap<IndexSymbol, Facts>): Plan {
    const lanes = this.#options.lanes > 1 ? this.#chooseLanes(loop, facts).lanes : new Set<IndexSymbol>();
    return this.#chooseJams(loop, lanes, facts);
  }

  /** Bounds that become bounds of loops cost nothing: those are the tests that are left. */
  #cost(items: readonly Item[]): number {
    return estimateCost(restrictLoops(items), this.#supply.locals);
  }

  #factsOf(loop: LoopItem, outer: ReadonlySet<Buffer>, facts = new Map<IndexSymbol, Facts>()) {
    const free = loop.ordered !== true;
    const commutes = free && iterationsCommute(loop, this.#supply.locals, outer, this.#dependences);
    facts.set(loop.symbol, { outer, commutes });
    const inner = withLocalsOf(loop.body, outer, this.#supply.locals);
    for (const item of loop.body) if (item.kind === "loop") this.#factsOf(item, inner, facts);
    return facts;
  }

  /** On each way inwards at most one loop runs in lanes: the one where that is cheapest, or none. */
  #chooseLanes(loop: LoopItem, facts: ReadonlyMap<IndexSymbol, Facts>): { lanes: Set<IndexSymbol>; cost: number } {
    const lanes = new Set<IndexSymbol>();
    for (const item of loop.body) {
      if (item.kind === "loop") for (const symbol of this.#chooseLanes(item, facts).lanes) lanes.add(symbol);
    }
    const within = this.#apply(loop, { lanes, jams: new Map() }, facts);
    const best = this.#cost(within ?? [loop]);
    const own = this.#apply(loop, { lanes: new Set([loop.symbol]), jams: new Map() }, facts);
    const cost = own === null ? Number.POSITIVE_INFINITY : this.#cost(own);
    return cost < best ? { lanes: new Set([loop.symbol]), cost } : { lanes, cost: best };
  }

  /** Doubles what gains most, until nothing gains any more. What gains nothing once is not tried again. */
  #chooseJams(loop: LoopItem, lanes: ReadonlySet<IndexSymbol>, facts: ReadonlyMap<IndexSymbol, Facts>): Plan {
    let jams = new Map<IndexSymbol, number>();
    let cost = this.#cost(this.#apply(loop, { lanes, jams }, facts) ?? [loop]);
    if (cost < leastJammed) return { lanes, jams };
    let candidates = loopsOf(loop).filter((inner) => facts.get(inner.symbol)?.commutes === true && hasLoops(inner));
    while (candidates.length > 0) {
      const gaining: { readonly loop: LoopItem; readonly jams: Map<IndexSymbol, number>; readonly cost: number }[] = [];
      for (const candidate of candidates) {
        const { symbol } = candidate;
        const factor = 2 * (jams.get(symbol) ?? 1);
        const groups = lanes.has(symbol) ? Math.floor(symbol.extent / this.#options.lanes) : symbol.extent;
        const tried = new Map(jams).set(symbol, factor);
        if (factor > groups || [...tried.values()].reduce((product, f) => product * f, 1) > mostCopies) continue;
        const shaped = this.#apply(loop, { lanes, jams: tried }, facts);
        const itsCost = shaped === null ? Number.POSITIVE_INFINITY : this.#cost(shaped);
        if (itsCost < worthwhile * cost) gaining.push({ loop: candidate, jams: tried, cost: itsCost });
      }
      candidates = gaining.map((each) => each.loop);
      const [first, ...others] = gaining;
      if (first === undefined) break;
      ({ jams, cost } = others.reduce((best, each) => (each.cost < worthwhile * best.cost ? each : best), first));
    }
    return { lanes, jams };
  }

  /** The nest in the shape of the plan, from the inside out; null where it cannot take it. */
  #apply(loop: LoopItem, plan: Plan, facts: ReadonlyMap<IndexSymbol, Facts>): readonly Item[] | null {
    const body: Item[] = [];
    for (const item of loop.body) {
      const shaped = item.kind === "loop" ? this.#apply(item, plan, facts) : [item];
      if (shaped === null) return null;
      body.push(...shaped);
    }
    const fact = facts.get(loop.symbol);
    let items = liftVectorSums({ ...loop, body }, this.#supply.locals);
    if (plan.lanes.has(loop.symbol)) {
      if (fact?.commutes !== true) return null;
      const vectors = vectoriseLoop({ ...loop, body }, this.#options.lanes, fact.outer, this.#supply);
      if (vectors === null) return null;
      items = vectors;
    }
    const factor = plan.jams.get(loop.symbol) ?? 1;
    if (factor === 1 || fact === undefined) return items;
    // The first loop is the one over whole groups; behind it are those for what is left.
    const main = items.findIndex((item) => item.kind === "loop");
    const outer = withLocalsOf(items, fact.outer, this.#supply.locals);
    return items.flatMap((item, k) => {
      return k === main && item.kind === "loop" ? jamLoop(item, factor, outer, this.#supply) : [item];
    });
  }
}

/** `outer` and the local variables that the block's own stores set. */
function withLocalsOf(
  items: readonly Item[],
  outer: ReadonlySet<Buffer>,
  locals: ReadonlySet<Buffer>,
): ReadonlySet<Buffer> {
  const own = items.flatMap((item) => {
    return item.kind === "store" && locals.has(item.target.buffer) ? [item.target.buffer] : [];
  });
  return own.length === 0 ? outer : new Set([...outer, ...own]);
}

function loopsOf(loop: LoopItem): readonly LoopItem[] {
  return [loop, ...loop.body.flatMap((item) => (item.kind === "loop" ? loopsOf(item) : []))];
}

function hasLoops(loop: LoopItem): boolean {
  return loop.body.some((item) => item.kind === "loop");
}

function countLeaves(loop: LoopItem): number {
  let count = 0;
  forEachLeaf(loop, (leaf) => {
    forEachExpression(leaf.value, () => count++);
  });
  return count;
}
