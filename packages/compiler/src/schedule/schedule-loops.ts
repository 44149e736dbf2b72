/** Owns: the stages from a procedure to placed loops, in order. */

import type { Procedure } from "../procedure.ts";
import { accumulateInRegisters } from "./accumulate-in-registers.ts";
import { type BuildOptions, buildLoops } from "./build-loops.ts";
import type { Layout } from "./choose-layout.ts";
import { chooseTiles } from "./choose-tiles.ts";
import { contractBuffers } from "./contract-buffers.ts";
import { estimateCost } from "./estimate-cost.ts";
import { foldConstants } from "./fold-constants.ts";
import { hoistInvariants } from "./hoist-invariants.ts";
import { type Access, type Buffer, forEachLeaf, type Item } from "./loop-nest.ts";
import { mergeLoops } from "./merge-loops.ts";
import { placeInMemory } from "./place-in-memory.ts";
import { restrictLoops } from "./restrict-loops.ts";
import { shareValues } from "./share-values.ts";
import { splitAtBounds } from "./split-at-bounds.ts";
import { splitItems } from "./split-items.ts";
import { spreadNumbers } from "./spread-numbers.ts";
import { Supply } from "./supply.ts";
import type { TileChoice } from "./tile-choice.ts";

/** Loops over arrays, locals and a workspace: all that is left to a target is how they look. */
export interface Schedule {
  /** One body, or several to be run one after another, each small enough to be optimised as one function. */
  readonly parts: readonly (readonly Item[])[];
  /** Buffers that are local variables. */
  readonly locals: ReadonlySet<Buffer>;
  /** Those of them that are stored to more than once. */
  readonly reassigned: ReadonlySet<Buffer>;
  readonly offsets: ReadonlyMap<Buffer, number>;
  /** Elements of workspace. */
  readonly workspace: number;
  /** What the procedure returns. */
  readonly result: Access | null;
  /** What was decided about nests that run in another shape than they were built in. */
  readonly tiles: readonly TileChoice[];
}

export interface ScheduleOptions extends Pick<BuildOptions, "storageRounds"> {
  /** What the target has beyond numbers: vectors of so many lanes. 1 for none. */
  readonly lanes: number;
  /** Nests of less work than this many cycles, estimated, are not tiled: short text is worth more there. */
  readonly leastTiled: number;
  /** The layout of a block of examples in scratch memory, instead of the cheaper one. */
  readonly layout?: Layout;
  /** Every nest is a part of its own, so that its time can be taken. */
  readonly apart?: boolean;
}

/** Of a block of examples, tensors in scratch memory have the examples innermost if that is cheaper altogether. */
export function scheduleLoops(procedure: Procedure, options: ScheduleOptions): Schedule {
  const shapes = layoutsFor(procedure, options).map((layout) => shapeLoops(procedure, options, layout));
  const cheapest = shapes.reduce((best, shape) => (shape.cost < best.cost ? shape : best));
  const { shaped, supply, result, tiles } = cheapest;
  const items = spreadNumbers(shareValues(shaped, supply.locals, supply), options.lanes, supply);
  const { parts, shared } = splitItems(items, result, options.apart === true ? 0 : undefined);
  const locals = new Set([...supply.locals].filter((buffer) => !shared.has(buffer)));
  const { offsets, size } = placeInMemory({ items, result }, locals);
  return { parts, locals, reassigned: storedTwice(items, locals), offsets, workspace: size, result, tiles };
}

function layoutsFor({ examples }: Procedure, { lanes, layout }: ScheduleOptions): readonly [Layout, ...Layout[]] {
  if (layout !== undefined) return [layout];
  return examples === undefined || lanes === 1 ? ["rows"] : ["rows", "examples-innermost"];
}

/** Loops in the shape in which they will run, for one layout of scratch memory. */
function shapeLoops(procedure: Procedure, options: ScheduleOptions, layout: Layout) {
  const innermost = layout === "rows" ? null : (procedure.examples ?? null);
  const sums = options.lanes > 1 ? "registers" : "anywhere";
  const { items, result } = buildLoops(procedure, { storageRounds: options.storageRounds, sums, innermost });
  const supply = new Supply();
  const merged = mergeLoops(splitAtBounds(items, supply), options.lanes);
  supply.keepLocal(contractBuffers({ items: merged, result }));
  const steady = accumulateInRegisters(hoistInvariants(merged, supply.locals, supply), supply);
  const tiles: TileChoice[] = [];
  const tileOptions = { lanes: options.lanes, leastCost: options.leastTiled };
  const tiled = chooseTiles(steady, tileOptions, supply, (choice) => tiles.push(choice));
  const shaped = restrictLoops(foldConstants(tiled, supply.locals, result?.buffer ?? null));
  return { shaped, supply, result, tiles, cost: estimateCost(shaped, supply.locals) };
}

function storedTwice(items: readonly Item[], locals: ReadonlySet<Buffer>): ReadonlySet<Buffer> {
  const once = new Set<Buffer>();
  const twice = new Set<Buffer>();
  for (const item of items) {
    forEachLeaf(item, (leaf) => {
      if (leaf.kind !== "store" || !locals.has(leaf.target.buffer)) return;
      if (once.has(leaf.target.buffer)) twice.add(leaf.target.buffer);
      once.add(leaf.target.buffer);
    });
  }
  return twice;
}
