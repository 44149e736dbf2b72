/** Owns: "did you mean …?" for names. */

import { closest, distance } from "fastest-levenshtein";

/** At most one line of help: the candidate that differs little from `name`, or else what there is to choose from. */
export function suggestion(name: string, candidates: readonly string[]): readonly string[] {
  if (candidates.length === 0) return [];
  const best = closest(name, candidates);
  if (distance(name, best) <= Math.max(1, Math.floor(name.length / 3))) return [`did you mean \`${best}\`?`];
  const shown = candidates.slice(0, 12).map((candidate) => `\`${candidate}\``);
  return [`there ${candidates.length === 1 ? "is" : "are"} ${shown.join(", ")}${candidates.length > 12 ? " …" : ""}`];
}
