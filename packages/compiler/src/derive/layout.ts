/**
 * Owns: where named tensors lie in the flat arrays of the emitted module. All are row-major and lie one after the other
 * without gaps. Parameters: the trainable ones first, then the frozen, each in the order of the page, so that `grad` and
 * the optimizer's state, which exist for trainable elements only, share the offsets of `p`.
 */

import { type Element, elementCount, type Model, type Parameter, type Port, type Shape } from "@adjoint/ir";

/** Elements `offset` … `offset + size − 1` of an array. */
export interface Slot {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
}

export interface ParameterSlot extends Slot {
  readonly parameter: Parameter;
  readonly frozen: boolean;
}

export interface ParameterLayout {
  readonly slots: readonly ParameterSlot[];
  /** Elements that are trained: the length of `grad`, and of each state of the optimizer. */
  readonly trainable: number;
  /** The length of `p`. */
  readonly size: number;
}

export interface Layout {
  readonly slots: readonly Slot[];
  readonly size: number;
}

/** A port's data: one array of its own, `size` elements an example. */
export interface PortSlot {
  readonly port: Port;
  /** The name of the array among the procedures' arguments: the port's own, unless that name is taken. */
  readonly array: string;
  readonly size: number;
  readonly element: Element;
}

export function parameterLayout(model: Model): ParameterLayout {
  const ordered = [...model.parameters.filter((p) => !p.frozen), ...model.parameters.filter((p) => p.frozen)];
  let size = 0;
  const slots = ordered.map((parameter) => {
    const slot = {
      parameter,
      name: parameter.name,
      shape: parameter.shape,
      offset: size,
      size: elementCount(parameter.shape),
      frozen: parameter.frozen,
    };
    size += slot.size;
    return slot;
  });
  const trainable = slots.reduce((sum, slot) => sum + (slot.frozen ? 0 : slot.size), 0);
  return { slots, trainable, size };
}

/** `out`: the outputs of one example. */
export function outputLayout(model: Model): Layout {
  return consecutive(model.outputs.map(({ name, node }) => ({ name, shape: node.shape })));
}

/** `metrics`: one number each. */
export function metricLayout(model: Model): Layout {
  return consecutive(model.metrics.map(({ name, node }) => ({ name, shape: node.shape })));
}

/** `state`: each state of the optimizer, for all trainable elements. Empty without training or without state. */
export function stateLayout(model: Model): Layout {
  const { trainable } = parameterLayout(model);
  const states = trainable === 0 ? [] : (model.training?.optimizer.state ?? []);
  return consecutive(states.map(({ name }) => ({ name, shape: [trainable] })));
}

/** Names of the procedures' own arguments; a port of one of these names gets another array name. */
const reservedNames = ["p", "grad", "out", "state", "metrics", "t", "n", "examples", "seed"];

/** Inputs in order, then targets in order: the order in which procedures take them. */
export function portLayout(model: Model): readonly PortSlot[] {
  const taken = new Set(reservedNames);
  return [...model.inputs, ...model.targets].map((port) => {
    const array = uniqueName(port.name, taken);
    taken.add(array);
    return { port, array, size: elementCount(port.shape), element: port.element };
  });
}

/** `name`, or `name` with as many underscores as make it new. */
export function uniqueName(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  while (taken.has(candidate)) candidate += "_";
  return candidate;
}

function consecutive(tensors: readonly { readonly name: string; readonly shape: Shape }[]): Layout {
  let size = 0;
  const slots = tensors.map(({ name, shape }) => {
    const slot = { name, shape, offset: size, size: elementCount(shape) };
    size += slot.size;
    return slot;
  });
  return { slots, size };
}
