/**
 * Owns: what a graph means. Every node is materialised in float64, in topological order, straight from its definition in
 * graph.ts; every other way of running a graph is tested against this one, so it is plain before it is fast.
 */

import { type Affine, composeAffine, evaluateAffine, staysInside } from "./affine.ts";
import { GraphError } from "./builder.ts";
import { argumentsOf, type Graph, type InputNode, type Node, nodesOf, type ReductionOp } from "./graph.ts";
import { flatIndex, forEachIndexAt, forEachRowAt, reducedStrides, stridesOf } from "./index-space.ts";
import { labelOf } from "./label.ts";
import { type LoopStep, nodesOfSteps, planSteps, type Step } from "./recurrences.ts";
import { scalarFunctions } from "./scalar-functions.ts";
import { elementCount, type Shape } from "./shape.ts";

/** Elements of one node beyond which interpretation is refused rather than left to exhaust memory. */
export const interpreterLimit = 2 ** 26;

/**
 * Told each node as soon as its elements are known, with those of its arguments in the order of `argumentsOf`. It may
 * change `values`; everything downstream then sees what it wrote. A node in the body of a recurrence is told after every
 * step, with the elements of later steps still to come.
 */
export type Observer = (node: Node, values: Float64Array, args: readonly Float64Array[]) => void;

/** Elements of nodes that are taken as given instead of computed: everything downstream sees these. */
export type Held = ReadonlyMap<Node, Float64Array>;

/**
 * The graph's outputs by name, row-major, in float64.
 *
 * `inputs` supplies each input node's elements; nodes of role `uniform` and `normal` are inputs like any other.
 * Reductions run in row-major order of the reduced axes, from the operation's neutral element.
 *
 * @throws {RangeError} for an input of the wrong length, a class outside 0 … count − 1, or a pick outside its axis.
 * @throws {GraphError} for an unexpanded `gradient` node or a node of more than {@link interpreterLimit} elements.
 */
export function interpret(
  graph: Graph,
  inputs: (node: InputNode) => ArrayLike<number>,
  observe?: Observer,
  held: Held = new Map(),
): Map<string, Float64Array> {
  const steps = planSteps(nodesOf(graph));
  const values = new Map<Node, Float64Array>();
  const outputs = graph.outputs.map((output) => output.node);
  const pendingUses = new Map<Node, number>();
  for (const node of [...steps.flatMap(usesOf), ...outputs]) pendingUses.set(node, (pendingUses.get(node) ?? 0) + 1);
  const run: Run = { values, inputs, held, observe: observe ?? (() => {}) };
  for (const step of steps) {
    runStep(run, step, []);
    if (step.kind === "loop") for (const node of nodesOfSteps(step.body)) values.delete(node);
    for (const arg of usesOf(step)) {
      const left = pendingUses.get(arg)! - 1;
      pendingUses.set(arg, left);
      if (left === 0) values.delete(arg);
    }
  }
  return new Map(graph.outputs.map(({ name, node }) => [name, values.get(node)!]));
}

/** What a step uses that others made. */
function usesOf(step: Step): readonly Node[] {
  if (step.kind === "node") return argumentsOf(step.node);
  const inside = new Set(nodesOfSteps(step.body));
  const used = new Set([...inside, ...step.scans].flatMap(argumentsOf));
  return [...used].filter((node) => !inside.has(node));
}

interface Run {
  readonly values: Map<Node, Float64Array>;
  readonly inputs: (node: InputNode) => ArrayLike<number>;
  readonly held: Held;
  readonly observe: Observer;
}

/** A recurrence that is at one of its steps. */
interface Active {
  readonly loop: LoopStep;
  readonly at: number;
}

function runStep(run: Run, step: Step, active: readonly Active[]): void {
  if (step.kind === "loop") {
    runLoop(run, step, active);
    return;
  }
  const { node } = step;
  const { values, held } = run;
  if (elementCount(node.shape) > interpreterLimit) {
    throw new GraphError(`${labelOf(node)} has more than ${interpreterLimit} elements`);
  }
  const args = argumentsOf(node).map((arg) => values.get(arg)!);
  const known = held.get(node) ?? values.get(node);
  const result = known ?? new Float64Array(elementCount(node.shape));
  values.set(node, result);
  if (node.kind !== "carried" && !held.has(node)) evaluate(node, result, fixedAxes(node, active), args, run.inputs);
  run.observe(node, result, args);
}

