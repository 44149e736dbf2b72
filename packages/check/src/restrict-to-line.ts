/** Owns: a graph's scalar output along a line through the space of its inputs: what central differences are taken of. */

import { elementCount, type Graph, type Held, type InputNode, interpret, type Node, type Observer } from "@adjoint/ir";
import { traceBranches } from "./branch-signature.ts";
import type { Sample } from "./finite-differences.ts";

/**
 * Elements by the name of an input: a point in the space of a graph's inputs, or (with inputs left out, which do not
 * move) a direction. Names, because passes make new nodes; they are unique among the inputs of a model.
 */
export type Point = ReadonlyMap<string, ArrayLike<number>>;

/**
 * t ↦ the output `name` at `point + t · direction`, with the branches taken there. Whatever `stop_gradient` stops keeps
 * the value it has at t = 0, so that differences see what differentiation sees.
 *
 * @throws {RangeError} if the graph has no such output, or it is no scalar.
 */
export function restrictToLine(graph: Graph, name: string, point: Point, direction: Point): (t: number) => Sample {
  const at = (t: number) => (node: InputNode) => {
    const origin = point.get(node.name);
    if (origin === undefined) throw new RangeError(`the point says nothing of ${node.name}`);
    const slope = direction.get(node.name);
    return slope === undefined ? origin : Array.from(origin, (x, k) => x + t * slope[k]!);
  };
  const stopped = new Map<Node, Float64Array>();
  const sample = (t: number, held: Held): Sample => {
    const trace = traceBranches();
    const observe: Observer = (node, values, args) => {
      if (node.kind === "map" && node.fn === "stop_gradient") stopped.set(node, values);
      trace.observe(node, values, args);
    };
    const results = interpret(graph, at(t), observe, held);
    const result = results.get(name);
    if (result?.length !== 1) throw new RangeError(`${graph.name} has no scalar output ${name}`);
    return { value: result[0]!, branch: trace.signature() };
  };
  const centre = sample(0, new Map());
  const held = new Map(stopped);
  return (t) => (t === 0 ? centre : sample(t, held));
}

/** ⟨gradient, direction⟩ over the inputs that the direction moves. */
export function innerProduct(gradient: Point, direction: Point): number {
  let sum = 0;
  for (const [name, slope] of direction) {
    const partials = gradient.get(name);
    if (partials === undefined) throw new RangeError(`no gradient with respect to ${name}`);
    for (let k = 0; k < slope.length; k++) sum += partials[k]! * slope[k]!;
  }
  return sum;
}

/** A random direction of length 1 in the space of the given inputs. */
export function randomDirection(inputs: readonly InputNode[], normal: () => number): Point {
  const raw = inputs.map(
    (node) => [node.name, Float64Array.from({ length: elementCount(node.shape) }, normal)] as const,
  );
  const length = Math.sqrt(raw.reduce((sum, [, values]) => values.reduce((part, x) => part + x * x, sum), 0));
  return new Map(raw.map(([name, values]) => [name, values.map((x) => x / length)]));
}
