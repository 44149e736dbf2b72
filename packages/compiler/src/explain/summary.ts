/** Owns: what a model is made of, in numbers: shapes, weights and scalar operations of each of its statements. */

import {
  argumentsOf,
  Builder,
  elementCount,
  type Model,
  type Node,
  type Parameter,
  reachable,
  type Shape,
  type Span,
  textOf,
} from "@adjoint/ir";
import { lossGradients } from "../derive/model-procedures.ts";
import { substitute } from "../passes/rewrite.ts";
import { runPipeline } from "../pipeline.ts";

/** Of one example, in the graph that is emitted. */
export interface OperationCount {
  /** Evaluations of a scalar function; a reduction of n elements takes n − 1. Moving a number takes none. */
  readonly operations: number;
  /** How many of them, in pairs, multiply and add to a sum. */
  readonly multiplyAdds: number;
}

export interface SummaryRow {
  readonly name: string;
  /** The source, on one line. */
  readonly statement: string;
  readonly shape: Shape;
  /** Elements of the parameters that this statement is the first to use. */
  readonly trainable: number;
  readonly frozen: number;
  /** Of what no optimizer trains, but the network itself updates. */
  readonly states: number;
  readonly forward: OperationCount;
  /** What the gradient of the loss adds; null for a model without loss. */
  readonly backward: OperationCount | null;
}

export interface ParameterSummary {
  readonly name: string;
  readonly shape: Shape;
  readonly count: number;
  readonly kept: Keeping;
}

/** What becomes of a stored tensor in training. */
export type Keeping = "trained" | "frozen" | "state";

export interface Summary {
  readonly model: string;
  /** Inputs and targets of one example. */
  readonly ports: readonly { readonly name: string; readonly role: "input" | "target"; readonly shape: Shape }[];
  /** The model's named values in order, and its loss. */
  readonly rows: readonly SummaryRow[];
  readonly parameters: readonly ParameterSummary[];
  readonly total: Pick<SummaryRow, "trainable" | "frozen" | "states" | "forward" | "backward">;
  /** Of how many examples the operations are: more than one where they see each other. */
  readonly examples: number;
}

/** Counts are exact for the graph that is emitted; what differentiation shares with the forward pass counts as forward. */
export function summarise(model: Model): Summary {
  const values = model.loss === null ? model.bindings : [...model.bindings, model.loss];
  const owned = firstUses(values.map(({ node }) => node)).map((nodes) => {
    const names = new Set(
      nodes.flatMap((node) =>
        node.kind === "input" && (node.role === "parameter" || node.role === "state") ? [node.name] : [],
      ),
    );
    return model.parameters.filter(({ name }) => names.has(name));
  });
  const { forward, backward } = countOperations(model);
  const rows = values.map(({ name, node, span }, k): SummaryRow => {
    return {
      name,
      statement: textOf(span).replace(/\s+/g, " ").trim(),
      shape: node.shape,
      ...weights(owned[k] ?? []),
      forward: forward[k] ?? nothing,
      backward: backward === null ? null : (backward.rows[k] ?? nothing),
    };
  });
  return {
    model: model.name,
    ports: [...model.inputs, ...model.targets].map(({ name, node, shape }) => ({
      name,
      role: node.role === "target" ? "target" : "input",
      shape,
    })),
    rows,
    parameters: model.parameters.map((parameter) => ({
      name: parameter.name,
      shape: parameter.shape,
      count: elementCount(parameter.shape),
      kept: keepingOf(parameter),
    })),
    examples: model.coupling?.size ?? 1,
    total: {
      ...weights(model.parameters),
      forward: forward.reduce(plus, nothing),
      backward: backward?.total ?? null,
    },
  };
}

const nothing: OperationCount = { operations: 0, multiplyAdds: 0 };

function plus(a: OperationCount, b: OperationCount): OperationCount {
  return { operations: a.operations + b.operations, multiplyAdds: a.multiplyAdds + b.multiplyAdds };
}

function keepingOf({ node, frozen }: Parameter): Keeping {
  return node.role === "state" ? "state" : frozen ? "frozen" : "trained";
}

