/** Owns: what holds of the WebAssembly of any program where products and sums of vectors are one operation. */

import { expect, test } from "vitest";
import { allowRelaxedSimd, hasRelaxedSimd } from "../../packages/compiler/test/wasm/relaxed-simd.ts";
import { batch, batches, seed } from "./support/budget.ts";
import { describeFindings } from "./support/describe-findings.ts";
import { standardOptimizers } from "./support/optimizers.ts";
import { runPrograms } from "./support/run-programs.ts";

const optimizers = standardOptimizers();
allowRelaxedSimd();

test.each(batches(400))(
  "of a hundred programs from the %ith on",
  async (from) => {
    expect(hasRelaxedSimd()).toBe(true);
    const { mismatches, undecided, claims } = await runPrograms(seed + 1, from, from + batch, ["networks"], optimizers);
    expect(describeFindings(mismatches)).toBe("");
    expect(undecided.length).toBeLessThan(claims / 20);
  },
  240_000,
);
