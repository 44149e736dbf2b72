/** Owns: how a node is named: in messages, and as far as the source names it at all. */

import type { Node } from "./graph.ts";

/** The name the source gives a node, `d_` in front of what differentiation made; null for an unnamed intermediate. */
export function sourceName(node: Node): string | null {
  if (node.kind === "input") return node.name;
  const name = node.origin?.name ?? null;
  return name !== null && node.origin?.adjoint === true ? `d_${name}` : name;
}

/** `h.z, map add [2] (node 12)`: for the messages of errors that are Adjoint's own. */
export function labelOf(node: Node): string {
  const name = sourceName(node);
  return `${name === null ? "" : `${name}, `}${operationOf(node)} [${node.shape.join(", ")}] (node ${node.id})`;
}

function operationOf(node: Node): string {
  switch (node.kind) {
    case "input":
      return node.role;
    case "map":
      return `map ${node.fn}`;
    case "reduce":
      return `reduce ${node.op}`;
    case "constant":
      return `constant ${node.value}`;
    case "carried":
      return `carried ${node.key}`;
    case "scan":
      return `scan ${node.moment === "before" ? "before " : ""}of ${node.recurrence.carries[node.which]?.previous.key}`;
    case "index":
    case "read":
    case "pick":
    case "reshape":
    case "gradient":
      return node.kind;
  }
}
