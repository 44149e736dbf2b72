import { arbitraryRecipe, buildProgram, type Recipe } from "@adjoint/check";
import { type InputNode, type Output, reachable } from "@adjoint/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cotangents } from "../../packages/compiler/src/passes/differentiate.ts";
import { runPipeline } from "../../packages/compiler/src/pipeline.ts";
import { type Prepared, prepare, type Result } from "../../packages/compiler/test/target/procedures.ts";
import { actual, expected } from "../../packages/compiler/test/target/run-emitted.ts";
import { runSchedule } from "../../packages/compiler/test/target/run-schedule.ts";

/** What becomes of a gradient: added to an array, stored in one, or stored over the very parameters that are read. */
const destinations = ["grad", "out", "overwrite"] as const;

interface Scenario {
  readonly recipe: Recipe;
  readonly simplified: boolean;
  readonly destination: (typeof destinations)[number];
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  recipe: arbitraryRecipe(),
  simplified: fc.boolean(),
  destination: fc.constantFrom(...destinations),
});

/** A least element that is the same in every lane, stored in each of them and compared there with what it is the least of. */
const spread: Scenario = {
  recipe: {
    leaves: [{ role: "parameter", shape: [] }],
    steps: [
      { kind: "read", source: 0, shape: [2, 2], moves: [], fill: null },
      { kind: "pick", source: 0, axis: 0, at: "classes", moves: [] },
      { kind: "constant", shape: [], value: 1 },
      { kind: "reduce", op: "min", arg: 2, axes: [false, false, false] },
      { kind: "reduce", op: "sum", arg: 0, axes: [false, false, false] },
    ],
    seed: 0,
    lattice: false,
    batch: null,
  },
  simplified: false,
  destination: "grad",
};

type Run = (prepared: Prepared) => {
  readonly after: ReadonlyMap<string, ArrayLike<number>>;
  readonly returned: number | undefined;
};

const emitted =
  (unrollLimit: number): Run =>
  ({ procedure, arrays, values }) =>
    actual(procedure, arrays, values, { unrollLimit });
const scheduled =
  (lanes: number, examples?: number): Run =>
  ({ procedure, arrays, values }) => {
    const options = { storageRounds: false, lanes, leastTiled: 0 };
    if (examples === undefined) return runSchedule(procedure, arrays, values, options);
    return runSchedule({ ...procedure, examples }, arrays, values, { ...options, layout: "examples-innermost" });
  };

describe.each([
  ["emitted as loops", emitted(0)],
  ["emitted as scalars", emitted(Number.POSITIVE_INFINITY)],
  ["tiled", scheduled(1)],
  ["tiled and run in two lanes", scheduled(2)],
  ["tiled and run in four lanes", scheduled(4)],
  ["with a leading axis of three innermost in memory", scheduled(2, 3)],
] as const)("random procedures, %s, do what the interpreter says", (_, run) => {
  it("whatever becomes of their results", () => {
    fc.assert(
      fc.property(scenario, ({ recipe, simplified, destination }) => {
        const { builder, loss, parameters, values } = buildProgram(recipe);
        const gradients = cotangents(builder, loss, parameters);
        const raw: readonly Output[] = [
          { name: "loss", node: loss },
          ...parameters.map(({ name }, k) => ({ name, node: gradients[k] ?? loss })),
        ];
        const outputs = simplified ? runPipeline({ name: "f", outputs: raw }).outputs : raw;
        const inputs = new Map<string, InputNode>();
        for (const node of reachable(outputs.map(({ node }) => node))) {
          if (node.kind === "input") inputs.set(node.name, node);
        }
        const results = outputs.map(({ name, node }): readonly [string, Result] => {
          if (name === "loss") return [name, { node, to: "return" }];
          const parameter = inputs.get(name);
          if (destination !== "overwrite") return [name, { node, to: destination }];
          return [name, { node, to: parameter === undefined ? "out" : { overwrite: parameter } }];
        });
        const prepared = prepare("f", Object.fromEntries(results));
        for (const [input, place] of prepared.procedure.inputs) {
          if (place.kind !== "array") continue;
          prepared.arrays.get(place.array)?.set(values.get(input.name) ?? [], place.offset + place.exampleStride);
        }
        const should = expected(prepared.procedure, prepared.arrays, prepared.values);
        const does = run(prepared);
        expectClose(does.returned, should.returned, "the returned number");
        for (const [name, array] of should.after) {
          array.forEach((value, k) => {
            expectClose(does.after.get(name)?.[k], value, `${name}[${k}]`);
          });
        }
      }),
      { numRuns: 150, examples: [[spread]] },
    );
  });
});

/** Sums run in another order here and there: a few units in the last place of what is summed. */
function expectClose(does: number | undefined, should: number | undefined, what: string): void {
  if (Object.is(does, should) || does === should) return;
  const scale = Math.max(1, Math.abs(should ?? 0));
  expect(Math.abs((does ?? Number.NaN) - (should ?? Number.NaN)) / scale, what).toBeLessThan(1e-9);
}
