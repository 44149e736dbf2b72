/**
 * Owns: what the optimizers do, as procedures: each one's rule for one element, lifted over all elements that it trains.
 *
 * A stretch is what one rule is lifted over at once: all that an optimizer trains, or each of its parameters by itself where
 * the rule reads a statistic of that one (a norm of the tensor).
 */

import { Builder, type InputNode, type Model, type Node, type Optimizer, type Shape } from "@adjoint/ir";
import { everywhere, type Lifted, lift } from "../passes/lift.ts";
import { imageOf, inputKey, rebuild, rewriteNodes } from "../passes/rewrite.ts";
import type { PipelineOptions } from "../pipeline.ts";
import type { Place, Procedure, ProcedureParameter } from "../procedure.ts";
import { type GroupSlot, parameterLayout, type StateLayout, stateLayout } from "./layout.ts";
import {
  exampleArgument,
  floats,
  lossGradients,
  modelPlaces,
  parametersArgument,
  portArguments,
  seedArgument,
  stateUpdates,
} from "./model-procedures.ts";
import { arrayPlace, buildProcedure, type Result } from "./procedure-builder.ts";

const stateArgument = floats("state", "the optimizer's state");
const stepArgument: ProcedureParameter = {
  name: "t",
  type: "number",
  initializer: null,
  doc: "the step's number, from 1",
};
const stepPlace: readonly [string, Place] = [inputKey({ role: "step", name: "t" }), { kind: "argument", name: "t" }];
/** Arguments that an optimizer may have no use for. */
const optional = new Set(["state", "t", "seed"]);

/**
 * `update(p, grad, state, t, examples)`: one step of the optimizers for all trainable parameters, with the mean gradient
 * `grad / examples`; clears `grad`.
 */
export function deriveUpdate(model: Model, options: PipelineOptions): Procedure {
  const builder = new Builder();
  const { groups } = parameterLayout(model);
  const layout = stateLayout(model);
  const examples = builder.input("examples", "step", []);
  const places = new Map<string, Place>([stepPlace, [inputKey(examples), { kind: "argument", name: "examples" }]]);
  const results: Result[] = [];
  const cleared: Result[] = [];
  const several = groups.length > 1 || groups.some(isPerTensor);
  for (const [k, group] of groups.entries()) {
    const { offset, size } = group;
    const pieces = isPerTensor(group) ? group.slots : [{ name: `group ${k + 1}`, offset, size }];
    const stretches = pieces.map(({ name, offset, size }): Stretch => {
      const nameOf = (result: string): string => (several ? `${result} of ${name}` : result);
      const shape = [size];
      const w = builder.input(nameOf("w"), "parameter", shape);
      const total = builder.input(nameOf("g"), "gradient", shape);
      places.set(inputKey(w), arrayPlace("p", offset));
      places.set(inputKey(total), arrayPlace("grad", offset));
      const nothing = { kind: "store", place: arrayPlace("grad", offset) } as const;
      cleared.push({ name: nameOf("grad"), node: builder.constant(0, shape), destination: nothing });
      const g = builder.map("div", [total, builder.broadcast(examples, shape, [])]);
      return stretchOf(builder, layout, group, { w, g, offset, nameOf, nameOfW: nameOf("w") }, places);
    });
    results.push(...updatesOf(builder, group.optimizer, stretches));
  }
  results.push(
    ...(model.coupling === null
      ? stateResults(builder, model, places, (name) => `${name} of the model`)
      : carriedStates(builder, model, places)),
  );
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
      results: [...results, ...cleared],
      places,
    },
    options,
  );
}

/** `step(p, …inputs, …targets, state, t, seed, n = 0)`: gradient and update of one example at once; returns the loss before it. */
export function deriveStep(model: Model, loss: Node, options: PipelineOptions): Procedure {
  const builder = new Builder();
  const { root, gradients } = lossGradients(builder, model, loss);
  const places = new Map<string, Place>([...modelPlaces(model), stepPlace]);
  const layout = stateLayout(model);
  const results: Result[] = parameterLayout(model).groups.flatMap((group) => {
    const stretches = gradients
      .filter(({ offset }) => offset >= group.offset && offset < group.offset + group.size)
      .map(({ name, offset, parameter, node }): Stretch => {
        const nameOf = (result: string): string => `${result} of ${name}`;
        const over = { w: parameter, g: node, offset, nameOf, nameOfW: name };
        return stretchOf(builder, layout, group, over, places);
      });
    return updatesOf(builder, group.optimizer, stretches);
  });
  results.push(...stateResults(builder, model, places, (name) => name));
  return buildProcedure(
    {
      name: "step",
      doc: "One step of the optimizer with the gradient of example `n`; returns the loss before it.",
      parameters: [
        parametersArgument,
        ...portArguments(model, "all"),
        stateArgument,
        stepArgument,
        seedArgument,
        exampleArgument,
      ],
      optional,
      results: [{ name: "loss", node: root, destination: { kind: "return" } }, ...results],
      places,
    },
    options,
  );
}

/** The model's own states after the step, from what was before it. `nameOf` keeps its inputs apart from the optimizers'. */
function stateResults(
  builder: Builder,
  model: Model,
  places: Map<string, Place>,
  nameOf: (input: string) => string,
): readonly Result[] {
  const updates = stateUpdates(model);
  const known = modelPlaces(model);
  const image = rewriteNodes(
    updates.map(({ update }) => update),
    builder,
    (node, args) => {
      if (node.kind !== "input") return rebuild(node, args, builder);
      const input = builder.input(nameOf(node.name), node.role, node.shape, node.element, node.origin);
      const place = known.get(inputKey(node));
      if (place !== undefined) places.set(inputKey(input), place);
      return input;
    },
  );
  return updates.map(({ slot, update }) => ({
    name: slot.name,
    node: imageOf(image, update),
    destination: { kind: "store", place: arrayPlace("p", slot.offset) },
  }));
}

