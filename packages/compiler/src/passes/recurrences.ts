/**
 * Owns: recurrences as equations between whole tensors: what a carried tensor is outside of the loop, and the replacement
 * of carried tensors by it.
 */

import {
  argumentsOf,
  axisIndex,
  type Builder,
  type CarriedNode,
  constantIndex,
  type Node,
  type Origin,
  type Recurrence,
  type ScanNode,
} from "@adjoint/ir";
import { imageOf, rebuild } from "./rewrite.ts";

/** How many steps it takes. */
export function stepsOf({ axis, carries }: Recurrence): number {
  return carries[0]?.next.shape[axis] ?? 0;
}

export function recurrencesOf(nodes: readonly Node[]): ReadonlySet<Recurrence> {
  return new Set(nodes.flatMap((node) => (node.kind === "scan" ? [node.recurrence] : [])));
}

/**
 * The recurrences into which something goes that depends on what `isSource` holds of. What a recurrence carries depends on
 * it then, and so may recurrences in its body that nothing else reaches.
 */
export function recurrencesThatDependOn(
  nodes: readonly Node[],
  isSource: (node: Node) => boolean,
): ReadonlySet<Recurrence> {
  const found = new Set<Recurrence>();
  if (!nodes.some((node) => node.kind === "scan")) return found;
  const carried = new Set<Node>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    const depends = new Set<Node>();
    for (const node of nodes) {
      if (!carried.has(node) && !isSource(node) && !argumentsOf(node).some((arg) => depends.has(arg))) continue;
      depends.add(node);
      if (node.kind !== "scan" || found.has(node.recurrence)) continue;
      found.add(node.recurrence);
      for (const { previous } of node.recurrence.carries) carried.add(previous);
    }
  }
  return found;
}

/** Takes the keys of what the nodes carry, so that what is carried anew gets others. */
export function reserveCarried(builder: Builder, nodes: readonly Node[]): void {
  for (const { carries } of recurrencesOf(nodes)) {
    for (const { previous } of carries) builder.carried(previous.key, previous.shape, previous.origin);
  }
}

/** The time of the step that is made first. */
export function firstStep(recurrence: Recurrence): number {
  return recurrence.direction === 1 ? 0 : stepsOf(recurrence) - 1;
}

/** x[…, t + by, …] along the axis, 0 (or `fill`) where that is outside. */
export function shifted(
  builder: Builder,
  x: Node,
  axis: number,
  by: number,
  fill: number,
  origin: Origin | null,
): Node {
  const rank = x.shape.length;
  const forms = x.shape.map((_, a) => ({ ...axisIndex(a, rank), offset: a === axis ? by : 0 }));
  return builder.read(x, x.shape, forms, fill, origin);
}

/** x[…, t, …] at one t of the axis, without that axis. */
export function atStep(builder: Builder, x: Node, axis: number, t: number, origin: Origin | null): Node {
  const shape = x.shape.filter((_, a) => a !== axis);
  const forms = x.shape.map((_, a) =>
    a === axis ? constantIndex(t, shape.length) : axisIndex(a < axis ? a : a - 1, shape.length),
  );
  return builder.read(x, shape, forms, null, origin);
}

/** The nodes with the recurrence's carried tensors, which stand outside of it, replaced by what is carried into each step. */
export function unbind(builder: Builder, roots: readonly Node[], recurrence: Recurrence): readonly Node[] {
  return replaceCarried(
    builder,
    roots,
    new Map(
      recurrence.carries.map(({ previous, next }, k) => [
        previous,
        () => builder.scan(recurrence, k, "before", unnamed(next.origin)),
      ]),
    ),
  );
}

/**
 * The nodes over other tensors in the place of carried ones, wherever these are not bound. A recurrence whose body changes
 * by that becomes another one, with carried tensors of its own.
 */
export function replaceCarried(
  builder: Builder,
  roots: readonly Node[],
  replacements: ReadonlyMap<CarriedNode, () => Node>,
): readonly Node[] {
  const bound = (scan: ScanNode): boolean => scan.recurrence.carries.some(({ previous }) => replacements.has(previous));
  const nodes = reachableUnless(roots, (node) => node.kind === "scan" && bound(node));
  const renamed = new Map<CarriedNode, CarriedNode>();
  let changed = new Set<Node>();
  for (let before = -1; before < renamed.size; ) {
    before = renamed.size;
    changed = new Set();
    for (const node of nodes) {
      if (node.kind === "carried" && (replacements.has(node) || renamed.has(node))) changed.add(node);
      if (node.kind === "scan" && bound(node)) continue;
      if (!argumentsOf(node).some((arg) => changed.has(arg))) continue;
      changed.add(node);
      if (node.kind !== "scan") continue;
      for (const { previous } of node.recurrence.carries) {
        if (renamed.has(previous)) continue;
        renamed.set(previous, builder.freshCarried(previous.key, previous.shape, previous.origin));
      }
    }
  }
  const image = new Map<Node, Node>();
  const become = (node: Node): Node => (changed.has(node) ? imageOf(image, node) : node);
  for (const node of nodes) {
    if (!changed.has(node)) continue;
    const args = argumentsOf(node).map(become);
    if (node.kind === "carried") image.set(node, replacements.get(node)?.() ?? renamed.get(node) ?? node);
    else
      image.set(node, node.kind === "scan" ? rebuildScan(builder, node, args, renamed) : rebuild(node, args, builder));
  }
  return roots.map(become);
}

/** The scan over other arguments, and with other names for what it carries. */
export function rebuildScan(
  builder: Builder,
  node: ScanNode,
  args: readonly Node[],
  renamed: ReadonlyMap<CarriedNode, CarriedNode>,
): ScanNode {
  const { direction, axis, carries } = node.recurrence;
  const rebuilt = carries.map(({ previous, initial, next }, k) => ({
    previous: renamed.get(previous) ?? previous,
    initial: args[2 * k] ?? initial,
    next: args[2 * k + 1] ?? next,
  }));
  return builder.scan(builder.recurrence(direction, axis, rebuilt), node.which, node.moment, node.origin);
}

function unnamed(origin: Origin | null): Origin | null {
  return origin === null ? null : { ...origin, name: null };
}

/** Every node that the roots reach, arguments before users, but nothing that only such nodes reach as are `closed`. */
function reachableUnless(roots: readonly Node[], closed: (node: Node) => boolean): readonly Node[] {
  const seen = new Set<Node>();
  const pending = [...roots];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (!closed(node)) pending.push(...argumentsOf(node));
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
