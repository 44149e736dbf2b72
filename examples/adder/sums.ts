/** Owns: sums of two whole numbers of so many digits, as the adder's page has them, and its answers to them. */

import { permutation } from "@adjoint/runtime";
import type { Network } from "../workbench.ts";
import { flat } from "../workbench.ts";

/** The classes of the text's characters. */
const characters = "0123456789+=";

export interface Sum {
  readonly a: number;
  readonly b: number;
}

/** Sums as the page takes them, one after another. */
export interface Sums {
  readonly text: Uint8Array;
  readonly answer: Uint8Array;
}

/**
 * Draws sums of all that there are with so many digits: `held` to be asked for, then `learnt` others, among which no sum to be
 * asked for is the other way round either.
 */
export function drawSums(digits: number, learnt: number, held: number, seed: number) {
  const numbers = 10 ** digits;
  const order = new Uint32Array(numbers * numbers);
  permutation(seed, 0, order);
  const sums = Array.from(order.subarray(0, held), (place) => sumOf(place, numbers));
  const asked = new Set(sums.flatMap(({ a, b }) => [a * numbers + b, b * numbers + a]));
  const others = order.subarray(held).filter((place) => !asked.has(place));
  return { held: sums, learnt: Array.from(others.subarray(0, learnt), (place) => sumOf(place, numbers)) };
}

function sumOf(place: number, numbers: number): Sum {
  return { a: Math.floor(place / numbers), b: place % numbers };
}

/** "127+045=" and the digits of 172 from the last to the first, one more than a number has. */
export function written({ a, b }: Sum, digits: number): { readonly question: string; readonly answer: string } {
  const number = (n: number, length: number): string => String(n).padStart(length, "0");
  return {
    question: `${number(a, digits)}+${number(b, digits)}=`,
    answer: Array.from(number(a + b, digits + 1))
      .reverse()
      .join(""),
  };
}

/** Sums to learn from. */
export function classesOf(sums: readonly Sum[], digits: number): Sums {
  const texts = sums.map((sum) => written(sum, digits));
  return {
    text: classes(texts.map(({ question, answer }) => question + answer.slice(0, -1)).join("")),
    answer: classes(texts.map(({ answer }) => answer).join("")),
  };
}

function classes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => characters.indexOf(character));
}

/**
 * The network's answers, digit by digit: of each the likeliest behind the question and the digits found so far. What stands
 * behind them is not seen from there.
 */
export function answers(net: Network, sums: readonly Sum[], digits: number): readonly number[] {
  const length = 3 * digits + 2;
  const text = new Uint8Array(sums.length * length);
  const found = sums.map((sum, n) => {
    text.set(classes(written(sum, digits).question), n * length);
    return 0;
  });
  for (let k = 0; k <= digits; k++) {
    for (const [n, { p }] of net.predictAll({ text }).entries()) {
      const digit = likeliest(flat(p).slice(10 * k, 10 * (k + 1)));
      if (k < digits) text[n * length + 2 * digits + 2 + k] = digit;
      found[n] = (found[n] ?? 0) + digit * 10 ** k;
    }
  }
  return found;
}

function likeliest(p: readonly number[]): number {
  return p.indexOf(Math.max(...p));
}
