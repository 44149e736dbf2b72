/**
 * Owns: a procedure of one example as one of a block of them. What an example supplies gets a leading axis. What the
 * procedure stores for an example it stores for each, and all else that it returns, adds or stores becomes the sum over
 * the block.
 */

import { axisIndex, Builder, type InputNode, type Node } from "@adjoint/ir";
import { everywhere, type Lifted, lift } from "../passes/lift.ts";
import { inputKey } from "../passes/rewrite.ts";
import type { PipelineOptions } from "../pipeline.ts";
import type { Place, Procedure, ProcedureParameter } from "../procedure.ts";
import { buildProcedure, type Result } from "./procedure-builder.ts";

/**
 * The weight of an example: what its loss is multiplied by before it is differentiated, so that an example of weight 0
 * adds 0 to everything. A scalar of role `cotangent`: it is the seed of the reverse sweep.
 */
export const weightName = "weight";

/** Where an unbatched procedure finds the weight. */
export const weightPlace: Place = { kind: "argument", name: weightName };

const examplesArgument: ProcedureParameter = {
  name: "examples",
  type: "number",
  initializer: null,
  doc: "how many examples of the block count, from its first on",
};

/**
 * `procedure` over `size` examples that lie one after another in its arrays from the first element on, of which the first
 * `examples` count. All that is summed must be weighted. A result stored for each example, which had a place in each
 * example's stretch of an array, has one of its own: the examples one after another, behind those of the results before it.
 */
export function batchProcedure(procedure: Procedure, size: number, options: PipelineOptions): Procedure {
  const builder = new Builder();
  const examples = builder.input("examples", "step", []);
  const places = new Map<string, Place>([[inputKey(examples), { kind: "argument", name: "examples" }]]);
  const replace = (input: InputNode): Lifted | null => {
    const place = procedure.inputs.get(input);
    if (place === undefined) return null;
    if (place.kind === "argument" && place.name === weightName)
      return { node: weights(builder, examples, size), varies: true };
    if (place.kind !== "array" || place.exampleStride === 0) {
      places.set(inputKey(input), place);
      return null;
    }
    const node = builder.input(input.name, input.role, [size, ...input.shape], input.element, input.origin);
    places.set(inputKey(node), { ...place, exampleStride: 0 });
    return { node, varies: true };
  };
  const { outputs } = procedure.graph;
  const lifted = lift(
    builder,
    outputs.map(({ node }) => node),
    [size],
    replace,
  );
  const results = outputs.map(({ name, node }, k): Result => {
    const result = lifted[k];
    const destination = procedure.results.get(name);
    if (result === undefined || destination === undefined) throw new RangeError(`${name} has no destination`);
    if (destination.kind === "store" && destination.place.exampleStride > 0) {
      const { place } = destination;
      const rows = { ...place, offset: place.offset * size, exampleStride: 0 };
      return { name, node: everywhere(builder, result, [size]), destination: { kind: "store", place: rows } };
    }
    // A result without an example in it is weighted by none: 0, or the pipeline has found out that it is.
    const total = result.varies ? builder.reduce("sum", result.node, [0], node.origin) : result.node;
    return { name, node: total, destination };
  });
  const batched = buildProcedure(
    {
      name: procedure.name,
      doc: procedure.doc,
      parameters: [...procedure.parameters.filter(({ name }) => name !== "n"), examplesArgument],
      optional: new Set(),
      results,
      places,
    },
    options,
  );
  return { ...batched, examples: size };
}

/** w[b] = 1 if b < examples, else 0 */
function weights(builder: Builder, examples: Node, size: number): Node {
  const position = builder.index([size], axisIndex(0, 1));
  return builder.map("lt", [position, builder.broadcast(examples, [size], [])]);
}
