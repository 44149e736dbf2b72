/** Owns: what a random program promises: every recipe is one, nothing is missing from them, and they can be replayed. */

import { arbitraryRecipe, buildProgram, type RandomProgram, type Recipe } from "@adjoint/check";
import {
  interpret,
  type Node,
  nodesOf,
  printGraph,
  type Recurrence,
  scalarFunctionNames,
  timeAxesOf,
  verify,
} from "@adjoint/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const lossOf = (program: RandomProgram, observe?: (node: Node, values: Float64Array) => void): number => {
  const results = interpret(program.graph, (node) => program.values.get(node.name)!, observe);
  return results.get("loss")![0]!;
};

/** Enough programs that what never occurs in them is missing, not rare. */
const sample = fc.sample(arbitraryRecipe({ batches: true }), { numRuns: 1500, seed: 1 }).map(buildProgram);

test("every recipe is a sound graph, and every element of it finite", () => {
  fc.assert(
    fc.property(arbitraryRecipe({ batches: true }), (recipe) => {
      const program = buildProgram(recipe);
      verify(program.graph, { expanded: true });
      lossOf(program, (node, values) => {
        // But for what stands for examples that do not count, in a maximum of those that do.
        if (node.kind === "constant" || (node.kind === "map" && node.fn === "select")) return;
        expect(values.every(Number.isFinite), `node ${node.id} of\n${printGraph(program.graph)}`).toBe(true);
      });
    }),
    { numRuns: 1000 },
  );
});

test("gradients as values, where they are asked for", () => {
  const count = (gradients: boolean): number => {
    const programs = fc.sample(arbitraryRecipe({ gradients }), { numRuns: 200, seed: 1 }).map(buildProgram);
    return programs.filter(({ graph }) => {
      verify(graph);
      return nodesOf(graph).some((node) => node.kind === "gradient");
    }).length;
  };
  expect(count(true)).toBeGreaterThan(50);
  expect(count(false)).toBe(0);
});

describe("among 1500 programs there are", () => {
  const nodes = sample.flatMap(({ graph }) => nodesOf(graph));
  const reads = nodes.filter((node) => node.kind === "read");
  const users = sample.map(({ graph }) => {
    const counts = new Map<Node, number>();
    for (const node of nodesOf(graph)) {
      if (node.kind === "map") for (const arg of new Set(node.args)) counts.set(arg, (counts.get(arg) ?? 0) + 1);
    }
    return [...counts.values()];
  });

  test.each(scalarFunctionNames)("%s", (fn) => {
    expect(nodes.filter((node) => node.kind === "map" && node.fn === fn).length).toBeGreaterThan(10);
  });

  test.each(["sum", "prod", "max", "min"] as const)("reductions by %s, of one axis and of several", (op) => {
    const reductions = nodes.filter((node) => node.kind === "reduce" && node.op === op);
    const ranks = reductions.map((node) => (node.kind === "reduce" ? node.axes.length : 0));
    expect(ranks.filter((rank) => rank === 1).length).toBeGreaterThan(20);
    expect(ranks.filter((rank) => rank > 1).length).toBeGreaterThan(20);
  });

  test.each<[string, (read: (typeof reads)[number]) => boolean]>([
    ["with something outside", (read) => read.fill !== null],
    ["backwards", ({ index }) => index.some(({ coefficients }) => coefficients.includes(-1))],
    ["with a stride", ({ index }) => index.some(({ coefficients }) => coefficients.includes(2))],
    ["of a window i + u", ({ index }) => index.some((form) => form.coefficients.filter((c) => c !== 0).length > 1)],
    [
      "of a diagonal",
      ({ index, shape }) => shape.some((_, a) => index.filter((f) => f.coefficients[a] !== 0).length > 1),
    ],
    [
      "that repeat along an axis",
      ({ index, shape }) => shape.some((n, a) => n > 1 && index.every((f) => f.coefficients[a] === 0)),
    ],
    [
      "with axes in another order",
      ({ index }) => {
        const drivers = index.map(({ coefficients }) => coefficients.findIndex((c) => c !== 0));
        return drivers.some((driver, k) => k > 0 && driver !== -1 && driver < drivers[k - 1]!);
      },
    ],
  ])("reads %s", (_, holds) => {
    expect(reads.filter(holds).length).toBeGreaterThan(20);
  });

  test("picks by classes and by computed numbers", () => {
    const picks = nodes.filter((node) => node.kind === "pick").map((node) => (node.kind === "pick" ? node.at : node));
    expect(picks.filter((at) => at.kind === "input").length).toBeGreaterThan(20);
    expect(picks.filter((at) => at.kind === "map").length).toBeGreaterThan(20);
  });

  describe("recurrences", () => {
    const recurrences = [...new Set(nodes.flatMap((node) => (node.kind === "scan" ? [node.recurrence] : [])))];
    const scans = nodes.filter((node) => node.kind === "scan");
    const bodies = recurrences.map((recurrence) => [...timeAxesOf(recurrence).keys()]);
    const count = (holds: (recurrence: Recurrence, k: number) => boolean): number => recurrences.filter(holds).length;

    test.each<[string, (recurrence: Recurrence, k: number) => boolean]>([
      ["forwards", ({ direction }) => direction === 1],
      ["backwards", ({ direction }) => direction === -1],
      ["with several carries", ({ carries }) => carries.length > 1],
      ["that carry numbers", ({ carries }) => carries.some(({ initial }) => initial.shape.length === 0)],
      ["that carry tensors of several axes", ({ carries }) => carries.some(({ initial }) => initial.shape.length > 1)],
      ["whose time is not the first axis", ({ axis }) => axis > 0],
      ["of more than two steps", ({ axis, carries }) => (carries[0]?.next.shape[axis] ?? 0) > 2],
      ["whose body reduces", (_, k) => bodies[k]!.some((node) => node.kind === "reduce")],
      ["whose body reads along other axes", (_, k) => bodies[k]!.some((node) => node.kind === "read")],
      ["within others", (_, k) => bodies[k]!.some((node) => node.kind === "scan")],
    ])("%s", (_, holds) => {
      expect(count(holds)).toBeGreaterThan(20);
    });

    test("of which what is carried into each step is asked for", () => {
      expect(scans.filter(({ moment }) => moment === "before").length).toBeGreaterThan(50);
    });
  });

  test("batches of examples that see each other, not all of which count", () => {
    const batches = sample.filter(({ batch }) => batch !== null);
    const counts = batches.map(({ batch, values }) => batch!.size - values.get(batch!.examples.name)![0]!);
    expect(batches.length).toBeGreaterThan(300);
    expect(counts.filter((missing) => missing > 0).length).toBeGreaterThan(100);
    const reduced = batches.flatMap(({ graph }) => nodesOf(graph)).filter((node) => node.kind === "reduce");
    for (const op of ["sum", "prod", "max", "min"])
      expect(reduced.filter((node) => node.op === op && node.axes[0] === 0).length).toBeGreaterThan(20);
  });

  test("axes of one element, nodes used several times, parameters not used at all", () => {
    expect(nodes.filter((node) => node.shape.includes(1)).length).toBeGreaterThan(100);
    expect(users.filter((counts) => counts.some((count) => count > 2)).length).toBeGreaterThan(100);
    const idle = sample.filter(({ graph, parameters }) => parameters.some((node) => !nodesOf(graph).includes(node)));
    expect(idle.length).toBeGreaterThan(100);
  });

  test("losses that differ from 0, nearly always", () => {
    expect(sample.filter((program) => lossOf(program) !== 0).length).toBeGreaterThan(1400);
  });
});