/** The model's own states after the step, as the gradient's batch decided them. */
function carriedStates(builder: Builder, model: Model, places: Map<string, Place>): readonly Result[] {
  return stateUpdates(model).map(({ slot, carried }) => {
    const node = builder.input(`next ${slot.name}`, "state", slot.shape);
    places.set(inputKey(node), arrayPlace("grad", carried));
    return { name: slot.name, node, destination: { kind: "store", place: arrayPlace("p", slot.offset) } };
  });
}

function isPerTensor({ optimizer }: GroupSlot): boolean {
  return optimizer.statistics.some(({ over }) => over === "tensor");
}

/** Elements of one shape, and what is known of them before the update. */
interface Stretch {
  readonly shape: Shape;
  readonly w: Node;
  readonly g: Node;
  /** By its name in the optimizer. */
  readonly states: ReadonlyMap<string, Node>;
  /** What an output of the update is called, and where it is stored. */
  readonly results: ReadonlyMap<string, Omit<Result, "node">>;
}

interface Elements {
  readonly w: Node;
  readonly g: Node;
  /** In `p`. */
  readonly offset: number;
  readonly nameOf: (state: string) => string;
  readonly nameOfW: string;
}

/** The stretch of `group` that begins at `offset`, with inputs for its states, whose places it notes. */
function stretchOf(
  builder: Builder,
  layout: StateLayout,
  group: GroupSlot,
  { w, g, offset, nameOf, nameOfW }: Elements,
  places: Map<string, Place>,
): Stretch {
  const states = new Map<string, Node>();
  const store = (place: Place & { readonly kind: "array" }) => ({ kind: "store", place }) as const;
  const results = new Map<string, Omit<Result, "node">>([
    ["w", { name: nameOfW, destination: store(arrayPlace("p", offset)) }],
  ]);
  for (const slot of layout.slots) {
    if (slot.group.offset !== group.offset) continue;
    const state = builder.input(nameOf(slot.name), "state", w.shape);
    const place = arrayPlace("state", slot.offset + offset - group.offset);
    states.set(slot.state, state);
    places.set(inputKey(state), place);
    results.set(slot.state, { name: nameOf(slot.name), destination: store(place) });
  }
  return { shape: w.shape, w, g, states, results };
}

/** The optimizer's rule over everything that it trains: what is stored, and where. */
function updatesOf(builder: Builder, optimizer: Optimizer, stretches: readonly Stretch[]): readonly Result[] {
  /** By the input that stands for it, of each stretch. */
  const statistics = new Map<InputNode, readonly Node[]>();
  const liftOver = (k: number, stretch: Stretch, roots: readonly Node[]): readonly Lifted[] =>
    lift(builder, roots, stretch.shape, (input) => {
      const reduced = statistics.get(input)?.[k];
      if (reduced !== undefined) return { node: reduced, varies: false };
      const node = elementsOf(input, stretch);
      return node === null ? null : { node, varies: true };
    });
  for (const { input, op, mean, over, of } of optimizer.statistics) {
    const partial = stretches.map((stretch, k) => {
      const elements = liftOver(k, stretch, [of]).map((lifted) => everywhere(builder, lifted, stretch.shape));
      const axes = stretch.shape.map((_, axis) => axis);
      const [all] = elements;
      if (all === undefined) throw new RangeError("a statistic is of one element");
      return axes.length === 0 ? all : builder.reduce(op, all, axes, input.origin);
    });
    const counts = stretches.map(({ shape }) => shape.reduce((product, extent) => product * extent, 1));
    const combined = over === "tensor" ? partial : stretches.map(() => combine(builder, op, partial, input));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const values = combined.map((node, k) => {
      if (!mean) return node;
      const count = over === "tensor" ? (counts[k] ?? 1) : total;
      return builder.map("div", [node, builder.constant(count)], input.origin);
    });
    statistics.set(input, values);
  }
  const { outputs } = optimizer.update;
  return stretches.flatMap((stretch, k) => {
    const lifted = liftOver(
      k,
      stretch,
      outputs.map(({ node }) => node),
    );
    return outputs.flatMap(({ name }, o): readonly Result[] => {
      const [value, result] = [lifted[o], stretch.results.get(name)];
      if (value === undefined || result === undefined) return [];
      return [{ ...result, node: everywhere(builder, value, stretch.shape) }];
    });
  });
}

/** The elements that an input of the rule stands for; null for what is the same for all. */
function elementsOf(input: InputNode, { w, g, states }: Stretch): Node | null {
  switch (input.role) {
    case "parameter":
      return w;
    case "gradient":
      return g;
    case "state":
      return states.get(input.name) ?? null;
    case "input":
    case "target":
    case "step":
    case "statistic":
    case "uniform":
    case "normal":
    case "cotangent":
    case "tangent":
      return null;
  }
}

const combinations = { sum: "add", prod: "mul", max: "max", min: "min" } as const;

/** The reduction of what the stretches were reduced to. */
function combine(builder: Builder, op: keyof typeof combinations, parts: readonly Node[], { origin }: InputNode): Node {
  const [first, ...others] = parts;
  if (first === undefined) throw new RangeError("an optimizer without parameters has no update");
  return others.reduce((sum, part) => builder.map(combinations[op], [sum, part], origin), first);
}
