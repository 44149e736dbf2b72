import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOut, widthOf } from "../src/text-width.ts";

describe("a line of any length", () => {
  it("is cut between graphemes, wherever the parts end that it is read in", () => {
    const pieces = fc.constantFrom(
      "a",
      "é",
      "e\u0301",
      "👍🏻",
      "👩‍👩‍👧",
      "🇩🇪",
      "重",
      "\ud83d",
      "각",
      "x̂",
      "क्षि",
      "\u0600",
    );
    const whole = new Intl.Segmenter("en", { granularity: "grapheme" });
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 80, maxLength: 300 }), fc.nat(300), (parts, shift) => {
        const line = "a".repeat(shift) + parts.join("");
        const offsets = layOut(line).map(({ offset }) => offset);
        expect(offsets).toEqual([...[...whole.segment(line)].map(({ index }) => index), line.length]);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("may be one grapheme", () => {
    expect(layOut(`a${"\u0301".repeat(5000)}b`).map(({ offset }) => offset)).toEqual([0, 5001, 5002]);
  });

  it("is measured in time that grows as it does", () => {
    const time = (length: number): number => {
      const line = "重".repeat(length);
      const times = Array.from({ length: 3 }, () => {
        const begin = performance.now();
        expect(widthOf(line)).toBe(2 * length);
        return performance.now() - begin;
      });
      return Math.min(...times);
    };
    time(4000);
    expect(time(64_000) / time(4000)).toBeLessThan(64);
  });
});
