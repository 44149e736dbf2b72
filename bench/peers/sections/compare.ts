/**
 * Owns: one piece of work done by all who can: their results are compared before their times. Candidates take turns, one
 * thread each; what counts is the ratio of medians.
 */

import { type Candidate, interleave } from "../../interleave.ts";
import { digits, type Report } from "../report.ts";
import type { Runner } from "../work.ts";

/** How long a comparison takes. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds of one turn, which is at least one step. */
  readonly turn: number;
  /** Milliseconds that one candidate has for all its turns, if that is three at least. */
  readonly most: number;
}

export interface Row {
  readonly work: string;
  readonly label: string;
  readonly stepsPerSecond: number;
  /** Of contractions, a second; null where nobody counts them. */
  readonly gflops: number | null;
}

/** Numbers of the same steps may differ by what float32 rounds. */
const agreement = 2e-3;

/**
 * @param flops of a step
 * @param reference the first of the makers is held to be right: Adjoint's float64 text, which tests hold against the interpreter
 */
export async function compare(
  report: Report,
  work: string,
  makers: readonly (() => Promise<Runner | null>)[],
  { rounds, turn, most }: Effort,
  flops: number | null = null,
): Promise<readonly Row[]> {
  const excluded: string[] = [];
  const ready: Prepared[] = [];
  for (const make of makers) {
    let label = "somebody";
    try {
      const runner = await make();
      if (runner === null) continue;
      label = runner.label;
      report.tell(`${work}: ${label}`);
      ready.push(await prepare(runner, turn));
    } catch (error) {
      excluded.push(`${label} cannot: ${String(error instanceof Error ? error.message : error).split("\n")[0]}`);
    }
  }
  for (const { runner, complaint } of disagreements(ready)) {
    excluded.push(complaint);
    ready.splice(
      ready.findIndex((each) => each.runner === runner),
      1,
    );
    runner.close?.();
    // The others' times are worth having; the run as a whole has failed.
    process.exitCode = 1;
  }
  const candidates = new Map<string, Candidate>(
    ready.map(({ runner, steps }) => [runner.label, () => runner.run(steps)]),
  );
  const fewer = ready.flatMap(({ runner, steps, once }): [string, number][] => {
    const possible = Math.floor(most / (steps * once));
    return possible < rounds ? [[runner.label, Math.max(3, possible)]] : [];
  });
  report.tell(`${work}: ${rounds} rounds`);
  const timings = await interleave(Object.fromEntries(candidates), {
    rounds,
    warmup: 1,
    fewer: new Map(fewer),
  });
  const rows = ready.map(({ runner, steps }): Row => {
    const stepsPerSecond = (1000 * steps) / (timings[runner.label]?.median ?? Number.NaN);
    runner.close?.();
    return {
      work,
      label: runner.label,
      stepsPerSecond,
      gflops: flops === null ? null : (flops * stepsPerSecond) / 1e9,
    };
  });
  sayRows(report, work, rows, excluded);
  return rows;
}

interface Prepared {
  readonly runner: Runner;
  /** After the first step, and after the third. */
  readonly results: readonly [readonly number[], readonly number[]];
  /** Of a turn. */
  readonly steps: number;
  /** Milliseconds of a step. */
  readonly once: number;
}

/** Lets the engine optimise what is slow enough to matter, and counts the steps of a turn. */
async function prepare(runner: Runner, turn: number): Promise<Prepared> {
  const timed = async (steps: number): Promise<number> => {
    const begin = performance.now();
    await runner.run(steps);
    return (performance.now() - begin) / steps;
  };
  await runner.run(1);
  const first = await runner.result();
  let once = await timed(2);
  const third = await runner.result();
  for (let trial = 0; trial < 6 && once < 5 * turn; trial++) {
    once = await timed(Math.max(1, Math.min(10 ** (trial + 2), Math.round(turn / once))));
  }
  return { runner, results: [first, third], steps: Math.max(1, Math.round(turn / once)), once };
}

/** Those whose results are not the first one's. */
function disagreements(ready: readonly Prepared[]): readonly { readonly runner: Runner; readonly complaint: string }[] {
  const [reference] = ready;
  if (reference === undefined) return [];
  return ready.flatMap(({ runner, results }) => {
    const step = runner.differs === true ? 0 : 1;
    const [found, expected] = [results[step], reference.results[step]];
    const scale = Math.max(1, ...expected.map(Math.abs));
    const agrees =
      expected.length > 0 &&
      found.length === expected.length &&
      found.every((value, k) => Math.abs(value - (expected[k] ?? Number.NaN)) <= agreement * scale);
    const shown = (numbers: readonly number[]): string => numbers.slice(0, 4).join(", ");
    const complaint = `${runner.label} DISAGREES: it finds ${shown(found)}, not ${shown(expected)}`;
    return agrees ? [] : [{ runner, complaint }];
  });
}

function sayRows(report: Report, work: string, rows: readonly Row[], excluded: readonly string[]): void {
  const ours = Math.max(...rows.filter(isOurs).map((row) => row.stepsPerSecond));
  report.say("", `### ${work}`);
  const counted = rows.some(({ gflops }) => gflops !== null);
  report.table(
    ["", "a second", ...(counted ? ["GFLOP/s"] : []), "Adjoint's best is … times as fast"],
    rows.map((row) => [
      row.label,
      digits(row.stepsPerSecond),
      ...(counted ? [row.gflops === null ? "" : row.gflops.toFixed(1)] : []),
      (ours / row.stepsPerSecond).toFixed(2),
    ]),
  );
  if (excluded.length > 0) report.say("", ...excluded.map((line) => `- ${line}`));
}

export function isOurs({ label }: Pick<Row, "label">): boolean {
  return label.startsWith("Adjoint");
}
