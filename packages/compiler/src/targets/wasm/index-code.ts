/** Owns: index arithmetic as code: whole numbers, bounds, and addresses, each part computed where it becomes known. */

import {
  combineForms,
  formKey,
  type IndexForm,
  type IndexSymbol,
  rangeOf,
  withoutSymbol,
} from "../../schedule/index-form.ts";
import type { Access, Bound, Buffer, Limit } from "../../schedule/loop-nest.ts";
import type { Assembly, Code } from "./assembler.ts";
import type { EmissionContext, Sequence } from "./emission-context.ts";
import type { FloatCode } from "./float-code.ts";
import type { Local } from "./function-builder.ts";

/** A symbol's value: as a whole number where it is part of an address, as a float where it is a number. */
export interface SymbolValue {
  readonly index: (() => Code) | null;
  readonly number: (() => Code) | null;
  readonly lanes: number;
}

/**
 * Addresses that a loop moves by adding to them, turn by turn. Multiplying its index instead takes one of the two units that
 * multiply vectors, and in a contraction there is nothing else to wait for.
 */
export interface Walk {
  /** Where they begin, in front of the loop. */
  readonly starts: Sequence;
  /** How they move, behind its body. */
  readonly steps: Code[];
  readonly pointers: Map<string, Local>;
}

export class IndexCode {
  readonly #context: EmissionContext;
  readonly #offsets: ReadonlyMap<Buffer, number>;
  readonly #m: Assembly;
  /** Of a number in memory. */
  readonly #bytes: number;
  readonly #symbols = new Map<IndexSymbol, SymbolValue>();
  /** How late each symbol was defined. */
  readonly #orders = new Map<IndexSymbol, number>();
  /** Parts of addresses that have been computed, in bytes. */
  readonly #rows = new Map<string, Local>();
  /** Of innermost loops, by their symbols: the addresses that move with each of their turns. */
  readonly #walks = new Map<IndexSymbol, Walk>();
  /** Where what depends on a symbol can be computed as soon as the symbol is known. */
  readonly #anchors = new Map<IndexSymbol, Sequence>();
  /** What depends on nothing but the thread and the example. */
  readonly front: Sequence = [];

  /** @param offsets where in the workspace each buffer begins */
  constructor(context: EmissionContext, offsets: ReadonlyMap<Buffer, number>) {
    this.#context = context;
    this.#offsets = offsets;
    this.#m = context.assembly;
    this.#bytes = context.scalar.bytes;
  }

  /** @param anchor where, behind the symbol's definition, addresses go that depend on it */
  define(symbol: IndexSymbol, value: SymbolValue, anchor: Sequence): void {
    this.#orders.set(symbol, this.#symbols.size);
    this.#symbols.set(symbol, value);
    this.#anchors.set(symbol, anchor);
  }

  valueOf(symbol: IndexSymbol): SymbolValue | null {
    return this.#symbols.get(symbol) ?? null;
  }

  /** From here on addresses that change with the symbol of an innermost loop move by adding to them. */
  walk(symbol: IndexSymbol): Walk {
    const walk: Walk = { starts: [], steps: [], pointers: new Map() };
    this.#walks.set(symbol, walk);
    return walk;
  }

  /** The greatest, or least, of a number and ⌈form / divisor⌉; what is negative may come out less negative. */
  extreme(fixed: number, limits: readonly Limit[], which: "greatest" | "least"): Code {
    const { assembler, builder } = this.#context;
    const m = this.#m;
    return limits.reduce((best: Code, { form, divisor }) => {
      const up = combineForms(divisor - 1, [1], [form]);
      const edge = divisor === 1 ? this.whole(form) : m.i32.div_s(this.whole(up), m.i32.const(divisor));
      const [a, b] = [builder.local(assembler.i32), builder.local(assembler.i32)];
      const isBetter = which === "greatest" ? m.i32.gt_s(b.get(), a.get()) : m.i32.lt_s(b.get(), a.get());
      const choice = m.select(isBetter, b.get(), a.get());
      return m.block(null, [a.set(best), b.set(edge), choice], assembler.i32);
    }, m.i32.const(fixed));
  }

  /** Null where nothing has to hold. */
  condition(bounds: readonly Bound[]): Code | null {
    const m = this.#m;
    const conditions = bounds.flatMap(({ form, least, limit }) => {
      const moving = { ...form, offset: 0 };
      const atLeast = (edge: number): Code => m.i32.ge_s(this.whole(moving), m.i32.const(edge - form.offset));
      const below = (edge: number): Code => m.i32.lt_s(this.whole(moving), m.i32.const(edge - form.offset));
      return [...(least === null ? [] : [atLeast(least)]), ...(limit === null ? [] : [below(limit)])];
    });
    const [first, ...rest] = conditions;
    return first === undefined ? null : rest.reduce((left, right) => m.i32.and(left, right), first);
  }

  /** An index form as a whole number (i32). */
  whole(form: IndexForm): Code {
    const m = this.#m;
    const terms = form.terms.map(({ symbol, coefficient }) => this.#scaled(symbol, coefficient));
    if (form.offset !== 0 || terms.length === 0) terms.push(m.i32.const(form.offset));
    return terms.reduce((sum, term) => m.i32.add(sum, term));
  }

  #scaled(symbol: IndexSymbol, factor: number): Code {
    const m = this.#m;
    const value = this.#symbol(symbol);
    if (factor === 1) return value;
    const shift = Math.log2(factor);
    return Number.isInteger(shift) ? m.i32.shl(value, m.i32.const(shift)) : m.i32.mul(value, m.i32.const(factor));
  }

