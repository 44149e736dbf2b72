/** Owns: one of the processes among which `npm run fuzz` divides its programs. */

import { standardOptimizers } from "../test/properties/support/optimizers.ts";
import { everyPart, runPrograms } from "../test/properties/support/run-programs.ts";
import type { Finding } from "../test/properties/support/trial.ts";

/** Programs of a seed: from the one, up to but not including the other. */
export interface Stretch {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

export interface StretchOutcome {
  readonly claims: number;
  readonly undecided: number;
  readonly mismatches: readonly Finding[];
}

const optimizers = standardOptimizers();

process.on("message", async ({ seed, from, to }: Stretch) => {
  const { claims, undecided, mismatches } = await runPrograms(seed, from, to, everyPart, optimizers);
  const outcome: StretchOutcome = { claims, undecided: undecided.length, mismatches };
  process.send?.(outcome);
});
