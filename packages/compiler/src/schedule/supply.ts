/** Owns: symbols and local variables that nothing else uses, for the stages after building. */

import type { IndexSymbol } from "./index-form.ts";
import { type Buffer, type LoopExpression, lanesOf } from "./loop-nest.ts";

/** Ids count down here, those of the builder count up. */
export class Supply {
  #nextId = -1;
  readonly #locals = new Set<Buffer>();

  /** From now on these buffers are local variables. */
  keepLocal(buffers: Iterable<Buffer>): void {
    for (const buffer of buffers) this.#locals.add(buffer);
  }

  /** All buffers that are local variables: those there were, and those that were made since. */
  get locals(): ReadonlySet<Buffer> {
    return this.#locals;
  }

  /** A symbol of its own with everything else like another's. */
  like(symbol: IndexSymbol): IndexSymbol {
    return { ...symbol, id: this.#nextId-- };
  }

  loop(extent: number, label: string): IndexSymbol {
    return { id: this.#nextId--, kind: "loop", extent, label };
  }

  lane(lanes: number, label: string): IndexSymbol {
    return { id: this.#nextId--, kind: "lane", extent: lanes, label };
  }

  /** A symbol for a value, which has as many lanes as that. */
  naming(value: LoopExpression, label: string): IndexSymbol {
    const lanes = lanesOf(value);
    const symbol: IndexSymbol = { id: this.#nextId--, kind: "value", extent: Number.POSITIVE_INFINITY, label };
    return lanes === 1 ? symbol : { ...symbol, lanes };
  }

  /** A local variable for one element, or for one of each lane. */
  local(label: string, lanes = 1): Buffer {
    const single: Buffer = { id: this.#nextId--, label, array: null, size: 1 };
    const buffer = lanes === 1 ? single : { ...single, lanes };
    this.#locals.add(buffer);
    return buffer;
  }
}
