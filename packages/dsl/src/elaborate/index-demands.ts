/** Owns: what the reads under a binder demand of its indices, found before anything under it is lowered. */

import type { Span } from "@adjoint/ir";
import type { Expression, IndexBinder, Read } from "../syntax-tree.ts";
import { affineForm, constantForm, type Form, indexForm, leftSpine } from "./index-forms.ts";
import { report, type Scope } from "./session.ts";
import type { TensorValue, Value } from "./values.ts";

/** `0 ≤ form < extent`, by the read of one axis. */
export interface Demand {
  readonly form: Form<IndexBinder>;
  readonly extent: number;
  readonly axis: number;
  readonly tensor: TensorValue;
  readonly read: Read;
  /** The index expression. */
  readonly span: Span;
}

export interface Demands {
  /** Every index under the binder, outermost first. */
  readonly indices: readonly IndexBinder[];
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

export function collectDemands(scope: Scope, binders: readonly IndexBinder[], body: Expression): Demands {
  const indices: IndexBinder[] = [];
  const demands: Demand[] = [];
  const uncertain = new Set<IndexBinder>();
  const known = new Map<Expression, Value>();
  const loose = new Map<IndexBinder, Span>();

  function bind(added: readonly IndexBinder[], outer: Names | null): Names | null {
    let names = outer;
    for (const index of added) {
      const earlier = lookUp(names, index.name.text);
      if (earlier !== null) {
        reportShadowed(scope, index, earlier);
        uncertain.add(index).add(earlier);
      }
      indices.push(index);
      names = { index, outer: names };
    }
    return names;
  }

  /** The value of an expression in which no index stands; null if one does. */
  function closedValue(expression: Expression, names: Names | null): Value | null {
    const found = known.get(expression);
    if (found !== undefined) return found;
    if (mentions(expression, names)) return null;
    const value = scope.session.evaluate(expression, scope, null);
    known.set(expression, value);
    return value;
  }

  function readAt(expression: Expression, names: Names | null): Form<IndexBinder> | null {
    return affineForm(expression, (leaf) => {
      if (leaf.kind === "number") return constantForm(leaf.value);
      if (leaf.kind === "reference") {
        const index = lookUp(names, leaf.name.text);
        if (index !== null) return indexForm(index);
      }
      const value = closedValue(leaf, names);
      return value?.kind === "number" ? constantForm(value.value) : null;
    });
  }

  function visitRead(read: Read, names: Names | null): void {
    const source = closedValue(read.source, names);
    if (source === null) visit(read.source, names);
    for (const [axis, index] of read.indices.entries()) {
      visit(index, names);
      const form = readAt(index, names);
      if (form === null) continue;
      const extent = source?.kind === "tensor" ? source.shape[axis] : undefined;
      for (const variable of form.terms.keys()) {
        if (extent === undefined) uncertain.add(variable);
        else if (read.otherwise !== null) loose.set(variable, read.span);
      }
      if (extent === undefined || source?.kind !== "tensor" || read.otherwise !== null) continue;
      demands.push({ form, extent, axis, tensor: source, read, span: index.span });
    }
    if (read.otherwise !== null) visit(read.otherwise, names);
  }

  function visit(expression: Expression, names: Names | null): void {
    switch (expression.kind) {
      case "number":
      case "reference":
        return;
      case "unary":
        visit(expression.operand, names);
        return;
      case "binary": {
        const { first, rest } = leftSpine(expression, () => true);
        visit(first, names);
        for (const { right } of rest) visit(right, names);
        return;
      }
      case "conditional": {
        const condition = closedValue(expression.condition, names);
        if (condition === null) visit(expression.condition, names);
        const decided = condition?.kind === "number" ? condition.value !== 0 : null;
        if (decided !== false) visit(expression.whenTrue, names);
        if (decided !== true) visit(expression.whenFalse, names);
        return;
      }
      case "call":
        for (const argument of expression.arguments) visit(argument.value, names);
        return;
      case "reduction":
        visit(expression.body, bind(expression.indices, names));
        return;
      case "read":
        visitRead(expression, names);
        return;
    }
  }

  visit(body, bind(binders, null));
  return { indices, demands, uncertain, known, loose };
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

function lookUp(names: Names | null, text: string): IndexBinder | null {
  for (let at = names; at !== null; at = at.outer) if (at.index.name.text === text) return at.index;
  return null;
}

/** Whether one of the indices stands in the expression. */
function mentions(expression: Expression, names: Names | null): boolean {
  const pending: Expression[] = [expression];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at.kind === "reference" && lookUp(names, at.name.text) !== null) return true;
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
