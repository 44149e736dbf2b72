/**
 * Owns: the order of an unrolled procedure's statements. Any topological order is right; this one keeps what one line of
 * the source computes together, and what goes forward before what goes back.
 */

import type { Scalar } from "./scalar-graph.ts";
import { scalarArguments } from "./scalar-graph.ts";
import type { ScalarResult, UnrolledProcedure } from "./unroll.ts";

export type Step =
  | { readonly kind: "compute"; readonly scalar: Scalar }
  | { readonly kind: "result"; readonly result: ScalarResult };

/** The run of statements that a step belongs to, and whether it is of the backward pass. */
export interface StepGroup {
  readonly key: string;
  readonly adjoint: boolean;
}

interface Pending {
  readonly step: Step;
  readonly group: StepGroup;
  /** Order within the group: loads first, then as made. */
  readonly rank: number;
  /** When the group is wanted: a load is as urgent as what it is loaded for. */
  readonly urgency: number;
  missing: number;
  readonly next: Pending[];
}

/**
 * @param statements the scalars that are statements; all others are part of their users
 * @param groupOf the group of a scalar by its origin, or null if it has none and follows its first user
 */
export function orderScalars(
  unrolled: UnrolledProcedure,
  statements: ReadonlySet<Scalar>,
  groupOf: (scalar: Scalar) => StepGroup | null,
): readonly { readonly step: Step; readonly group: StepGroup }[] {
  const computed = [...statements].sort((a, b) => a.id - b.id);
  const needs = new Map<Scalar, readonly Scalar[]>();
  for (const scalar of computed) needs.set(scalar, statementsInside(scalarArguments(scalar), statements));

  // Loads, and what has no source of its own, belong to the first statement that uses them.
  const groups = new Map<Scalar, StepGroup>();
  for (const scalar of computed) {
    const own = scalar.kind === "load" ? null : groupOf(scalar);
    if (own !== null) groups.set(scalar, own);
    adoptArguments(needs.get(scalar) ?? [], own, groups);
  }
  const none: StepGroup = { key: "", adjoint: false };
  const resultNeeds = unrolled.results.map((result) => statementsInside([result.value], statements));
  const resultGroups = unrolled.results.map((result, k) => {
    const own = groupOf(result.value) ?? groups.get(result.value) ?? none;
    adoptArguments(resultNeeds[k] ?? [], own, groups);
    return own;
  });
  for (const scalar of [...computed].reverse())
    adoptArguments(needs.get(scalar) ?? [], groups.get(scalar) ?? none, groups);

  const firstUse = new Map<Scalar, number>();
  for (const scalar of computed) {
    for (const arg of needs.get(scalar) ?? []) if (!firstUse.has(arg)) firstUse.set(arg, scalar.id);
  }
  const byScalar = new Map<Scalar, Pending>();
  const all: Pending[] = [];
  for (const scalar of computed) {
    const isLoad = scalar.kind === "load";
    const pending: Pending = {
      step: { kind: "compute", scalar },
      group: groups.get(scalar) ?? none,
      rank: isLoad ? scalar.id : scalar.id + 1e9,
      urgency: isLoad ? (firstUse.get(scalar) ?? 1e9) : scalar.id,
      missing: 0,
      next: [],
    };
    byScalar.set(scalar, pending);
    all.push(pending);
    for (const arg of needs.get(scalar) ?? []) link(byScalar.get(arg), pending);
  }
  const loadsOf = new Map<string, Pending[]>();
  for (const pending of all) {
    if (pending.step.kind !== "compute") continue;
    const { scalar } = pending.step;
    if (scalar.kind !== "load" && scalar.kind !== "gather") continue;
    const list = loadsOf.get(scalar.array);
    if (list === undefined) loadsOf.set(scalar.array, [pending]);
    else list.push(pending);
  }
  const barriers = new Map<string, Pending>();
  unrolled.results.forEach((result, k) => {
    const pending: Pending = {
      step: { kind: "result", result },
      group: resultGroups[k] ?? none,
      rank: 2e9 + k,
      urgency: 1e9 + k,
      missing: 0,
      next: [],
    };
    for (const arg of resultNeeds[k] ?? []) link(byScalar.get(arg), pending);
    // Every read of an array sees its old value: what is stored there waits for all loads from it.
    if (result.destination.kind !== "return") {
      const { array } = result.destination.place;
      let barrier = barriers.get(array);
      if (barrier === undefined) {
        barrier = { ...pending, missing: 0, next: [] };
        for (const load of loadsOf.get(array) ?? []) link(load, barrier);
        barriers.set(array, barrier);
      }
      if (barrier.missing > 0) link(barrier, pending);
    }
    all.push(pending);
  });

  return drain(all, new Set(barriers.values()));
}

