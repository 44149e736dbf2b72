/**
 * Owns: honest comparison. The candidates take turns in one process, so that whatever slows the machine down slows all of
 * them; what counts is the ratio of medians.
 */

/** What is timed; what it returns is awaited. */
export type Candidate = () => unknown;

export interface Timing {
  /** Milliseconds per run, sorted. */
  readonly times: readonly number[];
  readonly median: number;
}

export interface Turns<Name extends string> {
  readonly rounds?: number;
  readonly warmup?: number;
  /** For those that are too slow to take part in every round: in how many they do. Those are not warmed up here. */
  readonly fewer?: ReadonlyMap<Name, number>;
}

/** Runs each candidate `rounds` times after `warmup` rounds, in turn, each round beginning with the next of them. */
export async function interleave<Name extends string>(
  candidates: Readonly<Record<Name, Candidate>>,
  { rounds = 31, warmup = 8, fewer = new Map() }: Turns<Name> = {},
): Promise<Readonly<Record<Name, Timing>>> {
  const names = Object.keys(candidates) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -warmup; round < rounds; round++) {
    for (let k = 0; k < names.length; k++) {
      const name = names[(round + warmup + k) % names.length]!;
      const share = Math.min(1, (fewer.get(name) ?? rounds) / rounds);
      if (share < 1 && (round < 0 || Math.floor((round + 1) * share) === Math.floor(round * share))) continue;
      const start = performance.now();
      const result = candidates[name]();
      if (result instanceof Promise) await result;
      const elapsed = performance.now() - start;
      if (round >= 0) times.get(name)?.push(elapsed);
    }
  }
  const timings = [...times].map(([name, list]): [Name, Timing] => {
    const sorted = list.toSorted((a, b) => a - b);
    return [name, { times: sorted, median: median(sorted) }];
  });
  return Object.fromEntries(timings) as Record<Name, Timing>;
}

/** The middle of sorted numbers. */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = low] = sorted.slice(sorted.length % 2 === 1 ? middle : middle - 1, middle + 1);
  return sorted.length % 2 === 1 ? low : (low + high) / 2;
}
