/** Owns: the table of simplifications, in the order in which they are tried. */

import type { Rule } from "../rewriting/rule.ts";
import { arithmeticRules } from "./arithmetic.ts";
import { broadcastRules } from "./broadcasts.ts";
import { collect } from "./collect.ts";
import { comparisonRules } from "./comparisons.ts";
import { conditionalTermRules } from "./conditional-terms.ts";
import { constantRules, sharingRules } from "./constants.ts";
import { contractionRules } from "./contractions.ts";
import { logicRules } from "./logic.ts";
import { pickRules } from "./picks.ts";
import { readRules } from "./reads.ts";
import { reductionRules } from "./reductions.ts";
import { sumOfSums } from "./sums-of-sums.ts";
import { truthOfIndices } from "./truths-of-indices.ts";

export const simplifyRules: readonly Rule[] = [
  ...constantRules,
  ...broadcastRules,
  ...arithmeticRules,
  ...logicRules,
  ...conditionalTermRules,
  ...comparisonRules,
  truthOfIndices,
  ...pickRules,
  ...readRules,
  ...reductionRules,
  sumOfSums,
  ...contractionRules,
  collect,
  ...sharingRules,
];
