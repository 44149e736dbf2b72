/**
 * Owns: `loss …`: the terms that a model and the layers it calls state, and the loss that is their sum.
 */

import { type Binding, type Builder, type Node, reachable } from "@adjoint/ir";
import type { Expression, LossStatement } from "../syntax-tree.ts";
import { sumOverExamples } from "./batches.ts";
import { type LossTerm, originOf, qualify, report, type Scope } from "./session.ts";
import { alignTo, reportNotScalar } from "./tensors.ts";
import { describe, isQuantity } from "./values.ts";

/**
 * Notes a term of the loss. In a layer that is called once per index, a term that moves with an index is summed over it, and
 * one that does not (a penalty of the layer's own parameters) counts once.
 */
export function addLossTerm(statement: LossStatement, scope: Scope): void {
  const { losses, builder } = scope.session;
  if (losses === null) {
    report(
      scope,
      "misplaced-statement",
      "a loss is stated where nothing is trained",
      [{ span: statement.span, text: "here" }],
      "losses belong to models and to the layers they call",
    );
    return;
  }
  const name = statement.name === null ? null : qualify(scope.frame.prefix, `${statement.name.text}${scope.turn}`);
  losses.push({ statement, name, node: termNode(statement.value, name ?? "loss", scope, builder) });
}

function termNode(expression: Expression, name: string, scope: Scope, builder: Builder): Node | null {
  const value = scope.session.evaluate(expression, scope, name);
  if (value.kind === "poison") return null;
  if (!isQuantity(value)) {
    const labels = [{ span: expression.span, text: `this is ${describe(value)}` }] as const;
    report(scope, "wrong-kind", "a loss must be a single number", labels);
    return null;
  }
  if (value.kind === "tensor" && value.shape.length > 0) {
    reportNotScalar(scope, "a loss", value, expression);
    return null;
  }
  // In a batch a loss is the sum over its examples, and what is the same for all of them counts once for each.
  const total = sumOverExamples(scope, value, expression.span);
  const indices = total.kind === "tensor" ? total.indices : [];
  const origin = originOf(scope, expression.span, name);
  const node = alignTo(scope, total, indices, [], origin);
  const axes = indices.map((_, axis) => axis);
  return axes.length === 0 ? node : builder.reduce("sum", node, axes, origin);
}

/** The sum of all terms, in the order in which they were stated; null if there are none or something was reported. */
export function totalLoss(terms: readonly LossTerm[], scope: Scope): Binding | null {
  const { builder } = scope.session;
  const [first] = terms;
  if (first === undefined) return null;
  let total: Node | null = null;
  for (const { node, statement } of terms) {
    if (node === null) return null;
    const origin = { ...originOf(scope, statement.span, "loss"), statement: statement.span };
    total = total === null ? node : builder.map("add", [total, node], origin);
  }
  if (total === null) return null;
  const { span, doc } = first.statement;
  if (!reachable([total]).some(({ kind }) => kind === "input")) {
    report(
      scope,
      "constant-loss",
      "this loss is the same number always",
      [{ span: first.statement.value.span, text: "depends on no parameter, input or target" }],
      "a loss measures how far the model's answers are from the truth: loss mse(o, y)",
    );
  }
  return { name: "loss", node: total, span, doc };
}

/** The terms that bear a name: they are reported like metrics. */
export function namedLosses(terms: readonly LossTerm[]): readonly Binding[] {
  return terms.flatMap(({ name, node, statement: { span, doc } }) =>
    name === null || node === null ? [] : [{ name, node, span, doc }],
  );
}
