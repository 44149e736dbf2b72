/** Owns: a random program as a model, so that it takes the whole way of a user's network to an emitted module. */

import type { RandomProgram } from "@adjoint/check";
import {
  argumentsOf,
  type Binding,
  type InputNode,
  type Model,
  type Node,
  type Optimizer,
  type Port,
  reachable,
  type Span,
} from "@adjoint/ir";

/** Random programs stand on no page. */
const nowhere: Span = { file: { path: "random.adj", text: "" }, start: 0, end: 0 };

/**
 * The model whose loss is the program's, and whose outputs are those of its results that can be had without a target.
 * With an optimizer it can be trained too.
 */
export function modelOf(program: RandomProgram, name: string, optimizer: Optimizer | null): Model {
  const { loss, results, parameters, inputs, batch } = program;
  const isTarget = targetsIn([loss, ...results]);
  const bind = (bound: string, node: Node): Binding => ({ name: bound, node, span: nowhere, doc: "" });
  const port = (node: InputNode): Port => ({
    name: node.name,
    node,
    shape: batch === null ? node.shape : node.shape.slice(1),
    element: node.element,
    span: nowhere,
    doc: "",
  });
  const outputs = results.filter((node) => !isTarget.has(node)).map((node, k) => bind(`y${k}`, node));
  return {
    name,
    doc: "",
    span: nowhere,
    hyperparameters: [],
    inputs: inputs.filter(({ role }) => role === "input").map(port),
    targets: inputs.filter(({ role }) => role === "target").map(port),
    parameters: parameters.map((node) => ({
      name: node.name,
      node,
      shape: node.shape,
      initializer: { name: node.name, outputs: [{ name: "value", node: program.builder.constant(0, node.shape) }] },
      frozen: false,
      update: null,
      span: nowhere,
      doc: "",
    })),
    noise: [],
    bindings: [],
    outputs,
    loss: bind("loss", loss),
    validation: bind("loss", loss),
    metrics: [],
    statistics: [],
    coupling: batch === null ? null : { ...batch, measuring: true, predicting: outputs.length > 0 },
    training:
      optimizer === null
        ? null
        : {
            groups: [{ optimizer, parameters: parameters.map(({ name }) => name), patterns: [] }],
            epochs: 1,
            batch: batch?.size ?? 1,
            shuffle: false,
            seed: 0,
          },
  };
}

/** The nodes that cannot be had without a target. */
function targetsIn(roots: readonly Node[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of reachable(roots)) {
    const isTarget = node.kind === "input" && node.role === "target";
    if (isTarget || argumentsOf(node).some((arg) => found.has(arg))) found.add(node);
  }
  return found;
}
