/**
 * Owns: `npm run fuzz -- --programs N --seed S`: the claims of test/properties on as many random programs as one likes.
 * A mismatch is told with the command that replays it, `--path K` beside its seed, which prints the program as well, made
 * as small as it can be. Exit code 1 if there was one.
 */

import { parseArgs } from "node:util";
import { buildProgram, type Recipe } from "@adjoint/check";
import { printGraph } from "@adjoint/ir";
import fc from "fast-check";
import { describeFinding } from "../test/properties/support/describe-findings.ts";
import { standardOptimizers } from "../test/properties/support/optimizers.ts";
import { everyPart, runPrograms, runRecipes } from "../test/properties/support/run-programs.ts";
import { type Finding, recipes } from "../test/properties/support/trial.ts";

/** Programs that are emitted into one module: a thousand would be a long time without a sign of life. */
const batch = 50;

const { values } = parseArgs({
  options: {
    programs: { type: "string", default: "2000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    path: { type: "string" },
  },
});
const programs = whole("programs", values.programs);
const seed = whole("seed", values.seed);
const optimizers = standardOptimizers();

const failed = values.path === undefined ? await search() : await replay(whole("path", values.path));
process.exitCode = failed ? 1 : 0;

async function search(): Promise<boolean> {
  const mismatches: Finding[] = [];
  let undecided = 0;
  let claims = 0;
  const started = performance.now();
  for (let from = 0; from < programs; from += batch) {
    const to = Math.min(from + batch, programs);
    const outcome = await runPrograms(seed, from, to, everyPart, optimizers);
    for (const finding of outcome.mismatches) {
      process.stdout.write(`${process.stdout.isTTY ? "\r\u001b[K" : ""}${describeFinding(finding)}\n`);
    }
    mismatches.push(...outcome.mismatches);
    undecided += outcome.undecided.length;
    claims += outcome.claims;
    const seconds = (performance.now() - started) / 1000;
    const progress = `${to} of ${programs} programs, ${mismatches.length} mismatches, ${(to / seconds).toFixed(0)}/s`;
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${progress}`);
    else if ((from / batch) % 20 === 0 || to === programs) process.stdout.write(`${progress}\n`);
  }
  const broken = new Set(mismatches.map(({ path }) => path)).size;
  process.stdout.write(
    `\nseed ${seed}: ${programs} programs, ${claims} claims; ${mismatches.length} mismatches in ${broken} programs; ` +
      `${undecided} claims undecided\n`,
  );
  return mismatches.length > 0;
}

/** Shrinks the program to one that still breaks a claim, and prints that. */
async function replay(path: number): Promise<boolean> {
  const findings = async (recipe: Recipe): Promise<readonly Finding[]> =>
    (await runRecipes([recipe], everyPart, optimizers, () => ({ seed, path }))).mismatches;
  const property = fc.asyncProperty(recipes, async (recipe) => (await findings(recipe)).length === 0);
  const { counterexample } = await fc.check(property, { seed, path: `${path}`, numRuns: 1 });
  if (counterexample === null) {
    const [recipe] = fc.sample(recipes, { seed, path: `${path}`, numRuns: 1 });
    process.stdout.write(`${printGraph(buildProgram(recipe!).graph)}\nevery claim holds\n`);
    return false;
  }
  const [smallest] = counterexample;
  const { graph, values: numbers } = buildProgram(smallest);
  process.stdout.write(`${printGraph(graph)}\n`);
  for (const [name, x] of numbers) process.stdout.write(`${name} = [${x.map(Math.fround).join(", ")}]\n`);
  for (const finding of await findings(smallest)) process.stdout.write(`${finding.claim}: ${finding.detail}\n`);
  return true;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`--${name} takes a whole number, not ${text}`);
  return value;
}
