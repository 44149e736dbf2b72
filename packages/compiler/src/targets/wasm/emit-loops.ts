/**
 * Owns: one part of a schedule as a function of the module: loops over memory, in lanes and one element at a time.
 */

import { type IndexForm, type IndexSymbol, withoutSymbol, zeroForm } from "../../schedule/index-form.ts";
import {
  type Access,
  type Accumulation,
  type Buffer,
  type Item,
  type LetItem,
  type LoopExpression,
  type LoopItem,
  lanesOf,
  lanesOfAccess,
  type StoreItem,
} from "../../schedule/loop-nest.ts";
import type { Schedule } from "../../schedule/schedule-loops.ts";
import { symbolsInAddresses } from "./address-symbols.ts";
import type { Assembly, Code } from "./assembler.ts";
import { findCuts } from "./cut-blocks.ts";
import { type EmissionContext, flatten, type Sequence } from "./emission-context.ts";
import type { FloatCode } from "./float-code.ts";
import type { Local } from "./function-builder.ts";
import { IndexCode } from "./index-code.ts";
import { accumulate, laneStride, lanesIn } from "./lanes.ts";
import { applyScalar, asFloat, asMask, inOrder, termsOf, type Value } from "./scalar-code.ts";

/** So many sums keep two operations busy that take four cycles each: then a sum may wait for itself more than once a turn. */
const fullPipelines = 8;

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
  readonly #index: IndexCode;
  #inAddresses: ReadonlySet<IndexSymbol> = new Set();
  #labels = 0;

  constructor(schedule: Schedule, context: EmissionContext) {
    this.#schedule = schedule;
    this.#context = context;
    this.#m = context.assembly;
    this.#code = context.scalar;
    this.#index = new IndexCode(context, schedule.offsets);
  }

  emit(items: readonly Item[], last: boolean): Code {
    this.#inAddresses = symbolsInAddresses(items);
    const body = this.#sequence(items);
    const { result } = this.#schedule;
    const { f64, none } = this.#context.assembler;
    if (!last || result === null) return this.#m.block(null, flatten([this.#index.front, body]), none);
    const value = this.#load(result);
    const returned = this.#code.name === "f32" ? this.#m.f64.promote(value) : value;
    return this.#m.block(null, [...flatten([this.#index.front, body]), returned], f64);
  }

  /**
   * Loops nest no deeper than tensors have axes.
   * @param cuts the items in front of which the block is cut
   */
  #sequence(items: readonly Item[], cuts: ReadonlySet<Item> = new Set(), cut: () => Code = this.#m.nop): Sequence {
    const sequence: Sequence = [];
    const sums = items.filter((item) => item.kind === "store" && this.#isSumInRegisters(item)).length;
    for (const item of items) {
      if (cuts.has(item)) sequence.push(cut());
      switch (item.kind) {
        case "let":
          sequence.push(this.#let(item));
          break;
        case "store":
          sequence.push(this.#store(item, sums >= fullPipelines));
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
    const code = this.#codeOf(item.symbol.lanes ?? 1);
    const number = builder.local(code.type);
    sequence.push(number.set(this.#float(item.value, code)));
    let index: Local | null = null;
    if (this.#inAddresses.has(item.symbol)) {
      index = builder.local(assembler.i32);
      const whole = item.value.kind === "position" ? this.#index.whole(item.value.form) : null;
      sequence.push(index.set(whole ?? this.#truncate(number.get())));
    }
    const anchor: Sequence = [];
    this.#index.define(item.symbol, { index: index?.get ?? null, number: number.get, lanes: code.lanes }, anchor);
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
    const begin = this.#index.extreme(0, from, "greatest");
    const end = to.length === 0 ? null : builder.local(assembler.i32);
    const endCode = end === null ? null : end.set(this.#index.extreme(loop.symbol.extent, to, "least"));
    const condition = this.#index.condition(where);

    const anchor: Sequence = [];
    this.#index.define(loop.symbol, { index: index.get, number: null, lanes: 1 }, anchor);
    const isInnermost = !loop.body.some((item) => item.kind === "loop");
    const turnsOnce = loop.symbol.extent === 1;
    const walk = isInnermost && !turnsOnce ? this.#index.walk(loop.symbol) : null;
    const out = `out${this.#labels++}`;
    const cuts = turnsOnce ? new Set<Item>() : findCuts(loop.body, this.#schedule.locals);
    const cut = (): Code => m.br_if(out, m.i32.gt_u(index.get(), m.i32.const(loop.symbol.extent)));
    const body = this.#sequence(loop.body, cuts, cut);

    const isNeverEmpty = from.length === 0 && to.length === 0;
    if (isNeverEmpty && turnsOnce) {
      const once = [index.set(begin), ...flatten([anchor, body])];
      return condition === null ? once : [m.if(condition, m.block(null, once))];
    }
    const label = `loop${this.#labels++}`;
    const stop = (): Code => end?.get() ?? m.i32.const(loop.symbol.extent);
    const next = index.set(m.i32.add(index.get(), m.i32.const(1)));
    const again = m.br_if(label, m.i32.lt_s(index.get(), stop()));
    const rounds = m.loop(label, m.block(null, [...flatten([anchor, body]), ...(walk?.steps ?? []), next, again]));
    const starts = flatten(walk?.starts ?? []);
    const isPlain = starts.length === 0 && cuts.size === 0;
    const started = isPlain ? rounds : m.block(cuts.size === 0 ? null : out, [...starts, rounds]);
    const whole = isNeverEmpty ? started : m.if(m.i32.lt_s(index.get(), stop()), started);
    const run = [index.set(begin), ...(endCode === null ? [] : [endCode]), whole];
    return condition === null ? run : [m.if(condition, m.block(null, run))];
  }

  /** A sum of vectors in a local variable. */
  #isSumInRegisters({ target, operator }: StoreItem): boolean {
    return operator === "sum" && this.#schedule.locals.has(target.buffer) && lanesOfAccess(target) > 1;
  }

  /** @param isChained whether what is added to a sum of vectors may be added term by term, each waiting for the one before */
  #store(store: StoreItem, isChained: boolean): Code {
    const { target } = store;
    const code = this.#codeOf(lanesOfAccess(target));
    const local = this.#localOf(target);
    if (isChained && local !== null && this.#isSumInRegisters(store)) {
      const terms = termsOf(store.value).map((term) => this.#float(term, code));
      return local.set(terms.reduce((sum, term) => code.add(term, sum), local.get()));
    }
    const value = this.#float(store.value, code);
    const combined = this.#combine(store, code, () => this.#load(target), value);
    if (local !== null) return local.set(combined);
    const { stride, access } = laneStride(target);
    if (code.lanes === 1 || stride === 1) {
      const { offset, address } = this.#index.address(access);
      return code.store(offset, address, combined);
    }
    const vector = this.#context.builder.local(code.type);
    const { base, keep, behind } = this.#index.laneAddresses(access, stride, code);
    const stores = lanesIn(code).map((lane) =>
      this.#code.store(behind(lane), base.get(), this.#lane(vector.get(), lane)),
    );
    return this.#m.block(null, [vector.set(combined), keep, ...stores]);
  }

  #combine({ operator }: StoreItem, code: FloatCode, previous: () => Code, value: Code): Code {
    if (operator === "max" || operator === "min") return this.#extremeOfTwo(operator, previous(), value, code);
    return operator === "set" ? value : accumulate(code, operator, previous(), value);
  }

  /**
   * The greater, or smaller, of two, NaN where one is. For vectors WebAssembly's own takes three times as long on x86, since
   * it tells 0 from −0; `pmax` is one instruction, which has the first operand where one is NaN.
   * @param isNumber whether the second is known not to be NaN
   */
  #extremeOfTwo(operator: "max" | "min", left: Code, right: Code, code: FloatCode, isNumber = false): Code {
    if (code.lanes === 1) return accumulate(code, operator, left, right);
    const m = this.#m;
    const ops = code.name === "f32" ? m.f32x4 : m.f64x2;
    const choose = (a: Code, b: Code): Code => (operator === "max" ? ops.pmax(a, b) : ops.pmin(a, b));
    if (isNumber) return choose(left, right);
    const kept = this.#context.builder.local(code.type);
    const chosen = m.v128.or(choose(left, kept.get()), ops.ne(kept.get(), kept.get()));
    return m.block(null, [kept.set(right), chosen], code.type);
  }

  /** A local has as many lanes as what it is accessed at: an element for each value of the lane, or one for all. */
  #localOf(access: Access): Local | null {
    const { buffer } = access;
    if (!this.#schedule.locals.has(buffer)) return null;
    const local = this.#locals.get(buffer) ?? this.#context.builder.local(this.#codeOf(lanesOfAccess(access)).type);
    this.#locals.set(buffer, local);
    return local;
  }

  /** A number, or a vector where the address moves with the lane. */
  #load(target: Access): Code {
    const local = this.#localOf(target);
    if (local !== null) return local.get();
    const code = this.#codeOf(lanesOfAccess(target));
    const { stride, access } = laneStride(target);
    if (code.lanes === 1 || stride === 1) {
      const { offset, address } = this.#index.address(access);
      return code.load(offset, address);
    }
    const { base, keep, behind } = this.#index.laneAddresses(access, stride, code);
    const gathered = lanesIn(code).reduce((vector: Code | null, lane) => {
      const element = this.#code.load(behind(lane), base.get());
      return vector === null ? code.splat(element) : this.#withLane(vector, lane, element);
    }, null);
    return this.#m.block(null, [keep, gathered ?? code.constant(0)], code.type);
  }

  #lane(vector: Code, lane: number): Code {
    return (this.#code.name === "f32" ? this.#m.f32x4 : this.#m.f64x2).extract_lane(vector, lane);
  }

  #withLane(vector: Code, lane: number, element: Code): Code {
    return (this.#code.name === "f32" ? this.#m.f32x4 : this.#m.f64x2).replace_lane(vector, lane, element);
  }

  /** For values of so many lanes. */
  #codeOf(lanes: number): FloatCode {
    const { scalar, vector } = this.#context;
    if (lanes === 1) return scalar;
    if (lanes !== vector.lanes) throw new RangeError(`a vector of ${lanes} lanes where there are ${vector.lanes}`);
    return vector;
  }

  /** The expression as a float of the code's lanes: a number is repeated along them. */
  #float(expression: LoopExpression, code: FloatCode = this.#code): Code {
    if (expression.kind === "load" && code.lanes > lanesOf(expression) && this.#localOf(expression.access) === null) {
      const { offset, address } = this.#index.address(expression.access);
      return code.loadSplat(offset, address);
    }
    return asFloat(code, this.#along(code, this.#value(expression)));
  }

  #along(code: FloatCode, value: Value): Value {
    if (value.lanes === code.lanes) return value;
    return { kind: "float", lanes: code.lanes, code: code.splat(asFloat(this.#code, value)) };
  }

  #value(expression: LoopExpression): Value {
    const scalar = this.#code;
    const m = this.#m;
    const float = (made: Code, lanes = 1): Value => ({ kind: "float", code: made, lanes });
    switch (expression.kind) {
      case "number":
        return float(scalar.constant(expression.value));
      case "argument":
        return float(this.#context.argument(expression.name));
      case "load":
        return float(this.#load(expression.access), lanesOfAccess(expression.access));
      case "noise":
        return this.#noise(expression);
      case "position":
        return this.#position(expression.form);
      case "apply": {
        const { fn, args } = expression;
        const [condition, whenTrue, whenFalse] = args;
        if (fn === "select" && condition && whenTrue && whenFalse && lanesOf(condition) === 1) {
          // Only the branch that is taken is computed.
          const code = this.#codeOf(lanesOf(expression));
          const mask = asMask(scalar, this.#value(condition));
          return float(m.if(mask, this.#float(whenTrue, code), this.#float(whenFalse, code)), code.lanes);
        }
        const code = this.#codeOf(lanesOf(expression));
        if (fn === "max" || fn === "min") {
          // Where one is a literal, it is the second.
          const [a, b] = condition?.kind === "number" ? [whenTrue, condition] : [condition, whenTrue];
          if (a === undefined || b === undefined) throw new RangeError(`${fn} takes two arguments`);
          const isNumber = b.kind === "number";
          return float(this.#extremeOfTwo(fn, this.#float(a, code), this.#float(b, code), code, isNumber), code.lanes);
        }
        const values = inOrder(fn, args).map((arg) => this.#along(code, this.#value(arg)));
        return applyScalar(fn, values, code, this.#context.library);
      }
      case "guard": {
        const code = this.#codeOf(lanesOf(expression));
        const condition = this.#index.condition(expression.bounds);
        const value = this.#float(expression.value, code);
        return float(condition === null ? value : m.if(condition, value, code.constant(expression.fill)), code.lanes);
      }
      case "horizontal": {
        const code = this.#codeOf(lanesOf(expression.value));
        const vector = this.#context.builder.local(code.type);
        const set = vector.set(this.#float(expression.value, code));
        const taken = this.#takeTogether(expression.operator, code, (lane) => this.#lane(vector.get(), lane));
        return float(m.block(null, [set, taken], scalar.type));
      }
    }
  }

  /** (0 ∘ 1) ∘ (2 ∘ 3): pairs first, as deep as there are powers of two in the number of lanes. */
  #takeTogether(operator: Accumulation, code: FloatCode, element: (lane: number) => Code): Code {
    let parts = lanesIn(code).map(element);
    while (parts.length > 1) {
      parts = parts.flatMap((part, k) => {
        const next = parts[k + 1];
        return k % 2 === 1 ? [] : [next === undefined ? part : accumulate(this.#code, operator, part, next)];
      });
    }
    return parts[0] ?? this.#code.constant(0);
  }

  /** A number for each value of the lane in the forms, or the one number where there is no lane. */
  #perLane(forms: readonly IndexForm[], make: (forms: readonly IndexForm[]) => Code): Value {
    const lane = forms.flatMap(({ terms }) => terms).find(({ symbol }) => symbol.kind === "lane")?.symbol;
    if (lane === undefined) return { kind: "float", lanes: 1, code: make(forms) };
    const code = this.#codeOf(lane.extent);
    const atLane = (form: IndexForm, k: number): IndexForm => {
      const coefficient = form.terms.find(({ symbol }) => symbol === lane)?.coefficient ?? 0;
      const rest = withoutSymbol(form, lane);
      return { ...rest, offset: rest.offset + k * coefficient };
    };
    const vector = lanesIn(code).reduce((made: Code | null, k) => {
      const element = make(forms.map((form) => atLane(form, k)));
      return made === null ? code.splat(element) : this.#withLane(made, k, element);
    }, null);
    return { kind: "float", lanes: code.lanes, code: vector ?? code.constant(0) };
  }

  /** Draws come in pairs: as they are, where the lanes are two draws that follow one another. */
  #noise({ distribution, stream, at }: LoopExpression & { readonly kind: "noise" }): Value {
    const { assembly: m, library, seed, vector } = this.#context;
    const pair = (of: IndexForm, from: IndexForm): Code =>
      library.draw(distribution, seed, this.#index.whole(of), this.#index.whole(from));
    const lane = at.terms.find(({ symbol }) => symbol.kind === "lane");
    const isPair =
      lane?.coefficient === 1 && vector.name === "f64" && stream.terms.every((term) => term.symbol !== lane.symbol);
    if (isPair) return { kind: "float", lanes: vector.lanes, code: pair(stream, withoutSymbol(at, lane.symbol)) };
    return this.#perLane([stream, at], ([of = zeroForm, from = zeroForm]) => {
      const drawn = m.f64x2.extract_lane(pair(of, from), 0);
      return this.#code.name === "f32" ? m.f32.demote(drawn) : drawn;
    });
  }

  /** An index form as a float. */
  #position(form: IndexForm): Value {
    const known = form.terms.map(({ symbol }) => this.#index.valueOf(symbol));
    if (known.every((symbol) => symbol === null || symbol.number === null)) {
      return this.#perLane([form], ([element = form]) => {
        const whole = this.#index.whole(element);
        return this.#code.name === "f32" ? this.#m.f32.convert_s.i32(whole) : this.#m.f64.convert_s.i32(whole);
      });
    }
    const terms = form.terms.map(({ symbol, coefficient }, k): readonly [Value, number] => {
      const value = known[k];
      if (value?.number) return [{ kind: "float", lanes: value.lanes, code: value.number() }, coefficient];
      return [this.#position({ offset: 0, terms: [{ symbol, coefficient: 1 }] }), coefficient];
    });
    const code = this.#codeOf(terms.reduce((most, [{ lanes }]) => Math.max(most, lanes), 1));
    const scaled = terms.map(([value, coefficient]) => {
      const wide = asFloat(code, this.#along(code, value));
      return coefficient === 1 ? wide : code.mul(code.constant(coefficient), wide);
    });
    const start = form.offset === 0 ? [] : [code.constant(form.offset)];
    const sum = [...start, ...scaled].reduce((left, right) => code.add(left, right));
    return { kind: "float", lanes: code.lanes, code: sum };
  }
}
