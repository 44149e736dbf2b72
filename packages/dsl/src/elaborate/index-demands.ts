/** Owns: what the reads under a binder demand of its indices, found before anything under it is lowered. */

import { type Span, textOf } from "@adjoint/ir";
import type { Call, Expression, IndexBinder, Read, Reference } from "../syntax-tree.ts";
import { ownBinders } from "./batches.ts";
import { collectiveOf } from "./collectives.ts";
import { Digits } from "./index-digits.ts";
import { affineForm, constantForm, type Form, formOfValue, leftSpine } from "./index-forms.ts";
import { globalValue } from "./names.ts";
import { report, type Scope } from "./session.ts";
import { evaluateSize } from "./sizes.ts";
import { asSubject, quote } from "./tensors.ts";
import { describe, type IndexVariable, plural, poison, type TensorValue, type Value } from "./values.ts";

/** An index under the binder, whose range may be unknown, or one from outside a called body, whose range is known. */
export type DemandIndex = IndexBinder | IndexVariable;

export function isBinder(index: DemandIndex): index is IndexBinder {
  return "kind" in index;
}

/** `0 ≤ form < extent`, by the read of one axis. */
export interface Demand {
  readonly form: Form<DemandIndex>;
  readonly extent: number;
  readonly axis: number;
  readonly tensor: TensorValue;
  readonly read: Read;
  /** The index expression. */
  readonly span: Span;
  /** The index that has digits, if it stands by itself and whole: it runs over exactly this axis. */
  readonly divided: IndexBinder | null;
}

export interface Demands {
  /** Every index that is bound, outermost first. */
  readonly bound: readonly IndexBinder[];
  /** What stands for them in the forms: mostly themselves. */
  readonly digits: Digits;
  readonly demands: readonly Demand[];
  /** Indices that stand in a read of something in error: their range is not to be missed. */
  readonly uncertain: ReadonlySet<IndexBinder>;
  /** Values of expressions without indices that had to be known here: lowering uses them as they are. */
  readonly known: ReadonlyMap<Expression, Value>;
  /** For each index one read with `else` in which it stands. */
  readonly loose: ReadonlyMap<IndexBinder, Span>;
}

interface Names {
  readonly index: IndexBinder;
  readonly outer: Names | null;
}

/** `whole`: the body is a tensor rather than an element. */
export function collectDemands(
  scope: Scope,
  binders: readonly IndexBinder[],
  body: Expression,
  whole: boolean,
): Demands {
  const digits = new Digits();
  const known = new Map<Expression, Value>();
  // What divides an index decides what it is made of, wherever else it stands.
  for (;;) {
    const { splits } = digits;
    const demands = collect(scope, binders, body, whole, digits, known);
    if (digits.splits === splits) return demands;
  }
}

