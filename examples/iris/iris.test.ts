import { expect, test } from "vitest";
import { reaches } from "../real-data.ts";
import { run } from "./run.ts";

test("tells at least 95 of 100 flowers that it has not seen", async () => {
  const outcome = await run(() => {});
  expect(outcome).toMatchObject({ measure: "held-out accuracy", parameters: 131, goal: 0.95 });
  expect(reaches(outcome), `accuracy ${outcome.figure}`).toBe(true);
});
