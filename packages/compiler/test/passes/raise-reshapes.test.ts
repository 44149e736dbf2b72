import { axisIndex, Builder, type Graph, type Node, nodesOf, verify } from "@adjoint/ir";
import { expect, test } from "vitest";
import { raiseReshapes } from "../../src/passes/raise-reshapes.ts";
import { formulas, numbers, runGraph } from "./support.ts";

const values = { a: numbers(6, 1), x: numbers(24, 2), b: numbers(4, 3), c: numbers(6, 4) };

function graphOf(build: (builder: Builder, enlarged: Node) => readonly Node[]): Graph {
  const builder = new Builder();
  const a = builder.input("a", "input", [2, 3]);
  // Each element of a, squared, as a square of four: what pooling by two hands back.
  const squares = builder.map("mul", [a, a]);
  const spread = builder.read(squares, [2, 2, 3, 2], [axisIndex(0, 4), axisIndex(2, 4)]);
  const outputs = build(builder, builder.reshape(spread, [4, 6])).map((node, k) => ({ name: `${k}`, node }));
  return { name: "enlarged", outputs };
}

/** The shapes of all elementwise work. */
function shapesOf(graph: Graph): readonly string[] {
  return nodesOf(graph).flatMap(({ kind, shape }) => (kind === "map" ? [shape.join("·")] : []));
}

test("elementwise work on what is reshaped goes along the axes of its source", () => {
  const graph = graphOf((builder, enlarged) => {
    const f = formulas(builder);
    const x = f.input("x", [4, 6]);
    const b = f.spread(f.input("b", [4]), [4, 6], 0);
    const c = f.spread(f.input("c", [6]), [4, 6], 1);
    return [f.call("add", f.call("add", f.call("mul", f.call("mul", enlarged, x), 3), b), c)];
  });
  const raised = raiseReshapes(graph);
  verify(raised);
  expect(raised.outputs[0]?.node).toMatchObject({ kind: "reshape", shape: [4, 6], source: { kind: "map" } });
  expect(shapesOf(raised)).toEqual(["2·3", "2·2·3·2", "2·2·3·2", "2·2·3·2", "2·2·3·2"]);
  expect(runGraph(raised, values)).toEqual(runGraph(graph, values));
});

test.each(["sum", "max"] as const)("a %s along whole axes of a reshape is one of its source", (op) => {
  const graph = graphOf((builder, enlarged) => [builder.reduce(op, enlarged, [0, 1])]);
  const raised = raiseReshapes(graph);
  verify(raised);
  expect(nodesOf(raised).filter(({ kind }) => kind === "reshape")).toEqual([]);
  expect(runGraph(raised, values)).toEqual(runGraph(graph, values));
});

test("a sum along part of what an axis consists of stays where it is", () => {
  const graph = graphOf((builder, enlarged) => [builder.reduce("sum", enlarged, [1])]);
  const raised = raiseReshapes(graph);
  expect(raised.outputs[0]?.node).toMatchObject({ kind: "reduce", arg: { kind: "reshape" } });
  expect(runGraph(raised, values)).toEqual(runGraph(graph, values));
});

test("what has several users is kept for them all", () => {
  const graph = graphOf((builder, enlarged) => [builder.map("sin", [enlarged]), builder.map("cos", [enlarged])]);
  expect(shapesOf(raiseReshapes(graph))).toEqual(["2·3", "4·6", "4·6"]);
});

test("what is carried from step to step is not reshaped: one of its axes is time", () => {
  const builder = new Builder();
  const a = builder.input("a", "input", [2, 3]);
  const given = builder.reshape(builder.map("sin", [a]), [6]);
  const previous = builder.freshCarried("carried", [6]);
  const next = builder.map("add", [previous, given]);
  const recurrence = builder.recurrence(1, 0, [{ previous, initial: builder.constant(0), next }]);
  const graph: Graph = { name: "sums", outputs: [{ name: "sums", node: builder.scan(recurrence, 0, "after") }] };
  const raised = raiseReshapes(graph);
  verify(raised);
  expect(shapesOf(raised)).toEqual(shapesOf(graph));
  expect(runGraph(raised, values)).toEqual(runGraph(graph, values));
});

test("a reshape to axes that are no digits of each other stays", () => {
  const graph = graphOf((builder, enlarged) => [builder.map("sin", [builder.reshape(enlarged, [8, 3])])]);
  const raised = raiseReshapes(graph);
  expect(shapesOf(raised)).toEqual(["2·3", "8·3"]);
  expect(runGraph(raised, values)).toEqual(runGraph(graph, values));
});
