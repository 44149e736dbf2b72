/**
 * Owns: one part of a schedule as a function of the module: loops over memory, with what an address keeps from one
 * iteration to the next computed where it becomes known.
 */

import { combineForms, type IndexForm, type IndexSymbol, rangeOf, withoutSymbol } from "../../schedule/index-form.ts";
import {
  type Access,
  type Bound,
  type Buffer,
  forEachExpression,
  formsOf,
  type Item,
  type LetItem,
  type Limit,
  type LoopExpression,
  type LoopItem,
  type StoreItem,
} from "../../schedule/loop-nest.ts";
import type { Schedule } from "../../schedule/schedule-loops.ts";
import type { Assembler, Assembly, Code } from "./assembler.ts";
import type { FloatCode } from "./float-code.ts";
import type { FunctionBuilder, Local } from "./function-builder.ts";
import type { FunctionLibrary } from "./function-library.ts";
import { applyScalar, asFloat, asMask, type Value } from "./scalar-code.ts";

/** What a function's code is made with. */
export interface EmissionContext {
  readonly assembler: Assembler;
  readonly assembly: Assembly;
  readonly code: FloatCode;
  readonly library: FunctionLibrary;
  readonly builder: FunctionBuilder;
  /** First byte of an array of the procedure. */
  readonly arrayAt: (array: string) => number;
  /** First byte of the workspace. */
  readonly workspaceAt: number;
  /** Arguments as floats of the module. */
  readonly argument: (name: string) => Code;
  /** The number of the example (i32). */
  readonly example: () => Code;
  /** The seed (f64). */
  readonly seed: () => Code;
}

/** Code in order, with places left in it for addresses that become known there. */
type Sequence = (Code | Sequence)[];

/** A symbol's value: as a whole number where it is part of an address, as a float where it is a number. */
interface SymbolValue {
  readonly index: (() => Code) | null;
  readonly number: (() => Code) | null;
  /** How late it was defined. */
  readonly order: number;
}

/** The body of a function that runs the items. The last part's ends with the value of the procedure's result. */
export function emitItems(items: readonly Item[], schedule: Schedule, last: boolean, context: EmissionContext): Code {
  return new LoopEmitter(schedule, context).emit(items, last);
}

class LoopEmitter {
  readonly #schedule: Schedule;
  readonly #context: EmissionContext;
  readonly #m: Assembly;
  readonly #code: FloatCode;
  readonly #locals = new Map<Buffer, Local>();
  readonly #symbols = new Map<IndexSymbol, SymbolValue>();
  /** Parts of addresses that have been computed, in bytes. */
  readonly #rows = new Map<string, Local>();
  /** Where what depends on a symbol can be computed as soon as the symbol is known. */
  readonly #anchors = new Map<IndexSymbol, Sequence>();
  readonly #front: Sequence = [];
  #indices: ReadonlySet<IndexSymbol> = new Set();
  #labels = 0;

  constructor(schedule: Schedule, context: EmissionContext) {
    this.#schedule = schedule;
    this.#context = context;
    this.#m = context.assembly;
    this.#code = context.code;
  }

  emit(items: readonly Item[], last: boolean): Code {
    this.#indices = symbolsInAddresses(items);
    const body = this.#sequence(items);
    const { result } = this.#schedule;
    const { f64, none } = this.#context.assembler;
    if (!last || result === null) return this.#m.block(null, flatten([this.#front, body]), none);
    const value = this.#load(result);
    const returned = this.#code.name === "f32" ? this.#m.f64.promote(value) : value;
    return this.#m.block(null, [...flatten([this.#front, body]), returned], f64);
  }

