/** Owns: running claims over the programs of a seed. */

import type { Recipe } from "@adjoint/check";
import type { Optimizer } from "@adjoint/ir";
import fc from "fast-check";
import { claimOfEmissions, claimOfNetworks } from "./claims-of-emissions.ts";
import { claimOfGraphs } from "./claims-of-graphs.ts";
import { claimOfPages } from "./claims-of-pages.ts";
import { Claims, type Place, recipes, Trial } from "./trial.ts";

/** What is claimed of a program's graphs, of its emitted functions, of its network in WebAssembly, of its page. */
export type Part = "graphs" | "emissions" | "networks" | "pages";
export const everyPart: readonly Part[] = ["graphs", "emissions", "networks", "pages"];

/** Makes the claims of the programs `from` … `to` − 1 of a seed. */
export async function runPrograms(
  seed: number,
  from: number,
  to: number,
  parts: readonly Part[],
  optimizers: readonly Optimizer[],
): Promise<Claims> {
  const drawn = fc.sample(recipes, { seed, path: `${from}`, numRuns: to - from });
  return await runRecipes(drawn, parts, optimizers, (k) => ({ seed, path: from + k }));
}

export async function runRecipes(
  drawn: readonly Recipe[],
  parts: readonly Part[],
  optimizers: readonly Optimizer[],
  place: (k: number) => Place,
): Promise<Claims> {
  const record = new Claims();
  const trials = drawn.map((recipe, k) => new Trial(place(k), recipe, optimizers));
  for (const part of parts) {
    switch (part) {
      case "graphs":
        claimOfGraphs(trials, record);
        break;
      case "emissions":
        claimOfEmissions(trials, record);
        break;
      case "networks":
        await claimOfNetworks(trials, record);
        break;
      case "pages":
        claimOfPages(trials, record);
        break;
    }
  }
  return record;
}
