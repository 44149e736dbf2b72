/**
 * Owns: `npm run fuzz -- --programs N --seed S`: the claims of test/properties on as many random programs as one likes,
 * divided among as many processes as there are cores, or `--processes P`. A mismatch is told with the command that replays
 * it, `--path K` beside its seed, which prints the program as well, made as small as it can be. Exit code 1 if there was one.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildProgram, type Recipe } from "@adjoint/check";
import { printGraph } from "@adjoint/ir";
import { build } from "esbuild";
import fc from "fast-check";
import { describeFinding } from "../test/properties/support/describe-findings.ts";
import { standardOptimizers } from "../test/properties/support/optimizers.ts";
import { everyPart, runRecipes } from "../test/properties/support/run-programs.ts";
import { type Finding, recipes } from "../test/properties/support/trial.ts";
import type { Stretch, StretchOutcome } from "./fuzz-process.ts";

/** Programs that are run before anything is told: a thousand would be a long time without a sign of life. */
const batch = 50;

const { values } = parseArgs({
  options: {
    programs: { type: "string", default: "2000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    path: { type: "string" },
    processes: { type: "string", default: String(availableParallelism()) },
  },
});
const programs = whole("programs", values.programs);
const seed = whole("seed", values.seed);
const processes = Math.max(1, whole("processes", values.processes));

/** Most of what a program makes is gone before the next: with room for it, the collector seldom has to look. */
const execArgv = ["--max-semi-space-size=64"];

const failed = values.path === undefined ? await search() : await replay(whole("path", values.path));
process.exitCode = failed ? 1 : 0;

async function search(): Promise<boolean> {
  const mismatches: Finding[] = [];
  let undecided = 0;
  let claims = 0;
  const started = performance.now();
  let done = 0;
  let next = 0;
  const script = await bundled("fuzz-process");
  const work = async (): Promise<void> => {
    const child = fork(script, { execArgv });
    const ended = once(child, "exit").then((): never => {
      throw new Error(`a process ended before its programs did; the last began with ${next - batch}`);
    });
    while (next < programs) {
      const stretch: Stretch = { seed, from: next, to: Math.min(next + batch, programs) };
      next = stretch.to;
      const outcome = await Promise.race([outcomeOf(child, stretch), ended]);
      for (const finding of outcome.mismatches) {
        process.stdout.write(`${process.stdout.isTTY ? "\r\u001b[K" : ""}${describeFinding(finding)}\n`);
      }
      mismatches.push(...outcome.mismatches);
      undecided += outcome.undecided;
      claims += outcome.claims;
      done += stretch.to - stretch.from;
      const seconds = (performance.now() - started) / 1000;
      const progress = `${done} of ${programs} programs, ${mismatches.length} mismatches, ${(done / seconds).toFixed(1)}/s`;
      if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${progress}`);
      else if ((done / batch) % 20 === 0 || done === programs) process.stdout.write(`${progress}\n`);
    }
    child.disconnect();
    await ended.catch(() => {});
  };
  try {
    await Promise.all(Array.from({ length: processes }, work));
  } finally {
    await rm(script);
  }
  const broken = new Set(mismatches.map(({ path }) => path)).size;
  process.stdout.write(
    `\nseed ${seed}: ${programs} programs, ${claims} claims; ${mismatches.length} mismatches in ${broken} programs; ` +
      `${undecided} claims undecided\n`,
  );
  return mismatches.length > 0;
}

/**
 * A script and all its sources as one file of JavaScript. As it is run here, every closure is given its name when it is made,
 * and every module passes through a loader: together a third of the time.
 */
async function bundled(name: string): Promise<string> {
  const outfile = join(import.meta.dirname, "node_modules", ".cache", `${name}-${process.pid}.mjs`);
  const required = [
    'import { createRequire } from "node:module";',
    "const require = createRequire(import.meta.url);",
    "const [__dirname, __filename] = [import.meta.dirname, import.meta.filename];",
  ];
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["source"],
    legalComments: "none",
    banner: { js: required.join("\n") },
    logLevel: "error",
  });
  return outfile;
}

async function outcomeOf(child: ChildProcess, stretch: Stretch): Promise<StretchOutcome> {
  const answered = once(child, "message");
  child.send(stretch);
  const [outcome]: StretchOutcome[] = await answered;
  return outcome!;
}

/** Shrinks the program to one that still breaks a claim, and prints that. */
async function replay(path: number): Promise<boolean> {
  const optimizers = standardOptimizers();
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
