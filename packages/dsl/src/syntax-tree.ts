/** Owns: the syntax tree. Every node has the span of its own text; nothing here knows what a name means. */

import type { Span } from "@adjoint/ir";

export interface Name {
  readonly kind: "name";
  readonly text: string;
  readonly span: Span;
}

// ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "^"
  | "<"
  | "<="
  | ">"
  | ">="
  | "=="
  | "!="
  | "and"
  | "or"
  | "div"
  | "mod";
export type UnaryOperator = "-" | "not";

export interface NumberLiteral {
  readonly kind: "number";
  readonly value: number;
  readonly span: Span;
}

export interface Reference {
  readonly kind: "reference";
  readonly name: Name;
  readonly span: Span;
}

export interface Unary {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
  readonly span: Span;
}

export interface Binary {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

/** `if c then a else b` */
export interface Conditional {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
  readonly span: Span;
}

/** `value` or `name: value` */
export interface Argument {
  readonly kind: "argument";
  readonly name: Name | null;
  readonly value: Expression;
  readonly span: Span;
}

/** `dense(x, units: 2)`; also `grad(y, x)` and `stop_gradient(x)`, which are ordinary names to the parser. */
export interface Call {
  readonly kind: "call";
  readonly callee: Name;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

/** `..` behind the indices of a read or of a left side: all axes that follow. */
export interface Trailing {
  readonly kind: "trailing";
  readonly span: Span;
}

/** `x[c, i + u, j + v else 0]`; `x[c, ..]` */
export interface Read {
  readonly kind: "read";
  readonly source: Expression;
  readonly indices: readonly Expression[];
  /** The axes that are not indexed stay. */
  readonly trailing: Trailing | null;
  readonly otherwise: Expression | null;
  readonly span: Span;
}

/** An index in a binder: `i`, or `i < n` where no read fixes its range. */
export interface IndexBinder {
  readonly kind: "index-binder";
  readonly name: Name;
  readonly extent: Expression | null;
  readonly span: Span;
}

/** `sum[j, k < 3](…)`; whether the name is a reduction is the checker's business. */
export interface Reduction {
  readonly kind: "reduction";
  readonly operator: Name;
  readonly indices: readonly IndexBinder[];
  readonly body: Expression;
  readonly span: Span;
}

export type Expression = NumberLiteral | Reference | Unary | Binary | Conditional | Call | Read | Reduction;

// ── statements, in any body ──────────────────────────────────────────────────────────────────────────────────────────

/** `class(k)` after a colon; the only element type that is written. */
export interface ClassType {
  readonly kind: "class-type";
  readonly count: Expression;
  readonly span: Span;
}

/** `input x[2]`, `target label: class(10)` */
export interface PortStatement {
  readonly kind: "port";
  readonly role: "input" | "target";
  readonly name: Name;
  readonly extents: readonly Expression[];
  readonly type: ClassType | null;
  readonly doc: string;
  readonly span: Span;
}

/** `param W[units, n] ~ glorot_uniform frozen` */
export interface ParameterStatement {
  readonly kind: "parameter";
  readonly name: Name;
  readonly extents: readonly Expression[];
  /** A reference (`zeros`) or a call (`normal(stddev: 0.02)`). */
  readonly initializer: Expression;
  readonly frozen: boolean;
  readonly doc: string;
  readonly span: Span;
}

/** `state m ~ zeros`, in an optimizer; `state m[n] ~ zeros`, in a model or layer */
export interface StateStatement {
  readonly kind: "state";
  readonly name: Name;
  readonly extents: readonly Expression[];
  readonly initializer: Expression;
  readonly doc: string;
  readonly span: Span;
}

/** `noise e[n] ~ normal(stddev: 0.1)`: drawn anew for every example and step */
export interface NoiseStatement {
  readonly kind: "noise";
  readonly name: Name;
  readonly extents: readonly Expression[];
  /** A reference (`normal`) or a call (`bernoulli(p: 0.5)`). */
  readonly initializer: Expression;
  readonly doc: string;
  readonly span: Span;
}

/** `h = dense(x)` (indices null), `z[i, j < n] = …` or `z[i, ..] = …` */
export interface BindingStatement {
  readonly kind: "binding";
  readonly name: Name;
  readonly indices: readonly IndexBinder[] | null;
  /** The axes of the value come after the indices. */
  readonly trailing: Trailing | null;
  readonly value: Expression;
  readonly doc: string;
  readonly span: Span;
}

/** `m <- beta * m + g`, in an optimizer */
export interface UpdateStatement {
  readonly kind: "update";
  readonly name: Name;
  readonly value: Expression;
  readonly doc: string;
  readonly span: Span;
}

export interface ReturnStatement {
  readonly kind: "return";
  readonly value: Expression;
  readonly span: Span;
}

/** `loss mse(o, y)` or `loss reconstruction = mse(o, x)`: a term of the model's loss, in a model or a layer */
export interface LossStatement {
  readonly kind: "loss-statement";
  /** What the term is reported as; null for one that is not. */
  readonly name: Name | null;
  readonly value: Expression;
  readonly doc: string;
  readonly span: Span;
}

/** `metric accuracy(o, y)` (named after the call) or `metric close = …`; `output h`, `output p = softmax(z)` or `output p[i] = …` */
export interface ResultStatement {
  readonly kind: "result";
  readonly role: "metric" | "output";
  readonly name: Name | null;
  /** As of a binding; null where there is no name. */
  readonly indices: readonly IndexBinder[] | null;
  readonly trailing: Trailing | null;
  readonly value: Expression;
  readonly doc: string;
  readonly span: Span;
}

/** What stands between quotes. */
export interface QuotedText {
  readonly text: string;
  readonly span: Span;
}

/**
 * `epochs 1000`, `shuffle off`, `optimizer clip_norm(1), sgd(rate: 0.1) for "*.b"`: one or several values, perhaps for
 * some parameters only; or `frozen "embed.*"`: parameters alone.
 */
export interface TrainSetting {
  readonly kind: "train-setting";
  readonly name: Name;
  /** Not empty unless there are patterns. */
  readonly values: readonly Expression[];
  /** Patterns of names of parameters; empty where none are given. */
  readonly patterns: readonly QuotedText[];
  readonly span: Span;
}

export interface TrainStatement {
  readonly kind: "train";
  readonly settings: readonly TrainSetting[];
  readonly doc: string;
  readonly span: Span;
}

/** `repeat 12 { h = block(h) }`, `repeat k < 4 { … }`: the statements, that many times; names bound anew are the next time's. */
export interface RepeatStatement {
  readonly kind: "repeat";
  /** The number of the turn, from 0, if it has a name. */
  readonly index: Name | null;
  readonly count: Expression;
  readonly statements: readonly Statement[];
  /** From brace to brace. */
  readonly block: { readonly span: Span };
  readonly doc: string;
  readonly span: Span;
}

/** `require d mod heads == 0`: a condition on numbers known at compile time, without which the rest means nothing. */
export interface RequireStatement {
  readonly kind: "require";
  readonly condition: Expression;
  readonly doc: string;
  readonly span: Span;
}

/** `scan t < n { carry h[units] = 0 … h <- … }`, perhaps `backwards` */
export interface ScanStatement {
  readonly kind: "scan";
  readonly index: IndexBinder;
  readonly backwards: boolean;
  readonly statements: readonly Statement[];
  /** From brace to brace. */
  readonly block: { readonly span: Span };
  readonly doc: string;
  readonly span: Span;
}

/** `carry h[units] = 0`, in a scan; without brackets the shape is that of the value. */
export interface CarryStatement {
  readonly kind: "carry";
  readonly name: Name;
  readonly extents: readonly Expression[] | null;
  readonly value: Expression;
  readonly doc: string;
  readonly span: Span;
}

export type Statement =
  | PortStatement
  | ParameterStatement
  | StateStatement
  | NoiseStatement
  | BindingStatement
  | UpdateStatement
  | ReturnStatement
  | LossStatement
  | ResultStatement
  | RepeatStatement
  | RequireStatement
  | ScanStatement
  | CarryStatement
  | TrainStatement;

// ── definitions ──────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A formal parameter: `x[n]` (a tensor; extents may bind size names), `units`, `rate = 0.1`, `label: class(k)`.
 * `extents` is null when none are written, which fits a number, a function, or a tensor of any shape.
 */
export interface Formal {
  readonly kind: "formal";
  readonly name: Name;
  readonly extents: readonly Expression[] | null;
  /** `x[n, ..]`: more axes may follow, of any extents. */
  readonly trailing: Trailing | null;
  readonly type: ClassType | null;
  readonly default: Expression | null;
  readonly span: Span;
}

/** What can be defined and called. They share one form; the checker says what each may contain. */
export type DefinitionKeyword = "model" | "layer" | "function" | "loss" | "metric" | "optimizer" | "initializer";

export interface Definition {
  readonly kind: "definition";
  readonly keyword: DefinitionKeyword;
  readonly name: Name;
  /** Null when no parentheses are written, as `model Gender {` may. */
  readonly formals: readonly Formal[] | null;
  /** `{ statements }`, or `= expression` as a single return. */
  readonly body:
    | { readonly kind: "block"; readonly statements: readonly Statement[]; readonly span: Span }
    | { readonly kind: "expression"; readonly value: Expression };
  readonly doc: string;
  readonly span: Span;
}

/** `import { block, swish } from "./blocks.adj"` */
export interface Import {
  readonly kind: "import";
  readonly names: readonly Name[];
  readonly from: QuotedText;
  readonly span: Span;
}

export interface Page {
  readonly kind: "page";
  readonly imports: readonly Import[];
  readonly definitions: readonly Definition[];
  readonly span: Span;
}
