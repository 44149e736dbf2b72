/**
 * Owns: the contract between language and compiler. `packages/dsl` makes a Program of a page; `packages/compiler` emits a
 * module from it; neither imports the other.
 */

import type { Element, Graph, InputNode, Node } from "./graph.ts";
import type { Shape } from "./shape.ts";
import type { Span } from "./source.ts";

/** A name in the source and the tensor it is bound to. */
export interface Binding {
  readonly name: string;
  readonly node: Node;
  /** The whole statement. */
  readonly span: Span;
  /** Documentation comment above it, without the slashes; empty if none. */
  readonly doc: string;
}

/** An `input` or `target` of a model: what one example supplies. */
export interface Port {
  readonly name: string;
  readonly node: InputNode;
  readonly shape: Shape;
  readonly element: Element;
  readonly span: Span;
  readonly doc: string;
}

export interface Parameter {
  /** Qualified by the statement that made it: `h.W`; unique in the model. */
  readonly name: string;
  readonly node: InputNode;
  readonly shape: Shape;
  /** One output, `value`, of the parameter's shape; its inputs are noise (roles `uniform` and `normal`). */
  readonly initializer: Graph;
  /** A frozen parameter is saved and loaded but never updated. */
  readonly frozen: boolean;
  readonly span: Span;
  readonly doc: string;
}

/** A number with a name, as written or overridden: hyperparameters, and settings of `train` and of the optimizer. */
export interface Setting {
  readonly name: string;
  readonly value: number;
}

/** One update of one element: scalar inputs `w` (parameter), `g` (gradient), `t` (step), each state's name (state). */
export interface Optimizer {
  readonly name: string;
  readonly settings: readonly Setting[];
  /** Each state: its initial value for a parameter element, as a graph of one output `value` of shape []. */
  readonly state: readonly { readonly name: string; readonly initializer: Graph }[];
  /** Outputs: `w`, then every state's name, all of shape []. */
  readonly update: Graph;
  readonly span: Span;
}

export interface Training {
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batch: number;
  /** Whether each epoch visits the examples in an order drawn from the seed. */
  readonly shuffle: boolean;
  readonly seed: number;
}

/**
 * A model for one example; the compiler supplies the batch. It stands here as it is trained (`bindings`, `loss`) and as it
 * predicts (`outputs`, `validation`, `metrics`). The two are one graph unless the page says what differs; an input or
 * parameter is the same in both by its role and name, and has one shape.
 */
export interface Model {
  readonly name: string;
  readonly doc: string;
  readonly span: Span;
  readonly hyperparameters: readonly Setting[];
  readonly inputs: readonly Port[];
  readonly targets: readonly Port[];
  readonly parameters: readonly Parameter[];
  /** Every named value of the model's own statements, in order: what `summary` lists and `explain` stops at. */
  readonly bindings: readonly Binding[];
  /** What `predict` returns: the declared outputs or, without one, the last binding that depends on no target. */
  readonly outputs: readonly Binding[];
  /** What training makes smaller. Scalar; null for a model that only predicts. `name` is `loss`. */
  readonly loss: Binding | null;
  /** The loss of the model as it predicts: what is measured on data that it does not learn from. Null with `loss`. */
  readonly validation: Binding | null;
  /** Scalars per example; a data set's metric is their mean. */
  readonly metrics: readonly Binding[];
  readonly training: Training | null;
}

/** A plain `function` of scalars: a program of its own, with its value and derivatives. */
export interface FunctionDefinition {
  readonly name: string;
  readonly doc: string;
  readonly span: Span;
  /** Scalar inputs, role `input`. */
  readonly parameters: readonly InputNode[];
  readonly bindings: readonly Binding[];
  readonly result: Node;
}

export interface Program {
  /** Path of the page it was made from. */
  readonly path: string;
  readonly models: readonly Model[];
  /** The functions of the page itself, not of what it imports. */
  readonly functions: readonly FunctionDefinition[];
}
