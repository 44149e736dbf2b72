/** Owns: the expansion of a procedure's graph, element by element, into scalars. */

import {
  elementCount,
  evaluateAffine,
  type Node,
  nodesOf,
  type PickNode,
  type ReadNode,
  type ReduceNode,
} from "@adjoint/ir";
import type { Destination, Place, Procedure } from "../procedure.ts";
import { flatPosition, forEachIndex, stridesOf } from "./index-space.ts";
import { reductionSteps } from "./reductions.ts";
import { type Provenance, type Scalar, ScalarGraph } from "./scalar-graph.ts";

/** One scalar result of a procedure: element `position` of an output. */
export interface ScalarResult {
  readonly destination: Destination;
  readonly position: number;
  readonly value: Scalar;
}

export interface UnrolledProcedure {
  readonly results: readonly ScalarResult[];
  readonly provenanceOf: (scalar: Scalar) => Provenance;
}

/**
 * Every element of every result as a scalar over loads, in row-major order. Work and memory are linear in the elements of
 * the graph's nodes, so the caller bounds it by counting operations first.
 */
export function unroll(procedure: Procedure): UnrolledProcedure {
  const scalars = new ScalarGraph();
  const elements = new Map<Node, readonly Scalar[]>();
  const elementsOf = (node: Node): readonly Scalar[] => {
    const known = elements.get(node);
    if (known === undefined) throw new RangeError(`node ${node.id} is used before it is unrolled`);
    return known;
  };
  for (const node of nodesOf(procedure.graph)) {
    const made = unrollNode(scalars, procedure, node, elementsOf);
    elements.set(node, made);
    if (node.origin?.name == null) continue;
    forEachIndex(node.shape, (at, position) => {
      const from = { node: node.id, origin: node.origin, at: [...at], shape: node.shape };
      scalars.credit(present(made[position]), from);
    });
  }
  const results = procedure.graph.outputs.flatMap(({ name, node }) => {
    const destination = procedure.results.get(name);
    if (destination === undefined) throw new RangeError(`output ${name} of ${procedure.name} has no destination`);
    return elementsOf(node).map((value, position) => ({ destination, position, value }));
  });
  return { results, provenanceOf: (scalar) => scalars.provenanceOf(scalar) };
}

function unrollNode(
  scalars: ScalarGraph,
  procedure: Procedure,
  node: Node,
  elementsOf: (node: Node) => readonly Scalar[],
): readonly Scalar[] {
  const result: Scalar[] = [];
  const each = (make: (at: readonly number[], position: number, from: Provenance) => Scalar): readonly Scalar[] => {
    forEachIndex(node.shape, (at, position) => {
      const from = { node: node.id, origin: node.origin, at: [...at], shape: node.shape };
      result.push(make(at, position, from));
    });
    return result;
  };
  switch (node.kind) {
    case "input": {
      const place = placeOf(procedure, node);
      return each((_, position, from) => {
        switch (place.kind) {
          case "array":
            return scalars.load(node, place.array, place.offset + position, place.exampleStride, from);
          case "argument":
            return scalars.argument(place.name, from);
          case "noise":
            return scalars.noise(place.distribution, place.stream, position, from);
        }
      });
    }
    case "constant":
      return each((_, _position, from) => scalars.number(node.value, from));
    case "index":
      return each((at, _, from) => scalars.number(evaluateAffine(node.value, at), from));
    case "map": {
      const args = node.args.map(elementsOf);
      return each((_, position, from) =>
        scalars.apply(
          node.fn,
          args.map((arg) => present(arg[position])),
          from,
        ),
      );
    }
    case "read": {
      const source = elementsOf(node.source);
      return each((at, _, from) => {
        const position = sourcePosition(node, at);
        return position === null ? scalars.number(node.fill ?? Number.NaN, from) : present(source[position]);
      });
    }
    case "reduce":
      return unrollReduce(scalars, node, elementsOf(node.arg));
    case "pick":
      return unrollPick(scalars, procedure, node, elementsOf);
    case "reshape":
      return elementsOf(node.source);
    case "gradient":
      throw new RangeError("a gradient node reached the schedule");
  }
}

function sourcePosition(node: ReadNode, at: readonly number[]): number | null {
  let position = 0;
  for (const [axis, form] of node.index.entries()) {
    const extent = node.source.shape[axis] ?? 0;
    const i = evaluateAffine(form, at);
    if (i < 0 || i >= extent) return null;
    position = position * extent + i;
  }
  return position;
}

/** Folds from the left in row-major order of the reduced axes, as the interpreter does. */
function unrollReduce(scalars: ScalarGraph, node: ReduceNode, arg: readonly Scalar[]): readonly Scalar[] {
  const kept = node.arg.shape.map((_, axis) => axis).filter((axis) => !node.axes.includes(axis));
  const strides = stridesOf(node.shape);
  const { fn } = reductionSteps[node.op];
  const result = new Array<Scalar | undefined>(elementCount(node.shape)).fill(undefined);
  forEachIndex(node.arg.shape, (at, position) => {
    const target = kept.map((axis) => at[axis] ?? 0);
    const slot = flatPosition(target, strides);
    const accumulated = result[slot];
    const element = present(arg[position]);
    const from = { node: node.id, origin: node.origin, at: target, shape: node.shape };
    result[slot] = accumulated === undefined ? element : scalars.apply(fn, [accumulated, element], from);
  });
  return result.map(present);
}

/** An indexed load where the source lies in memory as it is; otherwise a choice among the elements, one by one. */
function unrollPick(
  scalars: ScalarGraph,
  procedure: Procedure,
  node: PickNode,
  elementsOf: (node: Node) => readonly Scalar[],
): readonly Scalar[] {
  const source = elementsOf(node.source);
  const strides = stridesOf(node.source.shape);
  const stride = strides[node.axis] ?? 1;
  const extent = node.source.shape[node.axis] ?? 1;
  const place = node.source.kind === "input" ? placeOf(procedure, node.source) : null;
  return elementsOf(node.at).map((at, position) => {
    const index = indexOf(position, node.shape);
    const from = { node: node.id, origin: node.origin, at: index, shape: node.shape };
    const base = flatPosition([...index.slice(0, node.axis), 0, ...index.slice(node.axis)], strides);
    if (at.kind === "number") return present(source[base + at.value * stride]);
    if (place?.kind === "array") {
      return scalars.gather(place.array, place.offset + base, place.exampleStride, stride, at, from);
    }
    let choice = present(source[base + (extent - 1) * stride]);
    for (let v = extent - 2; v >= 0; v--) {
      const hit = scalars.apply("eq", [at, scalars.number(v, from)], from);
      choice = scalars.apply("select", [hit, present(source[base + v * stride]), choice], from);
    }
    return choice;
  });
}

function indexOf(position: number, shape: readonly number[]): readonly number[] {
  const strides = stridesOf(shape);
  return shape.map((extent, axis) => Math.floor(position / (strides[axis] ?? 1)) % extent);
}

export function placeOf(procedure: Procedure, node: Node): Place {
  const place = node.kind === "input" ? procedure.inputs.get(node) : undefined;
  if (place === undefined) throw new RangeError(`an input of ${procedure.name} has no place`);
  return place;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError("an element is missing");
  return value;
}
