/**
 * Owns: what lies in the body of a recurrence: which nodes its carried tensors reach, along which axis each of them has
 * the recurrence's time, and the order of steps in which a graph with recurrences is computed.
 */

import { plainAxis } from "./affine.ts";
import { GraphError } from "./builder.ts";
import { argumentsOf, type CarriedNode, type Node, type Recurrence, reachable, type ScanNode } from "./graph.ts";
import { labelOf } from "./label.ts";
import { elementCount } from "./shape.ts";

/** Node by node, what a graph computes: outside of recurrences at once, inside step by step. */
export type Step = { readonly kind: "node"; readonly node: Node } | LoopStep;

export interface LoopStep {
  readonly kind: "loop";
  readonly recurrence: Recurrence;
  /** What each step computes, carried tensors first; scans of this recurrence are no part of it. */
  readonly body: readonly Step[];
  /** Those that the graph asks for. */
  readonly scans: readonly ScanNode[];
  /** The time axis of every node in the body, those of loops within it included. */
  readonly timeAxes: ReadonlyMap<Node, number>;
}

/**
 * The nodes (ascending, arguments included) in an order in which they can be computed. A node stands in the body of the
 * innermost recurrence whose carried tensors it depends on.
 *
 * @throws {GraphError} if a carried tensor is used outside its recurrence, or a body mixes values of different times.
 */
export function planSteps(nodes: readonly Node[]): readonly Step[] {
  const regions = enclosingRecurrences(nodes);
  const outermost: Step[] = [];
  const bodies = new Map<Recurrence, Step[]>();
  const scans = new Map<Recurrence, ScanNode[]>();
  const loops: Pick<LoopStep, "timeAxes" | "body">[] = [];
  const bodyOf = (recurrence: Recurrence): Step[] => {
    const known = bodies.get(recurrence);
    if (known !== undefined) return known;
    const made: Step[] = [];
    bodies.set(recurrence, made);
    return made;
  };
  for (const node of nodes) {
    const region = regions.of(node);
    const list = region === null ? outermost : bodyOf(region);
    if (node.kind !== "scan") {
      list.push({ kind: "node", node });
      continue;
    }
    const { recurrence } = node;
    const known = scans.get(recurrence);
    if (known !== undefined) {
      known.push(node);
      continue;
    }
    const own = [node];
    scans.set(recurrence, own);
    const timeAxes = timeAxesOf(recurrence);
    loops.push({ timeAxes, body: bodyOf(recurrence) });
    list.push({ kind: "loop", recurrence, body: bodyOf(recurrence), scans: own, timeAxes });
  }
  for (const { timeAxes, body } of loops) {
    for (const step of body) {
      if (step.kind === "loop" || timeAxes.has(step.node)) continue;
      throw new GraphError(`${labelOf(step.node)} uses what is carried outside its recurrence`);
    }
  }
  return outermost;
}

/** The nodes that depend on a carried tensor of the recurrence, itself included, each with the axis that is its time. */
export function timeAxesOf(recurrence: Recurrence): ReadonlyMap<Node, number> {
  const { axis, carries } = recurrence;
  const nodes = reachable(carries.map((carry) => carry.next));
  /** Of carried tensors: the recurrence's own, and as they become known those of recurrences inside its body. */
  const known = new Map<CarriedNode, number>(carries.map(({ previous }) => [previous, axis]));
  for (;;) {
    const found = new Map<Node, number>();
    const before = known.size;
    for (const node of nodes) {
      const time = timeAxisOf(node, found, known);
      if (time !== null) found.set(node, time);
      if (node.kind !== "scan") continue;
      for (const [k, time] of innerTimes(node.recurrence, found).entries()) {
        if (time !== null) known.set(node.recurrence.carries[k]!.previous, time);
      }
    }
    if (known.size > before) continue;
    for (const { next } of carries) {
      const time = found.get(next);
      if (time === mixed) throw new GraphError(`${labelOf(next)} mixes values of different times`);
      if (time !== undefined && time !== axis) throw new GraphError(`${labelOf(next)} moves the axis of time`);
    }
    return found;
  }
}

/** In the place of an axis: elements of several times meet here. Of that, nothing can be carried. */
const mixed = -1;

/**
 * Where the carries of a recurrence within the body have the outer one's time. If one of them moves with it, the recurrence
 * runs anew at each of its times, and all of them move with it.
 */
function innerTimes({ axis, carries }: Recurrence, found: ReadonlyMap<Node, number>): readonly (number | null)[] {
  const own = carries.map(({ initial, next }) => innerTime(axis, found.get(initial), found.get(next)));
  const moving = own.findIndex((time) => time !== null && time !== mixed);
  const shared = moving === -1 ? null : own[moving]!;
  const steps = shared === null ? null : carries[moving]!.next.shape[shared];
  return own.map((time, k) => time ?? (carries[k]!.next.shape[shared ?? mixed] === steps ? shared : null));
}

