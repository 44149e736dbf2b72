/** Owns: the meaning of each kind of node, on numbers small enough to do by hand. */

import { Builder, type Graph, GraphError, type InputNode, interpret, type Node } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { convolution, crossEntropy, form, gender } from "./networks.ts";

function run(graph: Graph, inputs: Record<string, readonly number[]>): Map<string, number[]> {
  const results = interpret(graph, (node: InputNode) => inputs[node.name]!);
  return new Map([...results].map(([name, values]) => [name, [...values]]));
}

/** The elements of what `build` makes of `x`. */
function elements(x: { shape: number[]; values: number[] }, build: (b: Builder, x: Node) => Node): number[] {
  const b = new Builder();
  const node = build(b, b.input("x", "input", x.shape));
  return run({ name: "G", outputs: [{ name: "out", node }] }, { x: x.values }).get("out")!;
}

const matrix = { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] };

describe("nodes", () => {
  test("constants fill their shape", () => {
    expect(elements(matrix, (b) => b.constant(7, [2, 2]))).toEqual([7, 7, 7, 7]);
  });

  test("an index counts", () => {
    expect(elements(matrix, (b) => b.index([2, 3], form(1, 10, -1)))).toEqual([1, 0, -1, 11, 10, 9]);
  });

  test("a read has its fill wherever it falls outside, however its index moves along the row", () => {
    const x = { shape: [5], values: [1, 2, 3, 4, 5] };
    for (let step = -3; step <= 3; step++) {
      for (let offset = -7; offset <= 11; offset++) {
        const expected = [0, 1].flatMap((i) => [0, 1, 2, 3].map((n) => x.values[offset + step * n + 2 * i] ?? -1));
        expect(elements(x, (b, of) => b.read(of, [2, 4], [form(offset, 2, step)], -1))).toEqual(expected);
      }
    }
  });

  test("a map is elementwise, and knows the order of its arguments", () => {
    expect(elements(matrix, (b, x) => b.map("sub", [b.constant(10, [2, 3]), x]))).toEqual([9, 8, 7, 6, 5, 4]);
  });

  test.each([
    ["sum", [1], [6, 15]],
    ["sum", [0], [5, 7, 9]],
    ["sum", [0, 1], [21]],
    ["prod", [1], [6, 120]],
    ["max", [0], [4, 5, 6]],
    ["min", [1], [1, 4]],
  ] as const)("%s over %j", (op, axes, expected) => {
    expect(elements(matrix, (b, x) => b.reduce(op, x, axes))).toEqual(expected);
  });

  test("NaN is neither hidden by max nor by min", () => {
    const values = [1, Number.NaN, 2];
    for (const op of ["max", "min"] as const) {
      expect(elements({ shape: [3], values }, (b, x) => b.reduce(op, x, [0]))).toEqual([Number.NaN]);
    }
  });

  test("reads: transpose, broadcast, stride, reversal, diagonal", () => {
    expect(elements(matrix, (b, x) => b.read(x, [3, 2], [form(0, 0, 1), form(0, 1, 0)]))).toEqual([1, 4, 2, 5, 3, 6]);
    expect(elements({ shape: [2], values: [1, 2] }, (b, x) => b.broadcast(x, [2, 2], [0]))).toEqual([1, 1, 2, 2]);
    expect(elements(matrix, (b, x) => b.read(x, [2, 2], [form(0, 1, 0), form(0, 0, 2)]))).toEqual([1, 3, 4, 6]);
    expect(elements({ shape: [3], values: [1, 2, 3] }, (b, x) => b.read(x, [3], [form(2, -1)]))).toEqual([3, 2, 1]);
    expect(elements(matrix, (b, x) => b.read(x, [2], [form(0, 1), form(1, 1)]))).toEqual([2, 6]);
  });

  test("reads outside are the fill, in every direction and on every axis", () => {
    const vector = { shape: [3], values: [1, 2, 3] };
    expect(elements(vector, (b, x) => b.read(x, [5], [form(-1, 1)], 9))).toEqual([9, 1, 2, 3, 9]);
    // The offset of the row would land inside row-major memory.
    expect(elements(matrix, (b, x) => b.read(x, [2, 3], [form(0, 1, 0), form(1, 0, 1)], 0))).toEqual([
      2, 3, 0, 5, 6, 0,
    ]);
  });

  test("a pick reads along its axis", () => {
    const picked = (axis: number, at: readonly number[]): number[] => {
      const b = new Builder();
      const x = b.input("x", "input", [2, 3]);
      const classes = b.input("at", "input", [at.length], { kind: "class", count: 3 });
      const graph = { name: "G", outputs: [{ name: "out", node: b.pick(x, axis, classes) }] };
      return run(graph, { x: matrix.values, at }).get("out")!;
    };
    expect(picked(1, [2, 0])).toEqual([3, 4]);
    expect(picked(0, [1, 0, 1])).toEqual([4, 2, 6]);
  });
});

