/** Owns: identities of values whose derivatives differ by convention, for when everything is differentiated. */

import { ruleOf } from "../rewriting/equation.ts";
import type { Rule } from "../rewriting/rule.ts";
import { mergeExtremes } from "./reductions.ts";

export const releaseRules: readonly Rule[] = [
  ruleOf({ name: "released", from: ["stop_gradient", "x"], to: "x" }),
  // |x|′ is 0 at 0 by convention, where x′ is 1.
  ruleOf({ name: "abs-nonnegative", from: ["abs", "x"], to: "x", where: { x: "nonnegative" } }),
  mergeExtremes,
];
