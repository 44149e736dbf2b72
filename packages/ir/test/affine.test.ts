/** Owns: what a quotient of index expressions promises. */

import { composeAffine, divideAffine, evaluateAffine, forEachIndex } from "@adjoint/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { form } from "./networks.ts";

describe("dividing an affine form", () => {
  test("splits digits from each other", () => {
    expect(divideAffine(form(0, 12, 3, 1), 12, [5, 4, 3])).toEqual({
      quotient: form(0, 1, 0, 0),
      remainder: form(0, 0, 3, 1),
    });
    expect(divideAffine(form(7, 4), 4, [9])).toEqual({ quotient: form(1, 1), remainder: form(3, 0) });
    expect(divideAffine(form(3, -1), 4, [4])).toEqual({ quotient: form(0, 0), remainder: form(3, -1) });
  });

  test("has no answer where the quotient is no affine form", () => {
    expect(divideAffine(form(0, 1), 4, [5])).toBeNull();
    expect(divideAffine(form(1, 1), 4, [4])).toBeNull();
  });

  test("is division wherever there is an answer", () => {
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    const coefficient = fc.integer({ min: -12, max: 12 });
    fc.assert(
      fc.property(
        shape,
        fc.array(coefficient, { minLength: 3, maxLength: 3 }),
        coefficient,
        fc.integer({ min: 1, max: 9 }),
        (extents, coefficients, offset, divisor) => {
          const dividend = form(offset, ...coefficients.slice(0, extents.length));
          const divided = divideAffine(dividend, divisor, extents);
          if (divided === null) return;
          const { quotient, remainder } = divided;
          forEachIndex(extents, (at) => {
            const [q, r] = [evaluateAffine(quotient, at), evaluateAffine(remainder, at)];
            expect(q).toBe(Math.floor(evaluateAffine(dividend, at) / divisor));
            expect(q * divisor + r).toBe(evaluateAffine(dividend, at));
          });
        },
      ),
    );
  });

  test("finds an answer for digits of any number that digits make", () => {
    const radices = fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(radices, fc.nat(), (extents, which) => {
        const weights = extents.map((_, axis) =>
          extents.slice(axis + 1).reduce((product, extent) => product * extent, 1),
        );
        const number = composeAffine(
          form(0, ...weights),
          extents.map((_, axis) => form(0, ...extents.map((_, a) => (a === axis ? 1 : 0)))),
          extents.length,
        );
        expect(divideAffine(number, weights[which % weights.length] ?? 1, extents)).not.toBeNull();
      }),
    );
  });
});
