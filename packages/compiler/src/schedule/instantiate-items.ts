/** Owns: copies of items that share nothing with them but memory: their own local variables, symbols and indices. */

import { combineForms, constantForm, type IndexForm, type IndexSymbol, symbolForm } from "./index-form.ts";
import { type Buffer, type Item, type LoopExpression, mapExpression, mapForms } from "./loop-nest.ts";
import type { Supply } from "./supply.ts";

export interface Copying {
  /** What takes the place of symbols. */
  readonly forms: ReadonlyMap<IndexSymbol, IndexForm>;
  /** Local variables that the copy shares with the original. */
  readonly shared: ReadonlySet<Buffer>;
  /** Loops keep their symbols where the copy will run in the very same loops. */
  readonly sameLoops: boolean;
}

export function instantiateItems(items: readonly Item[], copying: Copying, supply: Supply): readonly Item[] {
  return new Instance(copying, supply).items(items);
}

class Instance {
  readonly #copying: Copying;
  readonly #supply: Supply;
  readonly #forms: Map<IndexSymbol, IndexForm>;
  readonly #buffers = new Map<Buffer, Buffer>();

  constructor(copying: Copying, supply: Supply) {
    this.#copying = copying;
    this.#supply = supply;
    this.#forms = new Map(copying.forms);
  }

  /** Loops nest no deeper than tensors have axes. */
  items(items: readonly Item[]): readonly Item[] {
    return items.map((item) => this.#item(item));
  }

  #item(item: Item): Item {
    switch (item.kind) {
      case "store":
        return this.#leaf(item);
      case "let": {
        const symbol = this.#supply.like(item.symbol);
        const copy = this.#leaf({ ...item, symbol });
        this.#forms.set(item.symbol, symbolForm(symbol));
        return copy;
      }
      case "loop": {
        if (this.#copying.sameLoops) return { ...item, body: this.items(item.body) };
        const symbol = this.#renew(item.symbol);
        const lane = item.lane === undefined ? {} : { lane: this.#renew(item.lane) };
        return { ...item, symbol, ...lane, body: this.items(item.body) };
      }
    }
  }

  #renew(symbol: IndexSymbol): IndexSymbol {
    const renewed = this.#supply.like(symbol);
    this.#forms.set(symbol, symbolForm(renewed));
    return renewed;
  }

  #leaf(item: Item): Item {
    const moved = mapForms(item, (form) => substitute(form, this.#forms));
    if (moved.kind === "loop") return moved;
    const value = mapExpression(moved.value, (part) => this.#expression(part));
    if (moved.kind === "let") return { ...moved, value };
    return { ...moved, value, target: { ...moved.target, buffer: this.#buffer(moved.target.buffer) } };
  }

  #expression(part: LoopExpression): LoopExpression {
    if (part.kind !== "load") return part;
    return { ...part, access: { ...part.access, buffer: this.#buffer(part.access.buffer) } };
  }

  #buffer(buffer: Buffer): Buffer {
    if (!this.#supply.locals.has(buffer) || this.#copying.shared.has(buffer)) return buffer;
    const known = this.#buffers.get(buffer);
    if (known !== undefined) return known;
    const copy = this.#supply.local(buffer.label, buffer.lanes);
    this.#buffers.set(buffer, copy);
    return copy;
  }
}

/** The form with symbols replaced by forms. */
export function substitute(form: IndexForm, forms: ReadonlyMap<IndexSymbol, IndexForm>): IndexForm {
  if (!form.terms.some(({ symbol }) => forms.has(symbol))) return form;
  return combineForms(
    0,
    [1, ...form.terms.map(({ coefficient }) => coefficient)],
    [constantForm(form.offset), ...form.terms.map(({ symbol }) => forms.get(symbol) ?? symbolForm(symbol))],
  );
}
