/** Owns: `m <- …` in models and layers: the value that a state has after a step of training. */

import { type Node, type Parameter, type Role, reachable, type Span, sameShape } from "@adjoint/ir";
import type { UpdateStatement } from "../syntax-tree.ts";
import { originOf, report, type Scope } from "./session.ts";
import { suggestion } from "./suggestions.ts";
import { alignTo, quote } from "./tensors.ts";
import { describe, isQuantity, listed, shapeText, type TensorValue, type Value } from "./values.ts";

/**
 * Notes the update. Whatever reads the state, before or after the statement, reads the value from before the step. Nothing is
 * updated in prediction.
 */
export function updateState(statement: UpdateStatement, scope: Scope): void {
  const { name } = statement;
  const state = stateNamed(name.text, scope);
  if (state === null) {
    if (scope.frame.values.get(name.text)?.kind === "poison") return;
    const states = [...scope.frame.values].flatMap(([text, value]) => (isState(value) ? [text] : []));
    report(
      scope,
      "not-a-state",
      `\`${name.text}\` is no state`,
      [{ span: name.span, text: "cannot be updated" }],
      suggestion(name.text, states) ?? `declare it: state ${name.text} ~ zeros`,
    );
    return;
  }
  const { updates } = scope.session;
  const earlier = updates.get(state.name);
  if (earlier !== undefined) {
    report(scope, "duplicate-statement", `\`${name.text}\` is updated twice`, [
      { span: statement.span, text: "again" },
      { span: earlier.span, text: "updated here" },
    ]);
    return;
  }
  const node =
    scope.session.mode === "prediction"
      ? null
      : updateNode(statement, state, scope.session.evaluate(statement.value, scope, state.name), scope);
  updates.set(state.name, { node, span: statement.span });
}

/** The states with their updates; one that is never updated is told. */
export function withUpdates(parameters: readonly Parameter[], scope: Scope): readonly Parameter[] {
  const { updates } = scope.session;
  return parameters.map((parameter) => {
    if (parameter.node.role !== "state") return parameter;
    const update = updates.get(parameter.name);
    if (update !== undefined) return { ...parameter, update: update.node };
    report(
      scope,
      "missing-update",
      `the state \`${parameter.name}\` is never updated`,
      [{ span: parameter.span, text: "stays as it begins" }],
      "write its new value after `<-`, or declare it `param … frozen`",
      "warning",
    );
    return parameter;
  });
}

function stateNamed(text: string, scope: Scope): Parameter | null {
  const value = scope.frame.values.get(text);
  if (value === undefined || !isState(value)) return null;
  return scope.session.parameters?.find(({ node }) => node === value.node) ?? null;
}

function isState(value: Value): value is TensorValue {
  return value.kind === "tensor" && value.node.kind === "input" && value.node.role === "state";
}

function updateNode({ value: expression }: UpdateStatement, state: Parameter, value: Value, scope: Scope): Node | null {
  const { span } = expression;
  if (value.kind === "poison") return null;
  const isOne = value.kind === "number" || (value.kind === "tensor" && value.shape.length === 0);
  if (!isQuantity(value) || !(isOne || sameShape(value.kind === "tensor" ? value.shape : [], state.shape))) {
    report(scope, "shape-mismatch", `\`${state.name}\` has shape ${shapeText(state.shape)}`, [
      { span, text: `this is ${describe(value)}` },
    ]);
    return null;
  }
  if (value.kind === "tensor" && value.indices.length > 0) {
    reportVarying(scope, span, listed([...new Set(value.indices.map(({ name }) => `\`${name}\``))]));
    return null;
  }
  const node = alignTo(scope, value, [], state.shape, originOf(scope, span, state.name));
  for (const each of reachable([node])) {
    if (each.kind !== "input" || !isOfExample(each.role) || scope.session.batch !== null) continue;
    reportVarying(scope, span, `\`${each.name}\` of one example`);
    return null;
  }
  return node;
}

function isOfExample(role: Role): boolean {
  return role === "input" || role === "target" || role === "uniform" || role === "normal";
}

function reportVarying(scope: Scope, span: Span, what: string): void {
  report(
    scope,
    "state-varies",
    "a state has one value for all examples of a batch",
    [{ span, text: `this varies with ${what}` }],
    `reduce it: mean[batch](${quote(span).slice(1, -1)})`,
  );
}
