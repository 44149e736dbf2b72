/**
 * Owns: reductions over what no index runs over, `sum[network](g^2)`: over elements or examples of which a formula sees one.
 * What each stands for is the session's business; here is how they are told from reductions over an index.
 */

import { partsOf } from "../parse-guards.ts";
import type { Expression, Reduction } from "../syntax-tree.ts";

/** The words in brackets, by the kind of definition whose formulas they may stand in. */
export const collectiveNames = {
  optimizer: ["tensor", "network"],
  metric: ["data"],
} as const;

/**
 * The one of `names` that the reduction is over, or null. A body that mentions the name means an index of that name.
 */
export function collectiveOf({ indices, body }: Reduction, names: readonly string[]): string | null {
  const [only, ...others] = indices;
  if (only === undefined || others.length > 0 || only.extent !== null) return null;
  const { text } = only.name;
  if (!names.includes(text)) return null;
  const pending: Expression[] = [body];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at.kind === "reference" && at.name.text === text) return null;
    pending.push(...partsOf(at));
  }
  return text;
}
