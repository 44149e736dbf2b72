/** Owns: what is checked: a scalar, the graphs of its derivatives by every route there is, and nothing of where it came from. */

import { expandGradients, rebuild, rewriteGraph, runPipeline, tangents } from "@adjoint/compiler";
import {
  Builder,
  type Coupling,
  type FunctionDefinition,
  type Graph,
  type InputNode,
  type Node,
  nodesOf,
  type Output,
  reachable,
} from "@adjoint/ir";

/** A scalar function of named tensors, and its derivatives as graphs. Inputs of the graphs are known by name. */
export interface Subject {
  readonly name: string;
  /** What it is differentiated by. */
  readonly variables: readonly InputNode[];
  /** What else it reads: classes, noise and the weights of outputs. */
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

/** As much of a model as is differentiated. */
export interface Differentiable {
  readonly name: string;
  readonly loss: Pick<Output, "node"> | null;
  readonly outputs: readonly Output[];
  readonly coupling?: Coupling | null;
}

/** The node for a batch in which every example counts. */
function ofWholeBatch(node: Node, coupling: Coupling | null): Node {
  if (coupling === null) return node;
  const { outputs } = rewriteGraph({ name: "", outputs: [{ name: "", node }] }, (each, args, builder) =>
    each === coupling.examples ? builder.constant(coupling.size) : rebuild(each, args, builder),
  );
  return outputs[0]!.node;
}

/** The input that holds what the elements of an output are weighed with. */
function cotangentName(output: string): string {
  return `${cotangentPrefix}${output}`;
}

/** The output whose elements such an input weighs. */
export function outputWeighedBy(cotangent: string): string {
  return cotangent.slice(cotangentPrefix.length);
}

const cotangentPrefix = "cotangent ";

/**
 * The loss of a model, in its parameters and in what its data holds of reals; of a model without a loss, its outputs: the
 * sum of their elements, each weighed with a number of its own. Null for a model that has neither.
 */
export function subjectOfModel({ name, loss, outputs, coupling }: Differentiable): Subject | null {
  if (loss !== null) return subjectOf(name, ofWholeBatch(loss.node, coupling ?? null));
  if (outputs.length === 0) return null;
  const builder = new Builder();
  const { outputs: copies } = rewriteGraph(expandGradients({ name, outputs }), undefined, builder);
  const terms = copies.map((output) =>
    product(builder, output.node, builder.input(cotangentName(output.name), "cotangent", output.node.shape)),
  );
  return subjectOf(
    name,
    terms.reduce((sum, term) => builder.map("add", [sum, term])),
  );
}

/** A plain function, in its arguments. */
export function subjectOfFunction({ name, result }: FunctionDefinition): Subject {
  return subjectOf(name, result);
}

/**
 * Differentiates the scalar `root` by every real input that it depends on, except noise and the weights of outputs.
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
  return element.kind === "real" && !["uniform", "normal", "cotangent"].includes(role);
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
