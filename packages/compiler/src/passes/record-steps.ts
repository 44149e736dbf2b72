/**
 * Owns: recording what the steps of a recurrence compute. Outside of its loop a carried tensor is what was carried into
 * each step; a formula of the body over that computes again, for all steps, what the steps have computed. Where that is
 * not cheap, the recurrence keeps the values instead: one more tensor that it carries, and that no step looks at.
 */

import {
  argumentsOf,
  Builder,
  type Carry,
  type Graph,
  type Node,
  type Recurrence,
  reachable,
  timeAxesOf,
} from "@adjoint/ir";
import { costOf } from "../scalar-cost.ts";
import { recurrencesOf, reserveCarried, unbind } from "./recurrences.ts";
import { argument, imageOf, mapRoots, rebuild, rewriteGraph, rootsOf } from "./rewrite.ts";

/** In additions; recording costs a store and a load. */
const worthRecording = 8;

/** A node in the body of a recurrence that is computed again outside. */
interface Repeated {
  readonly recurrence: Recurrence;
  readonly inside: Node;
}

/** The graph with the values recorded that formulas outside of a loop repeat. */
export function recordSteps(graph: Graph): Graph {
  const workbench = new Builder();
  const imported = rewriteGraph(graph, rebuild, workbench);
  const roots = rootsOf(imported);
  const repeated = findRepeated(workbench, roots);
  if (repeated.size === 0) return graph;
  const recorded = new Map<Recurrence, Node[]>();
  for (const { recurrence, inside } of repeated.values()) {
    const own = recorded.get(recurrence) ?? [];
    recorded.set(recurrence, own);
    if (positionOf(recurrence, own, inside) === -1) own.push(inside);
  }

  const builder = new Builder();
  const nodes = reachable(roots);
  reserveCarried(builder, nodes);
  const image = new Map<Node, Node>();
  const extended = new Map<Recurrence, Recurrence>();
  const extensionOf = (recurrence: Recurrence): Recurrence => {
    const known = extended.get(recurrence) ?? extend(builder, recurrence, recorded.get(recurrence) ?? [], image);
    extended.set(recurrence, known);
    return known;
  };
  for (const node of nodes) {
    const again = repeated.get(node);
    if (again !== undefined) {
      const which = positionOf(again.recurrence, recorded.get(again.recurrence) ?? [], again.inside);
      image.set(node, builder.scan(extensionOf(again.recurrence), which, "after", node.origin));
    } else if (node.kind === "scan") {
      image.set(node, builder.scan(extensionOf(node.recurrence), node.which, node.moment, node.origin));
    } else {
      const args = argumentsOf(node).map((arg) => imageOf(image, arg));
      image.set(node, rebuild(node, args, builder));
    }
  }
  // Once more, for what nothing needs any longer.
  return rewriteGraph(mapRoots(imported, (node) => imageOf(image, node)));
}

/** Which of a recurrence's carries the node is, those counted in that it is extended by; −1 for none. */
function positionOf({ carries }: Recurrence, recorded: readonly Node[], node: Node): number {
  return [...carries.map(({ next }) => next), ...recorded].indexOf(node);
}

/** What the roots need that is expensive and that the steps of a loop compute as well. */
function findRepeated(builder: Builder, roots: readonly Node[]): ReadonlyMap<Node, Repeated> {
  const nodes = reachable(roots);
  const present = new Set(nodes);
  const candidates = new Map<Node, Repeated>();
  for (const recurrence of recurrencesOf(nodes)) {
    // Only what has its time where the recurrence has it can be carried as it is.
    const body = [...timeAxesOf(recurrence)].flatMap(([node, axis]) =>
      axis === recurrence.axis && isExpensive(node) ? [node] : [],
    );
    const outside = unbind(builder, body, recurrence);
    for (const [k, inside] of body.entries()) {
      const repeated = argument(outside, k);
      if (repeated !== inside && present.has(repeated)) candidates.set(repeated, { recurrence, inside });
    }
  }
  const needed = new Map<Node, Repeated>();
  const seen = new Set<Node>();
  const pending = [...roots];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const repeated = candidates.get(node);
    if (repeated === undefined) pending.push(...argumentsOf(node));
    else needed.set(node, repeated);
  }
  return needed;
}

function isExpensive(node: Node): boolean {
  return node.kind === "reduce" || (node.kind === "map" && costOf(node.fn) >= worthRecording);
}

function extend(
  builder: Builder,
  { direction, axis, carries }: Recurrence,
  recorded: readonly Node[],
  image: ReadonlyMap<Node, Node>,
): Recurrence {
  const own = carries.map(({ previous, initial, next }): Carry => {
    const { key, shape, origin } = previous;
    return {
      previous: builder.carried(key, shape, origin),
      initial: imageOf(image, initial),
      next: imageOf(image, next),
    };
  });
  const more = recorded.map((node): Carry => {
    const previous = builder.freshCarried("recorded", node.shape, node.origin);
    const step = node.shape.filter((_, a) => a !== axis);
    return { previous, initial: builder.constant(0, step), next: imageOf(image, node) };
  });
  return builder.recurrence(direction, axis, [...own, ...more]);
}
