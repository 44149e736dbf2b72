/** Owns: a recurrence as a recipe describes it: every path from what is carried to what comes next keeps time pointwise. */

import { type Affine, axisIndex, type CarriedNode, elementCount, type Node, reachable, type Shape } from "@adjoint/ir";
import { extentsOf, readAt, spread, type Tensor, tame, within } from "./framed-tensors.ts";
import type { Interval } from "./interval.ts";
import type { Kitchen } from "./kitchen.ts";
import type { ScanStep, Step } from "./random-recipe.ts";

/** What is carried stays in here, whatever makes it: nothing grows from step to step. */
const carriedInterval: Interval = { from: -1.5, to: 1.5 };
/** Of a tensor that is carried, at all times together. */
const mostCarried = 96;

/** What comes out of each carry, and what went into each step of those that are asked for it. */
export function performScan(
  step: ScanStep,
  kitchen: Kitchen,
  perform: (step: Step, kitchen: Kitchen) => readonly Tensor[],
): readonly Tensor[] {
  const { b, frame: around } = kitchen;
  const times = 2 + (step.times % 3);
  const frame = [...around, times];
  const visible = step.apart ? kitchen.tensors.filter((tensor) => tensor.along.length === 0) : kitchen.tensors;
  const along = step.apart ? [] : [...around.keys()];
  const moving = [...along, around.length];
  const outer = extentsOf(around, along);
  const isLarge = (shape: Shape): boolean => elementCount([...around, times, ...shape]) > mostCarried;
  const newest = (tensors: readonly Tensor[], reference: number): Tensor =>
    tensors[tensors.length - 1 - (reference % tensors.length)]!;

  const given = step.given.map(({ of, shape, moves, fill }): Tensor => {
    const source = newest(visible, of);
    const read = readAt(b, source, [times, ...(isLarge(shape) ? [] : shape)], moves, fill);
    // Time, the first of its own axes, is the frame's last.
    return { ...read, along: [...read.along, around.length] };
  });
  const shapes = step.carries.map(({ shape }) => (isLarge(shape) ? [] : shape));
  const axis = step.axis % (outer.length + Math.min(...shapes.map(({ length }) => length)) + 1);
  const carried = step.carries.map((carry, k) => {
    const shape = shapes[k]!;
    const begun = within(b, readAt(b, newest(visible, carry.initial), shape, carry.moves, null), carriedInterval);
    const initial = spread(b, around, begun, along);
    const previous = b.carried(`s${kitchen.counter.next++}`, [...outer, ...shape].toSpliced(axis, 0, times));
    return { carry, shape, initial, previous };
  });
  const before = carried.map(
    ({ previous }): Tensor => ({
      node: moveAxis(kitchen, previous, axis, outer.length),
      along: moving,
      interval: carriedInterval,
      isTruth: false,
    }),
  );
  const inside: Kitchen = {
    ...kitchen,
    frame,
    carried: [...(step.apart ? [] : kitchen.carried), carried.map(({ previous }) => previous)],
    tensors: [...visible, ...given, ...before],
  };
  for (const each of step.body) inside.tensors.push(...perform(each, inside).map((tensor) => tame(b, tensor)));
  const next = carried.map(({ carry, shape }) => {
    const made = within(b, readAt(b, newest(inside.tensors, carry.next), shape, carry.moves, null), carriedInterval);
    return moveAxis(kitchen, spread(b, frame, made, moving), outer.length, axis);
  });
  const recurrence = b.recurrence(
    step.backwards ? -1 : 1,
    axis,
    carried.map(({ previous, initial }, k) => ({ previous, initial, next: next[k]! })),
  );
  const place = Math.max(axis, outer.length);
  return carried.flatMap(({ carry }, which) => {
    const asked = carry.before ? (["before", "after"] as const) : (["after"] as const);
    return asked.map((moment): Tensor => {
      const node = moveAxis(kitchen, b.scan(recurrence, which, moment), axis, place);
      return { node, along, interval: carriedInterval, isTruth: false };
    });
  });
}

/** What depends on something that each of the recurrences around carries: what a gradient inside can be taken by. */
export function movingTensors({ tensors, carried }: Kitchen): readonly Tensor[] {
  // Reads of a read are reads of what it reads: they would pass it by.
  return tensors.filter(({ node }) => {
    if (node.kind === "read") return false;
    const reached = new Set(reachable([node]));
    return carried.every((own) => own.some((each) => reached.has(each)));
  });
}

/** The tensor with the axis `from` in the place `to`, the others in their order. */
function moveAxis({ b }: Kitchen, node: Node | CarriedNode, from: number, to: number): Node {
  const rank = node.shape.length;
  const order = [...node.shape.keys()].toSpliced(from, 1).toSpliced(to, 0, from);
  const shape = order.map((axis) => node.shape[axis]!);
  const forms = node.shape.map((_, axis): Affine => axisIndex(order.indexOf(axis), rank));
  return b.read(node, shape, forms);
}