/** Where the recurrences around a node stand now, by its axes. */
function fixedAxes(node: Node, active: readonly Active[]): ReadonlyMap<number, number> {
  const fixed = new Map<number, number>();
  for (const { loop, at } of active) {
    const axis = loop.timeAxes.get(node);
    if (axis !== undefined) fixed.set(axis, at);
  }
  return fixed;
}

function runLoop(run: Run, loop: LoopStep, active: readonly Active[]): void {
  const { values } = run;
  const { direction, axis, carries } = loop.recurrence;
  const steps = carries[0]!.next.shape[axis]!;
  /** Fills the slice `at` of a tensor from a tensor of the same shape, or of that without the axis of time. */
  const fill = (node: Node, at: number, from: Node, fromAt: number | null): void => {
    const result = values.get(node) ?? new Float64Array(elementCount(node.shape));
    values.set(node, result);
    const source = values.get(from)!;
    const strides = stridesOf(from.shape);
    forEachIndexAt(node.shape, new Map([...fixedAxes(node, active), [axis, at]]), (index, k) => {
      const place = fromAt === null ? index.filter((_, a) => a !== axis) : index.with(axis, fromAt);
      result[k] = source[flatIndex(place, strides)]!;
    });
  };
  for (let done = 0; done < steps; done++) {
    const at = direction === 1 ? done : steps - 1 - done;
    for (const { previous, initial, next } of carries) {
      const asked = loop.scans.filter((scan) => scan.moment === "before" && carries[scan.which]!.previous === previous);
      for (const before of [...(loop.timeAxes.has(previous) ? [previous] : []), ...asked]) {
        if (done === 0) fill(before, at, initial, null);
        else fill(before, at, next, at - direction);
      }
    }
    for (const inner of loop.body) runStep(run, inner, [...active, { loop, at }]);
    for (const scan of loop.scans) if (scan.moment === "after") fill(scan, at, carries[scan.which]!.next, at);
  }
  for (const scan of loop.scans) {
    run.observe(
      scan,
      values.get(scan)!,
      argumentsOf(scan).map((arg) => values.get(arg)!),
    );
  }
}

