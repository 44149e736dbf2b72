/** Owns: the graph that a recipe describes, and numbers to run it on. Every recipe gives a graph that the verifier accepts. */

import {
  type Affine,
  affineRange,
  argumentsOf,
  Builder,
  elementCount,
  type Graph,
  type InputNode,
  type Node,
  reachable,
  type ScalarFunction,
  type Shape,
  sameShape,
  scalarFunctions,
} from "@adjoint/ir";
import { gridOf, hull, type Interval, imageOf, isWithin, reducedInterval } from "./interval.ts";
import { uniformStream } from "./random-numbers.ts";
import type { Move, Recipe, Step } from "./random-recipe.ts";

export interface RandomProgram {
  /** One output: the scalar `loss`. */
  readonly graph: Graph;
  /** What `graph` was built with; further nodes (gradients) go on with it. */
  readonly builder: Builder;
  readonly loss: Node;
  /** Every tensor that no other uses; the loss is their sum, each weighted elementwise with an input of its own. */
  readonly results: readonly Node[];
  /** All of them, whether or not the loss depends on them. */
  readonly parameters: readonly InputNode[];
  /** Inputs and targets, of reals and of classes. */
  readonly inputs: readonly InputNode[];
  /** Elements of both, by name, decided by the recipe's seed. No two names are equal. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

/** Leaves are drawn from here; it holds the kinks at 0, ±½ and ±1 of every function that has some. */
const leafInterval: Interval = { from: -1.5, to: 1.5 };
const truth: Interval = { from: 0, to: 1 };
/** Tensors whose elements may be larger are scaled down, or a chain of products would overflow. */
const greatestMagnitude = 100;
/** Tensors of more elements are left as they are, not read at a larger shape. */
const mostElements = 96;

interface Tensor {
  readonly node: Node;
  readonly interval: Interval;
  /** Its elements are 0 or 1. */
  readonly isTruth: boolean;
}

/**
 * The graph of a recipe. Its loss adds up every tensor that no other uses, each weighted elementwise with an input of its
 * own: with equal weights, a cotangent that goes to the wrong element would still be right.
 */
export function buildProgram(recipe: Recipe): RandomProgram {
  const b = new Builder();
  const kitchen: Kitchen = { b, parameters: [], inputs: [], leaves: [], tensors: [] };
  for (const [k, leaf] of recipe.leaves.entries()) {
    const role = k === 0 ? "parameter" : leaf.role;
    const node = b.input(`${role[0]}${k}`, role, leaf.shape);
    (role === "parameter" ? kitchen.parameters : kitchen.inputs).push(node);
    kitchen.leaves.push(node);
    kitchen.tensors.push({ node, interval: leafInterval, isTruth: false });
  }
  const firstMade = kitchen.tensors.length;
  for (const step of recipe.steps) kitchen.tensors.push(tame(b, perform(step, kitchen)));
  const results = looseOf(kitchen.tensors.slice(firstMade));
  const loss = totalOf(kitchen, results);
  return {
    graph: { name: "Random", outputs: [{ name: "loss", node: loss }] },
    builder: b,
    loss,
    results,
    parameters: kitchen.parameters,
    inputs: kitchen.inputs,
    values: drawValues([...kitchen.parameters, ...kitchen.inputs], recipe),
  };
}

/** Those that none of the others uses. */
function looseOf(made: readonly Tensor[]): readonly Node[] {
  const used = new Set(reachable(made.map(({ node }) => node)).flatMap(argumentsOf));
  return [...new Set(made.map(({ node }) => node).filter((node) => !used.has(node)))];
}

/** The sum of all elements, each with a weight of its own. */
function totalOf({ b, inputs }: Kitchen, results: readonly Node[]): Node {
  let total: Node = b.constant(0);
  for (const node of results) {
    const weights = b.input(`w${inputs.length}`, "input", node.shape);
    inputs.push(weights);
    const axes = node.shape.map((_, axis) => axis);
    total = b.map("add", [total, b.reduce("sum", b.map("mul", [node, weights]), axes)]);
  }
  return total;
}

/** What has been made so far. */
interface Kitchen {
  readonly b: Builder;
  readonly parameters: InputNode[];
  readonly inputs: InputNode[];
  readonly leaves: InputNode[];
  readonly tensors: Tensor[];
}

function perform(step: Step, kitchen: Kitchen): Tensor {
  const { b, tensors } = kitchen;
  const get = (reference: number): Tensor => tensors[tensors.length - 1 - (reference % tensors.length)]!;
  switch (step.kind) {
    case "map": {
      const f = scalarFunctions[step.fn];
      const first = get(step.args[0]);
      const args = step.args.slice(0, f.arity).map((reference, k) => {
        const moved = k === 0 ? first : readAt(b, get(reference), first.node.shape, step.moves, null);
        return fit(b, moved, f, k);
      });
      const node = b.map(
        step.fn,
        args.map((arg) => arg.node),
      );
      if (isTruthValued(f)) return { node, interval: truth, isTruth: true };
      const interval = imageOf(
        f,
        args.map((arg) => arg.interval),
      );
      return { node, interval, isTruth: false };
    }
    case "read": {
      const source = get(step.source);
      const shape = elementCount(step.shape) > mostElements ? source.node.shape : step.shape;
      return readAt(b, source, shape, step.moves, step.fill);
    }
    case "reduce": {
      const { node, interval, isTruth } = get(step.arg);
      const all = node.shape.map((_, axis) => axis);
      const chosen = all.filter((axis) => step.axes[axis] === true);
      const axes = chosen.length > 0 ? chosen : all.slice(-1);
      const count = elementCount(axes.map((axis) => node.shape[axis]!));
      return {
        node: b.reduce(step.op, node, axes),
        interval: reducedInterval(step.op, interval, count),
        isTruth: isTruth && step.op !== "sum",
      };
    }
    case "pick": {
      const source = get(step.source);
      const { shape } = source.node;
      if (shape.length === 0) return source;
      const axis = step.axis % shape.length;
      const at = choice(
        step.at === "classes" ? null : get(step.at),
        shape[axis]!,
        shape.toSpliced(axis, 1),
        step,
        kitchen,
      );
      return { ...source, node: b.pick(source.node, axis, at) };
    }
    case "reshape": {
      const source = get(step.source);
      return { ...source, node: b.reshape(source.node, regroupedShape(source.node.shape, step.way)) };
    }
    case "index": {
      const { shape } = step;
      const value = { offset: 0, coefficients: shape.map((_, axis) => step.strides[axis] ?? 1) };
      const { min, max } = affineRange(value, shape);
      return { node: b.index(shape, value), interval: { from: min, to: max }, isTruth: false };
    }
    case "constant":
      return { node: b.constant(step.value, step.shape), interval: hull(step.value), isTruth: false };
    case "gradient": {
      const total = totalOf(kitchen, [get(step.of).node]);
      // Nothing bounds a derivative; tanh does.
      const gradient = b.gradient(total, kitchen.leaves[step.wrt % kitchen.leaves.length]!);
      return { node: b.map("tanh", [gradient]), interval: { from: -1, to: 1 }, isTruth: false };
    }
  }
}

/** Extents with the same product: all in one, the other way round, two in one, one as two, or a 1 between. */
function regroupedShape(shape: Shape, way: number): Shape {
  const [first = 1, second = 1, ...rest] = shape;
  const count = elementCount(shape);
  const ways: readonly Shape[] = [
    [count],
    [...shape].reverse(),
    [first * second, ...rest],
    count % 2 === 0 ? [count / 2, 2] : [1, count],
    [first, 1, second, ...rest],
  ];
  return ways[way % ways.length] ?? shape;
}

/** Whole numbers 0 … extent − 1 of the given shape: a new input of classes, or the whole part of a tensor. */
function choice(
  from: Tensor | null,
  extent: number,
  shape: Shape,
  { moves }: { readonly moves: readonly Move[] },
  kitchen: Kitchen,
): Node {
  const { b, inputs } = kitchen;
  if (from === null) {
    const classes = b.input(`c${inputs.length}`, "target", shape, { kind: "class", count: extent });
    inputs.push(classes);
    return classes;
  }
  const { node } = readAt(b, from, shape, moves, null);
  const least = b.constant(0, shape);
  const greatest = b.constant(extent - 1, shape);
  return b.map("max", [least, b.map("min", [greatest, b.map("floor", [node])])]);
}

/** `source` as a tensor of `shape`: an affine read whose indices stay inside, or leave by up to the source's extent. */
function readAt(b: Builder, source: Tensor, shape: Shape, moves: readonly Move[], fill: number | null): Tensor {
  if (moves.length === 0 && sameShape(source.node.shape, shape)) return source;
  const index = source.node.shape.map((extent, axis) => {
    const move = moves[axis] ?? { axis: 0, stride: 0, window: false, offset: 0 };
    return fill === null ? insideForm(extent, axis, move, shape) : anyForm(extent, axis, move, shape);
  });
  const node = b.read(source.node, shape, index, fill);
  if (node.kind !== "read" || node.fill === null) return { ...source, node };
  const { interval } = source;
  return { node, interval: hull(interval.from, interval.to, node.fill), isTruth: source.isTruth && fill !== -0.5 };
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
function fit(b: Builder, arg: Tensor, f: ScalarFunction, k: number): Tensor {
  const domain = f.domain[k]!;
  const { node, interval } = arg;
  const constant = (value: number): Node => b.constant(value, node.shape);
  if (takesTruth(f, k)) {
    if (arg.isTruth) return arg;
    return {
      node: b.map("lt", [constant((interval.from + interval.to) / 2), node]),
      interval: truth,
      isTruth: true,
    };
  }
  if (isWithin(interval, domain)) return arg;
  const width = domain.to - domain.from;
  const isWide = interval.to - interval.from > 4 * width;
  const [scale, shift, unit] = isWide
    ? [width, domain.from, b.map("logistic", [node])]
    : affineInto(interval, domain, node);
  const scaled = b.map("add", [b.map("mul", [unit, constant(scale)]), constant(shift)]);
  return { node: scaled, interval: domain, isTruth: false };
}

/** Scale and shift that put the interval into the middle of the domain, and never stretch it. */
function affineInto(interval: Interval, domain: Interval, node: Node): readonly [number, number, Node] {
  const width = interval.to - interval.from;
  const scale = width === 0 ? 0.5 : Math.min(1, (domain.to - domain.from) / width);
  const middle = (domain.from + domain.to) / 2;
  return [scale, middle - (scale * (interval.from + interval.to)) / 2, node];
}

/** Scaled by a power of two if its elements could be large. */
function tame(b: Builder, tensor: Tensor): Tensor {
  const { from, to } = tensor.interval;
  const magnitude = Math.max(Math.abs(from), Math.abs(to));
  if (magnitude <= greatestMagnitude) return tensor;
  const scale = 2 ** -Math.ceil(Math.log2(magnitude / 4));
  const node = b.map("mul", [tensor.node, b.constant(scale, tensor.node.shape)]);
  return { node, interval: { from: from * scale, to: to * scale }, isTruth: false };
}

/** A condition: an argument without derivative that is sampled from falsehood to truth. */
function takesTruth(f: ScalarFunction, k: number): boolean {
  const domain = f.domain[k]!;
  return f.partials[k] === null && domain.from === 0 && domain.to === 1;
}

/** Comparisons and connectives: no derivative, and nothing but 0 and 1 even at the corners of the domain. */
function isTruthValued(f: ScalarFunction): boolean {
  const isStep = f.partials.every((partial) => partial === null);
  return isStep && gridOf(f.domain, 1).every((point) => [0, 1].includes(f.value(...point)));
}

function drawValues(inputs: readonly InputNode[], recipe: Recipe): ReadonlyMap<string, Float64Array> {
  const next = uniformStream(recipe.seed);
  const { from, to } = leafInterval;
  return new Map(
    inputs.map((node) => {
      const { element } = node;
      const draw = (): number => {
        const u = next();
        if (element.kind === "class") return Math.floor(u * element.count);
        const real = from + (to - from) * u;
        return recipe.lattice ? Math.round(2 * real) / 2 : real;
      };
      return [node.name, Float64Array.from({ length: elementCount(node.shape) }, draw)];
    }),
  );
}
