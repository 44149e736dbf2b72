/** Owns: what a model can do, as procedures: predict, measure, differentiate. */

import { axisIndex, Builder, type Model, type Node } from "@adjoint/ir";
import { adjointOrigin } from "../passes/differentiate.ts";
import { inputKey, substitute } from "../passes/rewrite.ts";
import type { PipelineOptions } from "../pipeline.ts";
import type { Place, Procedure, ProcedureParameter } from "../procedure.ts";
import { weightName, weightPlace } from "./batch-procedure.ts";
import {
  type MeasureSlot,
  measureLayout,
  metricLayout,
  outputLayout,
  type ParameterSlot,
  parameterLayout,
  portLayout,
} from "./layout.ts";
import { arrayPlace, buildProcedure, noisePlace, type Result } from "./procedure-builder.ts";

/** Where a model's graph of one example, or of a batch, finds parameters and data. */
export function modelPlaces(model: Model, rows = false): ReadonlyMap<string, Place> {
  const parameters = parameterLayout(model).slots.map(
    ({ parameter, offset }) => [inputKey(parameter.node), arrayPlace("p", offset)] as const,
  );
  const ports = portLayout(model).map(
    ({ port, array, size }) => [inputKey(port.node), arrayPlace(array, 0, size)] as const,
  );
  const exampleStride = model.noise.length;
  const noise = model.noise.map(
    (input, stream) => [inputKey(input), noisePlace(input, { stream, exampleStride, rows })] as const,
  );
  const examples: (readonly [string, Place])[] =
    model.coupling === null || !rows
      ? []
      : [[inputKey(model.coupling.examples), { kind: "argument", name: examplesArgument.name }]];
  return new Map<string, Place>([...parameters, ...ports, ...noise, ...examples]);
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

/** Left out where a function is of one example. */
export const examplesArgument: ProcedureParameter = {
  name: "examples",
  type: "number",
  initializer: null,
  doc: "how many examples of the batch count, from its first on",
};

/** What an example is called in the documentation of a function, or the batch that it takes instead. */
function exampleText(size: number | null): string {
  return size === null ? "example `n`" : `the first \`examples\` of the ${size} examples from \`n\` on`;
}

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
  const batch = model.coupling?.predicting === true ? model.coupling.size : null;
  const results = batch === null ? outputsOfExample(model) : [outputsOfBatch(model, batch)];
  return buildProcedure(
    {
      name: "forward",
      doc: `Writes the outputs of ${exampleText(batch)} into \`out\`.`,
      parameters: [
        parametersArgument,
        ...portArguments(model, "inputs"),
        floats("out", "outputs, one example after another"),
        examplesArgument,
        seedArgument,
        exampleArgument,
      ],
      optional: new Set(["seed", "examples"]),
      results,
      places: modelPlaces(model, batch !== null),
    },
    options,
  );
}

function outputsOfExample(model: Model): readonly Result[] {
  const layout = outputLayout(model);
  return model.outputs.map((output, k): Result => {
    const place = arrayPlace("out", layout.slots[k]?.offset ?? 0, layout.size);
    return { name: output.name, node: output.node, destination: { kind: "store", place } };
  });
}

/** The outputs of a batch, those of an example one after another: a tensor of a row for each. */
function outputsOfBatch(model: Model, batch: number): Result {
  const builder = new Builder();
  const { slots, size } = outputLayout(model);
  const nodes = substitute(
    model.outputs.map(({ node }) => node),
    new Map(),
    builder,
  );
  const rows = nodes.map((node, k) => {
    const { offset, size: own } = slots[k] ?? { offset: 0, size: 0 };
    const flat = builder.reshape(node, [batch, own]);
    const column = { ...axisIndex(1, 2), offset: -offset };
    return builder.read(flat, [batch, size], [axisIndex(0, 2), column], 0);
  });
  const [first, ...others] = rows;
  if (first === undefined) throw new RangeError("a batch has outputs");
  const node = others.reduce((sum, each) => builder.map("add", [sum, each]), first);
  return { name: "out", node, destination: { kind: "store", place: arrayPlace("out", 0, size) } };
}

/**
 * `evaluate(p, …inputs, …targets, metrics, seed, n = 0)`: returns the loss of example n and writes its metrics, or what those
 * of a data set are computed from.
 * @param weighted whether all of it is multiplied by the weight of the example, see {@link batchProcedure}
 */
export function deriveEvaluate(model: Model, loss: Node, options: PipelineOptions, weighted = false): Procedure {
  const { slots } = measureLayout(model);
  const batch = model.coupling?.measuring === true ? model.coupling.size : null;
  const builder = new Builder();
  const [root, ...measures] = substitute([loss, ...slots.map(({ node }) => node)], new Map(), builder).map((node) =>
    weighted ? weigh(builder, node) : node,
  );
  if (root === undefined) throw new RangeError("a loss has a root");
  const metrics = slots.flatMap(({ name, offset }, k): readonly Result[] => {
    const node = measures[k];
    return node === undefined
      ? []
      : [{ name, node, destination: { kind: "store", place: arrayPlace("metrics", offset) } }];
  });
  return buildProcedure(
    {
      name: "evaluate",
      doc: `Returns the loss of ${exampleText(batch)}${metrics.length > 0 ? "; writes its metrics into `metrics`" : ""}.`,
      parameters: [
        parametersArgument,
        ...portArguments(model, "all"),
        floats(
          "metrics",
          model.statistics.length === 0
            ? "metrics of the example, one number each"
            : "what the metrics of a data set are computed from, of the example",
        ),
        examplesArgument,
        seedArgument,
        exampleArgument,
      ],
      optional: new Set(["metrics", "seed", "examples"]),
      results: [{ name: "loss", node: root, destination: { kind: "return" } }, ...metrics],
      places: weighted ? weightedPlaces(model) : modelPlaces(model, batch !== null),
    },
    options,
  );
}

