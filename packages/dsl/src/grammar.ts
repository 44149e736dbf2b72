/** Owns: the grammar of adjoint.ohm as a value, and the part of Ohm's interface that its type declarations leave out. */

import * as ohm from "ohm-js";
import { grammarRecipe } from "./generated/grammar.generated.ts";

declare module "ohm-js" {
  /** Builds a grammar from what `grammar.toRecipe()` returned. */
  function makeRecipe(recipe: string): ohm.Grammar;

  interface FailedMatchResult {
    /** What would have been accepted at the rightmost position that matching reached. */
    getRightmostFailures(): readonly ohm.Failure[];
  }

  interface Failure {
    getText(): string;
    /** "description" for what the grammar names in parentheses, "string" for a terminal, "code" for a lexical detail. */
    readonly type: "description" | "string" | "code";
  }
}

export const grammar: ohm.Grammar = ohm.makeRecipe(grammarRecipe);
