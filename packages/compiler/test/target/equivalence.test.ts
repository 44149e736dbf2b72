import { describe, expect, it } from "vitest";
import { fixtures } from "./fixtures.ts";
import { actual, expected } from "./run-emitted.ts";

describe.each([
  ["loops", 0],
  ["scalars", Number.POSITIVE_INFINITY],
] as const)("emitted %s do what the interpreter says", (_, unrollLimit) => {
  it.each(fixtures)("%s", (_name, make) => {
    const { procedure, arrays, values } = make();
    const should = expected(procedure, arrays, values);
    const does = actual(procedure, arrays, values, { unrollLimit });
    if (should.returned === undefined) expect(does.returned).toBeUndefined();
    else expect(does.returned).toBeCloseTo(should.returned, 11);
    for (const [name, array] of should.after) {
      array.forEach((value, k) => {
        expect(does.after.get(name)?.[k], `${name}[${k}]`).toBeCloseTo(value, 11);
      });
    }
  });
});

describe.each([
  ["loops", 0],
  ["scalars", Number.POSITIVE_INFINITY],
] as const)("in single precision, emitted %s round what they store, once, and nothing else", (_, unrollLimit) => {
  it.each(fixtures)("%s", (_name, make) => {
    const { procedure, arrays, values } = make();
    const rounded = new Map([...arrays].map(([name, array]) => [name, array.map(Math.fround)]));
    const should = expected(procedure, rounded, values);
    const does = actual(procedure, rounded, values, { unrollLimit, precision: "f32" });
    if (should.returned !== undefined) expect(does.returned).toBeCloseTo(should.returned, 11);
    for (const [name, array] of should.after) {
      array.forEach((value, k) => {
        const error = Math.abs((does.after.get(name)?.[k] ?? Number.NaN) - value);
        expect(Object.is(value, does.after.get(name)?.[k]) ? 0 : error, `${name}[${k}]`).toBeLessThanOrEqual(
          // Half a unit in the last of 24 places.
          2 ** -24 * Math.abs(value) * (1 + 1e-6) + 1e-11,
        );
      });
    }
  });
});
