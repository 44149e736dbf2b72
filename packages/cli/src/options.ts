/** Owns: the reading of option values; each says what it takes when it gets something else. */

import { InvalidArgumentError } from "@commander-js/extra-typings";

export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It takes a whole number, at least ${least}.`);
    }
    return value;
  };
}

export function integer(text: string): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError("It takes a whole number.");
  return value;
}

export type Ranges = ReadonlyMap<string, readonly [from: number, to: number]>;

/** `name=from..to`, repeatable. */
export function range(text: string, previous: Ranges | undefined): Ranges {
  const [, name, low, high] = /^([^=]+)=(.+?)\.\.(.+)$/.exec(text) ?? [];
  const [from, to] = [Number(low), Number(high)];
  if (name === undefined || !Number.isFinite(from) || !Number.isFinite(to) || from > to) {
    throw new InvalidArgumentError("It takes name=from..to, as in x=0.1..5.");
  }
  return new Map([...(previous ?? []), [name.trim(), [from, to]]]);
}

export type Assignments = ReadonlyMap<string, number>;

/** `name=number`, repeatable; several may stand in one, with commas between. */
export function assignment(text: string, previous: Assignments | undefined): Assignments {
  const values = new Map(previous);
  for (const part of text.split(",")) {
    const [, name, number] = /^([^=]+)=(.+)$/.exec(part.trim()) ?? [];
    const value = Number(number);
    if (name === undefined || number === undefined || !Number.isFinite(value)) {
      throw new InvalidArgumentError("It takes name=number, as in hidden=64.");
    }
    values.set(name.trim(), value);
  }
  return values;
}

export type ColumnLists = ReadonlyMap<string, readonly string[]>;

/** `port=name,name,…`, repeatable. */
export function columnList(text: string, previous: ColumnLists | undefined): ColumnLists {
  const at = text.indexOf("=");
  const names = text.slice(at + 1).split(",");
  if (at < 1 || names.some((name) => name.trim() === "")) {
    throw new InvalidArgumentError("It takes port=column,column,… as in x=weight,height.");
  }
  return new Map([...(previous ?? []), [text.slice(0, at).trim(), names.map((name) => name.trim())]]);
}

/** `a,b`, repeatable. */
export function nameList(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), ...text.split(",").map((name) => name.trim())];
}

export interface ElementName {
  readonly tensor: string;
  readonly index: readonly number[];
}

/** `h.W[0,1]`: one element of a tensor; a scalar is written without brackets. */
export function elementName(text: string): ElementName {
  const [, tensor, index] = /^([^[\]]+)(?:\[\s*(\d+(?:\s*,\s*\d+)*)\s*\])?$/.exec(text.trim()) ?? [];
  if (tensor === undefined) throw new InvalidArgumentError("It takes one element, as in h.W[0,1].");
  return { tensor: tensor.trim(), index: index === undefined ? [] : index.split(",").map(Number) };
}
