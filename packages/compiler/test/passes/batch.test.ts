import { Builder, type Graph, reachable, verify } from "@adjoint/ir";
import { expect, test } from "vitest";
import { batch } from "../../src/passes/batch.ts";
import { cotangents } from "../../src/passes/differentiate.ts";
import { expandGradients } from "../../src/passes/expand-gradients.ts";
import { recurrenceCases } from "./recurrence-cases.ts";
import { formulas, numbers, runGraph } from "./support.ts";

/** A layer, a table lookup, a shift, a loss, a value of the parameters alone, and the gradient of the loss. */
function example(): Graph {
  const builder = new Builder();
  const f = formulas(builder);
  const W = builder.input("W", "parameter", [3, 2]);
  const label = f.label("k", 3);
  const product = f.call("mul", W, f.spread(f.input("x", [2]), [3, 2], 1));
  const z = f.call("tanh", f.sum(product, 1));
  const shifted = builder.read(z, [3], [{ offset: 1, coefficients: [1] }], 0.5);
  const loss = f.call("sub", f.sum(f.call("mul", shifted, z)), builder.pick(z, 0, label));
  return expandGradients({
    name: "example",
    outputs: [
      { name: "loss", node: loss },
      { name: "z", node: z },
      { name: "norm", node: f.sum(f.call("mul", W, W)) },
    ],
  });
}

test("a batch is its examples, and a scalar of each example its mean", () => {
  const graph = example();
  const W = numbers(6, 1);
  const examples = [0, 1, 2, 3].map((k) => ({ x: numbers(2, 10 + k), k: [k % 3], W }));
  const single = examples.map((values) => runGraph(graph, values));
  const batched = batch(graph, 4);
  verify(batched, { expanded: true });
  const together = runGraph(batched, {
    x: examples.flatMap((e) => e.x),
    k: examples.flatMap((e) => e.k),
    W,
  });
  const column = (name: string) => single.flatMap((results) => results[name] ?? []);
  const { z, loss = [] } = together;
  expect(z).toEqual(column("z"));
  expect(loss[0]).toBeCloseTo(column("loss").reduce((a, b) => a + b) / 4, 14);
});

test("what depends on parameters only is computed once", () => {
  const norm = batch(example(), 4).outputs.find((output) => output.name === "norm");
  expect(norm?.node).toMatchObject({ kind: "reduce", arg: { shape: [3, 2] } });
});

test.each(recurrenceCases)("examples are recurred each by itself: $name", ({ build, at }) => {
  const builder = new Builder();
  const f = formulas(builder);
  const y = build(f);
  const inputs = reachable([y]).filter((node) => node.kind === "input");
  const gradients = cotangents(builder, f.sum(f.call("mul", y, y)), inputs);
  const graph: Graph = {
    name: "recurrence",
    outputs: [y, ...gradients].map((node, k) => ({
      name: `${k}`,
      node: builder.broadcast(
        node,
        [1, ...node.shape],
        node.shape.map((_, a) => a + 1),
      ),
    })),
  };
  const examples = [1, 0.5, -0.25].map((factor) =>
    Object.fromEntries(Object.entries(at).map(([name, values]) => [name, values.map((v) => factor * v)])),
  );
  const batched = batch(graph, examples.length);
  verify(batched, { expanded: true });
  const joined = Object.keys(at).map((name) => [name, examples.flatMap((example) => example[name] ?? [])] as const);
  const together = runGraph(batched, Object.fromEntries(joined));
  const single = examples.map((values) => runGraph(graph, values));
  for (const { name } of graph.outputs) {
    const expected = single.flatMap((results) => results[name] ?? []);
    expect(together[name]?.length).toBe(expected.length);
    for (const [k, value] of expected.entries()) expect(together[name]?.[k]).toBeCloseTo(value, 12);
  }
});
