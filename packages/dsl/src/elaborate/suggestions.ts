/** Owns: "did you mean". */

import { distance } from "fastest-levenshtein";

/** Names of Adjoint's own that other systems call otherwise. */
const otherwiseNamed: ReadonlyMap<string, string> = new Map([
  ["ln", "log"],
  ["e", "exp(…)"],
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

/** Parameters of the standard library under the names that other systems give them. */
const parametersOtherwiseNamed: ReadonlyMap<string, string> = new Map([
  ["lr", "rate"],
  ["learning_rate", "rate"],
  ["eps", "epsilon"],
  ["weight_decay", "decay"],
  ["std", "stddev"],
  ["sigma", "stddev"],
  ["size", "units"],
  ["width", "units"],
  ["features", "units"],
  ["neurons", "units"],
  ["act", "activation"],
]);

/** The parameter that an argument's unknown name most likely means, or null. */
export function nearestParameter(name: string, parameters: readonly string[]): string | null {
  const translated = parametersOtherwiseNamed.get(name.toLowerCase());
  return translated !== undefined && parameters.includes(translated) ? translated : nearest(name, parameters);
}

/** `did you mean `dense`?`, or null if nothing in scope is near. */
export function suggestion(name: string, candidates: Iterable<string>): string | null {
  const near = otherwiseNamed.get(name.toLowerCase()) ?? nearest(name, candidates);
  return near === null ? null : didYouMean(near);
}

export function didYouMean(name: string): string {
  return `did you mean \`${name}\`?`;
}

/** The candidate that a slip of a few letters turns into `name`, or null. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  // Names longer than this are not typed by hand, and the distance costs their product.
  if (name.length > 64) return null;
  const wanted = name.toLowerCase();
  let best: string | null = null;
  let fewest = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= fewest) continue;
    const cost = slips(candidate.toLowerCase(), wanted);
    if (cost >= fewest || cost >= name.length) continue;
    fewest = cost;
    best = candidate;
  }
  return best;
}

/** Letters to change, or 1 if only their order differs. */
function slips(a: string, b: string): number {
  if (a === b) return 0;
  return a.length > 2 && sorted(a) === sorted(b) ? 1 : distance(a, b);
}

function sorted(text: string): string {
  return [...text].sort().join("");
}
