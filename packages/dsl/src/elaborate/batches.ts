/**
 * Owns: what a formula can say of the batch that its example stands in. A model that says such things is elaborated with an
 * index over the examples of a batch, along which inputs, targets and noise vary, and whatever depends on them.
 *
 * A batch may have fewer examples than that index has values: `examples` of them count, and reductions leave the others out.
 */

import type { Node, ReductionOp, Span } from "@adjoint/ir";
import { partsOf } from "../parse-guards.ts";
import type { Call, Expression, IndexBinder, Reduction } from "../syntax-tree.ts";
import { batchAxis, positionOf } from "./batch-axis.ts";
import { globalValue } from "./names.ts";
import { type BatchAxis, originOf, report, type Scope } from "./session.ts";
import { alignTo, applyScalar, evaluateOperand, type Operand, tensor } from "./tensors.ts";
import {
  type IndexVariable,
  isQuantity,
  mergeIndices,
  numberValue,
  type Poison,
  poison,
  type Quantity,
  type Value,
  wholeTensor,
} from "./values.ts";

/** The binders of a reduction but for a bare `batch`, which stands for all examples of the batch. */
export function ownBinders({ indices, body }: Reduction): readonly IndexBinder[] {
  return indices.filter((binder) => !isBatchBinder(binder, body));
}

/** A body that mentions the name means an index of that name. */
function isBatchBinder({ name, extent }: IndexBinder, body: Expression): boolean {
  if (name.text !== "batch" || extent !== null) return false;
  const pending: Expression[] = [body];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at.kind === "reference" && at.name.text === "batch") return false;
    pending.push(...partsOf(at));
  }
  return true;
}

/** `batch(z)`: the z of all examples, one after another along a first axis. */
export function evaluateBatch(call: Call, scope: Scope, name: string | null): Value {
  const axis = batchAxis(scope, call.span);
  const [argument, ...others] = call.arguments;
  if (argument === undefined || argument.name !== null || others.length > 0) {
    report(scope, argument === undefined ? "missing-argument" : "too-many-arguments", "`batch` takes 1 argument", [
      { span: call.span, text: `${call.arguments.length} given` },
    ]);
    return poison;
  }
  const operand = evaluateOperand(argument.value, scope);
  if (operand === null || axis === null) return poison;
  const { value } = operand;
  const own = value.kind === "tensor" ? value.shape : [];
  const all = mergeIndices(value.kind === "tensor" ? value.indices : [], [axis.variable]);
  const rest = all.filter((index) => index !== axis.variable);
  const origin = originOf(scope, call.span, name);
  const node = alignTo(scope, value, all, own, origin);
  const shape = [...rest.map(({ extent }) => extent), axis.variable.extent, ...own];
  const places = [
    ...all.map((index) => (index === axis.variable ? rest.length : rest.indexOf(index))),
    ...own.map((_, k) => rest.length + 1 + k),
  ];
  const moved = scope.session.builder.broadcast(node, shape, places, origin);
  return tensor(moved, rest, [axis.variable.extent, ...own]);
}

/**
 * What a reduction is given in place of an example that does not count. A sum is given 0 times what the formula is there,
 * which is a number, as such examples are copies of others: so the derivative is that of a product, and nothing is chosen.
 */
const neutral: Readonly<Record<ReductionOp, number>> = {
  sum: 0,
  prod: 1,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
};

/** A reduction's body where examples that do not count are left out, and the indices to reduce besides its own. */
export interface OverBatch {
  readonly kind: "over-batch";
  readonly body: Quantity;
  readonly variables: readonly IndexVariable[];
  /** Its own binders that run over the examples that count. */
  readonly named: ReadonlySet<IndexBinder>;
  readonly examples: Quantity;
  /** How many indices run over examples: a mean divides by `examples` once for each. */
  readonly times: number;
}

/** For a reduction of which some indices run over the batch: a bare `batch`, and `j < batch`. Null if there are none. */
export function overBatch(
  expression: Reduction,
  body: Quantity,
  op: ReductionOp,
  inside: Scope,
): OverBatch | Poison | null {
  const { indices, body: formula } = expression;
  const bare = indices.some((binder) => isBatchBinder(binder, formula));
  const named = indices.filter(({ extent }) => extent !== null && isBatchSize(extent, inside));
  if (!bare && named.length === 0) return null;
  const axis = batchAxis(inside, expression.span);
  if (axis === null) return poison;
  const positions: Quantity[] = bare ? [positionOf(inside, axis.variable, expression.span)] : [];
  for (const { name } of named) {
    const position = inside.session.evaluate({ kind: "reference", name, span: name.span }, inside, null);
    if (isQuantity(position)) positions.push(position);
  }
  let masked: Quantity = body;
  for (const position of positions) {
    const value = onlyCounted(inside, masked, position, axis, op, expression.body.span);
    if (value === null) return poison;
    masked = value;
  }
  return {
    kind: "over-batch",
    body: masked,
    variables: bare ? [axis.variable] : [],
    named: new Set(named),
    examples: wholeTensor(axis.examples),
    times: positions.length,
  };
}

/** `batch` where it means the batch: nothing nearer has the name. */
function isBatchSize(extent: Expression, scope: Scope): boolean {
  if (extent.kind !== "reference" || extent.name.text !== "batch" || scope.frame.values.has("batch")) return false;
  const found = globalValue(scope.frame.page, "batch");
  return found?.kind === "builtin" && found.builtin.kind === "batch";
}

/** The sum over the examples that count, for what is one number of each; `examples` times what is the same for all. */
export function sumOverExamples(scope: Scope, value: Quantity, span: Span): Quantity {
  const { batch, builder } = scope.session;
  if (batch === null) return value;
  const position = positionOf(scope, batch.variable, span);
  const masked = onlyCounted(scope, value, position, batch, "sum", span);
  if (masked?.kind !== "tensor") return value;
  const axis = masked.indices.indexOf(batch.variable);
  const rest = masked.indices.filter((index) => index !== batch.variable);
  return tensor(builder.reduce("sum", masked.node, [axis], originOf(scope, span, null)), rest, masked.shape);
}

/** The node of a value with the batch axis first, repeated along it if the value is the same for all examples. */
export function alongBatch(scope: Scope, value: Quantity, span: Span, name: string): Node {
  const { batch } = scope.session;
  const shape = value.kind === "tensor" ? value.shape : [];
  return alignTo(scope, value, batch === null ? [] : [batch.variable], shape, originOf(scope, span, name));
}

function onlyCounted(
  scope: Scope,
  value: Quantity,
  position: Quantity,
  { examples }: BatchAxis,
  op: ReductionOp,
  span: Span,
): Quantity | null {
  const operand = (of: Quantity): Operand => ({ value: of, span });
  const counts = applyScalar(scope, "lt", [operand(position), operand(wholeTensor(examples))], span, null);
  if (!isQuantity(counts)) return null;
  const masked =
    op === "sum"
      ? applyScalar(scope, "mul", [operand(counts), operand(value)], span, null)
      : applyScalar(scope, "select", [operand(counts), operand(value), operand(numberValue(neutral[op]))], span, null);
  return isQuantity(masked) ? masked : null;
}
