/** Owns: making a source that is answered wrongly smaller, as long as it is answered wrongly in the same way. */

import type { HostileCase } from "./hostile-case.ts";

/**
 * Takes away lines, then words, in halves and quarters and so on, as long as `stillWrong` holds. Ends after `seconds`, with
 * the smallest source so far.
 */
export function shrinkCase(
  found: HostileCase,
  stillWrong: (smaller: HostileCase) => boolean,
  seconds: number,
): HostileCase {
  const until = performance.now() + 1000 * seconds;
  let best = found;
  for (const pieces of [/[^\n]*\n|[^\n]+$/g, /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gsu]) {
    for (let count = 2; performance.now() < until; count *= 2) {
      const parts = best.text.match(pieces) ?? [];
      const length = Math.max(1, Math.ceil(parts.length / count));
      for (let at = 0; at < parts.length && performance.now() < until; ) {
        const smaller = { ...best, text: [...parts.slice(0, at), ...parts.slice(at + length)].join("") };
        if (stillWrong(smaller)) {
          parts.splice(at, length);
          best = smaller;
        } else at += length;
      }
      if (length === 1) break;
    }
  }
  return best;
}