/** Fills the elements of `result` that have the given values along the `fixed` axes: those of one step, or all. */
function evaluate(
  node: Node,
  result: Float64Array,
  fixed: ReadonlyMap<number, number>,
  args: readonly Float64Array[],
  inputs: (node: InputNode) => ArrayLike<number>,
): void {
  const rows = (visit: (at: readonly number[], k: number, length: number) => void): void =>
    forEachRowAt(node.shape, fixed, visit);
  const last = node.shape.length - 1;
  switch (node.kind) {
    case "input":
      result.set(checkedInput(node, inputs(node)));
      return;
    case "constant":
      result.fill(node.value);
      return;
    case "index": {
      const step = node.value.coefficients[last] ?? 0;
      rows((at, k, length) => {
        const first = evaluateAffine(node.value, at);
        for (let n = 0; n < length; n++) result[k + n] = first + n * step;
      });
      return;
    }
    case "map": {
      const { value } = scalarFunctions[node.fn];
      const [x, y, z] = args;
      if (x === undefined) throw new GraphError(`${labelOf(node)} is a function of nothing`);
      rows((_, k, length) => {
        const end = k + length;
        if (y === undefined) for (let e = k; e < end; e++) result[e] = value(x[e]!);
        else if (z === undefined) for (let e = k; e < end; e++) result[e] = value(x[e]!, y[e]!);
        else for (let e = k; e < end; e++) result[e] = value(x[e]!, y[e]!, z[e]!);
      });
      return;
    }
    case "reduce": {
      const [arg] = args;
      const { neutral, combine } = reductions[node.op];
      const strides = reducedStrides(node.arg.shape, node.axes);
      const kept = node.arg.shape.flatMap((_, axis) => (node.axes.includes(axis) ? [] : [axis]));
      rows((_, k, length) => {
        result.fill(neutral, k, k + length);
      });
      const step = strides.at(-1) ?? 0;
      forEachRowAt(node.arg.shape, new Map([...fixed].map(([axis, at]) => [kept[axis]!, at])), (at, k, length) => {
        const target = flatIndex(at, strides);
        for (let n = 0; n < length; n++) result[target + n * step] = combine(result[target + n * step]!, arg![k + n]!);
      });
      return;
    }
    case "read": {
      const [source] = args;
      const { shape } = node.source;
      const isWhole = staysInside(node.index, node.shape, shape);
      if (!isWhole && node.fill === null)
        throw new GraphError(`${labelOf(node)} reads outside ${labelOf(node.source)}`);
      // The position in memory is affine in the index, as each of the source's own indices is.
      const position = composeAffine({ offset: 0, coefficients: stridesOf(shape) }, node.index, node.shape.length);
      const step = position.coefficients[last] ?? 0;
      rows((at, k, length) => {
        const first = evaluateAffine(position, at);
        const [from, to] = isWhole ? [0, length] : insideRow(node.index, shape, at, last, length);
        if (to - from < length) result.fill(node.fill!, k, k + length);
        for (let n = from; n < to; n++) result[k + n] = source![first + n * step]!;
      });
      return;
    }
    case "pick": {
      const [source, chosen] = args;
      const extent = node.source.shape[node.axis]!;
      const strides = stridesOf(node.source.shape);
      const others = strides.filter((_, axis) => axis !== node.axis);
      const step = others[last] ?? 0;
      rows((at, k, length) => {
        const first = flatIndex(at, others);
        for (let n = 0; n < length; n++) {
          const v = chosen![k + n]!;
          if (!isIndex(v, extent)) {
            throw new RangeError(`${labelOf(node)} picks ${v} from an axis of ${extent} elements`);
          }
          result[k + n] = source![first + n * step + v * strides[node.axis]!]!;
        }
      });
      return;
    }
    case "reshape":
      rows((_, k, length) => {
        result.set(args[0]!.subarray(k, k + length), k);
      });
      return;
    case "gradient":
      throw new GraphError(`${labelOf(node)} is a gradient that was never expanded`);
    case "carried":
    case "scan":
      throw new GraphError(`${labelOf(node)} has its elements from the steps of its recurrence`);
  }
}

/** The elements [from, to) of a row, n = 0 … length − 1 along axis `last`, at which all of `index` lie inside `shape`. */
function insideRow(
  index: readonly Affine[],
  shape: Shape,
  at: readonly number[],
  last: number,
  length: number,
): readonly [from: number, to: number] {
  let [from, to] = [0, length];
  for (const [axis, form] of index.entries()) {
    // 0 ≤ first + n·step < extent, solved for n.
    const [first, step, extent] = [evaluateAffine(form, at), form.coefficients[last] ?? 0, shape[axis]!];
    if (step === 0) {
      if (!isIndex(first, extent)) return [0, 0];
    } else if (step > 0) {
      from = Math.max(from, Math.ceil(-first / step));
      to = Math.min(to, Math.ceil((extent - first) / step));
    } else {
      from = Math.max(from, Math.floor((first - extent) / -step) + 1);
      to = Math.min(to, Math.floor(first / -step) + 1);
    }
  }
  return from < to ? [from, to] : [0, 0];
}

const reductions: Readonly<
  Record<ReductionOp, { readonly neutral: number; readonly combine: (a: number, b: number) => number }>
> = {
  sum: { neutral: 0, combine: (a, b) => a + b },
  prod: { neutral: 1, combine: (a, b) => a * b },
  max: { neutral: Number.NEGATIVE_INFINITY, combine: (a, b) => Math.max(a, b) },
  min: { neutral: Number.POSITIVE_INFINITY, combine: (a, b) => Math.min(a, b) },
};

function checkedInput(node: InputNode, supplied: ArrayLike<number>): ArrayLike<number> {
  const expected = elementCount(node.shape);
  if (supplied.length !== expected) {
    throw new RangeError(`${labelOf(node)} has ${expected} elements, not ${supplied.length}`);
  }
  if (node.element.kind === "class") {
    const { count } = node.element;
    for (let k = 0; k < expected; k++) {
      const v = supplied[k]!;
      if (!isIndex(v, count)) {
        throw new RangeError(`${labelOf(node)} holds classes 0 … ${count - 1}, not ${v}`);
      }
    }
  }
  return supplied;
}

function isIndex(value: number, extent: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < extent;
}
