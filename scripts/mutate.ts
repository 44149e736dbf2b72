/**
 * Owns: `npm run mutate`: breaks one rule after the other and sees whether a test notices. The sources stay as they are:
 * what breaks is the text that the test runner is given. Exit code 1 if a mutant survives.
 *
 *     npm run mutate -- --only "rewrite"     mutants whose group or name has this in it
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { transform } from "esbuild";
import { createVitest } from "vitest/node";
import { type Mutant, replaced } from "./mutate/mutant.ts";
import { rewriteMutants } from "./mutate/rewrite-mutants.ts";
import { scalarMutants } from "./mutate/scalar-mutants.ts";
import { sweepMutants } from "./mutate/sweep-mutants.ts";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const mutants = [...scalarMutants(), ...sweepMutants(), ...rewriteMutants()].filter(({ group, name }) =>
  `${group}: ${name}`.includes(values.only),
);

/** Broken rules show in a few random programs, or they are no rules that programs need. */
const budget = join(root, "test/properties/support/budget.ts");
const fewer = replaced("programs = 2000", "programs = 300");

let active: Mutant | null = null;
const vitest = await createVitest(
  "test",
  // One failure is enough.
  { root, watch: false, bail: 1, reporters: [{}], testTimeout: 60_000 },
  {
    plugins: [
      {
        name: "mutant",
        enforce: "pre",
        transform(code: string, id: string) {
          if (id === budget) return { code: fewer(code), map: null };
          return active !== null && id === join(root, active.file) ? { code: active.change(code), map: null } : null;
        },
      },
    ],
  },
);

try {
  // A mutant that is no program, or breaks a passage that is gone, would be noticed by any test at all.
  for (const { file, change } of mutants) {
    await transform(change(readFileSync(join(root, file), "utf8")), { loader: "ts", format: "esm" });
  }
  const untouched = await noticed(null, [...new Set(mutants.flatMap(({ tests }) => tests))]);
  if (untouched) throw new Error("tests fail before anything is broken");
  const survivors: Mutant[] = [];
  for (const [k, mutant] of mutants.entries()) {
    const killed = await noticed(mutant, mutant.tests);
    if (!killed) survivors.push(mutant);
    const line = `${k + 1} of ${mutants.length}, ${survivors.length} survive`;
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`);
    else if ((k + 1) % 50 === 0) process.stdout.write(`${line}\n`);
    if (!killed)
      process.stdout.write(`${process.stdout.isTTY ? "\r\u001b[K" : ""}survives: ${mutant.group}: ${mutant.name}\n`);
  }
  process.stdout.write(`\n${table(survivors)}\n`);
  process.exitCode = survivors.length > 0 ? 1 : 0;
} finally {
  await vitest.close();
}

/** Whether one of the tests fails while the mutant stands in its file's place. */
async function noticed(mutant: Mutant | null, tests: readonly string[]): Promise<boolean> {
  active = mutant;
  if (mutant !== null) vitest.invalidateFile(join(root, mutant.file));
  try {
    if (mutant?.about !== undefined && (await fails(tests.slice(0, 1), mutant.about))) return true;
    for (const test of tests) if (await fails([test])) return true;
    return false;
  } finally {
    active = null;
    if (mutant !== null) vitest.invalidateFile(join(root, mutant.file));
  }
}

async function fails(tests: readonly string[], named?: RegExp): Promise<boolean> {
  const specifications = await vitest.globTestSpecifications([...tests]);
  if (specifications.length === 0) throw new Error(`no test ${tests.join(", ")}`);
  if (named === undefined) vitest.resetGlobalTestNamePattern();
  else vitest.setGlobalTestNamePattern(named);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  return unhandledErrors.length > 0 || testModules.some((each) => !each.ok());
}

/** One row a group: how many mutants, how many of them a test noticed. */
function table(survivors: readonly Mutant[]): string {
  const groups = [...new Set(mutants.map(({ group }) => group))];
  const row = (name: string, all: number, left: number): string =>
    `${name.padEnd(36)}${String(all - left).padStart(5)} of ${String(all).padStart(3)}${`${Math.floor((100 * (all - left)) / all)} %`.padStart(8)}`;
  const of = (group: string, list: readonly Mutant[]): number => list.filter((mutant) => mutant.group === group).length;
  return [
    ...groups.map((group) => row(group, of(group, mutants), of(group, survivors))),
    row("all", mutants.length, survivors.length),
  ].join("\n");
}
