/** Owns: what an optimizer does, as procedures: its rule for one element, lifted over all of them. */

import { Builder, type InputNode, type Model, type Node, type Optimizer } from "@adjoint/ir";
import { everywhere, lift } from "../passes/lift.ts";
import { inputKey } from "../passes/rewrite.ts";
import type { PipelineOptions } from "../pipeline.ts";
import type { Place, Procedure, ProcedureParameter } from "../procedure.ts";
import { parameterLayout, stateLayout } from "./layout.ts";
import {
  exampleArgument,
  floats,
  lossGradients,
  modelPlaces,
  parametersArgument,
  portArguments,
} from "./model-procedures.ts";
import { arrayPlace, buildProcedure, type Result } from "./procedure-builder.ts";

const stateArgument = floats("state", "the optimizer's state");
const stepArgument: ProcedureParameter = {
  name: "t",
  type: "number",
  initializer: null,
  doc: "the step's number, from 1",
};
/** Arguments that an optimizer may have no use for. */
const optional = new Set(["state", "t"]);

/**
 * `update(p, grad, state, t, examples)`: one step of the optimizer for all trainable parameters, with the mean gradient
 * `grad / examples`; clears `grad`.
 */
export function deriveUpdate(model: Model, optimizer: Optimizer, options: PipelineOptions): Procedure {
  const builder = new Builder();
  const { trainable } = parameterLayout(model);
  const shape = [trainable];
  const w = builder.input("w", "parameter", shape);
  const total = builder.input("g", "gradient", shape);
  const examples = builder.input("examples", "step", []);
  const divisor = builder.broadcast(examples, shape, []);
  const mean = builder.map("div", [total, divisor]);
  const places = new Map<string, Place>([
    [inputKey(w), arrayPlace("p")],
    [inputKey(total), arrayPlace("grad")],
    [inputKey(examples), { kind: "argument", name: "examples" }],
    [inputKey({ role: "step", name: "t" }), { kind: "argument", name: "t" }],
  ]);
  const states = new Map<string, Node>();
  for (const { name, offset } of stateLayout(model).slots) {
    const state = builder.input(name, "state", shape);
    states.set(name, state);
    places.set(inputKey(state), arrayPlace("state", offset));
  }
  const results = updateOf(builder, optimizer, { w, g: mean, states }, (name) => {
    const slot = stateLayout(model).slots.find((s) => s.name === name);
    return name === "w" ? arrayPlace("p") : arrayPlace("state", slot?.offset ?? 0);
  });
  return buildProcedure(
    {
      name: "update",
      doc: "One step of the optimizer with the mean gradient `grad / examples`; clears `grad`.",
      parameters: [
        parametersArgument,
        floats("grad", "the sum of the gradients of `examples` examples"),
        stateArgument,
        stepArgument,
        { name: "examples", type: "number", initializer: null, doc: "how many examples `grad` is the sum of" },
      ],
      optional,
      results: [
        ...results,
        { name: "grad", node: builder.constant(0, shape), destination: { kind: "store", place: arrayPlace("grad") } },
      ],
      places,
    },
    options,
  );
}

/** `step(p, …inputs, …targets, state, t, n = 0)`: gradient and update of one example at once; returns the loss before it. */
export function deriveStep(model: Model, loss: Node, optimizer: Optimizer, options: PipelineOptions): Procedure {
  const builder = new Builder();
  const { root, gradients } = lossGradients(builder, model, loss);
  const places = new Map<string, Place>(modelPlaces(model));
  places.set(inputKey({ role: "step", name: "t" }), { kind: "argument", name: "t" });
  const layout = stateLayout(model);
  const results = gradients.flatMap(({ name, offset, parameter, node }): readonly Result[] => {
    const states = new Map<string, Node>();
    for (const slot of layout.slots) {
      const state = builder.input(`${slot.name} of ${name}`, "state", parameter.shape);
      states.set(slot.name, state);
      places.set(inputKey(state), arrayPlace("state", slot.offset + offset));
    }
    return updateOf(
      builder,
      optimizer,
      { w: parameter, g: node, states },
      (result) => {
        const slot = layout.slots.find((s) => s.name === result);
        return result === "w" ? arrayPlace("p", offset) : arrayPlace("state", (slot?.offset ?? 0) + offset);
      },
      (result) => (result === "w" ? name : `${result} of ${name}`),
    );
  });
  return buildProcedure(
    {
      name: "step",
      doc: "One step of the optimizer with the gradient of example `n`; returns the loss before it.",
      parameters: [parametersArgument, ...portArguments(model, "all"), stateArgument, stepArgument, exampleArgument],
      optional,
      results: [{ name: "loss", node: root, destination: { kind: "return" } }, ...results],
      places,
    },
    options,
  );
}

/** The optimizer's rule over a tensor of parameters: what it stores, and where. */
function updateOf(
  builder: Builder,
  optimizer: Optimizer,
  over: { readonly w: Node; readonly g: Node; readonly states: ReadonlyMap<string, Node> },
  placeOf: (result: string) => Place & { readonly kind: "array" },
  nameOf: (result: string) => string = (result) => result,
): readonly Result[] {
  const leading = over.w.shape;
  const replace = (input: InputNode): Node | null => {
    switch (input.role) {
      case "parameter":
        return over.w;
      case "gradient":
        return over.g;
      case "state":
        return over.states.get(input.name) ?? null;
      case "input":
      case "target":
      case "step":
      case "uniform":
      case "normal":
      case "cotangent":
      case "tangent":
        return null;
    }
  };
  const lifted = lift(
    builder,
    optimizer.update.outputs.map((output) => output.node),
    leading,
    (input) => {
      const node = replace(input);
      return node === null ? null : { node, varies: true };
    },
  );
  return optimizer.update.outputs.flatMap(({ name }, k) => {
    const result = lifted[k];
    if (result === undefined) return [];
    const node = everywhere(builder, result, leading);
    return [{ name: nameOf(name), node, destination: { kind: "store", place: placeOf(name) } }];
  });
}
