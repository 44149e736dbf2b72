/**
 * Owns: the paths along which an influence travels from one element to another, through the elements that the page names.
 * A network has exponentially many; the search is a beam that keeps those which carry most, so that its cost is the
 * number of paths asked for, times their length.
 */

/** One edge: the derivative of what stands before it by `to`. */
export interface Edge<Place, Factor> {
  readonly to: Place;
  readonly factor: Factor;
  readonly value: number;
}

export interface Path<Factor> {
  readonly factors: readonly Factor[];
  /** The product of the factors' values. */
  readonly value: number;
}

export interface Search<Place, Factor> {
  readonly start: Place;
  readonly isEnd: (place: Place) => boolean;
  readonly edges: (place: Place) => readonly Edge<Place, Factor>[];
  /** The derivative of a place by the end, along all paths: what a path through it can be worth. */
  readonly worth: (place: Place) => number;
  readonly limit: number;
}

/** A beginning of a path, as its last step; linked, because long beginnings are shared. */
interface Beginning<Place, Factor> {
  readonly place: Place;
  readonly value: number;
  readonly step: {
    readonly before: Beginning<Place, Factor>;
    readonly factor: Factor;
    /** Which edge was taken: tells in which order a reader meets the paths. */
    readonly choice: number;
  } | null;
}

/** At most `limit` paths, in the order in which the page names their steps; `complete` if there are no others. */
export function findPaths<Place, Factor>({
  start,
  isEnd,
  edges,
  worth,
  limit,
}: Search<Place, Factor>): {
  readonly paths: readonly Path<Factor>[];
  readonly complete: boolean;
} {
  let complete = true;
  let beam: readonly Beginning<Place, Factor>[] = [{ place: start, value: 1, step: null }];
  const finished: Beginning<Place, Factor>[] = [];
  while (beam.length > 0) {
    const longer: Beginning<Place, Factor>[] = [];
    for (const before of beam) {
      if (isEnd(before.place)) {
        finished.push(before);
        continue;
      }
      for (const [choice, { to, factor, value }] of edges(before.place).entries()) {
        longer.push({ place: to, value: before.value * value, step: { before, factor, choice } });
      }
    }
    if (longer.length > limit) complete = false;
    beam = heaviest(longer, limit, ({ place, value }) => Math.abs(value * worth(place)));
  }
  if (finished.length > limit) complete = false;
  const kept = heaviest(finished, limit, ({ value }) => Math.abs(value)).map(trace);
  kept.sort((a, b) => compareChoices(a.choices, b.choices));
  return { paths: kept.map(({ factors, value }) => ({ factors, value })), complete };
}

function trace<Place, Factor>(end: Beginning<Place, Factor>): Path<Factor> & { readonly choices: readonly number[] } {
  const factors: Factor[] = [];
  const choices: number[] = [];
  for (let step = end.step; step !== null; step = step.before.step) {
    factors.push(step.factor);
    choices.push(step.choice);
  }
  return { factors: factors.reverse(), choices: choices.reverse(), value: end.value };
}

/** The `limit` heaviest, in their own order. */
function heaviest<T>(items: readonly T[], limit: number, weight: (item: T) => number): readonly T[] {
  if (items.length <= limit) return items;
  const ranked = items
    .map((item, position) => ({ item, position, weight: weight(item) }))
    .sort((a, b) => b.weight - a.weight || a.position - b.position)
    .slice(0, limit);
  return ranked.sort((a, b) => a.position - b.position).map(({ item }) => item);
}

function compareChoices(a: readonly number[], b: readonly number[]): number {
  for (let k = 0; k < a.length && k < b.length; k++) {
    const difference = (a[k] ?? 0) - (b[k] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
