/** Owns: what a data set is to the command. */

import { type Element, elementCount, type Model, type Shape } from "@adjoint/ir";
import type { NumericArray } from "@adjoint/runtime";
import { usageFailure } from "../failure.ts";
import { countOf } from "../view/numbers.ts";

/** What the network wants to be told about each example. */
export interface DataPort {
  readonly name: string;
  readonly role: "input" | "target";
  readonly shape: Shape;
  readonly element: Element;
}

export interface Dataset {
  readonly count: number;
  /** By port: example n's element k (row-major) is at n · elementCount(shape) + k. A port left out is absent. */
  readonly values: ReadonlyMap<string, NumericArray>;
}

export interface DataOptions {
  /** By port, the header names of its elements in row-major order, where they don't follow the convention. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** Header names that no port takes and nobody misses. */
  readonly ignore: readonly string[];
  /** By port, what its numbers are multiplied by. */
  readonly scale: ReadonlyMap<string, number>;
  /** Whether the targets may be left out altogether, as for prediction. */
  readonly targetsOptional: boolean;
}

/** `x[2]`, `image[28, 28]`, `label: class(10)`, as the page declares it. */
export function describePort(port: DataPort): string {
  const extents = port.shape.length === 0 ? "" : `[${port.shape.join(", ")}]`;
  const type = port.element.kind === "class" ? `: class(${port.element.count})` : "";
  return `${port.role} ${port.name}${extents}${type}`;
}

export function portsOf(model: Model): readonly DataPort[] {
  const port =
    (role: DataPort["role"]) =>
    ({ name, shape, element }: Model["inputs"][number]): DataPort => ({ name, role, shape, element });
  return [...model.inputs.map(port("input")), ...model.targets.map(port("target"))];
}

/** One example, ports in the order of the model: what `explain` and the compiler's interpreter take. */
export function exampleOf(dataset: Dataset, ports: readonly DataPort[], n: number): ReadonlyMap<string, Float64Array> {
  if (n < 0 || n >= dataset.count) {
    throw usageFailure(`there is no example ${n}: the data set has ${countOf(dataset.count, "example")}, from 0`);
  }
  const values = new Map<string, Float64Array>();
  for (const port of ports) {
    const all = dataset.values.get(port.name);
    const size = elementCount(port.shape);
    if (all !== undefined) values.set(port.name, new Float64Array(all.slice(n * size, (n + 1) * size)));
  }
  return values;
}
