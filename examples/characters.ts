/**
 * Owns: what models of characters learn from and are held against: a text as classes, windows of it, the figure of a bigram
 * model, and the writing of text by a network that says how likely each next character is.
 */

import { uniform } from "@adjoint/runtime";
import { holdOut, mobyDick } from "./moby-dick.ts";
import { flat, type Network } from "./workbench.ts";

/** Characters are numbers: the place of each among all characters of the text, the most frequent first. */
export interface Characters {
  readonly alphabet: readonly string[];
  /** The text without the characters that are too rare for a number. */
  readonly sequence: readonly number[];
}

/** Windows of a text, one after another: of each the characters, and those that follow them. */
export interface Windows {
  readonly text: Uint8Array;
  readonly next: Uint8Array;
}

/** What a model of Moby Dick's characters learns from, and is asked for. */
export interface Division {
  readonly alphabet: readonly string[];
  readonly learnt: Windows;
  readonly held: Windows;
  /** Of a bigram model of what is learnt, on what is held out. */
  readonly bigram: number;
}

/** Moby Dick in passages of 10,000 characters, of which every tenth is held out, and those in windows of `steps`. */
export function readCharacters(vocabulary: number, steps: number): Division {
  const { alphabet, sequence } = numberCharacters(unwrap(mobyDick()), vocabulary);
  const passages = holdOut(sequence, 10_000);
  const held = windows(passages.held, steps);
  return {
    alphabet,
    learnt: windows(passages.learnt, steps),
    held,
    bigram: bigramBits(passages.learnt, held, vocabulary),
  };
}

/** Paragraphs in a line each, instead of lines of a page's width with empty ones between paragraphs. */
export function unwrap(text: string): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replace(/\s+/g, " "))
    .join("\n");
}

/** Numbers the most frequent characters; of equally frequent ones the first by code. */
export function numberCharacters(text: string, vocabulary: number): Characters {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const alphabet = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, vocabulary)
    .map(([character]) => character);
  const numbers = new Map(alphabet.map((character, number) => [character, number]));
  return { alphabet, sequence: Array.from(text).flatMap((character) => numbers.get(character) ?? []) };
}

/** The passages cut into windows of `steps` characters, as far as they and the character that follows lie in one passage. */
export function windows(passages: readonly (readonly number[])[], steps: number): Windows {
  const cut = (from: number): Uint8Array =>
    Uint8Array.from(
      passages.flatMap((passage) => {
        const count = Math.floor((passage.length - 1) / steps);
        return passage.slice(from, from + count * steps);
      }),
    );
  return { text: cut(0), next: cut(1) };
}

/** The first so many windows. */
export function firstWindows({ text, next }: Windows, steps: number, count: number): Windows {
  return { text: text.subarray(0, count * steps), next: next.subarray(0, count * steps) };
}

/**
 * Bits per character that are needed if each is guessed from the one before it: the mean of −log₂ P(b | a) with
 *   P(b | a) = (N(a b) + m P(b)) / (N(a ·) + m),  P(b) = (N(b) + 1) / (N + vocabulary),
 * N counting in the passages learnt from. So what never followed is as likely as it is frequent, with the weight of m
 * observations; the figure hardly depends on m.
 */
export function bigramBits(learnt: readonly (readonly number[])[], asked: Windows, vocabulary: number, m = 10): number {
  const pairs = new Float64Array(vocabulary * vocabulary);
  const firsts = new Float64Array(vocabulary);
  const singles = new Float64Array(vocabulary).fill(1);
  let total = vocabulary;
  const count = (counts: Float64Array, at: number): void => {
    counts[at] = (counts[at] ?? 0) + 1;
  };
  for (const passage of learnt) {
    for (const [k, character] of passage.entries()) {
      count(singles, character);
      total++;
      const follower = passage[k + 1];
      if (follower === undefined) continue;
      count(firsts, character);
      count(pairs, character * vocabulary + follower);
    }
  }
  let bits = 0;
  for (const [k, a] of asked.text.entries()) {
    const b = asked.next[k] ?? 0;
    const alone = (singles[b] ?? 0) / total;
    bits -= Math.log2(((pairs[a * vocabulary + b] ?? 0) + m * alone) / ((firsts[a] ?? 0) + m));
  }
  return bits / asked.text.length;
}

/**
 * Goes on with a text: each character is drawn from what the network's output `p[steps, vocabulary]` says behind the text so
 * far, or behind the last `steps` characters of it. Where there are fewer, what stands behind them in the window is not seen
 * from where they end.
 * @param sharpness 1 draws as the network says; above that, likely characters are drawn more often than it says
 */
export function writeOn(
  net: Network,
  { alphabet, steps }: { readonly alphabet: readonly string[]; readonly steps: number },
  { prompt, length, sharpness = 1, seed = 0 }: WritingOptions,
): string {
  const written = Array.from(prompt, (character) => alphabet.indexOf(character));
  const text = new Uint8Array(steps);
  for (let k = 0; k < length; k++) {
    const seen = written.slice(-steps);
    text.set(seen);
    const p = flat(net.predict({ text })["p"]);
    const vocabulary = p.length / steps;
    const weights = p
      .slice((seen.length - 1) * vocabulary, seen.length * vocabulary)
      .map((probability) => probability ** sharpness);
    written.push(draw(weights, uniform(seed, 0, k)));
  }
  return written.map((character) => alphabet[character] ?? "").join("");
}

export interface WritingOptions {
  readonly prompt: string;
  /** Characters to write behind the prompt. */
  readonly length: number;
  readonly sharpness?: number;
  readonly seed?: number;
}

/** A place, each as often as its weight says, decided by a number of [0, 1). */
export function draw(weights: readonly number[], at: number): number {
  let left = at * weights.reduce((sum, weight) => sum + weight, 0);
  const place = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  // Rounding may leave a little behind the last.
  return place < 0 ? weights.length - 1 : place;
}
