import { Builder, type Node } from "@adjoint/ir";
import { describe, expect, it } from "vitest";
import type { Layout } from "../../src/schedule/choose-layout.ts";
import { forEachExpression, forEachLeaf, type Item, type LoopItem } from "../../src/schedule/loop-nest.ts";
import { printSchedule } from "../../src/schedule/print-schedule.ts";
import { type Schedule, scheduleLoops } from "../../src/schedule/schedule-loops.ts";
import { ports, prepare } from "./procedures.ts";
import { expected } from "./run-emitted.ts";
import { runSchedule } from "./run-schedule.ts";

/** C[i, j] = Σ over k of what `a` and `b` read of their tensors at (i, j, k). */
interface Contraction {
  readonly left: { readonly shape: readonly number[]; readonly at: readonly (0 | 1 | 2)[] };
  readonly right: { readonly shape: readonly number[]; readonly at: readonly (0 | 1 | 2)[] };
  readonly space: readonly [number, number, number];
}

const [rows, columns, depth] = [24, 32, 40];
const space = [rows, columns, depth] as const;
const contractions: Readonly<Record<string, Contraction>> = {
  "x · Wᵀ, both contiguous along the sum": {
    left: { shape: [rows, depth], at: [0, 2] },
    right: { shape: [columns, depth], at: [1, 2] },
    space,
  },
  "z · W, one contiguous along the result": {
    left: { shape: [rows, depth], at: [0, 2] },
    right: { shape: [depth, columns], at: [2, 1] },
    space,
  },
  "zᵀ · x, a sum over the leading axis of both": {
    left: { shape: [depth, rows], at: [2, 0] },
    right: { shape: [depth, columns], at: [2, 1] },
    space,
  },
  "extents that neither lanes nor tiles divide": {
    left: { shape: [7, 13], at: [0, 2] },
    right: { shape: [13, 11], at: [2, 1] },
    space: [7, 11, 13],
  },
};

function contraction({ left, right, space }: Contraction) {
  const builder = new Builder();
  const { parameter } = ports(builder);
  const read = (name: string, { shape, at }: Contraction["left"]): Node => {
    const index = at.map((axis) => ({ offset: 0, coefficients: [0, 1, 2].map((a) => (a === axis ? 1 : 0)) }));
    return builder.read(parameter(name, [...shape]), [...space], index, null);
  };
  const product = builder.map("mul", [read("a", left), read("b", right)]);
  return prepare("f", { c: { node: builder.reduce("sum", product, [2]), to: "out" } });
}

function loopsOf(items: readonly Item[]): readonly LoopItem[] {
  return items.flatMap((item) => (item.kind === "loop" ? [item, ...loopsOf(item.body)] : []));
}

/** The innermost loop that sums. */
function contracting({ parts }: Schedule): LoopItem | undefined {
  const inner = loopsOf(parts.flat()).filter(({ body }) => body.every((item) => item.kind !== "loop"));
  return inner.find(({ body }) => body.some((item) => item.kind === "store" && item.operator === "sum"));
}

function operations(items: readonly Item[]) {
  let [loads, sums] = [0, 0];
  for (const item of items) {
    forEachLeaf(item, (leaf) => {
      if (leaf.kind === "store" && leaf.operator === "sum") sums++;
      forEachExpression(leaf.value, (part) => {
        if (part.kind === "load" && part.access.buffer.size !== 1) loads++;
      });
    });
  }
  return { loads, sums };
}

describe.each(Object.entries(contractions))("a contraction: %s", (_, given) => {
  it.each([1, 2, 4])("is computed as the interpreter does, in %d lanes", (lanes) => {
    const { procedure, arrays, values } = contraction(given);
    const should = expected(procedure, arrays, values).after.get("out") ?? [];
    const { after } = runSchedule(procedure, arrays, values, { storageRounds: false, lanes, leastTiled: 0 });
    should.forEach((value, k) => {
      expect(after.get("out")?.[k]).toBeCloseTo(value, 9);
    });
  });

  it("holds a tile of sums in registers, and loads less than one vector for each", () => {
    const { procedure } = contraction(given);
    const schedule = scheduleLoops(procedure, { storageRounds: false, lanes: 4, leastTiled: 0 });
    const inner = contracting(schedule);
    const { loads, sums } = operations(inner?.body ?? []);
    expect(sums).toBeGreaterThanOrEqual(4);
    expect(loads).toBeLessThan(sums + 1);
    expect(schedule.tiles.map(({ lanes }) => lanes.size)).toEqual([1]);
  });
});

