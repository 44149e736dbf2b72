/** Owns: what a mutant is: one file of the sources with one thing in it broken, and the tests that should notice. */

export interface Mutant {
  readonly group: string;
  readonly name: string;
  /** Path of the file that is broken, from the root. */
  readonly file: string;
  /** The text of the file, broken. */
  readonly change: (code: string) => string;
  /** Files of tests, the likeliest to notice first. */
  readonly tests: readonly string[];
  /** Names of the tests about what is broken: they are asked before all others. */
  readonly about?: RegExp;
}

export function appended(text: string): (code: string) => string {
  return (code) => `${code}\n${text}\n`;
}

/** Replaces a passage that occurs once; a mutant of a passage that is gone is out of date. */
export function replaced(from: string, to: string): (code: string) => string {
  return (code) => {
    const parts = code.split(from);
    if (parts.length !== 2) throw new Error(`${parts.length - 1} passages read: ${from}`);
    return parts.join(to);
  };
}
