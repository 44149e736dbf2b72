/** Owns: what word vectors are learnt from: pairs of words that stand near each other in a text, and words drawn from it. */

import { uniform } from "@adjoint/runtime";
import { mobyDick } from "../moby-dick.ts";

/** Words are numbers: the place of each among all words of the text, the most frequent first. */
export interface Text {
  readonly words: readonly string[];
  /** The text without the words that are too rare for a number. */
  readonly sequence: readonly number[];
}

export interface SkipGrams {
  readonly word: Uint16Array;
  /** Of each word first one that stands near it, then as many drawn ones as asked for. */
  readonly company: Uint16Array;
}

/** Moby Dick's words. */
export function readMobyDick(vocabulary: number): Text {
  return numberWords(
    mobyDick()
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [],
    vocabulary,
  );
}

/** Numbers the most frequent words; of equally frequent ones the first in the alphabet. */
export function numberWords(text: readonly string[], vocabulary: number): Text {
  const counts = new Map<string, number>();
  for (const word of text) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, vocabulary)
    .map(([word]) => word);
  const numbers = new Map(words.map((word, number) => [word, number]));
  return { words, sequence: text.flatMap((word) => numbers.get(word) ?? []) };
}

/**
 * Leaves words out that are more frequent than the share `most` of the text, with probability 1 − √(most / share), as
 * Mikolov et al. 2013, section 2.3: what stands beside "the" says little.
 */
export function thinOut(sequence: readonly number[], most: number, seed: number): readonly number[] {
  const counts = new Map<number, number>();
  for (const word of sequence) counts.set(word, (counts.get(word) ?? 0) + 1);
  return sequence.filter((word, at) => {
    const share = (counts.get(word) ?? 0) / sequence.length;
    return uniform(seed, 0, at) < Math.sqrt(most / share);
  });
}

/** Every pair of words at most `reach` apart in a passage, each with `negatives` words drawn from all passages. */
export function skipGrams(
  passages: readonly (readonly number[])[],
  reach: number,
  negatives: number,
  seed: number,
): SkipGrams {
  const all = passages.flat();
  const pairs = passages.flatMap((passage) =>
    passage.flatMap((word, at) => {
      const near = [...passage.slice(Math.max(0, at - reach), at), ...passage.slice(at + 1, at + 1 + reach)];
      return near.map((other) => [word, other] as const);
    }),
  );
  return {
    word: Uint16Array.from(pairs, ([word]) => word),
    company: Uint16Array.from({ length: (1 + negatives) * pairs.length }, (_, k) => {
      const isDrawn = k % (1 + negatives) > 0;
      return isDrawn ? drawWord(all, uniform(seed, 1, k)) : (pairs[k / (1 + negatives)]?.[1] ?? 0);
    }),
  };
}

/** A word of the sequence, as often as it stands there, decided by a number of [0, 1). */
export function drawWord(sequence: readonly number[], at: number): number {
  return sequence[Math.floor(at * sequence.length)] ?? 0;
}
