/** Owns: what holds of the WebAssembly that is made of any program. */

import { expect, test } from "vitest";
import { batch, batches, programs, seed } from "./support/budget.ts";
import { describeFindings } from "./support/describe-findings.ts";
import { standardOptimizers } from "./support/optimizers.ts";
import { runPrograms } from "./support/run-programs.ts";

const optimizers = standardOptimizers();

test.each(batches(programs))(
  "of a hundred programs from the %ith on",
  async (from) => {
    const { mismatches, undecided, claims } = await runPrograms(seed, from, from + batch, ["networks"], optimizers);
    expect(describeFindings(mismatches)).toBe("");
    // What says nothing must be rare.
    expect(undecided.length).toBeLessThan(claims / 20);
  },
  240_000,
);