function weights(parameters: readonly Parameter[]): Pick<SummaryRow, "trainable" | "frozen" | "states"> {
  const count = (kept: Keeping): number =>
    parameters
      .filter((parameter) => keepingOf(parameter) === kept)
      .reduce((total, { shape }) => total + elementCount(shape), 0);
  return { trainable: count("trained"), frozen: count("frozen"), states: count("state") };
}

/** For each root, the nodes that it reaches and no root before it does. Each node is visited once. */
function firstUses(roots: readonly Node[]): readonly (readonly Node[])[] {
  const claimed = new Set<Node>();
  return roots.map((root) => {
    const fresh: Node[] = [];
    const pending: Node[] = [root];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (claimed.has(node)) continue;
      claimed.add(node);
      fresh.push(node);
      pending.push(...argumentsOf(node));
    }
    return fresh;
  });
}

interface Counts {
  /** As the rows of the summary. */
  readonly forward: readonly OperationCount[];
  readonly backward: { readonly rows: readonly OperationCount[]; readonly total: OperationCount } | null;
}

/** Operations of the finished graph. What the backward pass adds belongs to the statement whose adjoint it is. */
function countOperations(model: Model): Counts {
  const builder = new Builder();
  const values = model.bindings.map(({ node }) => node);
  const forward = substitute(values, new Map(), builder);
  const loss = model.loss === null ? null : lossGradients(builder, model, model.loss.node);
  const roots = [...forward, ...(loss === null ? [] : [loss.root, ...loss.gradients.map(({ node }) => node)])];
  const graph = { name: model.name, outputs: roots.map((node, k) => ({ name: String(k), node })) };
  const finished = runPipeline(graph).outputs.map(({ node }) => node);
  const valueCount = forward.length + (loss === null ? 0 : 1);
  const uses = firstUses(finished);
  const all = reachable(finished);
  const contracted = findContracted(all);
  const count = (nodes: readonly Node[]): OperationCount =>
    nodes.map((node) => operationsOf(node, contracted)).reduce(plus, nothing);
  const rows = uses.slice(0, valueCount).map(count);
  if (model.loss === null) return { forward: rows, backward: null };
  const adjoints = uses.slice(valueCount).flat();
  const rowOf = rowsByStatement(
    [...model.bindings, model.loss].map(({ span }) => span),
    uses.slice(0, valueCount),
  );
  const shares = rows.map((): Node[] => []);
  for (const node of adjoints) {
    const statement = node.origin?.statement;
    const row = statement == null ? undefined : rowOf.get(spanKey(statement));
    shares[row ?? rows.length - 1]?.push(node);
  }
  return { forward: rows, backward: { rows: shares.map(count), total: count(adjoints) } };
}

/**
 * Which row a statement counts for: the one that is its own, else the first that needs what it computes. Statements of a
 * recurrence count for what it makes, those of a repeated block for the value that leaves it.
 */
function rowsByStatement(own: readonly Span[], uses: readonly (readonly Node[])[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const [row, span] of own.entries()) if (!rows.has(spanKey(span))) rows.set(spanKey(span), row);
  for (const [row, nodes] of uses.entries()) {
    for (const { origin } of nodes) {
      if (origin?.statement == null) continue;
      const key = spanKey(origin.statement);
      if (!rows.has(key)) rows.set(key, row);
    }
  }
  return rows;
}

function spanKey({ file, start, end }: Span): string {
  return `${start}-${end} ${file.path}`;
}

/** Products that a sum adds up. */
function findContracted(nodes: readonly Node[]): ReadonlySet<Node> {
  return new Set(
    nodes.flatMap((node) =>
      node.kind === "reduce" && node.op === "sum" && node.arg.kind === "map" && node.arg.fn === "mul" ? [node.arg] : [],
    ),
  );
}

function operationsOf(node: Node, contracted: ReadonlySet<Node>): OperationCount {
  switch (node.kind) {
    case "map": {
      const operations = node.fn === "stop_gradient" ? 0 : elementCount(node.shape);
      return { operations, multiplyAdds: contracted.has(node) ? operations : 0 };
    }
    case "reduce":
      return { operations: elementCount(node.arg.shape) - elementCount(node.shape), multiplyAdds: 0 };
    case "input":
    case "constant":
    case "index":
    case "read":
    case "pick":
    case "reshape":
    case "gradient":
    case "carried":
    case "scan":
      return nothing;
  }
}
