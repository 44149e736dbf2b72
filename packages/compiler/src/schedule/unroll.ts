/** Owns: the expansion of a procedure's graph, element by element, into scalars. */

import {
  elementCount,
  evaluateAffine,
  forEachIndexAt,
  type LoopStep,
  type Node,
  nodesOf,
  type PickNode,
  planSteps,
  type ReadNode,
  type ReduceNode,
  type Step,
} from "@adjoint/ir";
import type { Destination, Place, Procedure } from "../procedure.ts";
import { flatPosition, stridesOf } from "./index-space.ts";
import { reductionSteps } from "./reductions.ts";
import { type Provenance, type Scalar, ScalarGraph } from "./scalar-graph.ts";
import { viewOfInput } from "./view-of-input.ts";

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
  const elements = new Map<Node, (Scalar | undefined)[]>();
  const elementsOf = (node: Node): readonly (Scalar | undefined)[] => {
    const known = elements.get(node);
    if (known === undefined) throw new RangeError(`node ${node.id} is used before it is unrolled`);
    return known;
  };
  const set = (node: Node, at: readonly number[], position: number, scalar: Scalar): void => {
    const known = elements.get(node) ?? new Array<Scalar | undefined>(elementCount(node.shape)).fill(undefined);
    elements.set(node, known);
    known[position] = scalar;
    if (node.origin?.name != null)
      scalars.credit(scalar, { node: node.id, origin: node.origin, at: [...at], shape: node.shape });
  };
  const run = (step: Step, active: readonly Active[]): void => {
    if (step.kind === "node") {
      const { node } = step;
      if (node.kind === "carried") return;
      const fixed = fixedAxes(node, active);
      const make = unrollNode(scalars, procedure, node, fixed, elementsOf);
      forEachIndexAt(node.shape, fixed, (at, position) => set(node, at, position, make(at, position)));
      return;
    }
    const { axis, direction, carries } = step.recurrence;
    const steps = carries[0]?.next.shape[axis] ?? 0;
    const copy = (node: Node, time: number, from: Node, fromTime: number | null): void => {
      const source = elementsOf(from);
      const strides = stridesOf(from.shape);
      const fixed = new Map([...fixedAxes(node, active), [axis, time]]);
      forEachIndexAt(node.shape, fixed, (at, position) => {
        const place = fromTime === null ? at.filter((_, a) => a !== axis) : at.with(axis, fromTime);
        set(node, at, position, present(source[flatPosition(place, strides)]));
      });
    };
    for (let done = 0; done < steps; done++) {
      const time = direction === 1 ? done : steps - 1 - done;
      for (const { previous, initial, next } of carries) {
        const asked = step.scans.filter(
          (scan) => scan.moment === "before" && carries[scan.which]?.previous === previous,
        );
        for (const before of [...(step.timeAxes.has(previous) ? [previous] : []), ...asked]) {
          if (done === 0) copy(before, time, initial, null);
          else copy(before, time, next, time - direction);
        }
      }
      for (const inner of step.body) run(inner, [...active, { loop: step, time }]);
      for (const scan of step.scans) {
        const carry = carries[scan.which];
        if (carry !== undefined && scan.moment === "after") copy(scan, time, carry.next, time);
      }
    }
  };
  for (const step of planSteps(nodesOf(procedure.graph))) run(step, []);
  const results = procedure.graph.outputs.flatMap(({ name, node }) => {
    const destination = procedure.results.get(name);
    if (destination === undefined) throw new RangeError(`output ${name} of ${procedure.name} has no destination`);
    return elementsOf(node).map((value, position) => ({ destination, position, value: present(value) }));
  });
  return { results, provenanceOf: (scalar) => scalars.provenanceOf(scalar) };
}

/** A recurrence at one of its steps. */
interface Active {
  readonly loop: LoopStep;
  readonly time: number;
}

function fixedAxes(node: Node, active: readonly Active[]): ReadonlyMap<number, number> {
  return new Map(
    active.flatMap(({ loop, time }) => {
      const axis = loop.timeAxes.get(node);
      return axis === undefined ? [] : [[axis, time] as const];
    }),
  );
}

type ElementsOf = (node: Node) => readonly (Scalar | undefined)[];