function collect(
  scope: Scope,
  binders: readonly IndexBinder[],
  body: Expression,
  whole: boolean,
  digits: Digits,
  known: Map<Expression, Value>,
): Demands {
  const bound: IndexBinder[] = [];
  const demands: Demand[] = [];
  const uncertain = new Set<IndexBinder>();
  const loose = new Map<IndexBinder, Span>();

  /** The range of an index is not to be missed. */
  function doubt(index: IndexBinder): void {
    for (const digit of digits.of(index)) uncertain.add(digit.index);
  }

  function bind(added: readonly IndexBinder[], outer: Names | null): Names | null {
    let names = outer;
    for (const index of added) {
      const earlier = lookUp(names, index.name.text);
      if (earlier !== null) {
        reportShadowed(scope, index, earlier);
        doubt(index);
        doubt(earlier);
      }
      bound.push(index);
      digits.bind(index, index.extent === null ? null : evaluateSize(scope, index.extent, "the range of an index"));
      names = { index, outer: names };
    }
    return names;
  }

  /** The value of an expression in which no index stands; null if one does. */
  function closedValue(expression: Expression, names: Names | null): Value | null {
    const found = known.get(expression);
    if (found !== undefined) return found;
    if (!mentioned(expression, names).next().done) return null;
    const value = scope.session.evaluate(expression, scope, null);
    known.set(expression, value);
    return value;
  }

  /** What a read reads, as far as its shape is known before anything is lowered. */
  function sourceOf(expression: Expression, names: Names | null): Value | null {
    const value = closedValue(expression, names);
    if (value !== null || expression.kind !== "read" || expression.trailing === null) return value;
    const outer = sourceOf(expression.source, names);
    if (outer?.kind !== "tensor" || outer.shape.length < expression.indices.length) return null;
    return { ...outer, shape: outer.shape.slice(expression.indices.length) };
  }

  /** `isBroken`: a part of it was in error already, or is known only when the model is elaborated anew. */
  function readAt(
    expression: Expression,
    names: Names | null,
  ): { readonly form: Form<DemandIndex> | null; readonly isBroken: boolean } {
    let isBroken = false;
    const form = affineForm<DemandIndex>(expression, {
      leaf: (leaf) => {
        if (leaf.kind === "number") return constantForm(leaf.value);
        if (leaf.kind === "reference") {
          const index = lookUp(names, leaf.name.text);
          if (index !== null) return digits.formOf(index);
        }
        const value = closedValue(leaf, names);
        if (value?.kind === "poison") isBroken = true;
        return value === null ? null : formOfValue(value);
      },
      divide: (divided, divisor) => digits.divide(divided, divisor),
    });
    return { form, isBroken };
  }

  /** The index that an expression is, if it has digits. */
  function dividedIndex(expression: Expression, names: Names | null): IndexBinder | null {
    const index = expression.kind === "reference" ? lookUp(names, expression.name.text) : null;
    return index !== null && digits.of(index).length > 1 ? index : null;
  }

  function visitRead(read: Read, names: Names | null): void {
    const value = sourceOf(read.source, names);
    if (known.get(read.source) === undefined) visit(read.source, names, true);
    const tensor = value === null ? null : readableTensor(scope, read, value);
    for (const [axis, index] of read.indices.entries()) {
      visit(index, names);
      const { form, isBroken } = readAt(index, names);
      if (form === null) {
        // Classes come from reads, calls and choices; arithmetic that has no affine form can be no index.
        if (index.kind !== "binary" && index.kind !== "unary") continue;
        if (!isBroken) reportNotAffine(scope, read, axis, tensor);
        for (const variable of mentioned(index, names)) doubt(variable);
        continue;
      }
      const extent = tensor?.shape[axis];
      for (const variable of form.terms.keys()) {
        if (!isBinder(variable)) continue;
        if (value !== null && tensor === null) uncertain.add(variable);
        else if (read.otherwise !== null) loose.set(variable, read.span);
      }
      if (tensor === null || extent === undefined || read.otherwise !== null) continue;
      const divided = dividedIndex(index, names);
      demands.push({ form, extent, axis, tensor, read, span: index.span, divided });
    }
    if (read.otherwise !== null) visit(read.otherwise, names, read.trailing !== null);
  }

  /** An element is a single number: a tensor that stands in it as a whole lacks its indices. */
  function visitReference(reference: Reference, names: Names | null): void {
    if (lookUp(names, reference.name.text) !== null) return;
    const value = closedValue(reference, names);
    if (value?.kind !== "tensor" || value.shape.length === 0) return;
    const inScope: IndexBinder[] = [];
    for (let at = names; at !== null; at = at.outer) inScope.unshift(at.index);
    reportNotElement(
      scope,
      value,
      reference,
      inScope.map((index) => index.name.text),
    );
    known.set(reference, poison);
    for (const index of inScope) doubt(index);
  }

  /** Whether a call is of a function of numbers, so that a tensor given to it makes a tensor of the result. */
  function isElementwise({ callee }: Call): boolean {
    const value = scope.frame.values.get(callee.text) ?? globalValue(scope.frame.page, callee.text);
    if (value?.kind === "builtin") return value.builtin.kind === "scalar";
    return value?.kind === "definition" && value.definition.keyword === "function";
  }

  /** `whole` in the arguments of a layer or a loss, which may be whole tensors. */
  function visit(expression: Expression, names: Names | null, whole = false): void {
    switch (expression.kind) {
      case "number":
        return;
      case "reference":
        if (!whole) visitReference(expression, names);
        return;
      case "unary":
        visit(expression.operand, names, whole);
        return;
      case "binary": {
        const { first, rest } = leftSpine(expression, () => true);
        visit(first, names, whole);
        for (const { right } of rest) visit(right, names, whole);
        return;
      }
      case "conditional": {
        const condition = closedValue(expression.condition, names);
        if (condition === null) visit(expression.condition, names, whole);
        const decided = condition?.kind === "number" ? condition.value !== 0 : null;
        if (decided !== false) visit(expression.whenTrue, names, whole);
        if (decided !== true) visit(expression.whenFalse, names, whole);
        return;
      }
      case "call":
        for (const { value } of expression.arguments) {
          visit(value, names, whole || !isElementwise(expression));
          // A layer may read at what it is given.
          if (!isElementwise(expression) && value.kind === "binary") readAt(value, names);
        }
        return;
      case "reduction": {
        const isCollective = collectiveOf(expression, scope.session.collectives?.names ?? []) !== null;
        visit(expression.body, isCollective ? names : bind(ownBinders(expression), names));
        return;
      }
      case "read":
        visitRead(expression, names);
        return;
    }
  }

  visit(body, bind(binders, null), whole);
  return { bound, digits, demands, uncertain, known, loose };
}

