/** Owns: "did you mean". */

import { distance } from "fastest-levenshtein";

/** Names of Adjoint's own that other systems call otherwise. */
const otherwiseNamed: ReadonlyMap<string, string> = new Map([
  ["ln", "log"],
  ["tan_inv", "atan"],
  ["arctan", "atan"],
  ["arcsin", "asin"],
  ["arccos", "acos"],
  ["power", "x^y"],
  ["pow", "x^y"],
  ["argmax", "max[i](…)"],
  ["logistic", "sigmoid"],
  ["swish", "silu"],
  ["mean_squared_error", "mse"],
  ["detach", "stop_gradient"],
  ["where", "if … then … else …"],
  ["gradient", "grad"],
  ["linear", "dense"],
]);

/** `did you mean `dense`?`, or null if nothing in scope is near. */
export function suggestion(name: string, candidates: Iterable<string>): string | null {
  const known = otherwiseNamed.get(name.toLowerCase());
  if (known !== undefined) return `did you mean \`${known}\`?`;
  let best: string | null = null;
  // Names longer than this are not typed by hand, and the distance costs their product.
  if (name.length > 64) return null;
  let nearest = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= nearest) continue;
    const cost =
      candidate.toLowerCase() === name.toLowerCase() ? 0 : distance(candidate.toLowerCase(), name.toLowerCase());
    if (cost >= nearest) continue;
    nearest = cost;
    best = candidate;
  }
  return best === null ? null : `did you mean \`${best}\`?`;
}
