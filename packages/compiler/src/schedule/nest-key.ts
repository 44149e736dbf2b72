/** Owns: telling nests apart by what they do. A deep network repeats a few nests over different memory. */

import type { IndexForm, IndexSymbol } from "./index-form.ts";
import { type Buffer, type Item, type LoopExpression, type LoopItem, lanesOf } from "./loop-nest.ts";

/**
 * Equal for nests that differ only in which buffers, symbols and places in memory they name: the distances between their
 * addresses in one buffer are the same.
 * @param locals buffers that are local variables
 */
export function nestKey(loop: LoopItem, locals: ReadonlySet<Buffer>): string {
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
      name(symbol, () => `${symbol.kind}${symbol.extent}`);
      parts.push(coefficient);
    }
  };
  const access = (buffer: Buffer, at: IndexForm): void => {
    name(buffer, () => (locals.has(buffer) ? "local" : buffer.array === null ? "scratch" : "array"));
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
        parts.push(value.name);
        break;
      case "load":
        access(value.access.buffer, value.access.at);
        break;
      case "noise":
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
        for (const bound of value.bounds) {
          parts.push(`${bound.least}`, `${bound.limit}`);
          form(bound.form, 0);
        }
        expression(value.value);
        break;
      case "horizontal":
        parts.push(value.operator, lanesOf(value.value));
        expression(value.value);
        break;
    }
  };
  const item = (each: Item): void => {
    parts.push(each.kind);
    switch (each.kind) {
      case "store":
        parts.push(each.operator);
        access(each.target.buffer, each.target.at);
        expression(each.value);
        break;
      case "let":
        name(each.symbol, () => `let${each.symbol.extent}`);
        expression(each.value);
        break;
      case "loop":
        name(each.symbol, () => `loop${each.symbol.extent}${each.ordered === true ? "ordered" : ""}`);
        each.body.forEach(item);
        parts.push("end");
        break;
    }
  };
  item(loop);
  return parts.join(" ");
}
