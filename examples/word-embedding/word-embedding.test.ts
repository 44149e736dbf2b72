import { describe, expect, test } from "vitest";
import { holdOut } from "../moby-dick.ts";
import { openExample } from "../workbench.ts";
import { neighbours, unigramLoss, unitVectors } from "./run.ts";
import { numberWords, readMobyDick, skipGrams, thinOut } from "./skip-grams.ts";

describe("the page", () => {
  test("becomes a gradient that visits the rows of its words and no others", async () => {
    const { text } = await openExample("word-embedding");
    const from = text.indexOf("function gradient(");
    const gradient = text.slice(from, text.indexOf("\n}\n", from));
    const limits = [...gradient.matchAll(/< (\d+);/g)].map(([, limit]) => Number(limit));
    expect(Math.max(...limits)).toBe(32);
  });

  test("knows less than frequencies at first, then puts words of like company together", async () => {
    const { begin } = await openExample("word-embedding", { target: "wasm" });
    // 0 and 1 stand beside 2, and 3 and 4 beside 5.
    const passages = Array.from(
      { length: 200 },
      (_, k) =>
        [
          [0, 2],
          [1, 2],
          [3, 5],
          [4, 5],
        ][k % 4] ?? [],
    );
    const pairs = skipGrams(passages, 1, 5, 1);
    const net = begin();
    expect(net.evaluate({ ...pairs }).loss).toBeGreaterThan(unigramLoss);
    for await (const _ of net.train({ ...pairs }, { epochs: 100, every: 100, batch: 32 }));
    expect(net.evaluate({ ...pairs }).loss).toBeLessThan(0.9 * unigramLoss);
    const vectors = unitVectors(net);
    expect([0, 1, 3, 4].map((word) => neighbours(word, vectors, 1)[0])).toEqual([1, 0, 4, 3]);
  });
});

describe("the text", () => {
  test("numbers words by how frequent they are, and leaves rare ones out", () => {
    const text = numberWords("the whale and the sea and the ship".split(" "), 2);
    expect(text).toEqual({ words: ["the", "and"], sequence: [0, 1, 0, 1, 0] });
  });

  test("is Moby Dick", () => {
    const { words, sequence } = readMobyDick(2000);
    expect(words.slice(0, 5)).toEqual(["the", "of", "and", "a", "to"]);
    expect(words).toHaveLength(2000);
    expect(sequence.length).toBeGreaterThan(150_000);
  });

  test("loses of its most frequent words, and of no others", () => {
    const sequence = Array.from({ length: 10_000 }, (_, k) => (k % 100 === 0 ? 1 + k / 100 : 0));
    const thinned = thinOut(sequence, 0.01, 1);
    expect(thinned.filter((word) => word > 0)).toEqual(sequence.filter((word) => word > 0));
    expect(thinned.filter((word) => word === 0).length / 9900).toBeCloseTo(Math.sqrt(0.01 / 0.99), 1);
  });

  test("is held out by passages, and no pair reaches from one into another", () => {
    const { learnt, held } = holdOut(
      Array.from({ length: 40 }, (_, k) => k),
      2,
    );
    expect(held).toEqual([
      [18, 19],
      [38, 39],
    ]);
    expect(learnt).toHaveLength(18);
    const { word, company } = skipGrams(held, 5, 1, 1);
    expect([...word]).toEqual([18, 19, 38, 39]);
    expect([...company].filter((_, k) => k % 2 === 0)).toEqual([19, 18, 39, 38]);
  });
});
