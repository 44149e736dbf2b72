/**
 * Owns: the contract between language and compiler. `packages/dsl` makes a Program of a page; `packages/compiler` emits a
 * module from it; neither imports the other.
 */

import type { Element, Graph, InputNode, Node, ReductionOp } from "./graph.ts";
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
  /** A frozen parameter is saved and loaded but not trained; states are frozen. */
  readonly frozen: boolean;
  /**
   * Of a state (its node has the role `state`) the value that it has after a step of training, over what was before it; null
   * for a parameter, and for a state that is never updated.
   */
  readonly update: Node | null;
  readonly span: Span;
  readonly doc: string;
}

/** A number with a name, as written or overridden: a hyperparameter. */
export interface Setting {
  readonly name: string;
  readonly value: number;
}

/** An argument of an optimizer: a number, or (`value` is null) what depends on the step; `text` is how the page writes it. */
export interface OptimizerSetting {
  readonly name: string;
  readonly value: number | null;
  readonly text: string;
}

/** A reduction over many elements of which an update of one, or a metric, knows the result. */
export interface Statistic {
  /** Stands for the result, in the update and in statistics after this one; its role is `statistic`. */
  readonly input: InputNode;
  readonly op: ReductionOp;
  /** Whether the result is divided by the number of elements. */
  readonly mean: boolean;
  /** What is reduced, of one element. */
  readonly of: Node;
}

/** A statistic over the elements of one parameter (`tensor`), or over all parameters that the optimizer trains (`network`). */
export interface UpdateStatistic extends Statistic {
  readonly over: "tensor" | "network";
}

/**
 * One update of one element: scalar inputs `w` (parameter), `g` (gradient), `t` (step), each state's name (state), and
 * the statistics' (statistic).
 */
export interface Optimizer {
  /** Of a chain, the names of its links with commas between them. */
  readonly name: string;
  readonly settings: readonly OptimizerSetting[];
  /** In the order in which they are computed; a later one may read an earlier one. */
  readonly statistics: readonly UpdateStatistic[];
  /** Each state: its initial value for a parameter element, as a graph of one output `value` of shape []. */
  readonly state: readonly { readonly name: string; readonly initializer: Graph }[];
  /** Outputs: `w`, then every state's name, all of shape []. */
  readonly update: Graph;
  readonly span: Span;
}

/** The parameters that one `optimizer` statement trains. */
export interface ParameterGroup {
  readonly optimizer: Optimizer;
  /** Names, in the order of the page; not empty. */
  readonly parameters: readonly string[];
  /** The patterns that chose them; empty for the statement that takes what the others leave. */
  readonly patterns: readonly string[];
}

export interface Training {
  /** Every parameter that is trained is in exactly one; without any to train there are none. */
  readonly groups: readonly ParameterGroup[];
  readonly epochs: number;
  readonly batch: number;
  /** Whether each epoch visits the examples in an order drawn from the seed. */
  readonly shuffle: boolean;
  readonly seed: number;
}

/**
 * How the examples of a batch see each other. Graphs of a batch have its examples as the first axis of inputs, targets, noise
 * and outputs; their losses, metrics and statistics are sums over those examples that count.
 */
export interface Coupling {
  /** Examples of a batch: the extent of that axis. */
  readonly size: number;
  /** Scalar of role `step`: how many of them count; the others are copies, and change no result. */
  readonly examples: InputNode;
  /** Whether `validation`, metrics and statistics are of a batch, as `bindings`, `loss` and the updates of states are. */
  readonly measuring: boolean;
  /** Whether outputs are. */
  readonly predicting: boolean;
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
  /**
   * Inputs that are drawn anew for every example and step: roles `uniform` and `normal`, each name once, in the order of
   * the page. Those of prediction have the names of those of training.
   */
  readonly noise: readonly InputNode[];
  /** Every named value of the model's own statements, in order: what `summary` lists and `explain` stops at. */
  readonly bindings: readonly Binding[];
  /** What `predict` returns: the declared outputs or, without one, the last binding that depends on no target. */
  readonly outputs: readonly Binding[];
  /** What training makes smaller. Scalar; null for a model that only predicts. `name` is `loss`. */
  readonly loss: Binding | null;
  /** The loss of the model as it predicts: what is measured on data that it does not learn from. Null with `loss`. */
  readonly validation: Binding | null;
  /** Scalars: of one example, of which a data set's metric is the mean, or, if it reads statistics, of the data set. */
  readonly metrics: readonly Binding[];
  /** Sums over the examples of a data set, of any shape; they read no other. */
  readonly statistics: readonly Statistic[];
  /** Null for a model whose examples have nothing to do with each other: all its graphs are of one example. */
  readonly coupling: Coupling | null;
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
