/**
 * Owns: reverse-mode differentiation, in terms of the graph. One sweep from the root to its inputs, users before
 * arguments, so that each node's cotangent is complete when it is passed on; and because a cotangent is an ordinary node,
 * derivatives of derivatives cost nothing new.
 */

import {
  argumentsOf,
  axisIndex,
  type Builder,
  type MapNode,
  type Moment,
  type Node,
  type Origin,
  type PickNode,
  type ReadNode,
  type Recurrence,
  type ReduceNode,
  reachable,
  type ScanNode,
  scalarFunctions,
} from "@adjoint/ir";
import { broadcastReduced, exclusiveProduct, extremeShare } from "./derivatives-of-reductions.ts";
import { gather, invertRead, readsEverything } from "./invert-read.ts";
import { type JoinedRead, joinDigits } from "./join-digits.ts";
import { cleanWhere, type Masked, moved, restrict, times, total, unmasked } from "./masked.ts";
import { analyseRanges, type RangeAnalysis } from "./ranges.ts";
import { atStep, firstStep, shifted, unbind } from "./recurrences.ts";
import { argument } from "./rewrite.ts";

interface Sweep {
  readonly builder: Builder;
  readonly ranges: RangeAnalysis;
  /** Adds to the cotangent of `node`, if it leads to a variable at all. */
  readonly contribute: (node: Node, cotangent: (origin: Origin | null) => Masked) => void;
}

/**
 * ∂root/∂v for each `v` of `wrt`, of v's shape: 0 where the root does not depend on it.
 *
 * With a `seed` of the root's shape the root may be any tensor, and the result is Σ seed · ∂root/∂v (Jᵀ · seed); without
 * one the root is a scalar. All nodes are nodes of `builder`. What is made for a node is named after it, unless `origins`
 * says otherwise.
 */
export function cotangents(
  builder: Builder,
  root: Node,
  wrt: readonly Node[],
  seed?: Node,
  origins: ReadonlyMap<Node, Origin> = new Map(),
): readonly Node[] {
  return sweepBack(builder, new Map([[root, seed ?? builder.constant(1, root.shape)]]), wrt, origins);
}

/** The same of several roots at once: Σ over the roots of seed · ∂root/∂v. */
function sweepBack(
  builder: Builder,
  seeds: ReadonlyMap<Node, Node>,
  wrt: readonly Node[],
  origins: ReadonlyMap<Node, Origin>,
): readonly Node[] {
  const nodes = reachable(seeds.keys());
  const leads = nodesThatLeadTo(new Set(wrt), nodes);
  const originFor = (node: Node): Origin | null => origins.get(node) ?? adjointOrigin(node);
  /** Made at the node's turn: only then is known whether one of them is the cotangent, or just a part of it. */
  const terms = new Map<Node, ((origin: Origin | null) => Masked)[]>();
  const cotangentOf = new Map<Node, Masked>();
  const sweep: Sweep = {
    builder,
    ranges: analyseRanges(),
    contribute(node, cotangent) {
      if (!leads.has(node)) return;
      const known = terms.get(node) ?? [];
      known.push(cotangent);
      terms.set(node, known);
    },
  };
  for (const [root, seed] of seeds) sweep.contribute(root, () => unmasked(seed));
  const scans = scansByRecurrence(nodes);
  const recurrences: Recurrence[] = [];
  for (const node of [...nodes].reverse()) {
    const contributions = terms.get(node);
    if (contributions !== undefined) {
      const origin = originFor(node);
      const parts = contributions.map((make) => make(contributions.length === 1 ? origin : unnamed(origin)));
      const cotangent = total(builder, parts, origin);
      cotangentOf.set(node, cotangent);
      passBack(sweep, node, cotangent);
    }
    const siblings = node.kind === "scan" ? scans.get(node.recurrence) : undefined;
    if (node.kind !== "scan" || siblings?.[0] !== node) continue;
    // Of its scans this one comes first: whoever uses what the recurrence makes has passed back by now.
    const given = node.recurrence.carries.map((_, which) => {
      const of = (moment: Moment): Node | null => {
        const scan = siblings.find((sibling) => sibling.which === which && sibling.moment === moment);
        return scan === undefined ? null : (cotangentOf.get(scan)?.clean ?? null);
      };
      return { after: of("after"), before: of("before") };
    });
    if (given.every(({ after, before }) => after === null && before === null)) continue;
    recurrences.push(node.recurrence);
    passThroughRecurrence(sweep, node.recurrence, given);
  }
  const results = wrt.map((node) => cotangentOf.get(node)?.clean ?? builder.constant(0, node.shape));
  // Formulas of a body stand outside of it now, those of the innermost first.
  return recurrences.reduceRight<readonly Node[]>((nodes, each) => unbind(builder, nodes, each), results);
}

function scansByRecurrence(nodes: readonly Node[]): ReadonlyMap<Recurrence, readonly ScanNode[]> {
  const scans = new Map<Recurrence, ScanNode[]>();
  for (const node of nodes) {
    if (node.kind !== "scan") continue;
    const known = scans.get(node.recurrence);
    if (known === undefined) scans.set(node.recurrence, [node]);
    else known.push(node);
  }
  return scans;
}

