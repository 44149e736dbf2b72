/** Owns: the batch axis. A graph for one example becomes one for a batch of them. */

import { Builder, type Graph, type InputNode, type Role } from "@adjoint/ir";
import { everywhere, type Lifted, lift } from "./lift.ts";

/** What an example supplies, and what is drawn for it; parameters and all else are the same for every example. */
const perExample: ReadonlySet<Role> = new Set(["input", "target", "uniform", "normal"]);

/**
 * Inputs and targets get a leading axis of `size` examples, and so does every value that depends on them; what depends on
 * parameters only is computed once. An output that is a scalar of each example (a loss, a metric) becomes its mean; other
 * outputs become [size, …]. Gradients must be expanded before.
 */
export function batch(graph: Graph, size: number): Graph {
  const builder = new Builder();
  const replace = (input: InputNode): Lifted | null => {
    if (!perExample.has(input.role)) return null;
    const shape = [size, ...input.shape];
    return { node: builder.input(input.name, input.role, shape, input.element, input.origin), varies: true };
  };
  const roots = graph.outputs.map((output) => output.node);
  const lifted = lift(builder, roots, [size], replace);
  const outputs = graph.outputs.map(({ name, node }, k) => {
    const result = lifted[k];
    if (result === undefined) throw new RangeError(`output ${name} was not lifted`);
    if (node.shape.length > 0) return { name, node: everywhere(builder, result, [size]) };
    if (!result.varies) return { name, node: result.node };
    const sum = builder.reduce("sum", result.node, [0], node.origin);
    return { name, node: builder.map("div", [sum, builder.constant(size)], node.origin) };
  });
  return { name: graph.name, outputs };
}
