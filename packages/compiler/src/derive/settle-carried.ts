/**
 * Owns: the end of what fades away in a recurrence. Cotangents that are carried through many steps shrink with every one of
 * them, and in float32 they come to lie below the smallest normal number, 2⁻¹²⁶, where each operation of a processor that
 * computes as the standard says takes some hundred cycles instead of a half. What is carried is therefore 0 once it is smaller
 * than 2⁻¹⁰² in size: the factors of a step, down to 2⁻²⁴, then make no subnormal numbers of it either. Sums in which it
 * would still count are themselves below 2⁻⁷⁸; NaN and infinity are carried on.
 *
 * The cost: a comparison and a choice for each element that is carried, and a step takes a product of a whole row of
 * weights for each. What is not carried is not touched. In float64 nothing that a network carries comes so far.
 */

import { type Builder, type InputNode, type Node, nodesOf, type ScanNode } from "@adjoint/ir";
import { rebuild, rewriteGraph } from "../passes/rewrite.ts";
import type { Place, Procedure } from "../procedure.ts";

/** 2²⁴, the steps of a float32 between one power of two and the next, times the smallest normal number. */
export const leastCarried = 2 ** -102;

/** The procedure with what its recurrences carry set to 0 where it is smaller than {@link leastCarried}. */
export function settleCarried(procedure: Procedure): Procedure {
  const nodes = new Set(nodesOf(procedure.graph));
  if (![...nodes].some(({ kind }) => kind === "scan")) return procedure;
  const inputs = new Map<InputNode, Place>();
  const graph = rewriteGraph(procedure.graph, (node, args, builder) => {
    const image = rebuild(node, node.kind === "scan" ? settleArguments(node, args, nodes, builder) : args, builder);
    const place = node.kind === "input" ? procedure.inputs.get(node) : undefined;
    if (image.kind === "input" && place !== undefined) inputs.set(image, place);
    return image;
  });
  return { ...procedure, graph, inputs };
}

/** Initial value and next one by turns. What no step reads is recorded only, not carried from one to the next. */
function settleArguments(
  { recurrence }: ScanNode,
  args: readonly Node[],
  read: ReadonlySet<Node>,
  builder: Builder,
): readonly Node[] {
  return args.map((arg, k) => {
    const carry = recurrence.carries[(k - 1) / 2];
    return carry !== undefined && read.has(carry.previous) ? settle(arg, builder) : arg;
  });
}

function settle(next: Node, builder: Builder): Node {
  if (next.kind === "input" || next.kind === "constant") return next;
  const constant = (value: number): Node => builder.constant(value, next.shape);
  const isFaded = builder.map("lt", [builder.map("abs", [next]), constant(leastCarried)]);
  return builder.map("select", [isFaded, constant(0), next], next.origin);
}