/**
 * `finish(sums, examples, metrics)`: writes the metrics of a data set, given the sums over its examples of what `evaluate`
 * wrote for each.
 */
export function deriveFinish(model: Model, options: PipelineOptions): Procedure {
  const builder = new Builder();
  const layout = metricLayout(model);
  const measures = measureLayout(model).slots;
  const examples = builder.input("examples", "step", []);
  const places = new Map<string, Place>([[inputKey(examples), { kind: "argument", name: "examples" }]]);
  const sumOf = (slot: MeasureSlot, mean: boolean): Node => {
    const sum = builder.input(`sum${slot.offset}`, "statistic", slot.shape, { kind: "real" }, slot.node.origin);
    places.set(inputKey(sum), arrayPlace("sums", slot.offset));
    return mean ? builder.map("div", [sum, builder.broadcast(examples, slot.shape, [])], slot.node.origin) : sum;
  };
  const means = measures.slice(0, measures.length - model.statistics.length);
  const known = new Map<Node, Node>();
  for (const [k, { input, mean }] of model.statistics.entries()) {
    const slot = measures[means.length + k];
    if (slot !== undefined) known.set(input, sumOf(slot, mean));
  }
  const results = model.metrics.flatMap((metric, k): readonly Result[] => {
    const slot = means.find(({ name }) => name === metric.name);
    const [node] = slot === undefined ? substitute([metric.node], known, builder) : [sumOf(slot, true)];
    const place = arrayPlace("metrics", layout.slots[k]?.offset ?? 0);
    return node === undefined ? [] : [{ name: metric.name, node, destination: { kind: "store", place } }];
  });
  return buildProcedure(
    {
      name: "finish",
      doc: "Writes the metrics of a data set.",
      parameters: [
        { name: "sums", type: "data", initializer: null, doc: "of what `evaluate` wrote for each of its examples" },
        { name: "examples", type: "number", initializer: null, doc: "how many there are" },
        floats("metrics", "metrics of the data set, one number each"),
      ],
      optional: new Set(),
      results,
      places,
    },
    options,
  );
}

/**
 * `gradient(p, …inputs, …targets, grad, seed, n = 0)`: adds ∂loss/∂parameters of example n to `grad` and returns the loss.
 * @param weighted whether the loss is multiplied by the weight of the example, see {@link batchProcedure}
 */
export function deriveGradient(model: Model, loss: Node, options: PipelineOptions, weighted = false): Procedure {
  const builder = new Builder();
  const { root, gradients } = lossGradients(builder, model, loss, weighted);
  const batch = model.coupling?.size ?? null;
  const results = gradients.map(
    ({ name, offset, node }): Result => ({
      name: `d_${name}`,
      node,
      destination: { kind: "add", place: arrayPlace("grad", offset) },
    }),
  );
  if (batch !== null) {
    // What states become is of the batch that the gradient is of: it is kept behind the gradient until the step is made.
    const updates = stateUpdates(model);
    const nodes = substitute(
      updates.map(({ update }) => update),
      new Map(),
      builder,
    );
    for (const [k, { slot, carried }] of updates.entries()) {
      const node = nodes[k];
      if (node === undefined) continue;
      const place = arrayPlace("grad", carried);
      results.push({ name: `next ${slot.name}`, node, destination: { kind: "store", place } });
    }
  }
  return buildProcedure(
    {
      name: "gradient",
      doc: `Adds ∂loss/∂parameters of ${exampleText(batch)} to \`grad\`; returns the loss.`,
      parameters: [
        parametersArgument,
        ...portArguments(model, "all"),
        floats("grad", "∂loss/∂p for each trainable parameter"),
        examplesArgument,
        seedArgument,
        exampleArgument,
      ],
      optional: new Set(["seed", "examples"]),
      results: [{ name: "loss", node: root, destination: { kind: "return" } }, ...results],
      places: weighted ? weightedPlaces(model) : modelPlaces(model, batch !== null),
    },
    options,
  );
}

/** A state that is updated: where it lies in `p`, its new value, and where that is carried in `grad` if a batch decides it. */
export interface StateUpdate {
  readonly slot: ParameterSlot;
  readonly update: Node;
  readonly carried: number;
}

export function stateUpdates(model: Model): readonly StateUpdate[] {
  const { slots, trainable } = parameterLayout(model);
  const first = slots.find(({ parameter }) => parameter.node.role === "state")?.offset ?? 0;
  return slots.flatMap((slot) => {
    const { update } = slot.parameter;
    return update === null ? [] : [{ slot, update, carried: trainable + slot.offset - first }];
  });
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
  const weight = builder.broadcast(builder.input(weightName, "cotangent", []), value.shape, []);
  return builder.map("mul", [weight, value], value.origin);
}

function weightedPlaces(model: Model): ReadonlyMap<string, Place> {
  return new Map([...modelPlaces(model), [inputKey({ role: "cotangent", name: weightName }), weightPlace]]);
}
