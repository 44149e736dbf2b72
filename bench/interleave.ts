/**
 * Owns: honest comparison. The candidates take turns in one process, so that whatever slows the machine down slows all of
 * them; what counts is the ratio of medians.
 */

/** Runs each candidate `rounds` times in turn after `warmup` rounds; returns milliseconds per run by name, sorted. */
export function interleave(candidates, { rounds = 31, warmup = 8 } = {}) {
  const times = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  for (let round = 0; round < rounds + warmup; round++) {
    for (const [name, run] of Object.entries(candidates)) {
      const start = performance.now();
      run();
      const elapsed = performance.now() - start;
      if (round >= warmup) times[name].push(elapsed);
    }
  }
  for (const list of Object.values(times)) list.sort((a, b) => a - b);
  return times;
}

export function median(sorted) {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
