/** Owns: what a model states as its results: outputs, which prediction returns, and metrics, which are measured. */

import { type Node, reachable, type Span } from "@adjoint/ir";
import type { Expression, Name, ResultStatement } from "../syntax-tree.ts";
import { alongBatch, sumOverExamples } from "./batches.ts";
import { define, evaluateNamed } from "./bodies.ts";
import { checkMetric } from "./data-statistics.ts";
import { type Draft, reportSecond } from "./model-draft.ts";
import { originOf, report, type Scope } from "./session.ts";
import { alignTo, quote, reportNotScalar } from "./tensors.ts";
import { describe, isQuantity, type Value } from "./values.ts";

export function elaborateResult(statement: ResultStatement, scope: Scope, draft: Draft): void {
  const { role, value: expression, span, doc } = statement;
  const name = statement.name ?? resultName(statement);
  if (name === null) {
    report(
      scope,
      "missing-name",
      `this ${role} has no name`,
      [{ span: expression.span, text: "neither a name nor a call" }],
      `name it: ${role} name = ${quote(expression.span).slice(1, -1)}`,
    );
    return;
  }
  const results = role === "output" ? draft.outputs : draft.metrics;
  const earlier = role === "output" ? results.find((result) => result.name === name.text) : undefined;
  if (earlier !== undefined) {
    reportSecond(scope, `the output \`${name.text}\``, span, earlier.span, "give the second another name");
    return;
  }
  draft.statistics.measuring = role === "metric";
  const value = evaluateNamed(statement, name, scope, name.text);
  draft.statistics.measuring = false;
  // `output p = softmax(z)` also names p for what follows, whatever comes of the output.
  const known = statement.name !== null && role === "output" ? define(scope, statement.name, value) : value;
  if (role === "metric") {
    const node = metricNode(scope, expression, value, name.text);
    if (node === null) return;
    checkMetric(node, expression.span, scope);
    results.push({ name: name.text, node, span, doc });
    return;
  }
  const node = resultNode(scope, expression.span, value, name.text);
  if (node === null) return;
  const binding = { name: name.text, node, span, doc };
  if (dependsOnTarget(scope, node, name.text, expression)) return;
  results.push(binding);
  if (statement.name !== null && known.kind !== "poison") draft.bindings.push(binding);
}

/** Prediction is given no target; what depends on one is reported. */
function dependsOnTarget(scope: Scope, node: Node, name: string, expression: Expression): boolean {
  const target = reachable([node]).find((each) => each.kind === "input" && each.role === "target");
  if (target?.kind !== "input") return false;
  const declared = target.origin?.span ?? null;
  report(
    scope,
    "target-in-output",
    `the output \`${name}\` depends on the target \`${target.name}\``,
    [
      { span: expression.span, text: "prediction is given no target" },
      ...(declared === null ? [] : [{ span: declared, text: "known in training and evaluation only" }]),
    ],
    `report it with \`metric\`, or declare \`input ${target.name}\``,
  );
  return true;
}

/** `output h` is called h, `metric accuracy(o, y)` accuracy. */
function resultName(statement: ResultStatement): Name | null {
  const { value } = statement;
  if (value.kind === "reference") return value.name;
  return value.kind === "call" ? value.callee : null;
}

/** A number of each example; in a batch, the sum over those that count. */
function metricNode(scope: Scope, expression: Expression, value: Value, name: string): Node | null {
  if (value.kind === "tensor" && value.shape.length > 0) {
    reportNotScalar(scope, "a metric", value, expression);
    return null;
  }
  if (!isQuantity(value)) return resultNode(scope, expression.span, value, name);
  const total = sumOverExamples(scope, value, expression.span);
  return alignTo(scope, total, [], [], originOf(scope, expression.span, name));
}

function resultNode(scope: Scope, span: Span, value: Value, name: string): Node | null {
  if (value.kind === "poison") return null;
  if (isQuantity(value)) return alongBatch(scope, value, span, name);
  report(scope, "wrong-kind", `\`${name}\` must be a number or a tensor`, [
    { span, text: `this is ${describe(value)}` },
  ]);
  return null;
}
