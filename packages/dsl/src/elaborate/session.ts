/**
 * Owns: what one elaboration carries along: the builder, the diagnostics, the limits, and the names in scope.
 * A session makes one graph-to-be (a model, a function, an initializer, an optimizer); a frame is one body being
 * elaborated in it; a scope is a place in that body.
 */

import type { Builder, InputNode, Node, Origin, Parameter, ReductionOp, Shape, Span } from "@adjoint/ir";
import type { Diagnostic, Label } from "../diagnostic.ts";
import type { DiagnosticCode } from "../diagnostic-codes.ts";
import type { Argument, Definition, Expression, IndexBinder, LossStatement, Reduction } from "../syntax-tree.ts";
import type { DefinitionValue, IndexVariable, PageScope, Quantity, Value } from "./values.ts";

/** Beyond these a page is refused with a diagnostic, so that no source can exhaust time, stack or memory. */
export const limits = {
  /** Elements of one declared or bound tensor. */
  elements: 2 ** 31,
  /** Points of one iteration space: index arithmetic stays exact. */
  points: 2 ** 53,
  /** Axes of one iteration space. */
  axes: 32,
  /** Calls within calls. */
  calls: 64,
  /** Expressions within expressions, across calls. One takes up to 1.3 KB of stack; an engine has about 980. */
  depth: 384,
  /** Expressions evaluated for one page. */
  work: 500_000,
  /** Seeds, epochs and batches are whole numbers up to this. */
  count: 2 ** 32,
} as const;

/** Collects findings; the same finding at the same place is one, however many instances of a body show it. */
export class Findings {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  /** Expressions evaluated so far, over all sessions of a page. */
  work = 0;
  /** Whether expressions were found to nest too deep: one place is told. */
  tooDeep = false;
  /** Definitions found to use themselves without end. */
  readonly endless = new Set<Definition>();

