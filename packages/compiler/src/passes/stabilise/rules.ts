/** Owns: the table of stable forms. They are tried before simplifications, which might take their patterns apart. */

import type { Rule } from "../rewriting/rule.ts";
import { stableForms } from "./equations.ts";
import { exponentialSumRules } from "./exponential-sums.ts";

export const stabiliseRules: readonly Rule[] = [...stableForms, ...exponentialSumRules];
