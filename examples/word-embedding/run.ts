/** Owns: word vectors from Moby Dick, held against frequencies alone on chapters that were not read. */

import type { RandomSource } from "@adjoint/runtime";
import { holdOut } from "../moby-dick.ts";
import { type RunExample, trainedNumbers } from "../real-data.ts";
import { type Example, openExample } from "../workbench.ts";
import { drawWord, readMobyDick, type SkipGrams, skipGrams, thinOut } from "./skip-grams.ts";

const vocabulary = 2000;
const negatives = 5;
const reach = 2;
const asked = ["whale", "captain", "sea", "boat", "eyes", "two", "said", "day"];

/**
 * What frequencies alone come to. Where a word's company and what is drawn for it are of one distribution, all that is known
 * is that one of 1 + negatives words is the true one: −log 1/(1 + k) − k log k/(1 + k).
 */
export const unigramLoss = Math.log(1 + negatives) + negatives * Math.log(1 + 1 / negatives);

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("word-embedding", { target: "wasm" });
  const { words, sequence } = readMobyDick(vocabulary);
  const thinned = thinOut(sequence, 1e-3, 1);
  const passages = holdOut(thinned, 1000);
  const learnt = skipGrams(passages.learnt, reach, negatives, 2);
  const held = skipGrams(passages.held, reach, negatives, 3);
  tell(`${learnt.word.length.toLocaleString("en-US")} pairs of ${vocabulary} words`);
  const net = begin();
  let epochs = 0;
  const text = passages.learnt.flat();
  // Each visit to a pair draws other words.
  const augment = ({ company }: SkipGrams, random: RandomSource) => ({
    company: company.map((near, k) => (k === 0 ? near : drawWord(text, random.uniform()))),
  });
  for await (const { epoch, loss } of net.train({ ...learnt }, { augment })) {
    epochs = epoch;
    tell(`epoch ${epoch}: loss ${loss.toFixed(4)}, held out ${net.evaluate({ ...held }).loss.toFixed(4)}`);
  }
  const vectors = unitVectors(net);
  for (const word of asked)
    tell(
      `${word}: ${neighbours(words.indexOf(word), vectors, 5)
        .map((k) => words[k])
        .join(", ")}`,
    );
  const { loss, metrics } = net.evaluate({ ...held });
  return {
    measure: "held-out loss",
    figure: loss,
    goal: 2.66,
    atMost: true,
    epochs,
    parameters: trainedNumbers(model),
    remark: `frequencies alone: ${unigramLoss.toFixed(4)}; finds ${percent(metrics["found"])}, by chance ${percent(1 / (1 + negatives))}`,
  };
};

function percent(share = Number.NaN): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** The words' vectors, each of length 1. */
export function unitVectors(net: ReturnType<Example["begin"]>): readonly (readonly number[])[] {
  const values = net.parameters["E"]?.values ?? [];
  const size = values.length / vocabulary;
  return Array.from({ length: vocabulary }, (_, word) => {
    const vector = Array.from(values.slice(word * size, (word + 1) * size));
    const norm = Math.hypot(...vector);
    return vector.map((x) => x / norm);
  });
}

/** The words at the smallest angles to one, the nearest first. */
export function neighbours(word: number, vectors: readonly (readonly number[])[], count: number): readonly number[] {
  const own = vectors[word] ?? [];
  return vectors
    .map((vector, other) => ({ other, cosine: vector.reduce((sum, x, k) => sum + x * (own[k] ?? 0), 0) }))
    .filter(({ other }) => other !== word)
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, count)
    .map(({ other }) => other);
}