  #symbol(symbol: IndexSymbol): Code {
    if (symbol.kind === "example") return this.#context.example();
    const index = this.#symbols.get(symbol)?.index;
    if (index === undefined || index === null) throw new RangeError("an index is used outside its loop");
    return index();
  }

  /**
   * An address in bytes: a part that varies, and what is always added to it. The addition of the latter may not wrap, so
   * it is made by the instruction only where both are positive.
   */
  address({ buffer, at }: Access): { readonly offset: number; readonly address: Code } {
    const m = this.#m;
    const fixed = this.#firstByte(buffer) + at.offset * this.#bytes;
    const moving: IndexForm = { offset: 0, terms: at.terms };
    const isPlain = fixed >= 0 && rangeOf(moving).min >= 0;
    const thread = buffer.array === null || this.#context.isOwn(buffer.array) ? this.#context.thread : null;
    if (at.terms.length === 0) {
      return thread === null ? { offset: 0, address: m.i32.const(fixed) } : { offset: fixed, address: thread.get() };
    }
    const varying = this.#bytesAt(moving, thread);
    if (isPlain) return { offset: fixed, address: varying };
    return { offset: 0, address: m.i32.add(varying, m.i32.const(fixed)) };
  }

  /** The address of the lane that comes first in memory, kept, and how far behind it each lane lies. */
  laneAddresses(access: Access, stride: number, code: FloatCode) {
    const { builder, assembler } = this.#context;
    const { offset, address } = this.address(access);
    const step = stride * code.bytes;
    const first = Math.min(0, (code.lanes - 1) * step);
    const base = builder.local(assembler.i32);
    return {
      base,
      keep: base.set(this.#m.i32.add(address, this.#m.i32.const(offset + first))),
      behind: (lane: number): number => lane * step - first,
    };
  }

  #firstByte(buffer: Buffer): number {
    if (buffer.array !== null) return this.#context.arrayAt(buffer.array);
    const offset = this.#offsets.get(buffer);
    if (offset === undefined) throw new RangeError(`buffer ${buffer.label} has no place`);
    return this.#context.workspaceAt + offset * this.#bytes;
  }

  /**
   * A form without offset, in bytes, from the beginning of the thread's memory; what does not change in the innermost loop
   * is computed in front of it.
   */
  #bytesAt(form: IndexForm, thread: Local | null): Code {
    const inner = this.#innermost(form);
    if (inner === null) return thread === null ? this.#m.i32.const(0) : thread.get();
    const outer = withoutSymbol(form, inner.symbol);
    const walk = this.#walks.get(inner.symbol);
    if (walk !== undefined) return this.#pointer(walk, inner, outer, thread);
    const moving = this.#scaled(inner.symbol, inner.coefficient * this.#bytes);
    if (outer.terms.length > 0) return this.#m.i32.add(this.#row(outer, thread), moving);
    return thread === null ? moving : this.#m.i32.add(thread.get(), moving);
  }

  /** The address outer + coefficient · symbol in a loop over the symbol. */
  #pointer(
    walk: Walk,
    { symbol, coefficient }: IndexForm["terms"][number],
    outer: IndexForm,
    thread: Local | null,
  ): Code {
    const m = this.#m;
    const key = `${coefficient} ${rowKey(outer, thread)}`;
    const known = walk.pointers.get(key);
    if (known !== undefined) return known.get();
    const pointer = this.#context.builder.local(this.#context.assembler.i32);
    const step = coefficient * this.#bytes;
    const begin = this.#scaled(symbol, step);
    const row = outer.terms.length > 0 ? this.#row(outer, thread) : thread?.get();
    walk.starts.push(pointer.set(row === undefined ? begin : m.i32.add(row, begin)));
    walk.steps.push(pointer.set(m.i32.add(pointer.get(), m.i32.const(step))));
    walk.pointers.set(key, pointer);
    return pointer.get();
  }

  #row(form: IndexForm, thread: Local | null): Code {
    const key = rowKey(form, thread);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#context.builder.local(this.#context.assembler.i32);
      const inner = this.#innermost(form);
      const anchor = (inner === null ? undefined : this.#anchors.get(inner.symbol)) ?? this.front;
      const value = this.#bytesAt(form, thread);
      anchor.push(row.set(value));
      this.#rows.set(key, row);
    }
    return row.get();
  }

  /** The symbol that was defined last: the one that changes fastest. */
  #innermost(form: IndexForm): IndexForm["terms"][number] | null {
    const orderOf = (symbol: IndexSymbol): number => this.#orders.get(symbol) ?? -1;
    return form.terms.reduce<IndexForm["terms"][number] | null>(
      (best, term) => (best === null || orderOf(term.symbol) > orderOf(best.symbol) ? term : best),
      null,
    );
  }
}

function rowKey(form: IndexForm, thread: Local | null): string {
  return `${thread === null ? "" : "thread "}${formKey({ ...form, offset: 0 })}`;
}
