/** Owns: the stages from a procedure to placed loops, in order. */

import type { Procedure } from "../procedure.ts";
import { accumulateInRegisters } from "./accumulate-in-registers.ts";
import { type BuildOptions, buildLoops } from "./build-loops.ts";
import { contractBuffers } from "./contract-buffers.ts";
import { hoistInvariants, type SymbolSource } from "./hoist-invariants.ts";
import type { IndexSymbol } from "./index-form.ts";
import { type Access, type Buffer, forEachLeaf, type Item, lanesOf } from "./loop-nest.ts";
import { mergeLoops } from "./merge-loops.ts";
import { placeInMemory } from "./place-in-memory.ts";
import { restrictLoops } from "./restrict-loops.ts";
import { shareValues } from "./share-values.ts";
import { splitItems } from "./split-items.ts";

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
}

export function scheduleLoops(procedure: Procedure, options: BuildOptions): Schedule {
  // Symbols and buffers made after building count down, those of the builder count up.
  let nextId = -1;
  const symbols: SymbolSource = {
    fresh: (extent, label) => ({ id: nextId--, kind: "value", extent, label }),
    naming: (value, label) => {
      const lanes = lanesOf(value);
      const symbol: IndexSymbol = { id: nextId--, kind: "value", extent: Number.POSITIVE_INFINITY, label };
      return lanes === 1 ? symbol : { ...symbol, lanes };
    },
  };
  const freshBuffer = (label: string): Buffer => ({ id: nextId--, label, array: null, size: 1 });

  const built = buildLoops(procedure, options);
  const merged = { ...built, items: mergeLoops(built.items) };
  const contracted = contractBuffers(merged);
  const hoisted = hoistInvariants(merged.items, contracted, symbols);
  const { items: steady, accumulators } = accumulateInRegisters(hoisted, contracted, freshBuffer);
  const items = shareValues(steady, new Set([...contracted, ...accumulators]), symbols);
  const { parts, shared } = splitItems(items, built.result);
  const locals = new Set([...contracted, ...accumulators].filter((buffer) => !shared.has(buffer)));
  const { offsets, size } = placeInMemory({ items, result: built.result }, locals);
  return {
    parts: parts.map(restrictLoops),
    locals,
    reassigned: storedTwice(items, locals),
    offsets,
    workspace: size,
    result: built.result,
  };
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