/**
 * With d_k the cotangent of T_k and D_k that of next_k: next_k[t] goes into T_k[t], and from there into the step after it,
 *
 *     D_k[t] = d_k[t] + C_k[t + direction],   C_k = Σ_j D_j · ∂next_j/∂previous_k,
 *
 * which makes C a recurrence in the other direction: it carries C_k[t + direction], from 0, into step t. That is all that has
 * to run step by step. What else the body depends on takes its cotangents from D in the ordinary sweep, for all t at once,
 * where a carried tensor is what it is outside of the loop.
 */
function passThroughRecurrence(sweep: Sweep, recurrence: Recurrence, given: readonly Given[]): void {
  const { builder, contribute } = sweep;
  const { direction, axis, carries } = recurrence;
  const feedback = carriesThatFeedBack(recurrence);
  const rows = carries.map(({ previous, next }, k) => {
    const origin = adjointOrigin(next);
    const d = cotangentAfter(builder, recurrence, given[k], origin);
    if (!feedback.has(previous)) return { origin, d, later: null, seed: d };
    const later = builder.freshCarried(`cotangent of ${previous.key}`, next.shape, unnamed(origin));
    return { origin, d, later, seed: d === null ? later : builder.map("add", [d, later], origin) };
  });
  const seeds = new Map<Node, Node>();
  for (const [k, { seed }] of rows.entries()) {
    const next = carries[k]?.next;
    if (seed === null || next === undefined) continue;
    const known = seeds.get(next);
    seeds.set(next, known === undefined ? seed : builder.map("add", [known, seed], seed.origin));
  }
  const live = carries.flatMap((carry, k) => {
    const later = rows[k]?.later ?? null;
    return later === null ? [] : [{ carry, k, later }];
  });
  const passed = sweepBack(
    builder,
    seeds,
    live.map(({ carry }) => carry.previous),
    new Map(),
  );
  const outside = unbind(builder, passed, recurrence);
  const backward =
    live.length === 0
      ? null
      : builder.recurrence(
          direction === 1 ? -1 : 1,
          axis,
          live.map(({ carry, later }, j) => ({
            previous: later,
            initial: builder.constant(0, carry.initial.shape),
            next: argument(outside, j),
          })),
        );
  for (const [k, { next, initial }] of carries.entries()) {
    const row = rows[k];
    const j = live.findIndex((each) => each.k === k);
    const first = firstStep(recurrence);
    const d = row?.d ?? null;
    if (backward !== null && j !== -1) {
      contribute(next, (origin) => {
        const later = builder.scan(backward, j, "before", unnamed(origin));
        return unmasked(d === null ? later : builder.map("add", [d, later], row?.origin ?? origin));
      });
      const passedBack = builder.scan(backward, j, "after", unnamed(adjointOrigin(next)));
      contribute(initial, (origin) => unmasked(atStep(builder, passedBack, axis, first, origin)));
    } else if (d !== null) contribute(next, () => unmasked(d));
    const before = given[k]?.before ?? null;
    if (before !== null) contribute(initial, (origin) => unmasked(atStep(builder, before, axis, first, origin)));
  }
}

/** The cotangents of what a recurrence carries after its steps, and of what it carries into them. */
interface Given {
  readonly after: Node | null;
  readonly before: Node | null;
}

/** What is carried into a step, but for the first, is what was carried after the one before. */
function cotangentAfter(
  builder: Builder,
  { axis, direction }: Recurrence,
  given: Given | undefined,
  origin: Origin | null,
): Node | null {
  const after = given?.after ?? null;
  if (given === undefined || given.before === null) return after;
  const moved = shifted(builder, given.before, axis, direction, 0, unnamed(origin));
  return after === null ? moved : builder.map("add", [after, moved], unnamed(origin));
}

/** The carried tensors on which what is carried depends so that a derivative passes. */
function carriesThatFeedBack({ carries }: Recurrence): ReadonlySet<Node> {
  const nodes = reachable(carries.map(({ next }) => next));
  return new Set(
    carries.flatMap(({ previous }) => {
      const leads = nodesThatLeadTo(new Set([previous]), nodes);
      return carries.some(({ next }) => leads.has(next)) ? [previous] : [];
    }),
  );
}

/** What differentiation makes for `node` is named and placed after it. */
export function adjointOrigin(node: Node): Origin | null {
  return node.origin === null ? null : { ...node.origin, adjoint: true };
}

/** The nodes from which a derivative reaches a variable: along arguments in which the function is not constant. */
function nodesThatLeadTo(variables: ReadonlySet<Node>, nodes: readonly Node[]): ReadonlySet<Node> {
  const leads = new Set<Node>();
  for (const node of nodes) {
    if (variables.has(node) || differentiableArguments(node).some((arg) => leads.has(arg))) leads.add(node);
  }
  return leads;
}

