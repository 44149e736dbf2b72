/** Owns: what the examples on real data have in common: what each reports, and where packages keep their data. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Model } from "@adjoint/ir";

/** What came out of training one example from its page. */
export interface Outcome {
  /** What the figure is, as `held-out accuracy`. */
  readonly measure: string;
  readonly figure: number;
  /** What the figure is to reach: from below unless `atMost`. */
  readonly goal: number;
  readonly atMost?: boolean;
  /** Of all training together. */
  readonly epochs: number;
  /** Numbers that are trained. */
  readonly parameters: number;
  /** What else is worth a line. */
  readonly remark?: string;
}

/**
 * What an example's `run.ts` exports as `run`: trains, and measures on data that were not learnt from.
 * @param tell takes a line of progress
 */
export type RunExample = (tell: (line: string) => void) => Promise<Outcome>;

export function reaches({ figure, goal, atMost = false }: Outcome): boolean {
  return atMost ? figure <= goal : figure >= goal;
}

/** How many numbers a model has that are trained. */
export function trainedNumbers(model: Model): number {
  return model.parameters
    .filter(({ frozen }) => !frozen)
    .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
}

/** A file of an installed package. */
export function packageFile(name: string, path: string): Uint8Array {
  const root = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  return new Uint8Array(readFileSync(join(root, path)));
}
