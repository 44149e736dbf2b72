import { expect, test } from "vitest";
import { reaches } from "../real-data.ts";
import { openExample } from "../workbench.ts";
import { errorsOf, run } from "./run.ts";

test("learns sin(t) from u″ + u = 0 and its boundary values alone, to 1e-3", async () => {
  const outcome = await run(() => {});
  expect(outcome).toMatchObject({ measure: "greatest error", goal: 1e-3 });
  expect(reaches(outcome), `error ${outcome.figure}`).toBe(true);
});

test("is right at both ends before it has learnt anything", async () => {
  const { begin } = await openExample("harmonic-oscillator");
  const errors = errorsOf(begin());
  expect(Math.max(...errors)).toBeGreaterThan(1e-2);
  expect(errors[0]).toBe(0);
  expect(errors.at(-1)).toBeLessThan(1e-15);
});
