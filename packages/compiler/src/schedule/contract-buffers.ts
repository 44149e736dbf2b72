/**
 * Owns: the contraction of buffers to locals. If every access to a buffer has one and the same address, and all happen in
 * the loop body that first sets it, then within one iteration the buffer is one number, and no iteration sees another's.
 */

import { formKey } from "./index-form.ts";
import {
  type Access,
  type Buffer,
  forEachExpression,
  forEachLeaf,
  type LoopItem,
  type LoopProcedure,
} from "./loop-nest.ts";

interface Seen {
  readonly key: string;
  readonly loops: readonly LoopItem[];
  contracts: boolean;
}

/** The scratch buffers that a local can stand for. */
export function contractBuffers(procedure: LoopProcedure): ReadonlySet<Buffer> {
  const seen = new Map<Buffer, Seen>();
  const note = (access: Access, loops: readonly LoopItem[], sets: boolean): void => {
    const { buffer, at } = access;
    if (buffer.array !== null) return;
    const first = seen.get(buffer);
    if (first === undefined) {
      seen.set(buffer, { key: formKey(at), loops, contracts: sets });
    } else if (first.key !== formKey(at) || first.loops.some((loop, depth) => loops[depth] !== loop)) {
      first.contracts = false;
    }
  };
  for (const item of procedure.items) {
    forEachLeaf(item, (leaf, loops) => {
      forEachExpression(leaf.value, (part) => {
        if (part.kind === "load") note(part.access, loops, false);
      });
      if (leaf.kind === "store") note(leaf.target, loops, leaf.operator === "set");
    });
  }
  if (procedure.result !== null) note(procedure.result, [], false);
  return new Set([...seen].filter(([, { contracts }]) => contracts).map(([buffer]) => buffer));
}
