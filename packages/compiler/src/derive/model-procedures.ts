/** Owns: what a model can do, as procedures: predict, measure, differentiate. */

import { Builder, type Model, type Node } from "@adjoint/ir";
import { adjointOrigin } from "../passes/differentiate.ts";
import { inputKey, substitute } from "../passes/rewrite.ts";
import type { PipelineOptions } from "../pipeline.ts";
import type { Place, Procedure, ProcedureParameter } from "../procedure.ts";
import { weightName, weightPlace } from "./batch-procedure.ts";
import { metricLayout, outputLayout, parameterLayout, portLayout } from "./layout.ts";
import { arrayPlace, buildProcedure, noisePlace, type Result } from "./procedure-builder.ts";

/** Where a model's graph finds parameters and data. */
export function modelPlaces(model: Model): ReadonlyMap<string, Place> {
  const parameters = parameterLayout(model).slots.map(
    ({ parameter, offset }) => [inputKey(parameter.node), arrayPlace("p", offset)] as const,
  );
  const ports = portLayout(model).map(
    ({ port, array, size }) => [inputKey(port.node), arrayPlace(array, 0, size)] as const,
  );
  const exampleStride = model.noise.length;
  const noise = model.noise.map(
    (input, stream) => [inputKey(input), noisePlace(input, { stream, exampleStride })] as const,
  );
  return new Map<string, Place>([...parameters, ...ports, ...noise]);
}

export function floats(name: string, doc: string): ProcedureParameter {
  return { name, type: "floats", initializer: null, doc };
}

export const parametersArgument = floats("p", "parameters, trainable ones first");

export const exampleArgument: ProcedureParameter = {
  name: "n",
  type: "number",
  initializer: "0",
  doc: "which example of the data",
};

/** Left out where nothing is drawn. */
export const seedArgument: ProcedureParameter = {
  name: "seed",
  type: "number",
  initializer: null,
  doc: "decides what is drawn: a whole number",
};

/** One argument per port: the model's inputs, and its targets where a loss needs them. */
export function portArguments(model: Model, which: "inputs" | "all"): readonly ProcedureParameter[] {
  return portLayout(model)
    .filter(({ port }) => which === "all" || model.inputs.includes(port))
    .map(({ port, array }) => ({
      name: array,
      type: "data",
      initializer: null,
      doc: port.doc !== "" ? port.doc : `${port.node.role} \`${port.name}\`, one example after another`,
    }));
}

/** `forward(p, …inputs, out, seed, n = 0)`: writes the outputs of example n to `out`, at example n's place there. */
export function deriveForward(model: Model, options: PipelineOptions): Procedure {
  const layout = outputLayout(model);
  const results = model.outputs.map((output, k): Result => {
    const place = arrayPlace("out", layout.slots[k]?.offset ?? 0, layout.size);
    return { name: output.name, node: output.node, destination: { kind: "store", place } };
  });
  return buildProcedure(
    {
      name: "forward",
      doc: "Writes the outputs of example `n` into `out`.",
      parameters: [
        parametersArgument,
        ...portArguments(model, "inputs"),
        floats("out", "outputs, one example after another"),
        seedArgument,
        exampleArgument,
      ],
      optional: new Set(["seed"]),
      results,
      places: modelPlaces(model),
    },
    options,
  );
}

/**
 * `evaluate(p, …inputs, …targets, metrics, seed, n = 0)`: returns the loss of example n and writes its metrics.
 * @param weighted whether all of it is multiplied by the weight of the example, see {@link batchProcedure}
 */
export function deriveEvaluate(model: Model, loss: Node, options: PipelineOptions, weighted = false): Procedure {
  const layout = metricLayout(model);
  const builder = new Builder();
  const [root, ...measures] = substitute([loss, ...model.metrics.map(({ node }) => node)], new Map(), builder).map(
    (node) => (weighted ? weigh(builder, node) : node),
  );
  if (root === undefined) throw new RangeError("a loss has a root");
  const metrics = model.metrics.flatMap(({ name }, k): readonly Result[] => {
    const place = arrayPlace("metrics", layout.slots[k]?.offset ?? 0);
    const node = measures[k];
    return node === undefined ? [] : [{ name, node, destination: { kind: "store", place } }];
  });
  return buildProcedure(
    {
      name: "evaluate",
      doc: `Returns the loss of example \`n\`${metrics.length > 0 ? "; writes its metrics into `metrics`" : ""}.`,
      parameters: [
        parametersArgument,
        ...portArguments(model, "all"),
        floats("metrics", "metrics of the example, one number each"),
        seedArgument,
        exampleArgument,
      ],
      optional: new Set(["metrics", "seed"]),
      results: [{ name: "loss", node: root, destination: { kind: "return" } }, ...metrics],
      places: weighted ? weightedPlaces(model) : modelPlaces(model),
    },
    options,
  );
}

/**
 * `gradient(p, …inputs, …targets, grad, seed, n = 0)`: adds ∂loss/∂parameters of example n to `grad` and returns the loss.
 * @param weighted whether the loss is multiplied by the weight of the example, see {@link batchProcedure}
 */
export function deriveGradient(model: Model, loss: Node, options: PipelineOptions, weighted = false): Procedure {
  const { root, gradients } = lossGradients(new Builder(), model, loss, weighted);
  const results = gradients.map(
    ({ name, offset, node }): Result => ({
      name: `d_${name}`,
      node,
      destination: { kind: "add", place: arrayPlace("grad", offset) },
    }),
  );
  return buildProcedure(
    {
      name: "gradient",
      doc: "Adds ∂loss/∂parameters of example `n` to `grad`; returns the loss.",
      parameters: [
        parametersArgument,
        ...portArguments(model, "all"),
        floats("grad", "∂loss/∂p for each trainable parameter"),
        seedArgument,
        exampleArgument,
      ],
      optional: new Set(["seed"]),
      results: [{ name: "loss", node: root, destination: { kind: "return" } }, ...results],
      places: weighted ? weightedPlaces(model) : modelPlaces(model),
    },
    options,
  );
}

/** The loss rebuilt in `builder`, and its gradient with respect to each trainable parameter, still to be expanded. */
export function lossGradients(builder: Builder, model: Model, loss: Node, weighted = false) {
  const slots = parameterLayout(model).slots.filter((slot) => !slot.frozen);
  const [plain, ...parameters] = substitute([loss, ...slots.map((slot) => slot.parameter.node)], new Map(), builder);
  if (plain === undefined) throw new RangeError("a loss has a root");
  const root = weighted ? weigh(builder, plain) : plain;
  const gradients = slots.flatMap((slot, k) => {
    const parameter = parameters[k];
    if (parameter === undefined) return [];
    return [
      {
        name: slot.name,
        offset: slot.offset,
        parameter,
        node: builder.gradient(root, parameter, adjointOrigin(parameter)),
      },
    ];
  });
  return { root, gradients };
}

function weigh(builder: Builder, value: Node): Node {
  return builder.map("mul", [builder.input(weightName, "cotangent", []), value], value.origin);
}

function weightedPlaces(model: Model): ReadonlyMap<string, Place> {
  return new Map([...modelPlaces(model), [inputKey({ role: "cotangent", name: weightName }), weightPlace]]);
}