export function differentiableArguments(node: Node): readonly Node[] {
  if (node.kind === "map") {
    const { partials } = scalarFunctions[node.fn];
    return node.args.filter((_, k) => partials[k] !== null);
  }
  return node.kind === "pick" ? [node.source] : argumentsOf(node);
}

function passBack(sweep: Sweep, node: Node, cotangent: Masked): void {
  switch (node.kind) {
    case "input":
    case "constant":
    case "index":
      return;
    case "map":
      passThroughMap(sweep, node, cotangent);
      return;
    case "reduce":
      passThroughReduction(sweep, node, cotangent);
      return;
    case "read":
      passThroughRead(sweep, node, cotangent);
      return;
    case "pick":
      passThroughPick(sweep, node, cotangent);
      return;
    case "reshape":
      sweep.contribute(node.source, (origin) =>
        moved(cotangent, (x) => sweep.builder.reshape(x, node.source.shape, origin)),
      );
      return;
    case "carried":
    case "scan":
      // A recurrence is passed through as a whole.
      return;
    case "gradient":
      throw new RangeError("a gradient inside what is differentiated: expand the inner one first");
  }
}

/** ∂x_k = ∂y · ∂f/∂x_k; a select passes back to the branch taken only. */
function passThroughMap({ builder, ranges, contribute }: Sweep, node: MapNode, cotangent: Masked): void {
  if (node.fn === "select") {
    const condition = argument(node.args, 0);
    contribute(argument(node.args, 1), (origin) => restrict(builder, cotangent, condition, origin));
    contribute(argument(node.args, 2), (origin) =>
      restrict(builder, cotangent, builder.map("not", [condition], origin), origin),
    );
    return;
  }
  const { partials } = scalarFunctions[node.fn];
  for (const [k, arg] of node.args.entries()) {
    const partial = partials[k];
    if (partial === null || partial === undefined) continue;
    contribute(arg, (origin) => {
      const factor = partial(builder.algebra(node.shape, unnamed(origin)), node.args, node);
      return times(builder, cotangent, factor, ranges.of(factor).tame, origin);
    });
  }
}

function passThroughReduction({ builder, ranges, contribute }: Sweep, node: ReduceNode, cotangent: Masked): void {
  contribute(node.arg, (origin) => {
    const repeat = (x: Node) => broadcastReduced(builder, x, node.arg.shape, node.axes, unnamed(origin));
    const spread = moved(cotangent, repeat);
    switch (node.op) {
      case "sum":
        return spread;
      case "prod": {
        const others = exclusiveProduct(builder, node, unnamed(origin));
        return times(builder, spread, others, ranges.of(others).tame, origin);
      }
      case "max":
      case "min": {
        const { attains, share } = extremeShare(builder, node, unnamed(origin));
        return restrict(builder, times(builder, spread, repeat(share), true, origin), attains, origin);
      }
    }
  });
}

/** Inverts the index map; see join-digits.ts and invert-read.ts. What no element reads is masked. */
function passThroughRead({ builder, contribute }: Sweep, node: ReadNode, cotangentOfRead: Masked): void {
  contribute(node.source, (origin) => {
    const joined = joinDigits(builder, node);
    const { shape } = joined?.read ?? node;
    const cotangent = joined === null ? cotangentOfRead : joinedCotangent(joined, cotangentOfRead, unnamed(origin));
    const inverse = invertRead(joined?.read ?? node);
    const everywhere = cotangent.mask === null && readsEverything(inverse, shape);
    const reads = cotangent.mask ?? builder.constant(1, shape);
    const mask = everywhere ? null : gather(builder, inverse, reads, "max", unnamed(origin));
    if (inverse.free.length === 0 && inverse.equations.length === 0) {
      return { ...moved(cotangent, (x) => gather(builder, inverse, x, "sum", origin)), mask };
    }
    return cleanWhere(mask, gather(builder, inverse, cotangent.clean, "sum", origin));
  });
}

/** A sum over what a read repeats counts where any of its terms does. */
function joinedCotangent({ join, spare }: JoinedRead, cotangent: Masked, origin: Origin | null): Masked {
  if (spare.length === 0) return moved(cotangent, (x) => join(x, "sum", origin));
  const mask = cotangent.mask === null ? null : join(cotangent.mask, "max", origin);
  return cleanWhere(mask, join(cotangent.clean, "sum", origin));
}

/** ∂source[…, v, …] = ∂y where v = at. */
function passThroughPick({ builder, contribute }: Sweep, node: PickNode, cotangent: Masked): void {
  contribute(node.source, (origin) => {
    const { shape } = node.source;
    const repeat = (x: Node) => broadcastReduced(builder, x, shape, [node.axis], unnamed(origin));
    const place = builder.index(shape, axisIndex(node.axis, shape.length), unnamed(origin));
    const chosen = builder.map("eq", [place, repeat(node.at)], unnamed(origin));
    const spread = moved(cotangent, repeat);
    return restrict(builder, spread, chosen, origin);
  });
}

function unnamed(origin: Origin | null): Origin | null {
  return origin === null ? null : { ...origin, name: null };
}
