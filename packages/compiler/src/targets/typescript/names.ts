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

/** The names of one function that are in use at the place that is being written. */
export class Names {
  /** Each name in use, and from which suffix on to look for another like it. */
  readonly #taken = new Map<string, number>();

  /** `outer` are names that the function uses and must not hide. */
  constructor(outer: Iterable<string> = []) {
    for (const name of reservedWords) this.#taken.set(name, 2);
    for (const name of outer) this.#taken.set(name, 2);
  }

  /** A fresh identifier that is the preferred one, or as near to it as can be. */
  claim(preferred: string): string {
    const base = identifier(preferred);
    let name = base;
    for (let suffix = this.#taken.get(base) ?? 2; this.#taken.has(name); suffix++) {
      name = `${base}_${suffix}`;
      this.#taken.set(base, suffix);
    }
    this.#taken.set(name, 2);
    return name;
  }

  /** Ends the scope of a name: another block may use it anew. */
  release(name: string): void {
    this.#taken.delete(name);
    const numbered = /^(.*)_(\d+)$/u.exec(name);
    const [, base = "", suffix = ""] = numbered ?? [];
    const next = this.#taken.get(base);
    if (next !== undefined) this.#taken.set(base, Math.min(next, Number(suffix)));
  }
}

/** `h.W` → `h_W`, `2nd layer` → `_2nd_layer`. What cannot stand in an identifier becomes an underscore. */
export function identifier(text: string): string {
  const characters = [...text.normalize("NFC").replace(/[^\p{ID_Continue}$]/gu, "_")];
  const cleaned = characters.slice(0, 60).join("");
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