/** Where a carry of a recurrence within the body has the outer one's time: where its initial value or its next has. */
function innerTime(axis: number, initial: number | undefined, next: number | undefined): number | null {
  if (next !== undefined) return next;
  if (initial === undefined || initial === mixed) return initial ?? null;
  return initial < axis ? initial : initial + 1;
}

function timeAxisOf(
  node: Node,
  found: ReadonlyMap<Node, number>,
  known: ReadonlyMap<CarriedNode, number>,
): number | null {
  const at = (arg: Node): number | null => found.get(arg) ?? null;
  switch (node.kind) {
    case "input":
    case "constant":
    case "index":
      return null;
    case "carried":
      return known.get(node) ?? null;
    case "map":
      return common(node.args.map(at));
    case "reduce": {
      const time = at(node.arg);
      if (time === null || time === mixed) return time;
      if (node.axes.includes(time)) return mixed;
      return time - node.axes.filter((axis) => axis < time).length;
    }
    case "read": {
      const time = at(node.source);
      const form = time === null ? undefined : node.index[time];
      if (time === null || form === undefined) return time;
      const axis = plainAxis(form);
      return axis === null || node.shape[axis] !== node.source.shape[time] ? mixed : axis;
    }
    case "pick": {
      const time = at(node.source);
      if (time === node.axis) return mixed;
      return common([time === null || time === mixed || time < node.axis ? time : time - 1, at(node.at)]);
    }
    case "reshape": {
      const time = at(node.source);
      if (time === null || time === mixed) return time;
      const steps = node.source.shape[time];
      const before = elementCount(node.source.shape.slice(0, time));
      const axis = node.shape.findIndex(
        (extent, a) => extent === steps && elementCount(node.shape.slice(0, a)) === before,
      );
      return axis === -1 ? mixed : axis;
    }
    case "gradient":
      // The sum over all t of what depends on x[t] alone, differentiated by x: again each t by itself.
      return at(node.wrt);
    case "scan": {
      const own = innerTimes(node.recurrence, found)[node.which] ?? null;
      return own === node.recurrence.axis ? mixed : own;
    }
  }
}

function common(times: readonly (number | null)[]): number | null {
  const known = new Set(times.filter((time) => time !== null));
  if (known.size > 1) return mixed;
  const [time = null] = known;
  return time;
}

/** Which recurrence's body each of the nodes stands in, innermost; null for none. */
function enclosingRecurrences(nodes: readonly Node[]): { readonly of: (node: Node) => Recurrence | null } {
  const owner = new Map<CarriedNode, Recurrence>();
  for (const node of nodes) {
    if (node.kind !== "scan") continue;
    for (const { previous } of node.recurrence.carries) {
      if ((owner.get(previous) ?? node.recurrence) !== node.recurrence) {
        throw new GraphError(`${labelOf(previous)} is carried by two recurrences`);
      }
      owner.set(previous, node.recurrence);
    }
  }
  const none: ReadonlySet<Recurrence> = new Set();
  const free = new Map<Node, ReadonlySet<Recurrence>>();
  const around = new Map<Recurrence, ReadonlySet<Recurrence>>();
  for (const node of nodes) {
    if (node.kind === "carried") {
      const own = owner.get(node);
      if (own === undefined) throw new GraphError(`${labelOf(node)} is used outside its recurrence`);
      free.set(node, new Set([own]));
      continue;
    }
    let union = none;
    for (const arg of argumentsOf(node)) {
      const own = free.get(arg) ?? none;
      if (own.size > 0 && own !== union) union = union.size === 0 ? own : new Set([...union, ...own]);
    }
    if (node.kind === "scan") {
      const outer = new Set(union);
      outer.delete(node.recurrence);
      union = outer.size === 0 ? none : outer;
      around.set(node.recurrence, union);
    }
    if (union.size > 0) free.set(node, union);
  }
  // The innermost of several is the one that all the others are around. No deeper than tensors have axes.
  const depthOf = (recurrence: Recurrence): number =>
    Math.max(0, ...[...(around.get(recurrence) ?? none)].map((outer) => 1 + depthOf(outer)));
  return {
    of: (node) => {
      let innermost: Recurrence | null = null;
      for (const recurrence of free.get(node) ?? none) {
        if (innermost === null || depthOf(recurrence) > depthOf(innermost)) innermost = recurrence;
      }
      return innermost;
    },
  };
}

/** What the steps compute, in their order. */
export function nodesOfSteps(steps: readonly Step[]): readonly Node[] {
  return steps.flatMap((step) => (step.kind === "node" ? [step.node] : [...nodesOfSteps(step.body), ...step.scans]));
}
