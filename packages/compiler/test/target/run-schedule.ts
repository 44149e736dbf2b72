/** Owns: what scheduled loops mean, executed plainly: vectors as arrays of numbers, one for each lane. */

import { type ScalarFunctionName, scalarFunctions } from "@adjoint/ir";
import { normal, uniform } from "@adjoint/runtime";
import type { Procedure } from "../../src/procedure.ts";
import type { IndexForm, IndexSymbol } from "../../src/schedule/index-form.ts";
import {
  type Access,
  type Accumulation,
  type Bound,
  type Buffer,
  type Item,
  type Limit,
  type LoopExpression,
  type LoopItem,
  lanesOf,
  lanesOfAccess,
  type StoreItem,
} from "../../src/schedule/loop-nest.ts";
import { type Schedule, type ScheduleOptions, scheduleLoops } from "../../src/schedule/schedule-loops.ts";
import { type Arrays, seed, type Values } from "./run-emitted.ts";

type Vector = readonly number[];

/** What the schedule of a procedure does with copies of the arrays, and what it returns. */
export function runSchedule(procedure: Procedure, arrays: Arrays, values: Values, options: ScheduleOptions) {
  const schedule = scheduleLoops(procedure, options);
  const after = new Map([...arrays].map(([name, array]) => [name, array.slice()]));
  const machine = new Machine(schedule, after, values);
  for (const part of schedule.parts) machine.run(part);
  const returned = schedule.result === null ? undefined : machine.number(machine.read(schedule.result));
  return { after, returned, schedule };
}

const combine: Readonly<Record<Accumulation, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

class Machine {
  readonly #schedule: Schedule;
  readonly #arrays: ReadonlyMap<string, Float64Array>;
  readonly #values: Values;
  readonly #workspace: Float64Array;
  readonly #locals = new Map<Buffer, Vector>();
  /** Values of symbols; a lane has all of its own. */
  readonly #symbols = new Map<IndexSymbol, Vector>();

  constructor(schedule: Schedule, arrays: ReadonlyMap<string, Float64Array>, values: Values) {
    this.#schedule = schedule;
    this.#arrays = arrays;
    this.#values = values;
    this.#workspace = new Float64Array(schedule.workspace).fill(Number.NaN);
  }

  run(items: readonly Item[]): void {
    for (const item of items) {
      switch (item.kind) {
        case "let": {
          const given = this.#evaluate(item.value);
          const lanes = item.symbol.lanes ?? 1;
          // A number goes into all lanes.
          const value = given.length === 1 ? new Array<number>(lanes).fill(given[0] ?? Number.NaN) : given;
          if (value.length !== lanes) throw new Error(`${item.symbol.label} has other lanes`);
          this.#symbols.set(item.symbol, value);
          break;
        }
        case "store":
          this.#store(item);
          break;
        case "loop":
          this.#loop(item);
          break;
      }
    }
  }

