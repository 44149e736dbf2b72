/**
 * Owns: graph → graph rewriting. Nodes are visited once, arguments before users, without recursion, so the cost is linear in
 * the graph and depth is bounded by memory. Origins are kept, and an input is the same input in the new graph exactly if
 * its role and name are the same.
 */

import { argumentsOf, Builder, type Graph, type InputNode, type Node, type Role, reachable } from "@adjoint/ir";

/** What `node` becomes, given what its arguments became. The result and `args` are nodes of `builder`. */
export type Visit = (node: Node, args: readonly Node[], builder: Builder) => Node;

/** The definition of `node` over other arguments of the same shapes. */
export function rebuild(node: Node, args: readonly Node[], builder: Builder): Node {
  const { origin } = node;
  switch (node.kind) {
    case "input":
      return builder.input(node.name, node.role, node.shape, node.element, origin);
    case "constant":
      return builder.constant(node.value, node.shape, origin);
    case "index":
      return builder.index(node.shape, node.value, origin);
    case "map":
      return builder.map(node.fn, args, origin);
    case "reduce":
      return builder.reduce(node.op, argument(args, 0), node.axes, origin);
    case "read":
      return builder.read(argument(args, 0), node.shape, node.index, node.fill, origin);
    case "pick":
      return builder.pick(argument(args, 0), node.axis, argument(args, 1), origin);
    case "reshape":
      return builder.reshape(argument(args, 0), node.shape, origin);
    case "gradient":
      return builder.gradient(argument(args, 0), argument(args, 1), origin);
    case "carried":
      return builder.carried(node.key, node.shape, origin);
    case "scan": {
      const { direction, axis, carries } = node.recurrence;
      const rebuilt = carries.map(({ previous }, k) => ({
        previous: builder.carried(previous.key, previous.shape, previous.origin),
        initial: argument(args, 2 * k),
        next: argument(args, 2 * k + 1),
      }));
      return builder.scan(builder.recurrence(direction, axis, rebuilt), node.which, node.moment, origin);
    }
  }
}

/** What each node that `roots` reach becomes. */
export function rewriteNodes(roots: Iterable<Node>, builder: Builder, visit: Visit): ReadonlyMap<Node, Node> {
  const image = new Map<Node, Node>();
  for (const node of reachable(roots)) {
    const args = argumentsOf(node).map((arg) => imageOf(image, arg));
    image.set(node, visit(node, args, builder));
  }
  return image;
}

/** The graph rebuilt through a fresh builder, each node as `visit` says. */
export function rewriteGraph(graph: Graph, visit: Visit = rebuild, builder: Builder = new Builder()): Graph {
  const image = rewriteNodes(rootsOf(graph), builder, visit);
  return mapRoots(graph, (node) => imageOf(image, node));
}

/** What a pass must keep: the outputs, and what is mentioned. */
export function rootsOf(graph: Graph): readonly Node[] {
  return [...graph.outputs.map((output) => output.node), ...(graph.mentions ?? [])];
}

/** The graph with each root replaced by what `become` makes of it. */
export function mapRoots({ name, outputs, mentions }: Graph, become: (node: Node) => Node): Graph {
  const results = outputs.map((output) => ({ name: output.name, node: become(output.node) }));
  return mentions === undefined
    ? { name, outputs: results }
    : { name, outputs: results, mentions: mentions.map(become) };
}

/** What `roots` become when the keys of `replacement` are replaced by its values, which are nodes of `builder`. */
export function substitute(
  roots: readonly Node[],
  replacement: ReadonlyMap<Node, Node>,
  builder: Builder,
): readonly Node[] {
  const image = rewriteNodes(roots, builder, (node, args) => replacement.get(node) ?? rebuild(node, args, builder));
  return roots.map((root) => imageOf(image, root));
}

export function imageOf(image: ReadonlyMap<Node, Node>, node: Node): Node {
  const result = image.get(node);
  if (result === undefined) throw new RangeError(`node ${node.id} was not rewritten`);
  return result;
}

/** The key under which an input is the same input in every graph of a model. */
export function inputKey(node: { readonly role: Role; readonly name: string }): string {
  return `${node.role} ${node.name}`;
}

/** The inputs that a graph reaches, by {@link inputKey}. */
export function inputsOf(graph: Graph): ReadonlyMap<string, InputNode> {
  const inputs = new Map<string, InputNode>();
  for (const node of reachable(graph.outputs.map((output) => output.node))) {
    if (node.kind === "input") inputs.set(inputKey(node), node);
  }
  return inputs;
}

/** `args[k]`, which exists by the node's arity. */
export function argument(args: readonly Node[], k: number): Node {
  const node = args[k];
  if (node === undefined) throw new RangeError(`no argument ${k}`);
  return node;
}
