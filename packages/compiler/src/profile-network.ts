/** Owns: a network's WebAssembly with every nest of loops a function of its own, whose time can be taken. */

import type { Model } from "@adjoint/ir";
import { deriveProcedures } from "./derive/procedures.ts";
import { type CompileOptions, completeOptions } from "./options.ts";
import { countContractions } from "./schedule/count-work.ts";
import { forEachLeaf, type Item } from "./schedule/loop-nest.ts";
import type { WasmTarget } from "./targets/wasm/assembler.ts";
import { blockOf, type CompiledNetwork, compileNetwork, runsInWasm } from "./targets/wasm/compile-network.ts";

export interface Nest {
  /** `gradient`, `forward`, … */
  readonly procedure: string;
  /** The exported function, which takes what the procedure takes. */
  readonly name: string;
  /** What it computes. */
  readonly tensors: readonly string[];
  /** Multiplications and additions of its sums of products, for the whole block of examples; 0 if it makes none. */
  readonly flops: number;
}

export interface ProfiledNetwork extends Omit<CompiledNetwork, "parts"> {
  readonly nests: readonly Nest[];
}

/**
 * The code that `compile` makes, in the same shape, but for what nests keep in registers for each other. A nest finds in
 * memory what the last run of its procedure has left there.
 */
export function profileNetwork(
  target: WasmTarget,
  model: Model,
  options: Partial<Omit<CompileOptions, "target">> = {},
): ProfiledNetwork {
  const complete = completeOptions({ ...options, target });
  const block = blockOf(model, complete.threads);
  const procedures = deriveProcedures(model, { ...complete, weighted: block > 1 }).filter(runsInWasm);
  const { parts, ...network } = compileNetwork(target, model, procedures, block, complete.precision, {
    apart: true,
  });
  const nests = parts.map(({ procedure, name, items }): Nest => {
    return { procedure, name, tensors: tensorsOf(items), flops: countContractions(items) };
  });
  return { ...network, nests };
}

/** The tensors that the items leave in memory, without the partial sums on the way. */
function tensorsOf(items: readonly Item[]): readonly string[] {
  const labels = new Set<string>();
  for (const item of items) {
    forEachLeaf(item, (leaf) => {
      if (leaf.kind === "store") labels.add(leaf.target.label);
    });
  }
  return [...labels];
}