describe("networks", () => {
  test("gender with all weights 1 and biases 0 at (−2, −1)", () => {
    const ones = { "h.W": [1, 1, 1, 1], "h.b": [0, 0], "o.W": [1, 1], "o.b": [0] };
    const results = run(gender(), { ...ones, x: [-2, -1], y: [1] });
    const [o] = results.get("o")!;
    expect(o).toBeCloseTo(0.524, 3);
    expect(results.get("loss")![0]).toBeCloseTo((1 - o!) ** 2, 15);
  });

  test("a softmax cross-entropy and its gradient", () => {
    const logits = [Math.log(1), Math.log(2), Math.log(5)];
    const result = run(crossEntropy(3), { logits, label: [1] });
    expect(result.get("loss")![0]).toBeCloseTo(Math.log(4), 15);
    [0.125, -0.75, 0.625].forEach((expected, k) => {
      expect(result.get("logits")![k]).toBeCloseTo(expected, 15);
    });
  });

  test("a padded convolution and a pooling", () => {
    // y = (2·1+3·2, 1+2·2+3·3, 2+2·3+3·4, 3+2·4) = (8, 14, 20, 11)
    expect(run(convolution(4), { x: [1, 2, 3, 4], K: [1, 2, 3] }).get("pooled")).toEqual([14, 20]);
  });
});

describe("an observer", () => {
  test("sees every node once, after its arguments, with their elements", () => {
    const b = new Builder();
    const x = b.input("x", "input", [2]);
    const sum = b.reduce("sum", b.map("mul", [x, x]), [0]);
    const seen: string[] = [];
    interpret(
      { name: "G", outputs: [{ name: "out", node: sum }] },
      () => [3, 4],
      (node, values, args) => seen.push(`${node.kind} ${values} of ${args.map(String).join(" and ")}`),
    );
    expect(seen).toEqual(["input 3,4 of ", "map 9,16 of 3,4 and 3,4", "reduce 25 of 9,16"]);
  });

  test("a node that is held has the elements it is given", () => {
    const b = new Builder();
    const held = b.map("exp", [b.input("x", "input", [])]);
    const results = interpret(
      { name: "G", outputs: [{ name: "out", node: b.map("neg", [held]) }] },
      () => [0],
      undefined,
      new Map([[held, Float64Array.of(5)]]),
    );
    expect([...results.get("out")!]).toEqual([-5]);
  });
});

describe("refusals", () => {
  const graphOf = (build: (b: Builder) => Node): Graph => ({
    name: "G",
    outputs: [{ name: "out", node: build(new Builder()) }],
  });

  test("an input of another length", () => {
    const graph = graphOf((b) => b.input("x", "input", [3]));
    expect(() => run(graph, { x: [1, 2] })).toThrow(new RangeError("x, input [3] (node 0) has 3 elements, not 2"));
  });

  test.each([3, -1, 0.5, Number.NaN])("class %d of 3", (label) => {
    expect(() => run(crossEntropy(3), { logits: [0, 0, 0], label: [label] })).toThrow(RangeError);
  });

  test.each([2, -1, 0.5, Number.NaN])("a pick of element %d out of 2", (at) => {
    const graph = graphOf((b) => b.pick(b.input("x", "input", [2]), 0, b.input("at", "input", [])));
    expect(() => run(graph, { x: [1, 2], at: [at] })).toThrow(/picks .* from an axis of 2 elements/);
  });

  test("a gradient", () => {
    const graph = graphOf((b) => {
      const x = b.input("x", "input", []);
      return b.gradient(b.map("exp", [x]), x);
    });
    expect(() => run(graph, { x: [1] })).toThrow(
      new GraphError("gradient [] (node 2) is a gradient that was never expanded"),
    );
  });

  test("a read that leaves its source, which no builder makes", () => {
    const graph = graphOf((b) => {
      const read = b.read(b.input("x", "input", [4]), [3], [form(1, 1)]);
      return { ...read, shape: [4] };
    });
    expect(() => run(graph, { x: [1, 2, 3, 4] })).toThrow("read [4] (node 1) reads outside x, input [4] (node 0)");
  });

  test("more elements than memory should hold", () => {
    const graph = graphOf((b) => b.broadcast(b.input("x", "input", []), [2 ** 14, 2 ** 13], []));
    expect(() => run(graph, { x: [1] })).toThrow(/more than 67108864 elements/);
  });
});

test("ten thousand layers deep", () => {
  const b = new Builder();
  let node: Node = b.input("x", "input", []);
  for (let k = 0; k < 10_000; k++) node = b.map("add", [node, b.constant(1)]);
  expect(run({ name: "G", outputs: [{ name: "out", node }] }, { x: [0] })).toEqual(new Map([["out", [10_000]]]));
});