  #loop({ symbol, lane, range, body }: LoopItem): void {
    if (range !== undefined && !this.#hold(range.where)) return;
    const edges = (limits: readonly Limit[] = []) =>
      limits.map(({ form, divisor }) => Math.ceil(this.number(this.#form(form)) / divisor));
    const from = Math.max(0, ...edges(range?.from));
    const to = Math.min(symbol.extent, ...edges(range?.to));
    if (lane !== undefined) this.#symbols.set(lane, [...Array(lane.extent).keys()]);
    for (let i = from; i < to; i++) {
      this.#symbols.set(symbol, [i]);
      this.run(body);
    }
  }

  #store({ target, operator, value: expression }: StoreItem): void {
    const value = this.#evaluate(expression);
    const lanes = lanesOfAccess(target);
    if (value.length !== 1 && value.length !== lanes) throw new Error(`${target.label} takes ${lanes} lanes`);
    const join = operator === "set" ? (_: number, b: number) => b : combine[operator];
    const old = operator === "set" ? [] : this.read(target);
    this.#write(
      target,
      Array.from({ length: lanes }, (_, k) => join(old[k] ?? 0, value[value.length === 1 ? 0 : k] ?? Number.NaN)),
    );
  }

  read({ buffer, at }: Access): Vector {
    if (this.#schedule.locals.has(buffer)) {
      const value = this.#locals.get(buffer);
      if (value === undefined) throw new Error(`${buffer.label} is read before it is set`);
      return value;
    }
    const { memory, offset } = this.#memory(buffer);
    return this.#form(at).map((address) => {
      const value = memory[address + offset];
      if (value === undefined) throw new Error(`${buffer.label}[${address}] is outside`);
      return value;
    });
  }

  #write({ buffer, at }: Access, value: Vector): void {
    if (this.#schedule.locals.has(buffer)) {
      this.#locals.set(buffer, value);
      return;
    }
    const { memory, offset } = this.#memory(buffer);
    for (const [k, address] of this.#form(at).entries()) {
      if (!(address + offset in memory)) throw new Error(`${buffer.label}[${address}] is outside`);
      memory[address + offset] = value[k] ?? Number.NaN;
    }
  }

  #memory(buffer: Buffer) {
    if (buffer.array === null) {
      const offset = this.#schedule.offsets.get(buffer);
      if (offset === undefined) throw new Error(`${buffer.label} has no place`);
      return { memory: this.#workspace, offset };
    }
    const memory = this.#arrays.get(buffer.array);
    if (memory === undefined) throw new Error(`no array ${buffer.array}`);
    return { memory, offset: 0 };
  }

  #evaluate(expression: LoopExpression): Vector {
    const value = this.#value(expression);
    if (value.length !== lanesOf(expression)) throw new Error(`${expression.kind}: ${value.length} lanes`);
    return value;
  }

  #value(expression: LoopExpression): Vector {
    switch (expression.kind) {
      case "number":
        return [expression.value];
      case "argument":
        return [this.#values[expression.name] ?? Number.NaN];
      case "load":
        return this.read(expression.access);
      case "position":
        return this.#form(expression.form);
      case "noise": {
        const draw = expression.distribution === "uniform" ? uniform : normal;
        const [streams, places] = [this.#form(expression.stream), this.#form(expression.at)];
        const of = (values: Vector, k: number): number => values[values.length === 1 ? 0 : k] ?? Number.NaN;
        return Array.from({ length: Math.max(streams.length, places.length) }, (_, k) =>
          draw(seed, of(streams, k), of(places, k)),
        );
      }
      case "apply":
        return lanewise(
          expression.fn,
          expression.args.map((arg) => this.#evaluate(arg)),
        );
      case "guard":
        if (this.#hold(expression.bounds)) return this.#evaluate(expression.value);
        return Array(lanesOf(expression)).fill(expression.fill);
      case "horizontal":
        return [this.#evaluate(expression.value).reduce((a, b) => combine[expression.operator](a, b))];
    }
  }

  #hold(bounds: readonly Bound[]): boolean {
    return bounds.every(({ form, least, limit }) => {
      const at = this.number(this.#form(form));
      return (least === null || at >= least) && (limit === null || at < limit);
    });
  }

  #form({ offset, terms }: IndexForm): Vector {
    const values = terms.map(({ symbol, coefficient }) => {
      const value = symbol.kind === "example" ? [this.#values.n] : this.#symbols.get(symbol);
      if (value === undefined) throw new Error("an index is used outside its loop");
      return value.map((v) => coefficient * v);
    });
    return values.reduce<Vector>((sum, value) => lanewise("add", [sum, value]), [offset]);
  }

  number(value: Vector): number {
    const [only, ...others] = value;
    if (only === undefined || others.length > 0) throw new Error("a vector stands where a number should");
    return only;
  }
}

function lanewise(fn: ScalarFunctionName, args: readonly Vector[]): Vector {
  const lanes = Math.max(1, ...args.map((arg) => arg.length));
  return Array.from({ length: lanes }, (_, k) =>
    scalarFunctions[fn].value(...args.map((arg) => arg[arg.length === 1 ? 0 : k] ?? Number.NaN)),
  );
}
