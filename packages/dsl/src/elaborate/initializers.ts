/** Owns: initial values: from what stands after `~` to a graph of the parameter's shape over noise. */

import { Builder, type Graph, type Shape, sameShape } from "@adjoint/ir";
import type { Expression } from "../syntax-tree.ts";
import { newScope, originOf, report, type Scope, Session } from "./session.ts";
import { alignTo } from "./tensors.ts";
import { describe, isQuantity, shapeText, type Value } from "./values.ts";

/**
 * The graph of the initial value of what is called `name`, or null (reported). The expression sees the numbers in scope,
 * the fans of `shape`, and noise; a result that is a single number at each element fills the shape.
 */
export function elaborateInitializer(expression: Expression, shape: Shape, name: string, scope: Scope): Graph | null {
  const { findings, evaluate, call } = scope.session;
  const session = new Session({
    builder: new Builder(),
    findings,
    evaluate,
    call,
    parameters: null,
    losses: null,
    noise: { shape, draws: [] },
    mode: "training",
    collectives: null,
  });
  const frame = { ...scope.frame, values: new Map<string, Value>(), enclosing: scope.frame, prefix: name };
  const inside = newScope(session, frame, scope.statement);
  let value = session.evaluate(expression, inside, name);
  if (value.kind === "definition" && value.definition.keyword === "initializer") {
    value = call(value, [], inside, { span: expression.span, name, isBinding: true });
  }
  if (value.kind === "poison") return null;
  const fits =
    isQuantity(value) && (value.kind === "number" || value.shape.length === 0 || sameShape(value.shape, shape));
  if (!isQuantity(value)) {
    report(
      scope,
      "wrong-kind",
      `\`${name}\` needs an initializer`,
      [{ span: expression.span, text: `this is ${describe(value)}` }],
      "zeros, ones, glorot_uniform, he_normal, normal(stddev: 0.02) and constant(0.5) are initializers",
    );
    return null;
  }
  if (!fits) {
    report(scope, "shape-mismatch", `the initializer of \`${name}\` has another shape`, [
      { span: expression.span, text: `${describe(value)} where \`${name}\` has shape ${shapeText(shape)}` },
    ]);
    return null;
  }
  const node = alignTo(inside, value, [], shape, originOf(inside, expression.span, name));
  return { name, outputs: [{ name: "value", node }] };
}
