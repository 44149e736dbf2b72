/**
 * Owns: tensors that stand inside recurrences and batches, and what is done to each of them by itself: reads, and whatever
 * brings their elements into a domain.
 *
 * A frame is the extents of what stands around: the examples of a batch, then the times of each recurrence, outermost
 * first. A tensor varies along some of its axes, which are its node's first; what a recipe says is said of the others.
 */

import {
  type Affine,
  affineRange,
  axisIndex,
  type Builder,
  type Node,
  type ScalarFunction,
  type Shape,
  sameShape,
} from "@adjoint/ir";
import { gridOf, hull, type Interval, isWithin } from "./interval.ts";
import type { Move } from "./random-recipe.ts";

export interface Tensor {
  readonly node: Node;
  /** The axes of the frame that it varies along, ascending. */
  readonly along: readonly number[];
  readonly interval: Interval;
  /** Its elements are 0 or 1. */
  readonly isTruth: boolean;
}

/** 0 or 1. */
export const truth: Interval = { from: 0, to: 1 };
/** Tensors whose elements may be larger are scaled down, or a chain of products would overflow. */
const greatestMagnitude = 100;

/** Its shape where it stands: without the axes of the frame. */
export function ownShape({ node, along }: Tensor): Shape {
  return node.shape.slice(along.length);
}

export function extentsOf(frame: Shape, along: readonly number[]): Shape {
  return along.map((axis) => frame[axis]!);
}

/** The axes of the frame that any of them varies along. */
export function unionOf(tensors: readonly Tensor[]): readonly number[] {
  return [...new Set(tensors.flatMap(({ along }) => along))].sort((a, b) => a - b);
}

/** The node, repeated along those of the axes that it does not vary along. */
export function spread(b: Builder, frame: Shape, tensor: Tensor, along: readonly number[]): Node {
  const own = ownShape(tensor);
  const places = [...tensor.along.map((axis) => along.indexOf(axis)), ...own.map((_, k) => along.length + k)];
  return b.broadcast(tensor.node, [...extentsOf(frame, along), ...own], places);
}

/** `source` as a tensor of `shape`: an affine read whose indices stay inside, or leave by up to the source's extent. */
export function readAt(b: Builder, source: Tensor, shape: Shape, moves: readonly Move[], fill: number | null): Tensor {
  const own = ownShape(source);
  if (moves.length === 0 && sameShape(own, shape)) return source;
  const lead = source.along.length;
  const index = own.map((extent, axis) => {
    const move = moves[axis] ?? { axis: 0, stride: 0, window: false, offset: 0 };
    const form = fill === null ? insideForm(extent, axis, move, shape) : anyForm(extent, axis, move, shape);
    return { offset: form.offset, coefficients: [...source.along.map(() => 0), ...form.coefficients] };
  });
  const whole = [...source.node.shape.slice(0, lead), ...shape];
  const frame = source.along.map((_, axis) => axisIndex(axis, whole.length));
  const node = b.read(source.node, whole, [...frame, ...index], fill);
  if (node.kind !== "read" || node.fill === null) return { ...source, node };
  const { interval } = source;
  return { ...source, node, interval: hull(interval.from, interval.to, node.fill), isTruth: isTruthWith(source, fill) };
}

function isTruthWith({ isTruth }: Tensor, fill: number | null): boolean {
  return isTruth && fill !== -0.5;
}

/** The move's form without its offset, over the axes of `shape`. */
function plainForm(axis: number, move: Move, shape: Shape): Affine {
  const rank = shape.length;
  const coefficients = new Array<number>(rank).fill(0);
  if (rank > 0) {
    const driver = (axis + move.axis) % rank;
    coefficients[driver] = [1, -1, 2, 0][move.stride % 4]!;
    const next = (driver + 1) % rank;
    if (move.window && next !== driver) coefficients[next] = 1;
  }
  return { offset: 0, coefficients };
}