  add(diagnostic: Diagnostic): void {
    const keyOf = ({ span }: Label): string => `${diagnostic.code} ${span.file.path} ${span.start} ${span.end}`;
    if (this.#seen.has(keyOf(diagnostic.labels[0]))) return;
    // A name that means nothing is told once for a statement, at all its places.
    const told = diagnostic.code === "unknown-name" ? diagnostic.labels : diagnostic.labels.slice(0, 1);
    for (const label of told) this.#seen.add(keyOf(label));
    this.#diagnostics.push(diagnostic);
  }

  get all(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  get failed(): boolean {
    return this.#diagnostics.some((diagnostic) => diagnostic.severity === "error");
  }
}

/** What stands after `~`: the shape that is being filled, and the draws made for it. */
export interface Noise {
  readonly shape: Shape;
  /** Indices for each of whose values it is drawn anew. */
  readonly indices: readonly IndexVariable[];
  /** What the k-th draw is called. */
  readonly nameOf: (k: number) => string;
  /** When it is drawn, for messages. */
  readonly when: string;
  readonly draws: InputNode[];
}

/** One `loss` statement. */
export interface LossTerm {
  readonly statement: LossStatement;
  /** Its own name, qualified by the statement that called the layer it stands in; null if it bears none. */
  readonly name: string | null;
  /** A single number of one example; null if something was reported. */
  readonly node: Node | null;
}

/** One call that is being elaborated. */
export interface CallSite {
  readonly definition: Definition;
  readonly span: Span;
  readonly outer: CallSite | null;
  readonly depth: number;
}

export interface Frame {
  readonly page: PageScope;
  readonly values: Map<string, Value>;
  /** Whose numbers and functions, but not tensors, are visible as well: an initializer sees its parameter's sizes. */
  readonly enclosing: Frame | null;
  /** Qualifies the names of what this body makes: `h` in the layer called by `h = dense(x)`; empty in a model. */
  readonly prefix: string;
  readonly call: CallSite | null;
  /** The indices over which the body is mapped: those that what it was given moves with. */
  readonly mapped: readonly IndexVariable[];
}

/** A digit of an index: how much one step of it counts, and how far it runs. */
export interface Place {
  readonly weight: number;
  readonly extent: number;
}

/** The ranges of all indices under one outermost binder, and the values found while they were inferred. */
export interface IndexGroup {
  /**
   * By index its digits, greatest weight first: one of weight 1, unless it is divided. Null for an index whose range could
   * not be found, which has been reported.
   */
  readonly digits: ReadonlyMap<IndexBinder, readonly Place[] | null>;
  readonly known: ReadonlyMap<Expression, Value>;
}

/** A name and the position it stands for: Σ weight · variable over its digits. */
export interface IndexScope {
  readonly name: string;
  readonly digits: readonly { readonly variable: IndexVariable; readonly weight: number }[];
  readonly outer: IndexScope | null;
}

export interface Scope {
  readonly session: Session;
  readonly frame: Frame;
  readonly indices: IndexScope | null;
  readonly group: IndexGroup | null;
  /** The statement of the page's own model or function that everything now being made serves. */
  readonly statement: Span | null;
  /** The value of the binding that is being elaborated, and its name: a call there is qualified by that name. */
  readonly binding: { readonly value: Expression; readonly name: string } | null;
  /** Inside a `repeat` the numbers of the turns, `.0` or `.2.1`: they tell apart what the turns make; else empty. */
  readonly turn: string;
  /** Names from outside the innermost `repeat`, which may be bound anew in it. */
  readonly rebindable: ReadonlySet<string>;
}

/** Evaluates an expression; `name` is for the outermost node, if the expression makes one. */
export type Evaluate = (expression: Expression, scope: Scope, name: string | null) => Value;

/** Where a call stands, and what its result is to be named. */
export interface CallPlace {
  readonly span: Span;
  /** For the outermost node of the result. */
  readonly name: string | null;
  /** Whether the call is all that a binding says: then what it makes is qualified by the binding's name alone. */
  readonly isBinding: boolean;
}

/** Calls a definition. */
export type CallDefinition = (
  callee: DefinitionValue,
  given: readonly Argument[],
  scope: Scope,
  place: CallPlace,
) => Value;

/** A reduction over elements or examples of which the formula around it sees one. */
export interface Collective {
  readonly over: string;
  readonly op: ReductionOp;
  readonly mean: boolean;
  /** What is reduced, of the one that the formula sees. */
  readonly body: Quantity;
  readonly expression: Reduction;
  readonly scope: Scope;
  readonly name: string | null;
}

/** What such reductions mean in a session's formulas. */
export interface Collectives {
  readonly names: readonly string[];
  readonly reduce: (collective: Collective) => Value;
}

/** The examples of a batch, as an index. */
export interface BatchAxis {
  readonly variable: IndexVariable;
  /** Scalar: how many of them count. */
  readonly examples: InputNode;
}

/** What is being elaborated: a model as it is trained, or as it predicts. Only what reads `training` differs. */
export type Mode = "training" | "prediction";

/**
 * `evaluate` and `call` are handed along rather than imported: expressions contain calls, calls have bodies, bodies
 * consist of expressions.
 */
export interface SessionParts {
  readonly builder: Builder;
  readonly findings: Findings;
  readonly evaluate: Evaluate;
  readonly call: CallDefinition;
  /** Where declared parameters go; null where none may be declared. */
  readonly parameters: Parameter[] | null;
  /** Where terms of the loss go; null where none may be stated. */
  readonly losses: LossTerm[] | null;
  readonly noise: Noise | null;
  readonly mode: Mode;
  readonly collectives: Collectives | null;
  /**
   * Whether its formulas may speak of a batch. A size gives the session an index over so many examples; with null it has
   * none as yet, and {@link Session.readsBatch} tells whether one is needed. Absent: there is no batch.
   */
  readonly batch?: number | null;
}

export class Session {
  readonly builder: Builder;
  readonly findings: Findings;
  readonly evaluate: Evaluate;
  readonly call: CallDefinition;
  readonly parameters: Parameter[] | null;
  readonly losses: LossTerm[] | null;
  readonly noise: Noise | null;
  readonly mode: Mode;
  readonly collectives: Collectives | null;
  /** The new values of states, by name; null where one is in error. */
  readonly updates = new Map<string, { readonly node: Node | null; readonly span: Span }>();
  /** Random tensors of the model, in order. */
  readonly draws: InputNode[] = [];
  /** Whether formulas may speak of a batch, and its axis, once it is known that they do. */
  readonly hasBatch: boolean;
  readonly batch: BatchAxis | null;
  /** Whether anything has asked for the batch so far. */
  readsBatch = false;
  /** Whether anything has asked for the mode so far. */
  readsMode = false;
  readonly #qualifiers = new Map<string, number>();
  #orders = 0;
  /** Expressions that are being evaluated now, one inside the other. */
  depth = 0;
  /** Scans that are being elaborated now, one inside the other. */
  scans = 0;

  constructor(parts: SessionParts) {
    this.builder = parts.builder;
    this.findings = parts.findings;
    this.evaluate = parts.evaluate;
    this.call = parts.call;
    this.parameters = parts.parameters;
    this.losses = parts.losses;
    this.noise = parts.noise;
    this.mode = parts.mode;
    this.collectives = parts.collectives;
    const { batch } = parts;
    this.hasBatch = batch !== undefined;
    this.batch =
      batch === undefined || batch === null
        ? null
        : { variable: this.indexVariable("batch", batch), examples: this.builder.input("examples", "step", []) };
  }

  isTraining(): boolean {
    this.readsMode = true;
    return this.mode === "training";
  }

  indexVariable(name: string, extent: number): IndexVariable {
    return { name, extent, order: this.#orders++ };
  }

  /** `base`, or `base2`, `base3`, … if it is taken. */
  uniqueQualifier(base: string): string {
    let candidate = base;
    for (let k = this.#qualifiers.get(base) ?? 1; this.#qualifiers.has(candidate); k++) {
      candidate = `${base}${k + 1}`;
      this.#qualifiers.set(base, k + 1);
    }
    this.#qualifiers.set(candidate, 1);
    return candidate;
  }
}

export function newFrame(page: PageScope, prefix = ""): Frame {
  return { page, values: new Map(), enclosing: null, prefix, call: null, mapped: [] };
}

export function newScope(session: Session, frame: Frame, statement: Span | null): Scope {
  return {
    session,
    frame,
    indices: null,
    group: null,
    statement,
    binding: null,
    turn: "",
    rebindable: new Set(),
  };
}

export function qualify(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}

export function originOf(scope: Scope, span: Span, name: string | null): Origin {
  return { name, span, statement: scope.statement ?? span, adjoint: false };
}

/** Reports an error at `labels[0]`. Inside a called definition the outermost call is labelled as well. */
export function report(
  scope: Scope,
  code: DiagnosticCode,
  message: string,
  labels: readonly [Label, ...Label[]],
  help: string | null = null,
  severity: Diagnostic["severity"] = "error",
): void {
  scope.session.findings.add({ code, severity, message, labels: withCall(scope.frame, labels), help });
}

/** The call leads where the place is the standard library, whose text is not the reader's to change. */
function withCall(frame: Frame, labels: readonly [Label, ...Label[]]): readonly [Label, ...Label[]] {
  let site = frame.call;
  if (site === null) return labels;
  while (site.outer !== null) site = site.outer;
  const call: Label = { span: site.span, text: `in this use of \`${site.definition.name.text}\`` };
  return frame.page.outer === null ? [call, ...labels] : [...labels, call];
}
