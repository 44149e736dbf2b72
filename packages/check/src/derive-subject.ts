/** Owns: what is checked: a scalar, the graphs of its derivatives by every route there is, and nothing of where it came from. */

import { expandGradients, rewriteGraph, runPipeline, tangents } from "@adjoint/compiler";
import {
  Builder,
  type FunctionDefinition,
  type Graph,
  type InputNode,
  type Model,
  type Node,
  nodesOf,
  reachable,
} from "@adjoint/ir";

/** A scalar function of named tensors, and its derivatives as graphs. Inputs of the graphs are known by name. */
export interface Subject {
  readonly name: string;
  /** What it is differentiated by. */
  readonly variables: readonly InputNode[];
  /** What else it reads: classes and noise. */
  readonly constants: readonly InputNode[];
  /** Output `value`, as it was written, inner gradients expanded. */
  readonly value: Graph;
  /** Output `slope`: ⟨∇value, direction⟩ by the reverse sweep. */
  readonly slope: Graph;
  /** Outputs `value`, `slope`, `forward` (J · direction), `curvature` (directionᵀ · H · direction, both ways in reverse). */
  readonly derivatives: Graph;
  /** `derivatives` after the compiler's whole pipeline. */
  readonly optimised: Graph;
}

/** The input that holds a variable's part of the direction. No name in a source has a space in it. */
export function directionName(variable: string): string {
  return `direction ${variable}`;
}

/** The loss of a model, in its parameters and in what its data holds of reals. Null for a model without a loss. */
export function subjectOfModel(model: Model): Subject | null {
  return model.loss === null ? null : subjectOf(model.name, model.loss.node);
}

/** A plain function, in its arguments. */
export function subjectOfFunction({ name, result }: FunctionDefinition): Subject {
  return subjectOf(name, result);
}

/**
 * Differentiates the scalar `root` by every real input that it depends on, except noise.
 *
 * @throws {RangeError} if two of its inputs have one name.
 */
export function subjectOf(name: string, root: Node): Subject {
  const value = expandGradients({ name, outputs: [{ name: "value", node: root }] });
  const builder = new Builder();
  const [copy] = rewriteGraph(value, undefined, builder).outputs;
  const top = copy!.node;
  const inputs = reachable([top]).filter((node) => node.kind === "input");
  if (new Set(inputs.map((node) => node.name)).size < inputs.length)
    throw new RangeError(`${name}: inputs share a name`);
  const variables = inputs.filter(isVariable);
  const directions = variables.map((node) => direction(builder, node));

  const along = (gradients: readonly Node[]): Node =>
    gradients
      .map((gradient, k) => product(builder, gradient, directions[k]!))
      .reduce((sum, term) => builder.map("add", [sum, term]), builder.constant(0));
  const slope = along(variables.map((node) => builder.gradient(top, node)));
  const curvature = along(variables.map((node) => builder.gradient(slope, node)));
  const seeds = new Map<Node, Node>(variables.map((node, k) => [node, directions[k]!]));
  const [forward] = tangents(builder, [top], seeds);
  const derived: Graph = {
    name,
    outputs: [
      { name: "value", node: top },
      { name: "slope", node: slope },
      { name: "forward", node: forward! },
      { name: "curvature", node: curvature },
    ],
  };
  const derivatives = expandGradients(derived);
  return {
    name,
    variables,
    constants: nodesOf(value).filter((node) => node.kind === "input" && !isVariable(node)) as InputNode[],
    value,
    slope: { name, outputs: derivatives.outputs.filter((output) => output.name === "slope") },
    derivatives,
    optimised: runPipeline(derived),
  };
}

function isVariable({ element, role }: InputNode): boolean {
  return element.kind === "real" && role !== "uniform" && role !== "normal";
}

function direction(builder: Builder, { name, shape }: InputNode): InputNode {
  return builder.input(directionName(name), "tangent", shape);
}

/** ⟨a, b⟩ */
function product(builder: Builder, a: Node, b: Node): Node {
  return builder.reduce(
    "sum",
    builder.map("mul", [a, b]),
    a.shape.map((_, axis) => axis),
  );
}