/** Kahn's algorithm with a preference: stay in the group while it has something ready, then take the earliest group. */
function drain(
  all: readonly Pending[],
  silent: ReadonlySet<Pending>,
): readonly { readonly step: Step; readonly group: StepGroup }[] {
  const ready = new Map<string, ReadyGroup>();
  const result: { readonly step: Step; readonly group: StepGroup }[] = [];
  const last: Pending[] = [];
  const release = (pending: Pending): void => {
    if (silent.has(pending)) {
      for (const next of pending.next) if (--next.missing === 0) release(next);
      return;
    }
    if (pending.step.kind === "result" && pending.step.result.destination.kind === "return") {
      last.push(pending);
      return;
    }
    const entry = ready.get(pending.group.key);
    if (entry === undefined) {
      const { adjoint, key } = pending.group;
      ready.set(key, { adjoint, urgency: pending.urgency, heap: new Heap(pending) });
    } else {
      entry.urgency = Math.min(entry.urgency, pending.urgency);
      entry.heap.push(pending);
    }
  };
  for (const pending of all) if (pending.missing === 0) release(pending);
  let current: string | null = null;
  for (;;) {
    let entry = current === null ? undefined : ready.get(current);
    if (entry === undefined) {
      current = null;
      for (const [key, candidate] of ready) {
        if (entry === undefined || earlier(candidate, entry)) {
          entry = candidate;
          current = key;
        }
      }
    }
    if (entry === undefined || current === null) break;
    const pending = entry.heap.pop();
    if (entry.heap.size === 0) ready.delete(current);
    if (pending === undefined) continue;
    result.push({ step: pending.step, group: pending.group });
    for (const next of pending.next) if (--next.missing === 0) release(next);
  }
  return [...result, ...last.map(({ step, group }) => ({ step, group }))];
}

interface ReadyGroup {
  readonly adjoint: boolean;
  readonly heap: Heap;
  /** Of its most urgent step. A group is left only when it is empty, so it never needs to grow again. */
  urgency: number;
}

function earlier(a: ReadyGroup, b: ReadyGroup): boolean {
  if (a.adjoint !== b.adjoint) return b.adjoint;
  return a.urgency < b.urgency;
}

function link(before: Pending | undefined, after: Pending): void {
  if (before === undefined) throw new RangeError("a statement is used before it is known");
  before.next.push(after);
  after.missing++;
}

function adoptArguments(args: readonly Scalar[], group: StepGroup | null, groups: Map<Scalar, StepGroup>): void {
  if (group === null) return;
  for (const arg of args) if (!groups.has(arg)) groups.set(arg, group);
}

/** The statements that an expression over these scalars mentions. */
function statementsInside(scalars: readonly Scalar[], statements: ReadonlySet<Scalar>): readonly Scalar[] {
  const found = new Set<Scalar>();
  const pending = [...scalars];
  for (let scalar = pending.pop(); scalar !== undefined; scalar = pending.pop()) {
    if (statements.has(scalar)) found.add(scalar);
    else pending.push(...scalarArguments(scalar));
  }
  return [...found].sort((a, b) => a.id - b.id);
}

/** A binary heap of pending steps, least rank first. */
class Heap {
  readonly #items: Pending[];

  constructor(first: Pending) {
    this.#items = [first];
  }

  get size(): number {
    return this.#items.length;
  }

  push(item: Pending): void {
    const items = this.#items;
    items.push(item);
    for (let k = items.length - 1; k > 0; ) {
      const parent = (k - 1) >> 1;
      if (this.#rank(parent) <= this.#rank(k)) break;
      this.#swap(parent, k);
      k = parent;
    }
  }

  pop(): Pending | undefined {
    const items = this.#items;
    if (items.length === 0) return undefined;
    this.#swap(0, items.length - 1);
    const top = items.pop();
    for (let k = 0; ; ) {
      const left = 2 * k + 1;
      const least = this.#rank(left + 1) < this.#rank(left) ? left + 1 : left;
      if (this.#rank(k) <= this.#rank(least)) return top;
      this.#swap(k, least);
      k = least;
    }
  }

  #rank(k: number): number {
    return this.#items[k]?.rank ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const x = this.#items[a];
    const y = this.#items[b];
    if (x === undefined || y === undefined) return;
    this.#items[a] = y;
    this.#items[b] = x;
  }
}
