/**
 * Owns: the invariants of a graph, stated once more and independently of the builder that is meant to establish them.
 * Passes run between two verifications in tests.
 */

import { type Affine, staysInside } from "./affine.ts";
import { GraphError } from "./builder.ts";
import { argumentsOf, type Graph, type Node, nodesOf } from "./graph.ts";
import { labelOf } from "./label.ts";
import { planSteps } from "./recurrences.ts";
import { scalarFunctions } from "./scalar-functions.ts";
import { elementCount, type Shape, sameShape } from "./shape.ts";

export interface VerifyOptions {
  /** The graph is past the expansion of gradients: a `gradient` node is an error. */
  readonly expanded?: boolean;
}

/**
 * Checks every invariant that graph.ts states: extents, axes, arities, shapes of arguments, affine ranges against fills,
 * topological ids, that equal definitions are one node, and that recurrences keep time pointwise.
 *
 * @throws {GraphError} naming the first node, in topological order, that breaks one, and which.
 */
export function verify(graph: Graph, options: VerifyOptions = {}): void {
  const outputNames = new Set<string>();
  for (const { name } of graph.outputs) {
    if (outputNames.has(name)) throw new GraphError(`two outputs of ${graph.name} are named ${name}`);
    outputNames.add(name);
  }
  const byDefinition = new Map<string, Node>();
  const byId = new Map<number, Node>();
  for (const node of nodesOf(graph)) {
    const fault = faultOf(node, options);
    if (fault !== null) throw new GraphError(`${labelOf(node)}: ${fault}`);
    const namesake = byId.get(node.id);
    if (namesake !== undefined) throw new GraphError(`${labelOf(node)}: ${labelOf(namesake)} has its id`);
    byId.set(node.id, node);
    const key = definitionOf(node);
    const twin = byDefinition.get(key);
    if (twin !== undefined) throw new GraphError(`${labelOf(node)}: node ${twin.id} has the same definition`);
    byDefinition.set(key, node);
  }
  // Carried tensors are bound, and no step looks at another but the one before.
  planSteps(nodesOf(graph));
}

/** The first broken invariant, or null. */
function faultOf(node: Node, options: VerifyOptions): string | null {
  const { shape } = node;
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent > 0)) return "an extent is no positive integer";
  if (!Number.isSafeInteger(elementCount(shape))) return "its elements cannot be counted";
  if (!Number.isSafeInteger(node.id) || node.id < 0) return "its id is no natural number";
  const late = argumentsOf(node).find((arg) => arg.id >= node.id);
  if (late !== undefined) return `its argument ${labelOf(late)} does not come before it`;

  switch (node.kind) {
    case "input":
      if (node.element.kind === "class" && !(Number.isSafeInteger(node.element.count) && node.element.count > 0))
        return "its count of classes is no positive integer";
      return null;
    case "constant":
      return null;
    case "index":
      return faultOfForm(node.value, shape);
    case "map": {
      const { arity } = scalarFunctions[node.fn];
      if (node.args.length !== arity) return `${node.fn} takes ${arity} arguments, not ${node.args.length}`;
      const other = node.args.find((arg) => !sameShape(arg.shape, shape));
      return other === undefined ? null : `its argument ${labelOf(other)} has another shape`;
    }
    case "reduce": {
      const { axes, arg } = node;
      if (axes.length === 0) return "it reduces no axis";
      if (!axes.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < arg.shape.length))
        return "it reduces an axis that its argument lacks";
      if (!axes.every((axis, k) => k === 0 || axes[k - 1]! < axis)) return "its axes do not ascend";
      const kept = arg.shape.filter((_, axis) => !axes.includes(axis));
      return sameShape(kept, shape) ? null : `its argument leaves the shape [${kept.join(", ")}]`;
    }
    case "read": {
      const { source, index } = node;
      if (index.length !== source.shape.length) return "it has not one index per axis of its source";
      const fault = index.map((form) => faultOfForm(form, shape)).find((found) => found !== null);
      if (fault !== undefined) return fault;
      const inside = staysInside(index, shape, source.shape);
      if (!inside && node.fill === null) return "an index leaves its source and no fill says what lies there";
      if (inside && node.fill !== null) return "it has a fill, yet no index leaves its source";
      return null;
    }
    case "pick": {
      const { source, axis, at } = node;
      if (!(Number.isInteger(axis) && axis >= 0 && axis < source.shape.length))
        return "it picks along an axis that its source lacks";
      const kept = source.shape.filter((_, a) => a !== axis);
      if (!sameShape(kept, shape)) return `its source leaves the shape [${kept.join(", ")}]`;
      return sameShape(at.shape, shape) ? null : `it is told where to pick in the shape [${at.shape.join(", ")}]`;
    }
    case "reshape":
      return elementCount(node.source.shape) === elementCount(shape)
        ? null
        : "its source has another number of elements";
    case "gradient":
      if (options.expanded === true) return "a gradient is left after expansion";
      if (node.of.shape.length !== 0) return "it differentiates what is no scalar";
      return sameShape(node.wrt.shape, shape) ? null : "it has another shape than what it differentiates by";
    case "carried":
      return null;
    case "scan": {
      const { axis, carries } = node.recurrence;
      const carry = carries[node.which];
      if (carry === undefined) return "its recurrence has no such carry";
      if (!sameShape(carry.next.shape, shape)) return "it has another shape than what it carries";
      const steps = shape[axis];
      if (steps === undefined || steps < 2) return "its recurrence takes fewer than two steps";
      for (const { previous, initial, next } of carries) {
        if (!sameShape(previous.shape, next.shape)) return `it carries ${labelOf(previous)} in a changing shape`;
        if (next.shape[axis] !== steps) return `it carries ${labelOf(previous)} over another number of steps`;
        const step = next.shape.filter((_, a) => a !== axis);
        if (!sameShape(initial.shape, step)) return `it begins ${labelOf(previous)} in another shape`;
      }
      return null;
    }
  }
}

function faultOfForm(form: Affine, shape: Shape): string | null {
  if (form.coefficients.length !== shape.length) return "an index form has not one coefficient per axis";
  if (![form.offset, ...form.coefficients].every(Number.isSafeInteger)) return "an index form is not of integers";
  if (form.coefficients.some((c, axis) => c !== 0 && shape[axis] === 1))
    return "an index form has a coefficient on an axis of extent 1";
  return null;
}

/** Equal exactly for nodes that define the same tensor in the same way. An input is its role and name. */
function definitionOf(node: Node): string {
  const own = (parts: readonly unknown[]): string => JSON.stringify([node.kind, ...parts]);
  const number = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
  const form = ({ offset, coefficients }: Affine): unknown => [offset, coefficients];
  switch (node.kind) {
    case "input":
      return own([node.role, node.name]);
    case "constant":
      return own([number(node.value), node.shape]);
    case "index":
      return own([form(node.value), node.shape]);
    case "map":
      return own([node.fn, node.args.map((arg) => arg.id)]);
    case "reduce":
      return own([node.op, node.arg.id, node.axes]);
    case "read":
      return own([node.source.id, node.shape, node.index.map(form), node.fill === null ? null : number(node.fill)]);
    case "pick":
      return own([node.source.id, node.axis, node.at.id]);
    case "reshape":
      return own([node.source.id, node.shape]);
    case "gradient":
      return own([node.of.id, node.wrt.id]);
    case "carried":
      return own([node.key]);
    case "scan": {
      const { direction, axis, carries } = node.recurrence;
      const parts = carries.map(({ previous, initial, next }) => [previous.id, initial.id, next.id]);
      return own([direction, axis, parts, node.which, node.moment]);
    }
  }
}
