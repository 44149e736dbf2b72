/** Owns: how parameters and the optimizer's state begin, as procedures. */

import { Builder, type Model, type Node } from "@adjoint/ir";
import { everywhere, type Lifted, lift } from "../passes/lift.ts";
import { inputKey, rebuild, rewriteNodes } from "../passes/rewrite.ts";
import type { PipelineOptions } from "../pipeline.ts";
import type { Place, Procedure } from "../procedure.ts";
import { parameterLayout, stateLayout } from "./layout.ts";
import { floats, parametersArgument } from "./model-procedures.ts";
import { arrayPlace, buildProcedure, noisePlace, type Result } from "./procedure-builder.ts";

/**
 * `initialize(p, seed)`: draws every parameter. Each noise tensor is a stream of its own, numbered in the order of the page:
 * parameters as declared, the noise of one parameter as its initializer names it.
 */
export function deriveInitialize(model: Model, options: PipelineOptions): Procedure {
  const builder = new Builder();
  const places = new Map<string, Place>();
  const offsets = new Map(parameterLayout(model).slots.map((slot) => [slot.name, slot.offset]));
  const results: Result[] = [];
  let streams = 0;
  for (const parameter of model.parameters) {
    const noise = (node: Node, args: readonly Node[]): Node => {
      if (node.kind !== "input") return rebuild(node, args, builder);
      const input = builder.input(`${parameter.name} ${node.name}`, node.role, node.shape, node.element, node.origin);
      places.set(inputKey(input), noisePlace(input, { stream: streams++, exampleStride: 0 }));
      return input;
    };
    const { outputs } = parameter.initializer;
    const image = rewriteNodes(
      outputs.map((output) => output.node),
      builder,
      noise,
    );
    for (const output of outputs) {
      const node = image.get(output.node);
      if (node === undefined) continue;
      const place = arrayPlace("p", offsets.get(parameter.name) ?? 0);
      results.push({ name: parameter.name, node, destination: { kind: "store", place } });
    }
  }
  return buildProcedure(
    {
      name: "initialize",
      doc: "Writes the initial parameters that `seed` stands for into `p`.",
      parameters: [
        parametersArgument,
        { name: "seed", type: "number", initializer: null, doc: "decides every random number" },
      ],
      optional: new Set(),
      results,
      places,
    },
    options,
  );
}

/** `initializeState(state)`: the state of the optimizers before the first step. */
export function deriveInitializeState(model: Model, options: PipelineOptions): Procedure {
  const builder = new Builder();
  const results = stateLayout(model).slots.flatMap(({ name, shape, offset, initializer }): readonly Result[] => {
    const [output] = initializer.outputs;
    if (output === undefined) return [];
    const [value] = lift(builder, [output.node], shape, (): Lifted | null => null);
    if (value === undefined) return [];
    const node = everywhere(builder, value, shape);
    return [{ name, node, destination: { kind: "store", place: arrayPlace("state", offset) } }];
  });
  return buildProcedure(
    {
      name: "initializeState",
      doc: "Writes the optimizer's state before the first step into `state`.",
      parameters: [floats("state", "the optimizer's state")],
      optional: new Set(),
      results,
      places: new Map(),
    },
    options,
  );
}
