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
