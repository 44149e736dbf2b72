/** Owns: what holds of any program that takes the way through the language. */

import { expect, test } from "vitest";
import { batch, batches, pages, seed } from "./support/budget.ts";
import { describeFindings } from "./support/describe-findings.ts";
import { runPrograms } from "./support/run-programs.ts";

test.each(batches(pages))("of a hundred programs from the %ith on", async (from) => {
  const { mismatches, undecided, claims } = await runPrograms(seed, from, from + batch, ["pages"], []);
  expect(describeFindings(mismatches)).toBe("");
  // What says nothing must be rare.
  expect(undecided.length).toBeLessThan(claims / 50);
});