  /** Loops nest no deeper than tensors have axes. */
  #sequence(items: readonly Item[]): Sequence {
    const sequence: Sequence = [];
    for (const item of items) {
      switch (item.kind) {
        case "let":
          sequence.push(this.#let(item));
          break;
        case "store":
          sequence.push(this.#store(item));
          break;
        case "loop":
          sequence.push(this.#loop(item));
          break;
      }
    }
    return sequence;
  }

  #let(item: LetItem): Sequence {
    const { assembler, builder } = this.#context;
    const sequence: Sequence = [];
    const order = this.#symbols.size;
    const number = builder.local(this.#code.type);
    sequence.push(number.set(this.#float(item.value)));
    let index: Local | null = null;
    if (this.#indices.has(item.symbol)) {
      index = builder.local(assembler.i32);
      const whole = item.value.kind === "position" ? this.#whole(item.value.form) : null;
      sequence.push(index.set(whole ?? this.#truncate(number.get())));
    }
    this.#symbols.set(item.symbol, { index: index?.get ?? null, number: number.get, order });
    const anchor: Sequence = [];
    this.#anchors.set(item.symbol, anchor);
    sequence.push(anchor);
    return sequence;
  }

  /** What memory says is an index is one; nothing else that a float may be traps. */
  #truncate(value: Code): Code {
    const { trunc_s_sat } = this.#m.i32;
    return this.#code.name === "f32" ? trunc_s_sat.f32(value) : trunc_s_sat.f64(value);
  }

  #loop(loop: LoopItem): Sequence {
    const { assembler, builder } = this.#context;
    const m = this.#m;
    const index = builder.local(assembler.i32);
    const { where, from, to } = loop.range ?? { where: [], from: [], to: [] };
    const begin = this.#extreme(0, from, "greatest");
    const end = to.length === 0 ? null : builder.local(assembler.i32);
    const endCode = end === null ? null : end.set(this.#extreme(loop.symbol.extent, to, "least"));
    const condition = this.#condition(where);

    this.#symbols.set(loop.symbol, { index: index.get, number: null, order: this.#symbols.size });
    const anchor: Sequence = [];
    this.#anchors.set(loop.symbol, anchor);
    const body = this.#sequence(loop.body);

    const label = `loop${this.#labels++}`;
    const stop = (): Code => end?.get() ?? m.i32.const(loop.symbol.extent);
    const next = index.set(m.i32.add(index.get(), m.i32.const(1)));
    const again = m.br_if(label, m.i32.lt_s(index.get(), stop()));
    const rounds = m.loop(label, m.block(null, [...flatten([anchor, body]), next, again]));
    const isNeverEmpty = from.length === 0 && to.length === 0;
    const whole = isNeverEmpty ? rounds : m.if(m.i32.lt_s(index.get(), stop()), rounds);
    const run = [index.set(begin), ...(endCode === null ? [] : [endCode]), whole];
    return condition === null ? run : [m.if(condition, m.block(null, run))];
  }

  /** The greatest, or least, of a number and ⌈form / divisor⌉; what is negative may come out less negative. */
  #extreme(fixed: number, limits: readonly Limit[], which: "greatest" | "least"): Code {
    const { assembler, builder } = this.#context;
    const m = this.#m;
    return limits.reduce((best: Code, { form, divisor }) => {
      const up = combineForms(divisor - 1, [1], [form]);
      const edge = divisor === 1 ? this.#whole(form) : m.i32.div_s(this.#whole(up), m.i32.const(divisor));
      const [a, b] = [builder.local(assembler.i32), builder.local(assembler.i32)];
      const isBetter = which === "greatest" ? m.i32.gt_s(b.get(), a.get()) : m.i32.lt_s(b.get(), a.get());
      const choice = m.select(isBetter, b.get(), a.get());
      return m.block(null, [a.set(best), b.set(edge), choice], assembler.i32);
    }, m.i32.const(fixed));
  }

  /** Null where nothing has to hold. */
  #condition(bounds: readonly Bound[]): Code | null {
    const m = this.#m;
    const conditions = bounds.flatMap(({ form, least, limit }) => {
      const moving = { ...form, offset: 0 };
      const atLeast = (edge: number): Code => m.i32.ge_s(this.#whole(moving), m.i32.const(edge - form.offset));
      const below = (edge: number): Code => m.i32.lt_s(this.#whole(moving), m.i32.const(edge - form.offset));
      return [...(least === null ? [] : [atLeast(least)]), ...(limit === null ? [] : [below(limit)])];
    });
    const [first, ...rest] = conditions;
    return first === undefined ? null : rest.reduce((left, right) => m.i32.and(left, right), first);
  }

  #store(store: StoreItem): Code {
    const value = this.#float(store.value);
    const { buffer } = store.target;
    const local = this.#localOf(buffer);
    if (local !== null) return local.set(this.#combine(store, () => local.get(), value));
    const { offset, address } = this.#address(store.target);
    const combined = this.#combine(store, () => this.#load(store.target), value);
    return this.#code.store(offset, address, combined);
  }

  #combine({ operator }: StoreItem, previous: () => Code, value: Code): Code {
    switch (operator) {
      case "set":
        return value;
      case "sum":
        return this.#code.add(previous(), value);
      case "prod":
        return this.#code.mul(previous(), value);
      case "max":
        return this.#code.max(previous(), value);
      case "min":
        return this.#code.min(previous(), value);
    }
  }

  #localOf(buffer: Buffer): Local | null {
    if (!this.#schedule.locals.has(buffer)) return null;
    const local = this.#locals.get(buffer) ?? this.#context.builder.local(this.#code.type);
    this.#locals.set(buffer, local);
    return local;
  }

  #load(access: Access): Code {
    const local = this.#localOf(access.buffer);
    if (local !== null) return local.get();
    const { offset, address } = this.#address(access);
    return this.#code.load(offset, address);
  }

  #float(expression: LoopExpression): Code {
    return asFloat(this.#code, this.#value(expression));
  }

  #value(expression: LoopExpression): Value {
    const code = this.#code;
    const m = this.#m;
    const float = (made: Code): Value => ({ kind: "float", code: made });
    switch (expression.kind) {
      case "number":
        return float(code.constant(expression.value));
      case "argument":
        return float(this.#context.argument(expression.name));
      case "load":
        return float(this.#load(expression.access));
      case "noise": {
        const k = this.#whole(expression.at);
        const drawn = this.#context.library.draw(expression.distribution, this.#context.seed(), expression.stream, k);
        return float(code.name === "f32" ? m.f32.demote(drawn) : drawn);
      }
      case "position":
        return float(this.#position(expression.form));
      case "apply": {
        const [condition, whenTrue, whenFalse] = expression.args;
        if (expression.fn === "select" && condition && whenTrue && whenFalse) {
          // Only the branch that is taken is computed.
          const mask = asMask(code, this.#value(condition));
          return float(m.if(mask, this.#float(whenTrue), this.#float(whenFalse)));
        }
        const args = expression.args.map((arg) => this.#value(arg));
        return applyScalar(expression.fn, args, code, this.#context.library);
      }
      case "guard": {
        const condition = this.#condition(expression.bounds);
        const value = this.#float(expression.value);
        return float(condition === null ? value : m.if(condition, value, code.constant(expression.fill)));
      }
    }
  }

  /** An index form as a float. */
  #position(form: IndexForm): Code {
    const code = this.#code;
    const values = form.terms.map(({ symbol }) => this.#symbols.get(symbol)?.number ?? null);
    if (values.every((value) => value === null)) {
      const whole = this.#whole(form);
      return code.name === "f32" ? this.#m.f32.convert_s.i32(whole) : this.#m.f64.convert_s.i32(whole);
    }
    const terms = form.terms.map(({ symbol, coefficient }, k) => {
      const value = values[k]?.() ?? this.#position({ offset: 0, terms: [{ symbol, coefficient: 1 }] });
      return coefficient === 1 ? value : code.mul(code.constant(coefficient), value);
    });
    const start = form.offset === 0 ? [] : [code.constant(form.offset)];
    return [...start, ...terms].reduce((sum, term) => code.add(sum, term));
  }

  /** An index form as a whole number (i32). */
  #whole(form: IndexForm): Code {
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
  #address({ buffer, at }: Access): { readonly offset: number; readonly address: Code } {
    const m = this.#m;
    const { bytes } = this.#code;
    const fixed = this.#firstByte(buffer) + at.offset * bytes;
    const moving: IndexForm = { offset: 0, terms: at.terms };
    const isPlain = fixed >= 0 && rangeOf(moving).min >= 0;
    if (at.terms.length === 0) return { offset: 0, address: m.i32.const(fixed) };
    const varying = this.#bytesAt(moving);
    if (isPlain) return { offset: fixed, address: varying };
    return { offset: 0, address: m.i32.add(varying, m.i32.const(fixed)) };
  }

  #firstByte(buffer: Buffer): number {
    if (buffer.array !== null) return this.#context.arrayAt(buffer.array);
    const offset = this.#schedule.offsets.get(buffer);
    if (offset === undefined) throw new RangeError(`buffer ${buffer.label} has no place`);
    return this.#context.workspaceAt + offset * this.#code.bytes;
  }

  /** A form without offset, in bytes; what does not change in the innermost loop is computed in front of it. */
  #bytesAt(form: IndexForm): Code {
    const inner = this.#innermost(form);
    if (inner === null) return this.#m.i32.const(0);
    const moving = this.#scaled(inner.symbol, inner.coefficient * this.#code.bytes);
    const outer = withoutSymbol(form, inner.symbol);
    return outer.terms.length === 0 ? moving : this.#m.i32.add(this.#row(outer), moving);
  }

  #row(form: IndexForm): Code {
    const key = form.terms.map(({ symbol, coefficient }) => `${coefficient}*${symbol.id}`).join(" ");
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#context.builder.local(this.#context.assembler.i32);
      const inner = this.#innermost(form);
      const anchor = (inner === null ? undefined : this.#anchors.get(inner.symbol)) ?? this.#front;
      const value = this.#bytesAt(form);
      anchor.push(row.set(value));
      this.#rows.set(key, row);
    }
    return row.get();
  }

  /** The symbol that was defined last: the one that changes fastest. */
  #innermost(form: IndexForm): IndexForm["terms"][number] | null {
    const orderOf = (symbol: IndexSymbol): number => this.#symbols.get(symbol)?.order ?? -1;
    return form.terms.reduce<IndexForm["terms"][number] | null>(
      (best, term) => (best === null || orderOf(term.symbol) > orderOf(best.symbol) ? term : best),
      null,
    );
  }
}

/** The symbols that are part of an address or of a bound. */
function symbolsInAddresses(items: readonly Item[]): ReadonlySet<IndexSymbol> {
  const found = new Set<IndexSymbol>();
  const add = (form: IndexForm): void => {
    for (const { symbol } of form.terms) found.add(symbol);
  };
  const visit = (item: Item): void => {
    if (item.kind === "loop") {
      for (const { form } of [...(item.range?.where ?? []), ...(item.range?.from ?? []), ...(item.range?.to ?? [])]) {
        add(form);
      }
      for (const child of item.body) visit(child);
      return;
    }
    if (item.kind === "store") add(item.target.at);
    forEachExpression(item.value, (part) => {
      if (part.kind !== "position") for (const form of formsOf(part)) add(form);
    });
  };
  for (const item of items) visit(item);
  return found;
}

function flatten(sequence: Sequence): Code[] {
  return sequence.flatMap((part) => (typeof part === "number" ? [part] : flatten(part)));
}
