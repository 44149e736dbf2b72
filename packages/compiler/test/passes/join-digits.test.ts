/** Owns: the adjoints of reads whose axes count through their source as the digits of a number. */

import { type Affine, Builder, evaluateAffine, type Node, nodesOf, type Shape } from "@adjoint/ir";
import { expect, test } from "vitest";
import { cotangents } from "../../src/passes/differentiate.ts";
import { numbers, runGraph } from "./support.ts";

interface Case {
  readonly source: Shape;
  readonly shape: Shape;
  /** Rows of coefficients, one for each axis of the source. */
  readonly index: readonly (readonly number[])[];
}

function adjointOf({ source, shape, index }: Case): Node {
  const builder = new Builder();
  const s = builder.input("s", "input", source);
  const forms = index.map((coefficients): Affine => ({ offset: 0, coefficients }));
  const read = builder.read(s, shape, forms);
  const [adjoint] = cotangents(builder, read, [s], builder.input("w", "input", shape));
  return adjoint ?? s;
}

/** Each cotangent is added where its element was read. */
function scattered({ source, shape, index }: Case, w: readonly number[]): number[] {
  const result = new Array<number>(source.reduce((a, b) => a * b, 1)).fill(0);
  const places = shape.reduce<number[][]>(
    (all, extent) => all.flatMap((at) => [...Array(extent).keys()].map((i) => [...at, i])),
    [[]],
  );
  for (const [k, at] of places.entries()) {
    const place = index.reduce(
      (sum, coefficients, axis) => sum * (source[axis] ?? 1) + evaluateAffine({ offset: 0, coefficients }, at),
      0,
    );
    result[place] = (result[place] ?? 0) + (w[k] ?? 0);
  }
  return result;
}

const kindsIn = (adjoint: Node): ReadonlySet<string> => {
  return new Set(nodesOf({ name: "adjoint", outputs: [{ name: "adjoint", node: adjoint }] }).map(({ kind }) => kind));
};

const joined: Readonly<Record<string, Case>> = {
  "s[4 j + l]": { source: [12], shape: [3, 4], index: [[4, 1]] },
  "s[j + 3 l]": { source: [12], shape: [3, 4], index: [[1, 3]] },
  "s[6 j + 2 k + l], three digits": { source: [24], shape: [4, 3, 2], index: [[6, 2, 1]] },
  "s[2 i + u, 3 j + v], windows that lie side by side": {
    source: [4, 6],
    shape: [2, 2, 2, 3],
    index: [
      [2, 0, 1, 0],
      [0, 3, 0, 1],
    ],
  },
};

const apart: Readonly<Record<string, Case>> = {
  "s[4 j + l, l]": {
    source: [12, 4],
    shape: [3, 4],
    index: [
      [4, 1],
      [0, 1],
    ],
  },
  "s[2 j + l], windows that overlap": { source: [9], shape: [4, 3], index: [[2, 1]] },
  "s[5 j + l], windows with a gap between them": { source: [14], shape: [3, 4], index: [[5, 1]] },
};

const all: Readonly<Record<string, Case>> = { ...joined, ...apart };

test.each(Object.keys(all))("the adjoint of %s adds each cotangent where its element was read", (name) => {
  const example = all[name]!;
  const w = numbers(
    example.shape.reduce((a, b) => a * b, 1),
    5,
  );
  const graph = { name: "adjoint", outputs: [{ name: "adjoint", node: adjointOf(example) }] };
  const found = runGraph(graph, { w })["adjoint"] ?? [];
  for (const [k, expected] of scattered(example, w).entries()) expect(found[k]).toBeCloseTo(expected, 12);
});

test.each(Object.keys(joined))("the adjoint of %s is its cotangent along other axes, and no sum", (name) => {
  const kinds = kindsIn(adjointOf(joined[name]!));
  expect(kinds.has("reshape")).toBe(true);
  expect(kinds.has("reduce")).toBe(false);
});
