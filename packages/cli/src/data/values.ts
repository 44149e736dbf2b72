/** Owns: which numbers a port takes, and the report of those that it doesn't. */

import type { Element } from "@adjoint/ir";
import { Failure } from "../failure.ts";
import { countOf } from "../view/numbers.ts";

/** Why `value` can't stand in a port of this element type; null if it can. */
export function refusalOf(value: number, element: Element): string | null {
  switch (element.kind) {
    case "real":
      if (Number.isFinite(value)) return null;
      return Number.isNaN(value) ? "not a number" : "infinite";
    case "class":
      if (Number.isInteger(value) && value >= 0 && value < element.count) return null;
      return `no class: the ${element.count} classes are 0 … ${element.count - 1}`;
  }
}

const shown = 8;

/** Collects refused values, so that one run names several; the first few are spelled out, the others counted. */
export class Refusals {
  readonly #details: string[] = [];
  #count = 0;

  add(place: string, text: string, reason: string): void {
    this.#count++;
    if (this.#details.length < shown) this.#details.push(`${place}: ${quote(text)} is ${reason}`);
  }

  /** @throws Failure `refused-data` if anything was added. */
  check(file: string): void {
    if (this.#count === 0) return;
    const hidden = this.#count - this.#details.length;
    throw new Failure("refused-data", `${file}: ${countOf(this.#count, "value")} can't be used`, {
      details: hidden === 0 ? this.#details : [...this.#details, `… and ${hidden} more`],
    });
  }
}

/** Text of a file, on one line and short enough to print. */
export function quote(text: string): string {
  const line = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(line);
}

/** A list of numbers whose length isn't known beforehand. */
export class NumberList {
  #values = new Float64Array(1024);
  #length = 0;

  /** Room for `count` more; returns where they begin. */
  extend(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#values.length) {
      const grown = new Float64Array(Math.max(this.#length, 2 * this.#values.length));
      grown.set(this.#values);
      this.#values = grown;
    }
    return start;
  }

  set(at: number, value: number): void {
    this.#values[at] = value;
  }

  /** What was set, as an array of its own length. */
  toArray(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}
