/**
 * Owns: what a rewrite rule is. A rule is an identity of mathematics, read from left to right; it is either an equation
 * between terms (see equation.ts) or a structural rule, a function that recognises a shape of graph.
 */

import type { Builder, Node, Origin, ScalarFunctionName } from "@adjoint/ir";
import type { RangeAnalysis } from "../ranges.ts";

/** The kind of node a rule looks at: a scalar function, or one of the other kinds. */
export type Head = ScalarFunctionName | "reduce" | "read" | "pick";

export interface Context {
  readonly builder: Builder;
  readonly ranges: RangeAnalysis;
  /** Origin of what a rule makes on the way: the rewritten node's, without its name. */
  readonly origin: Origin | null;
  /** Whether the value is in the graph anyway, so that using it costs nothing. */
  readonly known: (node: Node) => boolean;
  /** Whether several nodes or results use the value, as far as is known: then it stays, whatever becomes of one use. */
  readonly shared: (node: Node) => boolean;
  /** Whether the node has a name in the source, which a rule that saves nothing should not dissolve. */
  readonly named: (node: Node) => boolean;
}

/** Tensors that examples of a rule are made of; tests put numbers in. */
export interface Samples {
  readonly builder: Builder;
  /** Reals of shape [3]. */
  readonly x: Node;
  readonly y: Node;
  /** A real of shape []. */
  readonly s: Node;
  /** Reals of shape [3, 4]. */
  readonly m: Node;
  readonly n: Node;
  /** Classes 0 … 2, of shape [] and [4]. */
  readonly k: Node;
  readonly ks: Node;
}

export interface Rule {
  readonly name: string;
  /** The identity, in mathematics. */
  readonly doc: string;
  readonly heads: readonly Head[];
  /**
   * What `node` equals, or null where the rule does not apply. On the reals the two are equal; where `node` is a finite
   * float, so is the result, and the same up to rounding. (Not kept: the sign of 0, and which of NaN and ±∞ comes out
   * where `node` has no finite value.)
   */
  readonly apply: (node: Node, context: Context) => Node | null;
  /** Inputs for which a finite `node` need not stay the same: NaN, or NaN and ±∞. */
  readonly except?: "nan" | "nonfinite";
  /** Whether the result keeps digits that `node` loses, so that the two agree to few digits only where it does. */
  readonly sharper?: boolean;
  /** Graphs to which the rule applies at the root: what tests run it on. */
  readonly examples: readonly ((samples: Samples) => Node)[];
  /** Graphs of the same look to which it must not apply, because a condition of it is not met. */
  readonly counterexamples?: readonly ((samples: Samples) => Node)[];
}
