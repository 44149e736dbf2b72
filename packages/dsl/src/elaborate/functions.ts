/** Owns: a page's plain functions as programs of their own: scalar inputs, named steps, a result. */

import { type Binding, Builder, type FunctionDefinition, type InputNode } from "@adjoint/ir";
import type { Definition, Expression, Statement } from "../syntax-tree.ts";
import { elaborateBody } from "./bodies.ts";
import { callDefinition, resultOf } from "./calls.ts";
import { evaluate } from "./expressions.ts";
import { childrenOf } from "./index-demands.ts";
import { type Findings, newFrame, newScope, originOf, Session } from "./session.ts";
import { alignTo, reportNotScalar } from "./tensors.ts";
import { type DefinitionValue, isQuantity, poison, wholeTensor } from "./values.ts";

/**
 * The function over scalar inputs, one for each formal; a formal with a default stays at it. Null if something was
 * reported, or if the function takes a function, which only a caller can supply.
 */
export function elaborateFunction(entity: DefinitionValue, findings: Findings): FunctionDefinition | null {
  const { definition, page } = entity;
  if (takesFunction(definition)) return null;
  const builder = new Builder();
  const session = new Session({
    builder,
    findings,
    evaluate,
    call: callDefinition,
    parameters: null,
    losses: null,
    noise: null,
    mode: "prediction",
    collectives: null,
    batch: null,
  });
  const scope = newScope(session, newFrame(page), definition.span);
  const parameters: InputNode[] = [];
  for (const formal of definition.formals ?? []) {
    const name = formal.name.text;
    if (formal.default !== null) {
      scope.frame.values.set(name, evaluate(formal.default, scope, null));
      continue;
    }
    const node = builder.input(name, "input", [], { kind: "real" }, originOf(scope, formal.span, name));
    parameters.push(node);
    scope.frame.values.set(name, formal.extents === null ? wholeTensor(node, formal.span) : poison);
  }
  const result = elaborateBody(definition, scope, definition.name.text);
  if (!isQuantity(result)) return null;
  if (result.kind === "tensor" && result.shape.length > 0) {
    reportNotScalar(scope, `the function \`${definition.name.text}\``, result, resultOf(definition));
    return null;
  }
  // What draws, or sees a batch, is no function of its arguments alone: it is one where a model calls it.
  if (session.draws.length > 0 || session.readsBatch) return null;
  const origin = originOf(scope, definition.span, definition.name.text);
  return {
    name: definition.name.text,
    doc: definition.doc,
    span: definition.span,
    parameters,
    bindings: stepsOf(definition, (name) => {
      const value = scope.frame.values.get(name);
      return value?.kind === "tensor" ? value.node : null;
    }),
    result: alignTo(scope, result, [], [], origin),
  };
}

/** The named steps of a block, in order. */
function stepsOf(definition: Definition, nodeOf: (name: string) => Binding["node"] | null): readonly Binding[] {
  if (definition.body.kind !== "block") return [];
  return definition.body.statements.flatMap((statement) => {
    if (statement.kind !== "binding") return [];
    const node = nodeOf(statement.name.text);
    return node === null ? [] : [{ name: statement.name.text, node, span: statement.span, doc: statement.doc }];
  });
}

function valuesOf(statement: Statement): readonly Expression[] {
  if (statement.kind === "repeat") return statement.statements.flatMap(valuesOf);
  return statement.kind === "binding" || statement.kind === "return" ? [statement.value] : [];
}

/** Whether a formal is called in the body. */
function takesFunction(definition: Definition): boolean {
  const formals = new Set((definition.formals ?? []).map((formal) => formal.name.text));
  const pending: Expression[] =
    definition.body.kind === "expression" ? [definition.body.value] : definition.body.statements.flatMap(valuesOf);
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at.kind === "call" && formals.has(at.callee.text)) return true;
    pending.push(...childrenOf(at));
  }
  return false;
}
