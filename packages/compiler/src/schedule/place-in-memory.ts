/** Owns: where scratch buffers lie in the workspace: two that live at the same time never overlap. */

import { accessesOf, type Buffer, type LoopProcedure } from "./loop-nest.ts";

export interface Placement {
  /** First element of each buffer in the workspace. */
  readonly offsets: ReadonlyMap<Buffer, number>;
  /** Elements that the workspace needs. */
  readonly size: number;
}

interface Life {
  readonly buffer: Buffer;
  readonly from: number;
  to: number;
}

/** First fit, in order of first use. A buffer lives from the item of the body that first touches it to the last. */
export function placeInMemory(procedure: LoopProcedure, locals: ReadonlySet<Buffer>): Placement {
  const lives = new Map<Buffer, Life>();
  const touch = (buffer: Buffer, time: number): void => {
    if (buffer.array !== null || locals.has(buffer)) return;
    const life = lives.get(buffer);
    if (life === undefined) lives.set(buffer, { buffer, from: time, to: time });
    else life.to = time;
  };
  for (const [time, item] of procedure.items.entries()) {
    for (const { access } of accessesOf(item)) touch(access.buffer, time);
  }
  if (procedure.result !== null) touch(procedure.result.buffer, procedure.items.length);

  const offsets = new Map<Buffer, number>();
  let active: { readonly start: number; readonly end: number; readonly to: number }[] = [];
  let size = 0;
  for (const { buffer, from, to } of [...lives.values()].sort((a, b) => a.from - b.from)) {
    active = active.filter((other) => other.to >= from);
    let start = 0;
    let position = 0;
    for (; position < active.length; position++) {
      const other = active[position];
      if (other === undefined || start + buffer.size <= other.start) break;
      start = Math.max(start, other.end);
    }
    active.splice(position, 0, { start, end: start + buffer.size, to });
    offsets.set(buffer, start);
    size = Math.max(size, start + buffer.size);
  }
  return { offsets, size };
}
