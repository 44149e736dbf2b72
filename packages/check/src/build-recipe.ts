/** Owns: the graph that a recipe describes, and numbers to run it on. Every recipe gives a graph that the verifier accepts. */

import {
  affineRange,
  argumentsOf,
  axisIndex,
  Builder,
  elementCount,
  type Graph,
  type InputNode,
  type Node,
  reachable,
  type Shape,
  scalarFunctions,
} from "@adjoint/ir";
import { movingTensors, performScan } from "./build-scan.ts";
import {
  extentsOf,
  fit,
  isTruthValued,
  ownShape,
  readAt,
  spread,
  type Tensor,
  tame,
  truth,
  unionOf,
} from "./framed-tensors.ts";
import { hull, type Interval, imageOf, reducedInterval } from "./interval.ts";
import { exampleInput, type Kitchen } from "./kitchen.ts";
import { uniformStream } from "./random-numbers.ts";
import type { BatchOp, Move, Recipe, Step } from "./random-recipe.ts";

export interface RandomProgram {
  /** One output: the scalar `loss`. Of a batch it is the sum over the examples that count. */
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
  /**
   * The batch whose examples see each other, which are then the first axis of inputs and of results; `examples` is the input
   * that says how many of them count. Null for a program of one example.
   */
  readonly batch: { readonly size: number; readonly examples: InputNode } | null;
  /** Elements of all of these, by name, decided by the recipe's seed. No two names are equal. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

/** Leaves are drawn from here; it holds the kinks at 0, ±½ and ±1 of every function that has some. */
const leafInterval: Interval = { from: -1.5, to: 1.5 };
/** Tensors of more elements are left as they are, not read at a larger shape. */
const mostElements = 96;

/**
 * The graph of a recipe. Its loss adds up every tensor that no other uses, each weighted elementwise with an input of its
 * own: with equal weights, a cotangent that goes to the wrong element would still be right.
 */
export function buildProgram(recipe: Recipe): RandomProgram {
  const b = new Builder();
  const examples = recipe.batch === null ? null : b.input("examples", "step", []);
  const kitchen: Kitchen = {
    b,
    frame: recipe.batch === null ? [] : [recipe.batch.size],
    examples,
    carried: [],
    parameters: [],
    inputs: [],
    leaves: [],
    tensors: [],
    counter: { next: 0 },
  };
  for (const [k, leaf] of recipe.leaves.entries()) {
    const role = k === 0 ? "parameter" : leaf.role;
    const name = `${role[0]}${k}`;
    const { node, along } =
      role === "parameter"
        ? { node: b.input(name, role, leaf.shape), along: [] }
        : exampleInput(kitchen, name, role, leaf.shape);
    if (role === "parameter") kitchen.parameters.push(node);
    kitchen.leaves.push(node);
    kitchen.tensors.push({ node, along, interval: leafInterval, isTruth: false });
  }
  const firstMade = kitchen.tensors.length;
  for (const step of recipe.steps) kitchen.tensors.push(...perform(step, kitchen).map((tensor) => tame(b, tensor)));
  const results = looseOf(kitchen.tensors.slice(firstMade)).map((tensor) => perExample(kitchen, tensor));
  const loss = sumOfExamples(kitchen, weighted(kitchen, results, kitchen.frame.length));
  return {
    graph: { name: "Random", outputs: [{ name: "loss", node: loss }] },
    builder: b,
    loss,
    results,
    parameters: kitchen.parameters,
    inputs: kitchen.inputs,
    batch: recipe.batch === null || examples === null ? null : { size: recipe.batch.size, examples },
    values: drawValues(kitchen, recipe),
  };
}

/** Those that none of the others uses. */
function looseOf(made: readonly Tensor[]): readonly Tensor[] {
  const used = new Set(reachable(made.map(({ node }) => node)).flatMap(argumentsOf));
  const loose = new Map(made.flatMap((tensor) => (used.has(tensor.node) ? [] : [[tensor.node, tensor]])));
  return [...loose.values()];
}

/** Along whatever its frame has, and along the examples of a batch. */
function perExample({ b, frame, examples }: Kitchen, tensor: Tensor): Node {
  const along = examples === null ? tensor.along : [...new Set([0, ...tensor.along])];
  return spread(b, frame, tensor, along);
}

/** The sum of all elements of the nodes, each with a weight of its own, but along the first `kept` axes. */
function weighted(kitchen: Kitchen, nodes: readonly Node[], kept: number): Node {
  const { b, inputs, frame, examples } = kitchen;
  let total: Node = b.constant(0, frame.slice(0, kept));
  for (const node of nodes) {
    const shape = examples === null ? node.shape : node.shape.slice(1);
    const weights = exampleInput(kitchen, `w${inputs.length}`, "input", shape).node;
    const axes = [...node.shape.keys()].slice(kept);
    total = b.map("add", [total, b.reduce("sum", b.map("mul", [node, weights]), axes)]);
  }
  return total;
}

/** Over those that count. */
function sumOfExamples(kitchen: Kitchen, each: Node): Node {
  const { b, examples } = kitchen;
  return examples === null ? each : b.reduce("sum", b.map("mul", [counts(b, each.shape, examples), each]), [0]);
}

/** 1 for the examples that count, 0 for the others, over a shape whose first axis are the examples. */
function counts(b: Builder, shape: Shape, examples: InputNode): Node {
  return b.map("lt", [b.index(shape, axisIndex(0, shape.length)), b.broadcast(examples, shape, [])]);
}

function perform(step: Step, kitchen: Kitchen): readonly Tensor[] {
  if (step.kind === "scan") return performScan(step, kitchen, perform);
  return [performOne(step, kitchen)];
}

function performOne(step: Exclude<Step, { readonly kind: "scan" }>, kitchen: Kitchen): Tensor {
  const { b, frame, tensors } = kitchen;
  const get = (reference: number): Tensor => tensors[tensors.length - 1 - (reference % tensors.length)]!;
  switch (step.kind) {
    case "map": {
      const f = scalarFunctions[step.fn];
      const first = get(step.args[0]);
      const args = step.args.slice(0, f.arity).map((reference, k) => {
        const moved = k === 0 ? first : readAt(b, get(reference), ownShape(first), step.moves, null);
        return fit(b, moved, f, k);
      });
      const along = unionOf(args);
      const node = b.map(
        step.fn,
        args.map((arg) => spread(b, frame, arg, along)),
      );
      if (isTruthValued(f)) return { node, along, interval: truth, isTruth: true };
      const interval = imageOf(
        f,
        args.map((arg) => arg.interval),
      );
      return { node, along, interval, isTruth: false };
    }
    case "read": {
      const source = get(step.source);
      const count = elementCount([...extentsOf(frame, source.along), ...step.shape]);
      return readAt(b, source, count > mostElements ? ownShape(source) : step.shape, step.moves, step.fill);
    }
    case "reduce": {
      const source = get(step.arg);
      const { node, along, interval, isTruth } = source;
      const all = [...ownShape(source).keys()];
      const chosen = all.filter((axis) => step.axes[axis] === true);
      const axes = (chosen.length > 0 ? chosen : all.slice(-1)).map((axis) => along.length + axis);
      const count = elementCount(axes.map((axis) => node.shape[axis]!));
      return {
        node: b.reduce(step.op, node, axes),
        along,
        interval: reducedInterval(step.op, interval, count),
        isTruth: isTruth && step.op !== "sum",
      };
    }
    case "pick": {
      const source = get(step.source);
      const shape = ownShape(source);
      if (shape.length === 0) return source;
      const axis = step.axis % shape.length;
      const at = choice(
        step.at === "classes" ? null : get(step.at),
        shape[axis]!,
        shape.toSpliced(axis, 1),
        step,
        kitchen,
      );
      const along = unionOf([source, at]);
      const [from, chosen] = [spread(b, frame, source, along), spread(b, frame, at, along)];
      return { ...source, along, node: b.pick(from, along.length + axis, chosen) };
    }
    case "reshape": {
      const source = get(step.source);
      const shape = [...extentsOf(frame, source.along), ...regroupedShape(ownShape(source), step.way)];
      return { ...source, node: b.reshape(source.node, shape) };
    }
    case "index": {
      const { shape } = step;
      const value = { offset: 0, coefficients: shape.map((_, axis) => step.strides[axis] ?? 1) };
      const { min, max } = affineRange(value, shape);
      return { node: b.index(shape, value), along: [], interval: { from: min, to: max }, isTruth: false };
    }
    case "constant":
      return { node: b.constant(step.value, step.shape), along: [], interval: hull(step.value), isTruth: false };
    case "gradient": {
      const moving = kitchen.carried.length === 0 ? tensors.slice(0, kitchen.leaves.length) : movingTensors(kitchen);
      const wrt = moving[step.wrt % moving.length];
      if (wrt === undefined) return get(step.of);
      const total = weighted(kitchen, [perExample(kitchen, get(step.of))], 0);
      // Nothing bounds a derivative; tanh does.
      const node = b.map("tanh", [b.gradient(total, wrt.node)]);
      return { node, along: wrt.along, interval: { from: -1, to: 1 }, isTruth: false };
    }
    case "batch": {
      const source = get(step.of);
      const isOfExample = kitchen.examples !== null && source.along[0] === 0;
      return isOfExample ? overBatch(kitchen, source, step.op, kitchen.examples) : source;
    }
  }
}

/** What a reduction is given in place of an example that does not count. */
const neutral = { prod: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY } as const;

function overBatch({ b, frame }: Kitchen, source: Tensor, op: BatchOp, examples: InputNode): Tensor {
  const { node, interval } = source;
  const along = source.along.slice(1);
  const size = frame[0]!;
  const counted = counts(b, node.shape, examples);
  switch (op) {
    case "all": {
      const forms = node.shape.map((_, axis) =>
        axisIndex(axis === 0 ? along.length : axis - (axis <= along.length ? 1 : 0), node.shape.length),
      );
      const shape = [...extentsOf(frame, along), size, ...ownShape(source)];
      return { ...source, along, node: b.read(node, shape, forms) };
    }
    case "sum":
    case "mean": {
      const sum = b.reduce("sum", b.map("mul", [counted, node]), [0]);
      if (op === "mean") {
        const mean = b.map("div", [sum, b.broadcast(examples, sum.shape, [])]);
        return { node: mean, along, interval, isTruth: false };
      }
      return { node: sum, along, interval: hull(0, size * interval.from, size * interval.to), isTruth: false };
    }
    case "prod":
    case "max":
    case "min": {
      const masked = b.map("select", [counted, node, b.constant(neutral[op], node.shape)]);
      const reached = op === "prod" ? reducedInterval("prod", hull(interval.from, interval.to, 1), size) : interval;
      return { ...source, along, node: b.reduce(op, masked, [0]), interval: reached };
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
): Tensor {
  const { b, inputs } = kitchen;
  const interval = { from: 0, to: extent - 1 };
  if (from === null) {
    const classes = exampleInput(kitchen, `c${inputs.length}`, "target", shape, { kind: "class", count: extent });
    return { ...classes, interval, isTruth: false };
  }
  const { node, along } = readAt(b, from, shape, moves, null);
  const least = b.constant(0, node.shape);
  const greatest = b.constant(extent - 1, node.shape);
  return {
    node: b.map("max", [least, b.map("min", [greatest, b.map("floor", [node])])]),
    along,
    interval,
    isTruth: false,
  };
}

function drawValues({ parameters, inputs, examples }: Kitchen, { seed, lattice, batch }: Recipe) {
  const next = uniformStream(seed);
  const { from, to } = leafInterval;
  const values = new Map<string, Float64Array>();
  for (const node of [...parameters, ...inputs]) {
    const { element } = node;
    const draw = (): number => {
      const u = next();
      if (element.kind === "class") return Math.floor(u * element.count);
      const real = from + (to - from) * u;
      return lattice ? Math.round(2 * real) / 2 : real;
    };
    values.set(node.name, Float64Array.from({ length: elementCount(node.shape) }, draw));
  }
  if (batch === null || examples === null) return values;
  // Examples that do not count are copies of the last that does: that is how a batch is filled.
  for (const { name } of inputs) {
    const drawn = values.get(name)!;
    const row = drawn.length / batch.size;
    for (let k = batch.examples * row; k < drawn.length; k++) drawn[k] = drawn[k - row]!;
  }
  return values.set(examples.name, Float64Array.of(batch.examples));
}