describe("the shape of a nest", () => {
  const [first] = Object.values(contractions);
  const { procedure } = contraction(first ?? { left: { shape: [], at: [] }, right: { shape: [], at: [] }, space });

  it("stays plain where that takes fewer cycles than asked for", () => {
    const options = { storageRounds: false, lanes: 1, leastTiled: Number.POSITIVE_INFINITY };
    expect(scheduleLoops(procedure, options).tiles).toEqual([]);
  });

  it("is printed with its cost", () => {
    const text = printSchedule("f", scheduleLoops(procedure, { storageRounds: false, lanes: 4, leastTiled: 0 }));
    expect(text).toMatch(/sum: 24 ×\d · 32 ×\d · 40 in lanes; about \d+ cycles, \d+\.\d times fewer than plain/);
  });
});

describe("a block of examples", () => {
  /** y[b, i] = Σ over u of K[u] · x[b, i + u]: 8 examples of 10 numbers. */
  const builder = new Builder();
  const { parameter } = ports(builder);
  const kernel = builder.read(parameter("K", [3]), [8, 8, 3], [{ offset: 0, coefficients: [0, 0, 1] }], null);
  const window = [
    { offset: 0, coefficients: [1, 0, 0] },
    { offset: 0, coefficients: [0, 1, 1] },
  ];
  const x = builder.read(parameter("x", [8, 10]), [8, 8, 3], window, null);
  const y = builder.reduce("sum", builder.map("mul", [kernel, x]), [2]);
  const { procedure, arrays, values } = prepare("f", { y: { node: builder.map("tanh", [y]), to: "out" } });
  const block = { ...procedure, examples: 8 };

  it.each(["rows", "examples-innermost"] as const)("means the same in either layout: %s", (layout: Layout) => {
    const options = { storageRounds: false, lanes: 4, leastTiled: 0, layout };
    const should = expected(procedure, arrays, values).after.get("out") ?? [];
    const { after } = runSchedule(block, arrays, values, options);
    should.forEach((value, k) => {
      expect(after.get("out")?.[k]).toBeCloseTo(value, 9);
    });
  });
});

describe.each(["sum", "max", "min", "prod"] as const)("a %s over two axes, the inner one in lanes", (op) => {
  /** c[i, u] takes in a[i, p, b] · x[p + u, b] for all p and b: what a convolution's kernel gets from a block. */
  const builder = new Builder();
  const { parameter } = ports(builder);
  const space = [6, 3, 10, 16];
  const along = (...axes: readonly number[]) => ({
    offset: 0,
    coefficients: space.map((_, axis) => (axes.includes(axis) ? 1 : 0)),
  });
  const a = builder.read(parameter("a", [6, 10, 16]), space, [along(0), along(2), along(3)], null);
  const x = builder.read(parameter("x", [12, 16]), space, [along(2, 1), along(3)], null);
  const c = builder.reduce(op, builder.map("mul", [a, x]), [2, 3]);
  const { procedure, arrays, values } = prepare("f", { c: { node: c, to: "out" } });
  const options = { storageRounds: false, lanes: 4, leastTiled: 0 };

  it("is what the interpreter computes", () => {
    const should = expected(procedure, arrays, values).after.get("out") ?? [];
    const { after } = runSchedule(procedure, arrays, values, options);
    should.forEach((value, k) => {
      expect(after.get("out")?.[k]).toBeCloseTo(value, 9);
    });
  });

  it("takes the lanes together once for each result", () => {
    let taken = 0;
    for (const item of scheduleLoops(procedure, options).parts.flat()) {
      forEachLeaf(item, (leaf, loops) => {
        forEachExpression(leaf.value, ({ kind }) => {
          if (kind === "horizontal") taken += loops.reduce((turns, { symbol }) => turns * symbol.extent, 1);
        });
      });
    }
    expect(taken).toBe(6 * 3);
  });
});
