/** Owns: what holds of the derivatives and of the rewritten graphs of any program. */

import { expect, test } from "vitest";
import { batch, batches, programs, seed } from "./support/budget.ts";
import { describeFindings } from "./support/describe-findings.ts";
import { runPrograms } from "./support/run-programs.ts";

test.each(batches(programs))("of a hundred programs from the %ith on", async (from) => {
  const { mismatches, undecided, claims } = await runPrograms(seed, from, from + batch, ["graphs"], []);
  expect(describeFindings(mismatches)).toBe("");
  // What says nothing must be rare.
  expect(undecided.length).toBeLessThan(claims / 50);
});
