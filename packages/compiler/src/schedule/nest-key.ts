/** Owns: telling nests apart by what they do. A deep network repeats a few nests over different memory. */

import type { IndexForm, IndexSymbol } from "./index-form.ts";
import { type Buffer, type Item, type LoopExpression, type LoopItem, type LoopRange, lanesOf } from "./loop-nest.ts";

export interface NestDescription {
  /**
   * Equal for nests that differ only in which buffers, symbols and places in memory they name: the distances between their
   * addresses in one buffer are the same.
   */
  readonly key: string;
  /** The memory it touches, by first use, and the constant part of the first address in each. */
  readonly origins: ReadonlyMap<Buffer, number>;
  /** Whether it needs no number but its own: no value that is defined outside, no argument, nothing that is drawn. */
  readonly isClosed: boolean;
}

/** @param locals buffers that are local variables */
export function describeNest(loop: LoopItem, locals: ReadonlySet<Buffer>): NestDescription {
  let isClosed = true;
  const bound = new Set<IndexSymbol>();
  const settled = new Set<Buffer>();
  const numbers = new Map<Buffer | IndexSymbol, number>();
  const origins = new Map<Buffer, number>();
  const parts: (string | number)[] = [];
  const name = (thing: Buffer | IndexSymbol, description: () => string): void => {
    const known = numbers.get(thing);
    if (known !== undefined) parts.push(known);
    else {
      parts.push(`${numbers.size}:${description()}`);
      numbers.set(thing, numbers.size);
    }
  };
  const form = ({ offset, terms }: IndexForm, from: number): void => {
    parts.push(offset - from);
    for (const { symbol, coefficient } of terms) {
      if (!bound.has(symbol)) isClosed = false;
      name(symbol, () => `${symbol.kind}${symbol.extent}`);
      parts.push(coefficient);
    }
  };
  const access = (buffer: Buffer, at: IndexForm): void => {
    if (locals.has(buffer)) {
      name(buffer, () => `local${buffer.lanes ?? 1}`);
      if (!settled.has(buffer)) isClosed = false;
      return;
    }
    name(buffer, () => (buffer.array === null ? "scratch" : "array"));
    const from = origins.get(buffer) ?? at.offset;
    origins.set(buffer, from);
    form(at, from);
  };
  const expression = (value: LoopExpression): void => {
    parts.push(value.kind);
    switch (value.kind) {
      case "number":
        parts.push(value.value);
        break;
      case "argument":
        isClosed = false;
        parts.push(value.name);
        break;
      case "load":
        access(value.access.buffer, value.access.at);
        break;
      case "noise":
        isClosed = false;
        parts.push(value.distribution);
        form(value.stream, 0);
        form(value.at, 0);
        break;
      case "position":
        form(value.form, 0);
        break;
      case "apply":
        parts.push(value.fn);
        value.args.forEach(expression);
        break;
      case "guard":
        for (const { least, limit, form: tested } of value.bounds) {
          parts.push(`${least}`, `${limit}`);
          form(tested, 0);
        }
        expression(value.value);
        break;
      case "horizontal":
        parts.push(value.operator, lanesOf(value.value));
        expression(value.value);
        break;
    }
  };
  const range = ({ where, from, to }: LoopRange): void => {
    for (const { least, limit, form: tested } of where) {
      parts.push("where", `${least}`, `${limit}`);
      form(tested, 0);
    }
    for (const [side, limits] of [["from", from] as const, ["to", to] as const]) {
      for (const limit of limits) {
        parts.push(side, limit.divisor);
        form(limit.form, 0);
      }
    }
  };
  const item = (each: Item): void => {
    parts.push(each.kind);
    switch (each.kind) {
      case "store":
        parts.push(each.operator);
        expression(each.value);
        if (each.operator === "set") settled.add(each.target.buffer);
        access(each.target.buffer, each.target.at);
        break;
      case "let":
        expression(each.value);
        bound.add(each.symbol);
        name(each.symbol, () => `let${each.symbol.extent}`);
        break;
      case "loop":
        bound.add(each.symbol);
        name(each.symbol, () => `loop${each.symbol.extent}${each.ordered === true ? "ordered" : ""}`);
        if (each.lane !== undefined) {
          bound.add(each.lane);
          name(each.lane, () => `lane${each.lane?.extent}`);
        }
        if (each.range !== undefined) range(each.range);
        each.body.forEach(item);
        parts.push("end");
        break;
    }
  };
  item(loop);
  return { key: parts.join(" "), origins, isClosed };
}
