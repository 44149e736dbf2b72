/** Owns: a schedule as text for people: its loops, lanes and tiles, its addresses as they are, and what they cost. */

import { estimateCost } from "./estimate-cost.ts";
import type { IndexForm, IndexSymbol } from "./index-form.ts";
import {
  type Access,
  accessesOf,
  type Bound,
  type Buffer,
  type Item,
  type Limit,
  type LoopExpression,
  type LoopItem,
  type StoreItem,
} from "./loop-nest.ts";
import type { Schedule } from "./schedule-loops.ts";
import { describeTile } from "./tile-choice.ts";

const loopNames = "ijklqrsuvw";
const operators: Readonly<Record<StoreItem["operator"], string>> = {
  set: "=",
  sum: "+=",
  prod: "*=",
  max: "max=",
  min: "min=",
};

export function printSchedule(name: string, schedule: Schedule): string {
  const printer = new SchedulePrinter(schedule);
  const lines = [`schedule ${name}: workspace of ${schedule.workspace}`];
  for (const choice of schedule.tiles) lines.push(`  ${describeTile(choice)}`);
  for (const [k, part] of schedule.parts.entries()) {
    lines.push("", ...(schedule.parts.length > 1 ? [`part ${k + 1}`] : []), ...printer.block(part, 0));
  }
  if (schedule.result !== null) lines.push(`return ${printer.access(schedule.result)}`);
  return `${lines.join("\n")}\n`;
}

class SchedulePrinter {
  readonly #locals: ReadonlySet<Buffer>;
  readonly #names = new Map<IndexSymbol | Buffer, string>();
  readonly #taken = new Set<string>();

  constructor(schedule: Schedule) {
    this.#locals = schedule.locals;
    for (const { access } of schedule.parts.flat().flatMap(accessesOf)) {
      if (access.buffer.array !== null) this.#taken.add(access.buffer.array);
    }
  }

  /** Loops nest no deeper than tensors have axes. */
  block(items: readonly Item[], depth: number): readonly string[] {
    return items.flatMap((item) => this.#item(item, depth));
  }

  #item(item: Item, depth: number): readonly string[] {
    const indent = "  ".repeat(depth);
    switch (item.kind) {
      case "let":
        return [`${indent}${this.#name(item.symbol, item.symbol.label)} := ${this.#expression(item.value)}`];
      case "store":
        return [`${indent}${this.access(item.target)} ${operators[item.operator]} ${this.#expression(item.value)}`];
      case "loop":
        return [`${indent}${this.#head(item, depth)}`, ...this.block(item.body, depth + 1)];
    }
  }

  #head({ symbol, lane, range, body }: LoopItem, depth: number): string {
    const name = loopNames[depth] ?? `i${depth}`;
    this.#names.set(symbol, name);
    if (lane !== undefined) this.#names.set(lane, "lane");
    const from = (range?.from ?? []).map((limit) => this.#limit(limit));
    const to = (range?.to ?? []).map((limit) => this.#limit(limit));
    const start = from.length === 0 ? "" : ` from max(0, ${from.join(", ")})`;
    const end = to.length === 0 ? `${symbol.extent}` : `min(${symbol.extent}, ${to.join(", ")})`;
    const where = (range?.where ?? []).length === 0 ? "" : ` where ${this.#bounds(range?.where ?? [])}`;
    const lanes = lane === undefined ? "" : `, ${lane.extent} lanes`;
    return `for ${name}${start} < ${end}${lanes}${where}    (${Math.round(estimateCost(body, this.#locals))} cycles)`;
  }

  #limit({ form, divisor }: Limit): string {
    return divisor === 1 ? this.#form(form) : `⌈(${this.#form(form)})/${divisor}⌉`;
  }

  #bounds(bounds: readonly Bound[]): string {
    return bounds
      .map(({ form, least, limit }) => {
        const low = least === null ? "" : `${least} ≤ `;
        return `${low}${this.#form(form)}${limit === null ? "" : ` < ${limit}`}`;
      })
      .join(", ");
  }

  access({ buffer, at }: Access): string {
    if (this.#locals.has(buffer)) return this.#name(buffer, buffer.label);
    return `${buffer.array ?? this.#name(buffer, buffer.label)}[${this.#form(at)}]`;
  }

  #form({ offset, terms }: IndexForm): string {
    const parts = terms.map(({ symbol, coefficient }) => {
      const name = this.#name(symbol, symbol.label);
      return coefficient === 1 ? name : `${coefficient}·${name}`;
    });
    if (offset !== 0 || parts.length === 0) parts.push(`${offset}`);
    return parts.join(" + ");
  }

  #expression(expression: LoopExpression): string {
    switch (expression.kind) {
      case "number":
        return `${expression.value}`;
      case "argument":
        return expression.name;
      case "load":
        return this.access(expression.access);
      case "noise":
        return `${expression.distribution}(${this.#form(expression.at)})`;
      case "position":
        return this.#form(expression.form);
      case "apply":
        return `${expression.fn}(${expression.args.map((arg) => this.#expression(arg)).join(", ")})`;
      case "guard":
        return `(${this.#expression(expression.value)} where ${this.#bounds(expression.bounds)} else ${expression.fill})`;
      case "horizontal":
        return `${expression.operator} of lanes(${this.#expression(expression.value)})`;
    }
  }

  #name(thing: IndexSymbol | Buffer, label: string): string {
    const known = this.#names.get(thing);
    if (known !== undefined) return known;
    const base = label === "" ? "value" : label;
    let name = base;
    for (let k = 2; this.#taken.has(name); k++) name = `${base}_${k}`;
    this.#taken.add(name);
    this.#names.set(thing, name);
    return name;
  }
}
