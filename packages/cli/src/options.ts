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

/** A number from 0 on. */
export function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("It takes a number from 0.");
  }
  return value;
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

/** `port=number` or `port=a/b`, repeatable: what the numbers of a port are multiplied by. */
export function scaleFactor(text: string, previous: Assignments | undefined): Assignments {
  const [, name, above, below = "1"] = /^([^=]+)=([^/]+)(?:\/(.+))?$/.exec(text.trim()) ?? [];
  const value = Number(above) / Number(below);
  if (name === undefined || !Number.isFinite(value) || value === 0) {
    throw new InvalidArgumentError("It takes port=factor, as in x=1/255 or x=0.01.");
  }
  return new Map([...(previous ?? []), [name.trim(), value]]);
}

/** A list of files, repeatable. */
export function fileList(text: string, previous: readonly string[] | undefined): readonly string[] {
  if (text === "") throw new InvalidArgumentError("It takes a file.");
  return [...(previous ?? []), text];
}

/** A quantity that is reported, and whether it is to become small (`loss`) or large (`accuracy:max`). */
export interface Monitored {
  readonly name: string;
  readonly greatest: boolean;
}

export function monitored(text: string): Monitored {
  const [, name, direction] = /^([^:]+)(?::(min|max))?$/.exec(text.trim()) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It takes loss or a metric, as in accuracy:max.");
  return { name, greatest: direction === "max" };
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
