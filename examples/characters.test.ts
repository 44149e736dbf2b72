import { expect, test } from "vitest";
import { bigramBits, draw, numberCharacters, readCharacters, unwrap, windows } from "./characters.ts";

test("paragraphs stand in a line each", () => {
  expect(unwrap("\nCall me\n Ishmael.\n\n\nSome years ago\n")).toBe("Call me Ishmael.\nSome years ago");
});

test("characters are numbered by how frequent they are, and rare ones left out", () => {
  const { alphabet, sequence } = numberCharacters("banana!", 3);
  expect(alphabet).toEqual(["a", "n", "!"]);
  expect(sequence).toEqual([0, 1, 0, 1, 0, 2]);
});

test("windows lie in one passage, each character with the one that follows", () => {
  const { text, next } = windows(
    [
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10],
    ],
    2,
  );
  expect([...text]).toEqual([0, 1, 2, 3, 5, 6]);
  expect([...next]).toEqual([1, 2, 3, 4, 6, 7]);
});

test("a bigram model needs as many bits as a character depends on the one before", () => {
  const alternating = Array.from({ length: 4001 }, (_, k) => k % 2);
  // Behind a 0 stands a 1, behind a 1 a 0, 2 or 3, each a third of the times: half the characters need log₂ 3 bits.
  const forking = Array.from({ length: 12_001 }, (_, k) => (k % 2 === 0 ? [0, 2, 3][(k / 2) % 3] : 1) ?? 0);
  expect(bigramBits([alternating], windows([alternating], 4), 2)).toBeCloseTo(0, 2);
  expect(bigramBits([forking], windows([forking], 4), 4)).toBeCloseTo(Math.log2(3) / 2, 2);
});

test("what never followed is as likely as it is frequent, with the weight of m observations", () => {
  // P(1) = 3 / 6 with one observation of each class more than there is, and 0 was followed by 0 alone, twice.
  const bits = bigramBits([[0, 0, 0], [1], [1]], { text: Uint8Array.of(0), next: Uint8Array.of(1) }, 2, 10);
  expect(bits).toBeCloseTo(-Math.log2((10 * (3 / 7)) / (2 + 10)), 12);
});

test("a place is drawn as often as its weight says", () => {
  expect([0, 0.24, 0.26, 0.74, 0.76, 0.999].map((at) => draw([1, 2, 1], at))).toEqual([0, 0, 1, 1, 2, 2]);
  expect(draw([0, 1, 0], 0)).toBe(1);
});

test("Moby Dick has a million characters, of which a bigram model needs three and a half bits", () => {
  const { alphabet, learnt, held, bigram } = readCharacters(80, 64);
  expect(alphabet.slice(0, 6)).toEqual([" ", "e", "t", "a", "o", "n"]);
  expect(learnt.text.length + held.text.length).toBeGreaterThan(1_150_000);
  expect(held.text.length / learnt.text.length).toBeCloseTo(1 / 9, 1);
  expect(bigram).toBeCloseTo(3.47, 2);
});
