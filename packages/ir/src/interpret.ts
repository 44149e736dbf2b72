/**
 * Owns: what a graph means. Every node is materialised in float64, in topological order, straight from its definition in
 * graph.ts; every other way of running a graph is tested against this one, so it is plain before it is fast.
 */

import { composeAffine, evaluateAffine, staysInside } from "./affine.ts";
import { GraphError } from "./builder.ts";
import { argumentsOf, type Graph, type InputNode, type Node, nodesOf, type ReductionOp } from "./graph.ts";
import { flatIndex, forEachIndex, reducedStrides, stridesOf } from "./index-space.ts";
import { labelOf } from "./label.ts";
import { scalarFunctions } from "./scalar-functions.ts";
import { elementCount } from "./shape.ts";

/** Elements of one node beyond which interpretation is refused rather than left to exhaust memory. */
export const interpreterLimit = 2 ** 26;

/**
 * Told each node as soon as its elements are known, with those of its arguments in the order of `argumentsOf`. It may
 * overwrite `values` (to hold a node constant); everything downstream then sees what it wrote.
 */
export type Observer = (node: Node, values: Float64Array, args: readonly Float64Array[]) => void;

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
): Map<string, Float64Array> {
  const nodes = nodesOf(graph);
  const values = new Map<Node, Float64Array>();
  const pendingUses = new Map<Node, number>();
  for (const node of [...nodes.flatMap(argumentsOf), ...graph.outputs.map((output) => output.node)]) {
    pendingUses.set(node, (pendingUses.get(node) ?? 0) + 1);
  }
  for (const node of nodes) {
    if (elementCount(node.shape) > interpreterLimit) {
      throw new GraphError(`${labelOf(node)} has more than ${interpreterLimit} elements`);
    }
    const args = argumentsOf(node).map((arg) => values.get(arg)!);
    const result = evaluate(node, args, inputs);
    observe?.(node, result, args);
    values.set(node, result);
    for (const arg of argumentsOf(node)) {
      const left = pendingUses.get(arg)! - 1;
      pendingUses.set(arg, left);
      if (left === 0) values.delete(arg);
    }
  }
  return new Map(graph.outputs.map(({ name, node }) => [name, values.get(node)!]));
}

function evaluate(
  node: Node,
  args: readonly Float64Array[],
  inputs: (node: InputNode) => ArrayLike<number>,
): Float64Array {
  const result = new Float64Array(elementCount(node.shape));
  switch (node.kind) {
    case "input":
      result.set(checkedInput(node, inputs(node)));
      return result;
    case "constant":
      return result.fill(node.value);
    case "index":
      forEachIndex(node.shape, (at, k) => {
        result[k] = evaluateAffine(node.value, at);
      });
      return result;
    case "map": {
      const { value } = scalarFunctions[node.fn];
      const at = new Array<number>(args.length);
      for (let k = 0; k < result.length; k++) {
        for (let a = 0; a < at.length; a++) at[a] = args[a]![k]!;
        result[k] = value(...at);
      }
      return result;
    }
    case "reduce": {
      const [arg] = args;
      const { neutral, combine } = reductions[node.op];
      const strides = reducedStrides(node.arg.shape, node.axes);
      result.fill(neutral);
      forEachIndex(node.arg.shape, (at, k) => {
        const target = flatIndex(at, strides);
        result[target] = combine(result[target]!, arg![k]!);
      });
      return result;
    }
    case "read": {
      const [source] = args;
      const { shape } = node.source;
      const isWhole = staysInside(node.index, node.shape, shape);
      if (!isWhole && node.fill === null)
        throw new GraphError(`${labelOf(node)} reads outside ${labelOf(node.source)}`);
      // The position in memory is affine in the index, as each of the source's own indices is.
      const position = composeAffine({ offset: 0, coefficients: stridesOf(shape) }, node.index, node.shape.length);
      forEachIndex(node.shape, (at, k) => {
        const inside = isWhole || node.index.every((form, axis) => isIndex(evaluateAffine(form, at), shape[axis]!));
        result[k] = inside ? source![evaluateAffine(position, at)]! : node.fill!;
      });
      return result;
    }
    case "pick": {
      const [source, chosen] = args;
      const extent = node.source.shape[node.axis]!;
      const strides = stridesOf(node.source.shape);
      forEachIndex(node.shape, (at, k) => {
        const v = chosen![k]!;
        if (!isIndex(v, extent)) {
          throw new RangeError(`${labelOf(node)} picks ${v} from an axis of ${extent} elements`);
        }
        result[k] = source![flatIndex([...at.slice(0, node.axis), v, ...at.slice(node.axis)], strides)]!;
      });
      return result;
    }
    case "reshape":
      result.set(args[0]!);
      return result;
    case "gradient":
      throw new GraphError(`${labelOf(node)} is a gradient that was never expanded`);
  }
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