function reportShadowed(scope: Scope, index: IndexBinder, earlier: IndexBinder): void {
  report(
    scope,
    "shadowed-index",
    `\`${index.name.text}\` is an index here already`,
    [
      { span: index.name.span, text: "bound again" },
      { span: earlier.name.span, text: "bound here" },
    ],
    "give this index another letter",
  );
}

/** A whole tensor where one of its elements is meant; `indices` are the names of those in scope, outermost first. */
export function reportNotElement(
  scope: Scope,
  value: TensorValue,
  expression: Expression,
  indices: readonly string[],
): void {
  const { span } = expression;
  const rank = value.shape.length;
  const fresh = ["i", "j", "k", "l", "m", "n"].filter((letter) => !indices.includes(letter));
  const letters = [...indices.slice(-rank), ...fresh].slice(0, rank);
  report(
    scope,
    "not-a-scalar",
    `an element is a single number, and ${quote(span)} is ${describe(value)}`,
    [{ span, text: "all of its elements at once" }],
    `say which element is meant: ${asSubject(expression)}[${letters.join(", ")}]`,
  );
}

function lookUp(names: Names | null, text: string): IndexBinder | null {
  for (let at = names; at !== null; at = at.outer) if (at.index.name.text === text) return at.index;
  return null;
}

/** The indices that stand in the expression. */
function* mentioned(expression: Expression, names: Names | null): Generator<IndexBinder> {
  const pending: Expression[] = [expression];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const index = at.kind === "reference" ? lookUp(names, at.name.text) : null;
    if (index !== null) yield index;
    pending.push(...childrenOf(at));
  }
}

/** The tensor that is read, with one index per axis, or fewer where `..` follows; null if it is not that, which has been reported. */
export function readableTensor(scope: Scope, read: Read, source: Value): TensorValue | null {
  if (source.kind === "poison") return null;
  const name = quote(read.source.span);
  if (source.kind !== "tensor") {
    report(scope, "wrong-kind", `${name} has no elements to read`, [
      { span: read.source.span, text: `this is ${describe(source)}` },
    ]);
    return null;
  }
  const rank = source.shape.length;
  const count = read.indices.length;
  if (rank === count || (read.trailing !== null && count < rank)) return source;
  const written = plural(count, "index", "indices");
  report(
    scope,
    "rank-mismatch",
    `${name} ${rank === 0 ? "is a single number" : `has ${plural(rank, "axis", "axes")}`} and is read with ${written}`,
    [{ span: read.span, text: `${name} is ${describe(source)}` }],
    rank === 0
      ? `write ${name}`
      : count < rank
        ? `one index per axis; ${readWithTrailing(read)} keeps the other axes as they are`
        : "one index per axis",
  );
  return null;
}

function readWithTrailing({ source, indices }: Read): string {
  const text = `${textOf(source.span)}[${indices.map((index) => textOf(index.span)).join(", ")}, ..]`;
  return text.length > 60 ? "x[i, ..]" : text.replace(/\s+/g, " ");
}

export function reportNotAffine(scope: Scope, read: Read, axis: number, source: TensorValue | null): void {
  const span = read.indices[axis]?.span ?? read.span;
  const extent = source?.shape[axis];
  const index = read.indices[axis];
  const isDivided = index !== undefined && divides(index);
  report(
    scope,
    "not-affine",
    `${quote(span)} cannot index ${quote(read.source.span)}`,
    [{ span, text: isDivided ? "no digits of an index" : "neither whole steps of indices nor a class" }],
    isDivided
      ? "`div` and `mod` take an index apart where it is bound: by numbers that divide its range and each other"
      : (quotientIn(index) ??
          `an index is built of indices and whole numbers with + - *, or is an element declared \`: class(${extent ?? "k"})\``),
  );
}

/** What to write for `floor(k / 2)`; null where no such thing is meant. */
function quotientIn(index: Expression | undefined): string | null {
  if (index?.kind !== "call" || index.callee.text !== "floor") return null;
  const value = index.arguments[0]?.value;
  if (value?.kind !== "binary" || value.operator !== "/") return null;
  const [whole, part] = [value.left, value.right].map(({ span }) => quote(span).replaceAll("`", ""));
  return `the quotient of an index is written \`${whole} div ${part}\``;
}

/** Whether a quotient or a remainder stands in it. */
function divides(expression: Expression): boolean {
  const pending: Expression[] = [expression];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at.kind === "binary" && (at.operator === "div" || at.operator === "mod")) return true;
    pending.push(...childrenOf(at));
  }
  return false;
}

/** The expressions directly inside an expression. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "number":
    case "reference":
      return [];
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.condition, expression.whenTrue, expression.whenFalse];
    case "call":
      return expression.arguments.map((argument) => argument.value);
    case "reduction":
      return [...expression.indices.flatMap((index) => index.extent ?? []), expression.body];
    case "read":
      return [
        expression.source,
        ...expression.indices,
        ...(expression.otherwise === null ? [] : [expression.otherwise]),
      ];
  }
}
