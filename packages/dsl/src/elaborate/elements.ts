/** Owns: what binds indices: reductions and element definitions. */

import type { ReductionOp, Shape, Span } from "@adjoint/ir";
import type { Expression, IndexBinder, Reduction, Trailing } from "../syntax-tree.ts";
import { overBatch, ownBinders } from "./batches.ts";
import { collectiveNames, collectiveOf } from "./collectives.ts";
import { inferRanges } from "./index-ranges.ts";
import { isElement } from "./reads.ts";
import { originOf, report, type Scope } from "./session.ts";
import { suggestion } from "./suggestions.ts";
import { alignTo, applyScalar, checkElements, type Operand, quote, spaceOf, tensor } from "./tensors.ts";
import {
  type IndexVariable,
  isQuantity,
  mergeIndices,
  numberValue,
  poison,
  type Quantity,
  type Value,
} from "./values.ts";

export const reductions: Readonly<Record<string, { readonly op: ReductionOp; readonly mean: boolean }>> = {
  sum: { op: "sum", mean: false },
  mean: { op: "sum", mean: true },
  prod: { op: "prod", mean: false },
  max: { op: "max", mean: false },
  min: { op: "min", mean: false },
};

/** What `z[i, j < n] = …` says. */
interface Elements {
  readonly indices: readonly IndexBinder[];
  readonly trailing: Trailing | null;
  readonly value: Expression;
}

/** The scope inside a binder, with a variable for each digit of its indices, and their extents as wholes; null if a range is unknown, which has been reported. */
function bindIndices(
  scope: Scope,
  binders: readonly IndexBinder[],
  body: Expression,
  whole = false,
): { readonly scope: Scope; readonly variables: readonly IndexVariable[]; readonly shape: Shape } | null {
  const group = scope.group ?? inferRanges(scope, binders, body, whole);
  let { indices } = scope;
  const variables: IndexVariable[] = [];
  const shape: number[] = [];
  for (const binder of binders) {
    const places = group.digits.get(binder) ?? null;
    const name = binder.name.text;
    if (places === null) return null;
    const digits = places.map(({ weight, extent }) => ({
      weight,
      variable: scope.session.indexVariable(name, extent),
    }));
    variables.push(...digits.map((digit) => digit.variable));
    shape.push(places.reduce((product, { extent }) => product * extent, 1));
    indices = { name, digits, outer: indices };
  }
  return { scope: { ...scope, group, indices }, variables, shape };
}

export function evaluateReduction(expression: Reduction, scope: Scope, name: string | null): Value {
  const reduction = Object.hasOwn(reductions, expression.operator.text)
    ? reductions[expression.operator.text]
    : undefined;
  if (reduction === undefined) {
    report(
      scope,
      "unknown-reduction",
      `\`${expression.operator.text}\` does not reduce over indices`,
      [{ span: expression.operator.span, text: "sum, mean, prod, max and min do" }],
      suggestion(expression.operator.text, Object.keys(reductions)),
    );
    return poison;
  }
  const { collectives } = scope.session;
  const over = collectives === null ? null : collectiveOf(expression, collectives.names);
  if (collectives !== null && over !== null) {
    const body = scope.session.evaluate(expression.body, scope, null);
    if (!isElement(scope, body, expression.body)) return poison;
    return collectives.reduce({ over, ...reduction, body, expression, scope, name });
  }
  const foreign = collectiveOf(expression, collectiveNames.optimizer);
  if (foreign !== null) {
    report(
      scope,
      "misplaced-reduction",
      `${quote(expression.span)} cannot stand here`,
      [
        {
          span: expression.span,
          text: `only optimizers see ${foreign === "tensor" ? "a whole parameter" : "all parameters"}`,
        },
      ],
      "a sum over the elements of a tensor names its indices: sum[i, j](h.W[i, j]^2)",
    );
    return poison;
  }
  const inside = bindIndices(scope, ownBinders(expression), expression.body);
  if (inside === null) return poison;
  const each = scope.session.evaluate(expression.body, inside.scope, null);
  if (!isElement(inside.scope, each, expression.body)) return poison;
  const batched = overBatch(expression, each, reduction.op, inside.scope);
  if (batched?.kind === "poison") return poison;
  const body = batched?.body ?? each;
  const variables = mergeIndices(inside.variables, batched?.variables ?? []);
  const indices = mergeIndices(body.kind === "tensor" ? body.indices : [], variables);
  if (spaceOf(scope, indices, [], expression.span) === null) return poison;
  const node = alignTo(inside.scope, body, indices, [], originOf(scope, expression.body.span, null));
  const axes = variables.map((variable) => indices.indexOf(variable));
  const rest = indices.filter((index) => !variables.includes(index));
  const { builder } = scope.session;
  const origin = originOf(scope, expression.span, reduction.mean ? null : name);
  const reduced = tensor(builder.reduce(reduction.op, node, axes, origin), rest, []);
  if (!reduction.mean) return reduced;
  const plain = ownBinders(expression).map((binder, k) => (batched?.named.has(binder) ? 1 : (inside.shape[k] ?? 1)));
  const count = plain.reduce((product, extent) => product * extent, 1);
  const operand = (value: Quantity): Operand => ({ value, span: expression.span });
  const examples = Array.from({ length: batched?.times ?? 0 }, () => batched?.examples ?? numberValue(1));
  const [first = numberValue(1), ...others] = count === 1 ? examples : [numberValue(count), ...examples];
  const total = others.reduce((product: Value, factor) => {
    if (!isQuantity(product)) return product;
    return applyScalar(scope, "mul", [operand(product), operand(factor)], expression.span, null);
  }, first);
  if (!isQuantity(total)) return poison;
  return applyScalar(scope, "div", [operand(reduced), operand(total)], expression.span, name);
}

/** `z[i, j < n] = body`: the tensor whose own axes are the binders, and with `z[i, ..]` the body's own after them. */
export function evaluateElements(
  { indices: binders, trailing, value: body }: Elements,
  scope: Scope,
  name: { readonly text: string; readonly qualified: string; readonly span: Span },
): Value {
  const inside = bindIndices(scope, binders, body, trailing !== null);
  if (inside === null) return poison;
  const element = scope.session.evaluate(body, inside.scope, name.qualified);
  // Of the axes that `..` stands for there may be none.
  const isWhole = trailing !== null && isQuantity(element);
  if (!isWhole && !isElement(inside.scope, element, body)) return poison;
  const own = element.kind === "tensor" ? element.shape : [];
  const shape = [...inside.shape, ...own];
  if (!checkElements(scope, name.text, shape, name.span)) return poison;
  const indices = mergeIndices(element.kind === "tensor" ? element.indices : [], inside.variables);
  if (spaceOf(scope, indices, own, name.span) === null) return poison;
  const origin = originOf(scope, body.span, name.qualified);
  const rest = indices.slice(0, indices.length - inside.variables.length);
  const digitwise = alignTo(inside.scope, element, indices, own, origin);
  // Digits were axes of their own; together they are the axis that the left side names.
  const node = scope.session.builder.reshape(digitwise, [...rest.map((index) => index.extent), ...shape], origin);
  return { ...tensor(node, rest, shape), classes: element.kind === "tensor" ? element.classes : null };
}
