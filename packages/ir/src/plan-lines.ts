/** Owns: which nodes of a graph get a line of their own when it is printed, and under what name. */

import { argumentsOf, type Graph, type Node, nodesOf } from "./graph.ts";
import { sourceName } from "./label.ts";

export interface LinePlan {
  /** In topological order. */
  readonly lines: readonly Node[];
  /** Of every line and every input; no two are equal. */
  readonly names: ReadonlyMap<Node, string>;
}

/** A definition of more operations than this is cut into several lines, which also bounds the printer's recursion. */
const longestExpression = 24;

/** What its users say about a node. A read without a name is notation, not a user: who uses it uses what it reads. */
interface Use {
  count: number;
  /** The user, if there is one only. */
  by: Node | null;
  /** Reached from the line it stands in through maps alone, so that it is evaluated once per element of that line. */
  pointwise: boolean;
  /** A user can only refer to it by name. */
  byName: boolean;
}

/**
 * A line each for what has a name of its own, what is used more than once, and what would be evaluated again and again
 * where it stands (a reduction inside another, or behind a read). Everything else is written where it is used.
 */
export function planLines(graph: Graph): LinePlan {
  const nodes = nodesOf(graph);
  const isLine = new Set<Node>();
  const uses = new Map<Node, Use>(
    nodes.map((node) => [node, { count: 0, by: null, pointwise: false, byName: false }] as const),
  );
  const outputs = new Set(graph.outputs.map((output) => output.node));

  // Users before what they use.
  for (const node of nodes.toReversed()) {
    const use = uses.get(node)!;
    if (use.byName || outputs.has(node) || deservesLine(node, use)) isLine.add(node);
    const pointwise = isLine.has(node) || use.pointwise;
    const isNotation = node.kind === "read" && !isLine.has(node);
    for (const arg of argumentsOf(node)) {
      const seen = uses.get(arg)!;
      seen.count += isNotation ? use.count : 1;
      seen.by = seen.count > 1 ? null : isNotation ? use.by : node;
      seen.pointwise = seen.count === 1 && node.kind === "map" && pointwise;
      seen.byName ||= refersByName(node, arg);
    }
  }

  // Arguments before users: how many operations each expression has come to.
  const sizes = new Map<Node, number>();
  for (const node of nodes) {
    const args = argumentsOf(node).reduce((sum, arg) => sum + (isLine.has(arg) ? 1 : sizes.get(arg)!), 0);
    const size = node.kind === "read" ? args : args + 1;
    if (size > longestExpression) isLine.add(node);
    sizes.set(node, size);
  }

  const lines = nodes.filter((node) => node.kind !== "input" && isLine.has(node));
  return { lines, names: nameAll(graph, nodes, lines) };
}

function deservesLine(node: Node, use: Use): boolean {
  // Of several nodes that serve one name in turn, the last is the one that bears it.
  const name = sourceName(node);
  if (name !== null && !(use.by !== null && sourceName(use.by) === name)) return true;
  switch (node.kind) {
    case "input":
    case "constant":
    case "index":
    case "read":
      return false;
    case "carried":
    case "scan":
      return true;
    case "reduce":
      return use.count > 1 || !use.pointwise;
    case "map":
    case "pick":
    case "reshape":
    case "gradient":
      return use.count > 1;
  }
}

/** Whether the notation for `node` has room for a name only where `arg` stands. */
function refersByName(node: Node, arg: Node): boolean {
  switch (node.kind) {
    case "input":
    case "constant":
    case "index":
    case "carried":
    case "map":
    case "reduce":
      return false;
    case "scan":
      return true;
    case "read":
      return node.fill !== null;
    case "pick":
      return arg === node.source;
    case "reshape":
    case "gradient":
      return true;
  }
}

/**
 * A node's name is the source's, else that of the output it is, else its operation's with a number. Where several want
 * one name, the last has it (for a cotangent: the total rather than what is added up) and the others a suffix.
 */
function nameAll(graph: Graph, nodes: readonly Node[], lines: readonly Node[]): ReadonlyMap<Node, string> {
  const outputNames = new Map([...graph.outputs].reverse().map(({ name, node }) => [node, name]));
  const names = new Map<Node, string>();
  const taken = new Set<string>();
  const lastSuffix = new Map<string, number>();
  const assign = (node: Node, name: string): void => {
    taken.add(name);
    names.set(node, name);
  };
  const numbered = (node: Node, stem: string): void => {
    let suffix = lastSuffix.get(stem) ?? 0;
    do suffix++;
    while (taken.has(`${stem}${suffix}`));
    lastSuffix.set(stem, suffix);
    assign(node, `${stem}${suffix}`);
  };

  const inputs = nodes.filter((node) => node.kind === "input");
  const wanted = (node: Node): readonly string[] =>
    [sourceName(node), outputNames.get(node) ?? null].filter((name) => name !== null);
  for (const node of [...inputs, ...lines.toReversed()]) {
    const free = wanted(node).find((name) => !taken.has(name));
    if (free !== undefined) assign(node, free);
  }
  for (const node of [...inputs, ...lines]) {
    if (names.has(node)) continue;
    const [name] = wanted(node);
    numbered(node, name === undefined ? operationStem(node) : `${name}_`);
  }
  return names;
}

function operationStem(node: Node): string {
  switch (node.kind) {
    case "map":
      return node.fn;
    case "reduce":
      return node.op;
    case "input":
    case "constant":
    case "index":
    case "read":
    case "pick":
    case "reshape":
    case "gradient":
    case "carried":
    case "scan":
      return node.kind;
  }
}
