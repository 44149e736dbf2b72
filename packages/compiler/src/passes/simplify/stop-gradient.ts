/** Owns: what remains of stop_gradient once everything is differentiated: nothing. */

import { ruleOf } from "../rewriting/equation.ts";

export const releaseRules = [ruleOf({ name: "released", from: ["stop_gradient", "x"], to: "x" })];
