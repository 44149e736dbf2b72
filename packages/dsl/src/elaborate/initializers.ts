/** Owns: what stands after `~`: distributions, as initial values of parameters and as noise inside a network. */

import { Builder, type Graph, type Shape, sameShape } from "@adjoint/ir";
import type { Expression } from "../syntax-tree.ts";
import { type Noise, newScope, originOf, report, type Scope, Session } from "./session.ts";
import { alignTo, spaceOf, tensor } from "./tensors.ts";
import { describe, isQuantity, type Quantity, shapeText, type TensorValue, type Value } from "./values.ts";

/**
 * The graph of the initial value of what is called `name`, or null (reported). The expression sees the numbers in scope,
 * the fans of `shape`, and noise; a result that is a single number at each element fills the shape.
 */
export function elaborateInitializer(expression: Expression, shape: Shape, name: string, scope: Scope): Graph | null {
  const { findings, evaluate, call } = scope.session;
  const when = "parameters are initialized";
  const noise: Noise = { shape, indices: [], nameOf: (k) => `noise${k}`, when, draws: [] };
  const builder = new Builder();
  const session = new Session({
    builder,
    findings,
    evaluate,
    call,
    parameters: null,
    losses: null,
    noise,
    collectives: null,
    mode: "training",
  });
  const inside = within(scope, session, name);
  const value = evaluateDistribution(expression, shape, name, scope, inside);
  if (value === null) return null;
  const node = alignTo(inside, value, [], shape, originOf(inside, expression.span, name));
  return { name, outputs: [{ name: "value", node }] };
}

/**
 * A random tensor inside a network, drawn for each value of the indices over which the body is mapped; null (reported).
 * Its draws are inputs of the network's own graph.
 */
export function elaborateNoise(expression: Expression, shape: Shape, name: string, scope: Scope): TensorValue | null {
  const { builder, findings, evaluate, call, mode } = scope.session;
  const indices = scope.frame.mapped;
  if (spaceOf(scope, indices, shape, expression.span) === null) return null;
  const nameOf = (k: number): string => (k === 0 ? name : `${name}.draw${k + 1}`);
  const noise: Noise = { shape, indices, nameOf, when: "noise is drawn", draws: [] };
  const session = new Session({
    builder,
    findings,
    evaluate,
    call,
    parameters: null,
    losses: null,
    noise,
    collectives: null,
    mode,
  });
  const inside = within(scope, session, name);
  const value = evaluateDistribution(expression, shape, name, scope, inside);
  scope.session.readsMode ||= session.readsMode;
  if (value === null) return null;
  scope.session.draws.push(...noise.draws);
  return tensor(alignTo(inside, value, indices, shape, originOf(scope, expression.span, name)), indices, shape);
}

function within(scope: Scope, session: Session, name: string): Scope {
  const frame = { ...scope.frame, values: new Map<string, Value>(), enclosing: scope.frame, prefix: name };
  return newScope(session, frame, scope.statement);
}

function evaluateDistribution(
  expression: Expression,
  shape: Shape,
  name: string,
  scope: Scope,
  inside: Scope,
): Quantity | null {
  let value = inside.session.evaluate(expression, inside, name);
  if (value.kind === "definition" && value.definition.keyword === "initializer") {
    value = inside.session.call(value, [], inside, { span: expression.span, name, isBinding: true });
  }
  if (value.kind === "poison") return null;
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
  if (value.kind === "number" || value.shape.length === 0 || sameShape(value.shape, shape)) return value;
  report(scope, "shape-mismatch", `what stands after \`~\` has another shape than \`${name}\``, [
    { span: expression.span, text: `${describe(value)} where \`${name}\` has shape ${shapeText(shape)}` },
  ]);
  return null;
}
