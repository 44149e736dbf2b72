/** Owns: making procedures of graphs by hand in tests, with every input and output in an array of its own kind. */

import { type Builder, elementCount, type Graph, type InputNode, type Node, nodesOf } from "@adjoint/ir";
import type { Destination, Place, Procedure, ProcedureParameter } from "../../src/procedure.ts";
import type { Arrays, Values } from "./run-emitted.ts";

export interface Result {
  readonly node: Node;
  readonly to: "return" | "out" | "grad" | { readonly overwrite: InputNode };
}

export interface Prepared {
  readonly procedure: Procedure;
  readonly arrays: Arrays;
  readonly values: Values;
}

/** Parameters share `p`, data lies in an array by name with two examples, results go to `out`, `grad` or back into `p`. */
export function prepare(name: string, results: Readonly<Record<string, Result>>): Prepared {
  const graph: Graph = { name, outputs: Object.entries(results).map(([key, { node }]) => ({ name: key, node })) };
  const inputs = new Map<InputNode, Place>();
  const sizes = new Map<string, number>();
  const parameters: ProcedureParameter[] = [];
  const claim = (array: string, count: number, examples: number, type: "floats" | "data"): number => {
    const offset = sizes.get(array);
    if (offset === undefined) parameters.push({ name: array, type, initializer: null, doc: array });
    sizes.set(array, (offset ?? 0) + count * examples);
    return offset ?? 0;
  };
  let streams = 0;
  for (const node of nodesOf(graph)) {
    if (node.kind !== "input") continue;
    const count = elementCount(node.shape);
    switch (node.role) {
      case "parameter":
      case "gradient":
      case "state": {
        const array = node.role === "parameter" ? "p" : node.role;
        inputs.set(node, { kind: "array", array, offset: claim(array, count, 1, "floats"), exampleStride: 0 });
        break;
      }
      case "input":
      case "target":
      case "cotangent":
      case "tangent": {
        const offset = claim(node.name, count, 2, "data");
        inputs.set(node, { kind: "array", array: node.name, offset, exampleStride: count });
        break;
      }
      case "step":
        inputs.set(node, { kind: "argument", name: node.name });
        parameters.push({ name: node.name, type: "number", initializer: null, doc: "a number" });
        break;
      case "uniform":
      case "normal":
        // A name that ends in "rows" has an axis of examples; other noise alternates between one of its own and one for all.
        inputs.set(node, {
          kind: "noise",
          distribution: node.role,
          stream: streams,
          exampleStride: streams % 2 === 0 && !node.name.endsWith("rows") ? 0 : 3,
          rows: node.name.endsWith("rows"),
        });
        streams++;
        break;
    }
  }
  const destinations = new Map<string, Destination>();
  for (const [key, { node, to }] of Object.entries(results)) {
    const count = elementCount(node.shape);
    if (to === "return") destinations.set(key, { kind: "return" });
    else if (to === "out") {
      const offset = claim("out", count, 1, "floats");
      destinations.set(key, { kind: "store", place: { kind: "array", array: "out", offset, exampleStride: 0 } });
    } else if (to === "grad") {
      const offset = claim("grad", count, 1, "floats");
      destinations.set(key, { kind: "add", place: { kind: "array", array: "grad", offset, exampleStride: 0 } });
    } else {
      const place = inputs.get(to.overwrite);
      if (place?.kind !== "array") throw new Error("only arrays can be overwritten");
      destinations.set(key, { kind: "store", place });
    }
  }
  if (streams > 0) parameters.push({ name: "seed", type: "number", initializer: null, doc: "seed" });
  parameters.push({ name: "n", type: "number", initializer: "0", doc: "example" });
  const arrays = new Map(
    [...sizes].map(([array, size]) => [array, Float64Array.from({ length: size }, (_, k) => sample(array, k))]),
  );
  for (const [node, place] of inputs) {
    if (node.element.kind !== "class" || place.kind !== "array") continue;
    const { count } = node.element;
    const array = arrays.get(place.array);
    array?.forEach((_, k) => {
      array[k] = (3 * k + 1) % count;
    });
  }
  const values = { n: 1, t: 3, examples: 4 };
  return { procedure: { name, doc: name, parameters, graph, inputs, results: destinations }, arrays, values };
}

/** Numbers in (−1, 1), different in every array; a few of them equal, so that ties occur. */
function sample(array: string, k: number): number {
  const shift = [...array].reduce((sum, c) => sum + c.charCodeAt(0), 0);
  return Math.round(1000 * Math.sin(shift + 1.7 * k)) / 1000;
}

export function ports(builder: Builder) {
  return {
    parameter: (name: string, shape: readonly number[]) => builder.input(name, "parameter", shape),
    input: (name: string, shape: readonly number[]) => builder.input(name, "input", shape),
    label: (name: string, count: number, shape: readonly number[] = []) =>
      builder.input(name, "target", shape, { kind: "class", count }),
  };
}
