/** Owns: the proof that the verifier finds each broken invariant. Graphs are broken by hand: no builder makes them. */

import {
  Builder,
  type ConstantNode,
  type Graph,
  GraphError,
  type IndexNode,
  type InputNode,
  type MapNode,
  type Node,
  type PickNode,
  type ReadNode,
  type ReduceNode,
  verify,
} from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { convolution, crossEntropy, deep, form, gender } from "./networks.ts";

const graphOf = (...nodes: Node[]): Graph => ({
  name: "G",
  outputs: nodes.map((node, k) => ({ name: `out${k}`, node })),
});

const x: InputNode = {
  id: 0,
  kind: "input",
  name: "x",
  role: "input",
  element: { kind: "real" },
  shape: [2, 3],
  origin: null,
};
const map: MapNode = { id: 5, kind: "map", fn: "neg", args: [x], shape: [2, 3], origin: null };
const reduce: ReduceNode = { id: 5, kind: "reduce", op: "sum", arg: x, axes: [1], shape: [2], origin: null };
const read: ReadNode = {
  id: 5,
  kind: "read",
  source: x,
  index: [form(0, 1), form(1, 1)],
  fill: null,
  shape: [2],
  origin: null,
};
const at: ConstantNode = { id: 1, kind: "constant", value: 0, shape: [2], origin: null };
const pick: PickNode = { id: 5, kind: "pick", source: x, axis: 1, at, shape: [2], origin: null };
const index: IndexNode = { id: 5, kind: "index", value: form(0, 1), shape: [4], origin: null };

test.each([
  gender(),
  crossEntropy(4),
  convolution(6),
  deep(3, 2),
  graphOf(map),
  graphOf(reduce),
  graphOf(read),
  graphOf(pick),
  graphOf(index),
])("accepts a sound graph: $name %#", (graph) => {
  expect(() => verify(graph, { expanded: true })).not.toThrow();
});

describe("refuses", () => {
  test.each<[string, Node | readonly Node[]]>([
    ["an extent is no positive integer", { ...x, shape: [0] }],
    ["an extent is no positive integer", { ...x, shape: [1.5] }],
    ["an extent is no positive integer", { ...x, shape: [Number.POSITIVE_INFINITY] }],
    ["its elements cannot be counted", { ...x, shape: [2 ** 30, 2 ** 30] }],
    ["its id is no natural number", { ...x, id: -1 }],
    ["does not come before it", { ...map, id: 0 }],
    ["has its id", [map, { ...map, fn: "exp" }]],
    ["has the same definition", [map, { ...map, id: 6 }]],
    ["has the same definition", [at, { ...at, id: 6 }]],
    ["has the same definition", [read, { ...read, id: 6 }]],
    ["has the same definition", [pick, { ...pick, id: 6 }]],
    ["count of classes is no positive integer", { ...x, element: { kind: "class", count: 0 } }],
    ["neg takes 1 arguments, not 2", { ...map, args: [x, x] }],
    ["its argument x, input [2, 3] (node 0) has another shape", { ...map, shape: [3, 2] }],
    ["it reduces no axis", { ...reduce, axes: [] }],
    ["an axis that its argument lacks", { ...reduce, axes: [2] }],
    ["an axis that its argument lacks", { ...reduce, axes: [-1] }],
    ["its axes do not ascend", { ...reduce, axes: [1, 0], shape: [] }],
    ["its axes do not ascend", { ...reduce, axes: [1, 1] }],
    ["leaves the shape [2]", { ...reduce, shape: [3] }],
    ["one index per axis of its source", { ...read, index: [form(0, 1)] }],
    ["one coefficient per axis", { ...read, index: [form(0, 1), form(0, 1, 0)] }],
    ["not of integers", { ...read, index: [form(0, 1), form(0.5, 1)] }],
    ["not of integers", { ...read, index: [form(0, Number.NaN), form(0, 1)] }],
    ["on an axis of extent 1", { ...read, shape: [1] }],
    ["no fill says what lies there", { ...read, index: [form(0, 1), form(2, 1)] }],
    ["no fill says what lies there", { ...read, index: [form(0, -1), form(0, 1)] }],
    ["yet no index leaves its source", { ...read, fill: 0 }],
    ["an axis that its source lacks", { ...pick, axis: 2 }],
    ["leaves the shape [2]", { ...pick, shape: [3] }],
    ["where to pick in the shape [3]", { ...pick, at: { ...at, shape: [3] } }],
    ["one coefficient per axis", { ...index, value: form(0) }],
    [
      "differentiates what is no scalar",
      { id: 5, kind: "gradient", of: { ...map, id: 4 }, wrt: x, shape: [2, 3], origin: null },
    ],
  ])("%s (%#)", (fault, nodes) => {
    const graph = graphOf(...[nodes].flat());
    expect(() => verify(graph)).toThrow(GraphError);
    expect(() => verify(graph)).toThrow(fault);
  });

  test("two outputs of one name", () => {
    const output = { name: "out", node: x };
    expect(() => verify({ name: "G", outputs: [output, output] })).toThrow("two outputs of G are named out");
  });

  test("a gradient, once they are expanded", () => {
    const b = new Builder();
    const w = b.input("w", "parameter", [2]);
    const graph = graphOf(b.gradient(b.reduce("sum", b.map("exp", [w]), [0]), w));
    expect(() => verify(graph)).not.toThrow();
    expect(() => verify(graph, { expanded: true })).toThrow(
      "gradient [2] (node 3): a gradient is left after expansion",
    );
  });

  test("nodes of two builders in one graph", () => {
    const [one, other] = ["a", "b"].map((name) => new Builder().input(name, "input", []));
    expect(() => verify(graphOf(one!, other!))).toThrow("has its id");
  });

  test("naming the node as the source does", () => {
    const origin = { name: "h.z", span: null, statement: null, adjoint: true };
    expect(() => verify(graphOf({ ...reduce, axes: [], origin }))).toThrow(
      "d_h.z, reduce sum [2] (node 5): it reduces",
    );
  });
});
