/**
 * Owns: where named tensors lie in the flat arrays of the emitted module. All are row-major and lie one after the other
 * without gaps. Parameters: the trainable ones first, those of one optimizer together, then the frozen, then states, each in
 * the order of the page, so that `grad`, which exists for trainable elements only, shares the offsets of `p`, and each optimizer's
 * update is one loop over a stretch of it.
 */

import {
  type Element,
  elementCount,
  type Model,
  type Node,
  type Optimizer,
  type Parameter,
  type Port,
  reachable,
  type Shape,
} from "@adjoint/ir";

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

/** The stretch of `p` and `grad` that one optimizer trains. */
export interface GroupSlot {
  readonly optimizer: Optimizer;
  readonly slots: readonly ParameterSlot[];
  readonly offset: number;
  readonly size: number;
}

export interface ParameterLayout {
  readonly slots: readonly ParameterSlot[];
  /** In order, covering the trained slots; empty for a model that says nothing about its training. */
  readonly groups: readonly GroupSlot[];
  /** Elements that are trained: the length of `grad`. */
  readonly trainable: number;
  /** The length of `p`. */
  readonly size: number;
}

/** A state of an optimizer: element k is that of p[group.offset + k]. */
export interface StateSlot extends Slot {
  readonly group: GroupSlot;
  /** Its name in the optimizer's update. */
  readonly state: string;
  readonly initializer: Optimizer["state"][number]["initializer"];
}

export interface StateLayout {
  readonly slots: readonly StateSlot[];
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
  const groups = model.training?.groups ?? [];
  const rankOf = new Map(groups.flatMap(({ parameters }, k) => parameters.map((name) => [name, k] as const)));
  const ordered = model.parameters.map((parameter) => ({ parameter, rank: rankOf.get(parameter.name) ?? 0 }));
  // Sorting is stable: within a group the page's order stays.
  ordered.sort((a, b) => Number(a.parameter.frozen) - Number(b.parameter.frozen) || a.rank - b.rank);
  let size = 0;
  const ranked = ordered.map(({ parameter, rank }) => {
    const slot: ParameterSlot = {
      parameter,
      name: parameter.name,
      shape: parameter.shape,
      offset: size,
      size: elementCount(parameter.shape),
      frozen: parameter.frozen,
    };
    size += slot.size;
    return { slot, rank };
  });
  const slots = ranked.map(({ slot }) => slot);
  const sizeOf = (some: readonly ParameterSlot[]): number => some.reduce((sum, slot) => sum + slot.size, 0);
  return {
    slots,
    groups: groups.flatMap(({ optimizer }, k): readonly GroupSlot[] => {
      const own = ranked.flatMap(({ slot, rank }) => (rank === k && !slot.frozen ? [slot] : []));
      const [first] = own;
      return first === undefined ? [] : [{ optimizer, slots: own, offset: first.offset, size: sizeOf(own) }];
    }),
    trainable: sizeOf(slots.filter(({ frozen }) => !frozen)),
    size,
  };
}

/** The length of `grad`: what is trained, and the states that a batch decides. */
export function gradientSize(model: Model): number {
  const { slots, trainable } = parameterLayout(model);
  if (model.coupling === null) return trainable;
  return slots.reduce((sum, { parameter, size }) => sum + (parameter.node.role === "state" ? size : 0), trainable);
}

/** `out`: the outputs of one example. */
export function outputLayout(model: Model): Layout {
  const own = model.coupling?.predicting === true ? 1 : 0;
  return consecutive(model.outputs.map(({ name, node }) => ({ name, shape: node.shape.slice(own) })));
}

/** `metrics`: one number each. */
export function metricLayout(model: Model): Layout {
  return consecutive(model.metrics.map(({ name, node }) => ({ name, shape: node.shape })));
}

/** What is added up over the examples of a data set. */
export interface MeasureSlot extends Slot {
  /** Of one example. */
  readonly node: Node;
}

/** `measures`: the metrics that are means, then what the others are computed from. */
export function measureLayout(model: Model): { readonly slots: readonly MeasureSlot[]; readonly size: number } {
  const means = model.metrics.filter(({ node }) => !readsStatistics(node));
  let size = 0;
  const slots = [...means, ...model.statistics.map(({ input, of }) => ({ name: input.name, node: of }))].map(
    ({ name, node }): MeasureSlot => {
      const slot = { name, node, shape: node.shape, offset: size, size: elementCount(node.shape) };
      size += slot.size;
      return slot;
    },
  );
  return { slots, size };
}

/** Whether a metric is of a data set rather than of an example. */
export function readsStatistics(metric: Node): boolean {
  return reachable([metric]).some((node) => node.kind === "input" && node.role === "statistic");
}

/** `state`: each state of each optimizer, for all elements that it trains. Empty without training or without state. */
export function stateLayout(model: Model): StateLayout {
  const taken = new Set<string>();
  let size = 0;
  const slots = parameterLayout(model).groups.flatMap((group) =>
    group.optimizer.state.map(({ name, initializer }): StateSlot => {
      const unique = uniqueName(name, taken);
      taken.add(unique);
      const slot = {
        name: unique,
        shape: [group.size],
        offset: size,
        size: group.size,
        group,
        state: name,
        initializer,
      };
      size += group.size;
      return slot;
    }),
  );
  return { slots, size };
}

/** Names of the procedures' own arguments; a port of one of these names gets another array name. */
const reservedNames = ["p", "grad", "out", "state", "metrics", "sums", "t", "n", "examples", "seed"];

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