/** What makes an element of the node; of its arguments, only what lies at the `fixed` axes is known. */
function unrollNode(
  scalars: ScalarGraph,
  procedure: Procedure,
  node: Node,
  fixed: ReadonlyMap<number, number>,
  elementsOf: ElementsOf,
): (at: readonly number[], position: number) => Scalar {
  const from = (at: readonly number[]): Provenance => ({
    node: node.id,
    origin: node.origin,
    at: [...at],
    shape: node.shape,
  });
  switch (node.kind) {
    case "input": {
      const place = placeOf(procedure, node);
      return (at, position) => {
        switch (place.kind) {
          case "array":
            return scalars.load(node, place.array, place.offset + position, place.exampleStride, from(at));
          case "argument":
            return scalars.argument(place.name, from(at));
          case "noise": {
            const size = place.rows ? elementCount(node.shape.slice(1)) : elementCount(node.shape);
            const stream = place.stream + Math.floor(position / size) * place.exampleStride;
            return scalars.noise(place.distribution, stream, place.exampleStride, position % size, from(at));
          }
        }
      };
    }
    case "constant":
      return (at) => scalars.number(node.value, from(at));
    case "index":
      return (at) => scalars.number(evaluateAffine(node.value, at), from(at));
    case "map": {
      const args = node.args.map(elementsOf);
      return (at, position) =>
        scalars.apply(
          node.fn,
          args.map((arg) => present(arg[position])),
          from(at),
        );
    }
    case "read": {
      const source = elementsOf(node.source);
      return (at) => {
        const position = sourcePosition(node, at);
        return position === null ? scalars.number(node.fill ?? Number.NaN, from(at)) : present(source[position]);
      };
    }
    case "reduce": {
      const reduced = unrollReduce(scalars, node, fixed, elementsOf(node.arg));
      return (_, position) => present(reduced[position]);
    }
    case "pick":
      return unrollPick(scalars, procedure, node, elementsOf);
    case "reshape": {
      const source = elementsOf(node.source);
      return (_, position) => present(source[position]);
    }
    case "gradient":
      throw new RangeError("a gradient node reached the schedule");
    case "carried":
    case "scan":
      throw new RangeError("a recurrence is unrolled step by step");
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
function unrollReduce(
  scalars: ScalarGraph,
  node: ReduceNode,
  fixed: ReadonlyMap<number, number>,
  arg: readonly (Scalar | undefined)[],
): readonly (Scalar | undefined)[] {
  const kept = node.arg.shape.map((_, axis) => axis).filter((axis) => !node.axes.includes(axis));
  const strides = stridesOf(node.shape);
  const { fn } = reductionSteps[node.op];
  const result = new Array<Scalar | undefined>(elementCount(node.shape)).fill(undefined);
  const within = new Map([...fixed].map(([axis, at]) => [present(kept[axis]), at]));
  forEachIndexAt(node.arg.shape, within, (at, position) => {
    const target = kept.map((axis) => at[axis] ?? 0);
    const slot = flatPosition(target, strides);
    const accumulated = result[slot];
    const element = present(arg[position]);
    const from = { node: node.id, origin: node.origin, at: target, shape: node.shape };
    result[slot] = accumulated === undefined ? element : scalars.apply(fn, [accumulated, element], from);
  });
  return result;
}

/** An indexed load where the source is read from memory as it lies there; otherwise a choice among the elements, one by one. */
function unrollPick(
  scalars: ScalarGraph,
  procedure: Procedure,
  node: PickNode,
  elementsOf: ElementsOf,
): (at: readonly number[], position: number) => Scalar {
  const source = elementsOf(node.source);
  const chosen = elementsOf(node.at);
  const extent = node.source.shape[node.axis] ?? 1;
  const strides = stridesOf(node.source.shape);
  const stored = viewOfInput(node.source);
  const place = stored === null ? null : placeOf(procedure, stored.node);
  return (index, position) => {
    const at = present(chosen[position]);
    const from = { node: node.id, origin: node.origin, at: [...index], shape: node.shape };
    const elementAt = (v: number): readonly number[] => [...index.slice(0, node.axis), v, ...index.slice(node.axis)];
    const element = (v: number): Scalar => present(source[flatPosition(elementAt(v), strides)]);
    if (at.kind === "number") return element(at.value);
    if (stored !== null && place?.kind === "array") {
      const positionAt = (v: number): number => evaluateAffine(stored.position, elementAt(v));
      const base = positionAt(0);
      return scalars.gather(place.array, place.offset + base, place.exampleStride, positionAt(1) - base, at, from);
    }
    let choice = element(extent - 1);
    for (let v = extent - 2; v >= 0; v--) {
      const hit = scalars.apply("eq", [at, scalars.number(v, from)], from);
      choice = scalars.apply("select", [hit, element(v), choice], from);
    }
    return choice;
  };
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