describe("a recipe", () => {
  const lattice: Recipe = {
    leaves: [
      { role: "target", shape: [3] },
      { role: "input", shape: [] },
    ],
    steps: [
      { kind: "map", fn: "mul", args: [0, 1, 0], moves: [] },
      { kind: "pick", source: 2, axis: 0, at: "classes", moves: [] },
    ],
    seed: 7,
    lattice: true,
    batch: null,
  };

  test("reads as the graph it makes", () => {
    const { graph } = buildProgram(lattice);
    expect(printGraph(graph)).toBe(
      [
        "graph Random",
        "",
        "param  p0[3]",
        "input  i1, w2, w3",
        "target c1: class(3)",
        "",
        "loss = 0 + i1 * p0[0] * w2 + p0[c1] * w3",
        "",
        "output loss",
        "",
      ].join("\n"),
    );
  });

  test("decides its numbers, which may be multiples of one half", () => {
    const [once, again] = [buildProgram(lattice), buildProgram(lattice)];
    expect(once.values).toEqual(again.values);
    for (const values of once.values.values()) {
      for (const x of values) expect(Math.abs(x) <= 1.5 && Number.isInteger(2 * x)).toBe(true);
    }
    expect(buildProgram({ ...lattice, seed: 8 }).values).not.toEqual(once.values);
  });

  const smallest = (isFound: (program: RandomProgram) => boolean): Recipe => {
    const outcome = fc.check(
      fc.property(arbitraryRecipe({ batches: true }), (recipe) => !isFound(buildProgram(recipe))),
      { seed: 3, numRuns: 1000 },
    );
    return outcome.counterexample![0];
  };

  test("shrinks to a small one", () => {
    const { steps, leaves } = smallest(({ graph }) =>
      nodesOf(graph).some((node) => node.kind === "map" && node.fn === "tan"),
    );
    expect(steps.length).toBeLessThanOrEqual(2);
    expect(leaves.length).toBeLessThanOrEqual(2);
  });

  test("shrinks to a small recurrence", () => {
    const { steps, batch } = smallest(({ graph }) =>
      nodesOf(graph).some((node) => node.kind === "scan" && node.recurrence.carries.length > 1),
    );
    expect(batch).toBe(null);
    expect(steps.length).toBeLessThanOrEqual(2);
    expect(steps.find(({ kind }) => kind === "scan")).toMatchObject({ times: 0, body: [], given: [] });
  });
});
