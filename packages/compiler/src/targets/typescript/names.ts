/**
 * Owns: names in emitted code. Whatever text a source offers becomes a valid identifier that means nothing else: not a
 * reserved word, not a global that the code uses, not another name of the same function.
 */

const reservedWords = [
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false",
  "finally for function if implements import in instanceof interface let new null package private protected public",
  "return static super switch this throw true try typeof var void while with yield async of undefined NaN Infinity",
  "globalThis Math Number Float64Array Float32Array ArrayLike Object Array any unknown never string number boolean",
  "symbol bigint object type declare namespace module abstract as is keyof readonly require constructor prototype",
  "__proto__ workspace uniform normal erf log1pexp",
].flatMap((line) => line.split(" "));

/** The names of one function's scope. */
export class Names {
  readonly #taken = new Map<string, number>();

  /** `outer` are names that the function uses and must not hide. */
  constructor(outer: Iterable<string> = []) {
    for (const name of reservedWords) this.#taken.set(name, 1);
    for (const name of outer) this.#taken.set(name, 1);
  }

  isFree(name: string): boolean {
    return !this.#taken.has(name);
  }

  /** A fresh identifier that is the preferred one, or as near to it as can be. */
  claim(preferred: string): string {
    const base = identifier(preferred);
    const count = this.#taken.get(base);
    if (count === undefined) {
      this.#taken.set(base, 1);
      return base;
    }
    for (let suffix = count + 1; ; suffix++) {
      const candidate = `${base}_${suffix}`;
      if (this.#taken.has(candidate)) continue;
      this.#taken.set(base, suffix);
      this.#taken.set(candidate, 1);
      return candidate;
    }
  }
}

/** `h.W` → `h_W`, `2nd layer` → `_2nd_layer`. What cannot stand in an identifier becomes an underscore. */
export function identifier(text: string): string {
  const cleaned = text
    .normalize("NFC")
    .replace(/[^\p{ID_Continue}$]/gu, "_")
    .slice(0, 60);
  if (cleaned === "") return "_";
  return /^[\p{ID_Start}$_]/u.test(cleaned) ? cleaned : `_${cleaned}`;
}

/** `W` at [0, 1] → `W01`; extents beyond ten, and names that end in a digit, separate their indices. */
export function elementName(base: string, at: readonly number[], shape: readonly number[]): string {
  if (at.length === 0) return base;
  const joint = shape.length > 1 && shape.some((extent) => extent > 10) ? "_" : "";
  const lead = joint !== "" || /[\p{Nd}]$/u.test(base) ? "_" : "";
  return `${base}${lead}${at.join(joint)}`;
}
