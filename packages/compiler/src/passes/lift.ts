/**
 * Owns: lifting a computation over leading axes. What depends on a lifted input is computed once per index of those axes,
 * everything else once. A batch of examples, an optimizer's update over all parameters: both are this.
 */

import {
  type Affine,
  argumentsOf,
  axisIndex,
  type Builder,
  type InputNode,
  type Node,
  reachable,
  type Shape,
} from "@adjoint/ir";
import { recurrencesThatDependOn } from "./recurrences.ts";
import { argument, rebuild } from "./rewrite.ts";

export interface Lifted {
  /** Of shape [...leading, ...own] if `varies`, else of its own shape. */
  readonly node: Node;
  readonly varies: boolean;
}

/**
 * `replace` says what an input becomes: a node of `builder` of shape [...leading, ...own] (`varies`) or of its own shape,
 * or null for the same input again.
 */
export function lift(
  builder: Builder,
  roots: readonly Node[],
  leading: Shape,
  replace: (input: InputNode) => Lifted | null,
): readonly Lifted[] {
  const image = new Map<Node, Lifted>();
  const nodes = reachable(roots);
  const varies = (node: Node): boolean => node.kind === "input" && replace(node)?.varies === true;
  const varying = new Set<Node>(
    [...recurrencesThatDependOn(nodes, varies)].flatMap(({ carries }) => carries.map(({ previous }) => previous)),
  );
  for (const node of nodes) {
    if (node.kind === "carried" && varying.has(node)) {
      const shape = [...leading, ...node.shape];
      image.set(node, { node: builder.carried(node.key, shape, node.origin), varies: true });
      continue;
    }
    const args = argumentsOf(node).map((arg) => {
      const lifted = image.get(arg);
      if (lifted === undefined) throw new RangeError(`node ${arg.id} was not lifted`);
      return lifted;
    });
    const replaced = node.kind === "input" ? replace(node) : null;
    if (replaced !== null) image.set(node, replaced);
    else if (!args.some((arg) => arg.varies)) {
      const node_ = rebuild(
        node,
        args.map((arg) => arg.node),
        builder,
      );
      image.set(node, { node: node_, varies: false });
    } else {
      const over = args.map((arg) => everywhere(builder, arg, leading));
      image.set(node, { node: liftNode(builder, node, over, leading), varies: true });
    }
  }
  return roots.map((root) => {
    const lifted = image.get(root);
    if (lifted === undefined) throw new RangeError(`node ${root.id} was not lifted`);
    return lifted;
  });
}

/** The node repeated along the leading axes, unless it varies along them. */
export function everywhere(builder: Builder, { node, varies }: Lifted, leading: Shape): Node {
  if (varies) return node;
  const axes = node.shape.map((_, axis) => leading.length + axis);
  return builder.broadcast(node, [...leading, ...node.shape], axes);
}

function liftNode(builder: Builder, node: Node, args: readonly Node[], leading: Shape): Node {
  const shape = [...leading, ...node.shape];
  const [first, second] = args;
  if (first === undefined) throw new RangeError(`a ${node.kind} has no argument that could vary`);
  switch (node.kind) {
    case "input":
    case "constant":
    case "index":
      throw new RangeError(`a ${node.kind} has no argument that could vary`);
    case "map":
      return builder.map(node.fn, args, node.origin);
    case "reduce":
      return builder.reduce(
        node.op,
        first,
        node.axes.map((axis) => leading.length + axis),
        node.origin,
      );
    case "read": {
      const forms = [
        ...leading.map((_, axis) => axisIndex(axis, shape.length)),
        ...node.index.map((form) => widen(form, leading.length)),
      ];
      return builder.read(first, shape, forms, node.fill, node.origin);
    }
    case "pick":
      if (second === undefined) throw new RangeError("a pick without an index");
      return builder.pick(first, leading.length + node.axis, second, node.origin);
    case "reshape":
      return builder.reshape(first, shape, node.origin);
    case "gradient":
      throw new RangeError("a gradient cannot be lifted: expand it first");
    case "carried":
      throw new RangeError("a carried tensor varies with its recurrence");
    case "scan": {
      const { direction, axis, carries } = node.recurrence;
      const lifted = carries.map(({ previous }, k) => ({
        previous: builder.carried(previous.key, [...leading, ...previous.shape], previous.origin),
        initial: argument(args, 2 * k),
        next: argument(args, 2 * k + 1),
      }));
      return builder.scan(
        builder.recurrence(direction, leading.length + axis, lifted),
        node.which,
        node.moment,
        node.origin,
      );
    }
  }
}

function widen(form: Affine, by: number): Affine {
  return { offset: form.offset, coefficients: [...new Array<number>(by).fill(0), ...form.coefficients] };
}
