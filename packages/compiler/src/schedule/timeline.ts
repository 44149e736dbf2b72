/** Owns: putting work that overwrites what others read among those others, as early as it may run. */

import { type Access, accessesOf, type Buffer, type Item } from "./loop-nest.ts";
import { overlapFinder } from "./overlap-finder.ts";

/**
 * A sequence of items into which more are inserted: each behind everything that reads what it overwrites and everything
 * that writes what it reads. Early means near to what computed its operands, where loops can still be merged, and short
 * lives for those operands.
 */
export class Timeline {
  readonly #first: readonly Item[];
  readonly #inserted: { readonly behind: number; readonly items: readonly Item[] }[] = [];
  readonly #overwritten: ReadonlySet<Buffer>;
  readonly #overlapping: (access: Access) => readonly number[];
  /** Position of the last item that reads each target. */
  readonly #lastRead = new Map<number, number>();
  /** Position of the last item that writes each buffer. */
  readonly #lastWrite = new Map<Buffer, number>();

  /** @param targets what may be overwritten; every insertion that stores to one of their buffers stores to some of them */
  constructor(items: readonly Item[], targets: readonly Access[]) {
    this.#first = items;
    this.#overwritten = new Set(targets.map((target) => target.buffer));
    this.#overlapping = overlapFinder(targets);
    for (const [position, item] of items.entries()) this.#note(item, position);
  }

  /** Insertions keep their order where one touches what another does. */
  insert(items: readonly Item[]): void {
    let behind = -1;
    const after = (position: number | undefined): void => {
      if (position !== undefined) behind = Math.max(behind, position);
    };
    for (const item of items) {
      for (const { access, writes } of accessesOf(item)) {
        if (writes) for (const target of this.#overlapping(access)) after(this.#lastRead.get(target));
        // Reads of overwritten buffers see old values: they need not wait for a write, writes wait for them.
        else if (!this.#overwritten.has(access.buffer)) after(this.#lastWrite.get(access.buffer));
      }
    }
    for (const item of items) this.#note(item, behind);
    this.#inserted.push({ behind, items });
  }

  items(): readonly Item[] {
    const result: Item[] = [];
    const inserted = [...this.#inserted].sort((a, b) => a.behind - b.behind);
    let next = 0;
    for (let position = -1; position < this.#first.length; position++) {
      const item = this.#first[position];
      if (item !== undefined) result.push(item);
      for (; (inserted[next]?.behind ?? Number.POSITIVE_INFINITY) === position; next++) {
        result.push(...(inserted[next]?.items ?? []));
      }
    }
    return result;
  }

  #note(item: Item, position: number): void {
    const later = <K>(map: Map<K, number>, key: K): void => {
      map.set(key, Math.max(map.get(key) ?? -1, position));
    };
    for (const { access, writes } of accessesOf(item)) {
      if (writes) later(this.#lastWrite, access.buffer);
      else for (const target of this.#overlapping(access)) later(this.#lastRead, target);
    }
  }
}
