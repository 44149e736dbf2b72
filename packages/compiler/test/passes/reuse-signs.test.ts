import { Builder, type Graph, type Node, nodesOf, verify } from "@adjoint/ir";
import { expect, test } from "vitest";
import { reuseSigns } from "../../src/passes/reuse-signs.ts";
import { formulas, runGraph } from "./support.ts";

/** The rectified sine of x, its sum, and x where the sine is above 0: a layer's value and its derivative. */
function example(use: (f: ReturnType<typeof formulas>, h: Node) => Node, otherwise = 0): Graph {
  const builder = new Builder();
  const f = formulas(builder);
  const x = f.input("x", [6]);
  const z = f.call("sin", x);
  const above = f.call("lt", 0, z);
  const h = f.call("select", above, z, otherwise);
  return {
    name: "example",
    outputs: [
      { name: "used", node: use(f, h) },
      { name: "derivative", node: f.call("select", above, x, 0) },
    ],
  };
}

const x = [-1, 0, -0, 2, Number.POSITIVE_INFINITY, Number.MIN_VALUE];
const conditionOf = (graph: Graph): Node | undefined => {
  const node = graph.outputs.find(({ name }) => name === "derivative")?.node;
  return node?.kind === "map" ? node.args[0] : undefined;
};

test("whether z is above 0 is told from the rectified z that others read", () => {
  const graph = example((f, h) => f.sum(h));
  const reused = reuseSigns(graph);
  verify(reused);
  expect(conditionOf(reused)).toMatchObject({ fn: "lt", args: [{ value: 0 }, { fn: "select" }] });
  expect(nodesOf(reused).length).toBe(nodesOf(graph).length + 1);
  expect(runGraph(reused, { x })).toEqual(runGraph(graph, { x }));
});

test.each([
  ["what is kept may be above 0 where z is not", example((f, h) => f.sum(h), 1)],
  ["nothing reads the rectified z from memory", example((f, h) => f.call("mul", h, 2))],
])("z is asked itself where %s", (_, graph) => {
  const reused = reuseSigns(graph);
  expect(conditionOf(reused)).toMatchObject({ fn: "lt", args: [{ value: 0 }, { fn: "sin" }] });
  expect(runGraph(reused, { x })).toEqual(runGraph(graph, { x }));
});