function anyForm(extent: number, axis: number, move: Move, shape: Shape): Affine {
  const form = plainForm(axis, move, shape);
  // Around the position in which the least index is 0, by less than the extent to both sides.
  return {
    ...form,
    offset: -affineRange(form, shape).min + ((move.offset + extent - 1) % (2 * extent - 1)) - (extent - 1),
  };
}

/** The move as far as it fits into `extent`: without the window, then without a stride, then without moving at all. */
function insideForm(extent: number, axis: number, move: Move, shape: Shape): Affine {
  const lesser = [
    move,
    { ...move, window: false },
    { ...move, window: false, stride: 0 },
    { ...move, window: false, stride: 3 },
  ];
  for (const each of lesser) {
    const form = plainForm(axis, each, shape);
    const { min, max } = affineRange(form, shape);
    const room = extent - 1 - (max - min);
    if (room >= 0) return { ...form, offset: (move.offset % (room + 1)) - min };
  }
  return { offset: 0, coefficients: shape.map(() => 0) };
}

/** `arg` brought into the domain of argument k of f: as it is, moved and scaled, or squeezed; truth by a comparison. */
export function fit(b: Builder, arg: Tensor, f: ScalarFunction, k: number): Tensor {
  const { node, interval } = arg;
  if (!takesTruth(f, k)) return within(b, arg, f.domain[k]!);
  if (arg.isTruth) return arg;
  const middle = b.constant((interval.from + interval.to) / 2, node.shape);
  return { ...arg, node: b.map("lt", [middle, node]), interval: truth, isTruth: true };
}

/** As it is, or moved and scaled into the domain; squeezed if it is far wider. */
export function within(b: Builder, arg: Tensor, domain: Interval): Tensor {
  const { node, interval } = arg;
  if (isWithin(interval, domain)) return arg;
  const constant = (value: number): Node => b.constant(value, node.shape);
  const width = domain.to - domain.from;
  const isWide = interval.to - interval.from > 4 * width;
  const [scale, shift, unit] = isWide
    ? [width, domain.from, b.map("logistic", [node])]
    : affineInto(interval, domain, node);
  const scaled = b.map("add", [b.map("mul", [unit, constant(scale)]), constant(shift)]);
  return { ...arg, node: scaled, interval: domain, isTruth: false };
}

/** Scale and shift that put the interval into the middle of the domain, and never stretch it. */
function affineInto(interval: Interval, domain: Interval, node: Node): readonly [number, number, Node] {
  const width = interval.to - interval.from;
  const scale = width === 0 ? 0.5 : Math.min(1, (domain.to - domain.from) / width);
  const middle = (domain.from + domain.to) / 2;
  return [scale, middle - (scale * (interval.from + interval.to)) / 2, node];
}

/** Scaled by a power of two if its elements could be large. */
export function tame(b: Builder, tensor: Tensor): Tensor {
  const { from, to } = tensor.interval;
  const magnitude = Math.max(Math.abs(from), Math.abs(to));
  if (magnitude <= greatestMagnitude) return tensor;
  const scale = 2 ** -Math.ceil(Math.log2(magnitude / 4));
  const node = b.map("mul", [tensor.node, b.constant(scale, tensor.node.shape)]);
  return { ...tensor, node, interval: { from: from * scale, to: to * scale }, isTruth: false };
}

/** A condition: an argument without derivative that is sampled from falsehood to truth. */
function takesTruth(f: ScalarFunction, k: number): boolean {
  const domain = f.domain[k]!;
  return f.partials[k] === null && domain.from === 0 && domain.to === 1;
}

/** Comparisons and connectives: no derivative, and nothing but 0 and 1 even at the corners of the domain. */
export function isTruthValued(f: ScalarFunction): boolean {
  const isStep = f.partials.every((partial) => partial === null);
  return isStep && gridOf(f.domain, 1).every((point) => [0, 1].includes(f.value(...point)));
}
