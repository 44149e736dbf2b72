/**
 * Owns: calls. A definition is a template: each call elaborates its body anew, with the sizes and functions of that call.
 */

import { reachable, type Span, scalarFunctions } from "@adjoint/ir";
import type { Argument, Call, Definition, DefinitionKeyword, Expression } from "../syntax-tree.ts";
import { matchArguments } from "./arguments.ts";
import { evaluateBatch } from "./batches.ts";
import { elaborateBody } from "./bodies.ts";
import { bindFormals, type Given, liftScalars, lowerScalars } from "./formals.ts";
import { resolveCallee } from "./names.ts";
import {
  type CallPlace,
  type CallSite,
  limits,
  newFrame,
  newScope,
  originOf,
  qualify,
  report,
  type Scope,
} from "./session.ts";
import { applyScalar, evaluateOperand, quote, reportNotScalar } from "./tensors.ts";
import { type DefinitionValue, describe, mergeIndices, poison, type Value } from "./values.ts";

/** Where a definition that is called in no expression is used instead. */
const usedElsewhere: Readonly<Record<DefinitionKeyword, string | null>> = {
  model: "a model is compiled",
  optimizer: "an optimizer stands in `train`",
  initializer: "an initializer stands after `~`",
  layer: null,
  function: null,
  loss: null,
  metric: null,
};

export function evaluateCall(call: Call, scope: Scope, name: string | null): Value {
  const callee = resolveCallee(scope, call.callee);
  if (callee === null) return poison;
  if (callee.kind === "builtin") {
    switch (callee.builtin.kind) {
      case "scalar":
        return callScalar(call, callee.builtin.fn, scope, name);
      case "grad":
        return evaluateGradient(call, scope, name);
      case "batch":
        return evaluateBatch(call, scope, name);
    }
  }
  const elsewhere = usedElsewhere[callee.definition.keyword];
  // An initializer may be called by another.
  if (elsewhere !== null && !(callee.definition.keyword === "initializer" && scope.session.noise !== null)) {
    report(scope, "wrong-kind", `${describe(callee)} is no value`, [{ span: call.callee.span, text: elsewhere }]);
    return poison;
  }
  return callDefinition(callee, call.arguments, scope, {
    span: call.span,
    name,
    isBinding: scope.binding?.value === call,
  });
}

export function callDefinition(
  callee: DefinitionValue,
  given: readonly Argument[],
  scope: Scope,
  place: CallPlace,
): Value {
  const { definition } = callee;
  const site = enter(scope, callee, place.span);
  if (site === null) return poison;
  const matched = matchArguments(definition, given, place.span, (code, message, labels, help) =>
    report(scope, code, message, labels, help),
  );
  if (matched === null) return poison;
  const values: Given = new Map(
    [...matched].map(([formal, argument]) => [
      formal,
      { value: scope.session.evaluate(argument.value, scope, null), span: argument.value.span },
    ]),
  );
  const prefix = qualifierOf(scope, definition.name.text, place);
  const frame = { ...newFrame(callee.page, prefix), call: site, mapped: scope.frame.mapped };
  // What a layer computes deserves a name even within an expression: `h.dense` in `h = relu(dense(x, units: 2))`.
  const title = place.name ?? (definition.keyword === "layer" ? prefix : null);
  const inside = newScope(scope.session, frame, scope.statement);
  if (definition.keyword !== "function") {
    if (!bindFormals(definition, values, scope, inside, place.span)) return poison;
    const result = elaborateBody(definition, mappedOver(inside, values), title);
    const needsScalar = definition.keyword === "loss" || definition.keyword === "metric";
    if (needsScalar && result.kind === "tensor" && result.shape.length > 0) {
      const what = `the ${definition.keyword} \`${definition.name.text}\``;
      reportNotScalar(inside, what, result, resultOf(definition));
      return poison;
    }
    return result;
  }
  const lifted = liftScalars(values, scope, place.span);
  if (lifted === null || !bindFormals(definition, lifted.values, scope, inside, place.span)) return poison;
  const body = elaborateBody(definition, mappedOver(inside, lifted.values), place.name);
  return lowerScalars(body, lifted, inside, place);
}

/** A body is mapped over what its caller is mapped over, and what it is given moves with. */
function mappedOver(scope: Scope, given: Given): Scope {
  let { mapped } = scope.frame;
  for (const { value } of given.values()) if (value.kind === "tensor") mapped = mergeIndices(mapped, value.indices);
  return { ...scope, frame: { ...scope.frame, mapped } };
}

/** What the body of a definition comes to. */
export function resultOf({ body, name }: Definition): Expression {
  if (body.kind === "expression") return body.value;
  const last = body.statements.at(-1);
  return last?.kind === "return" ? last.value : { kind: "reference", name, span: name.span };
}

/**
 * The call, if it may be entered; null if calls are nested too deep, which has been reported. A definition may call itself,
 * directly or through a function that it is given, as long as a condition known at compile time ends it.
 */
function enter(scope: Scope, callee: DefinitionValue, span: Span): CallSite | null {
  const { definition } = callee;
  const { endless } = scope.session.findings;
  const outer = scope.frame.call;
  const depth = (outer?.depth ?? 0) + 1;
  if (endless.has(definition)) return null;
  if (depth <= limits.calls) return { definition, span, outer, depth };
  let repeats = false;
  for (let at = outer; at !== null; at = at.outer) repeats ||= at.definition === definition;
  const labels = [{ span, text: "given up here" }] as const;
  if (repeats) {
    // Once is enough: every further way into it would end here as well.
    endless.add(definition);
    report(
      scope,
      "recursive-definition",
      `\`${definition.name.text}\` uses itself without end`,
      labels,
      `a definition is expanded where it is called, up to ${limits.calls} deep: only a condition on numbers known at compile time ends that`,
    );
  } else {
    report(scope, "nesting-too-deep", `calls are nested more than ${limits.calls} deep`, labels);
  }
  return null;
}

/** `h` for `h = dense(x)`; `h.dense` for a call within the expression, or `h.dense2` if that is taken. */
function qualifierOf(scope: Scope, callee: string, place: CallPlace): string {
  const { prefix } = scope.frame;
  const within = scope.binding === null ? prefix : qualify(prefix, `${scope.binding.name}${scope.turn}`);
  return scope.session.uniqueQualifier(place.isBinding ? within : qualify(within, callee));
}

function callScalar(call: Call, fn: keyof typeof scalarFunctions, scope: Scope, name: string | null): Value {
  const { arity } = scalarFunctions[fn];
  if (!checkPositional(call, arity, scope)) return poison;
  const operands = call.arguments.flatMap((argument) => evaluateOperand(argument.value, scope) ?? []);
  return operands.length === arity ? applyScalar(scope, fn, operands, call.span, name) : poison;
}

function checkPositional(call: Call, arity: number, scope: Scope): boolean {
  const callee = call.callee.text;
  const named = call.arguments.find((argument) => argument.name !== null);
  if (named?.name) {
    report(scope, "unknown-argument", `\`${callee}\` has no named parameters`, [
      { span: named.name.span, text: "leave the name out" },
    ]);
    return false;
  }
  if (call.arguments.length === arity) return true;
  const extra = call.arguments[arity];
  const takes = `\`${callee}\` takes ${arity === 1 ? "1 argument" : `${arity} arguments`}`;
  const reduces = callee === "min" || callee === "max";
  const help = reduces ? `over the elements of a tensor it is written ${callee}[i](x[i])` : null;
  if (extra === undefined) {
    report(scope, "missing-argument", takes, [{ span: call.span, text: `${call.arguments.length} given` }], help);
  } else report(scope, "too-many-arguments", takes, [{ span: extra.span, text: "one too many" }], help);
  return false;
}

/** `grad(y, x)`: ∂y/∂x for a single number y, of the shape of x, which must be a name: it is differentiated as it stands. */
function evaluateGradient(call: Call, scope: Scope, name: string | null): Value {
  if (!checkPositional(call, 2, scope)) return poison;
  const [first, second] = call.arguments;
  if (first === undefined || second === undefined) return poison;
  const of = evaluateOperand(first.value, scope);
  const wrt = scope.session.evaluate(second.value, scope, null);
  if (of === null || wrt.kind === "poison") return poison;
  if (second.value.kind !== "reference" || wrt.kind !== "tensor" || wrt.classes !== null) {
    report(
      scope,
      "invalid-gradient",
      `a gradient is taken with respect to a named tensor of real numbers`,
      [{ span: second.span, text: second.value.kind === "reference" ? `this is ${describe(wrt)}` : "not a name" }],
      second.value.kind === "reference"
        ? null
        : `bind it to a name before it is used: v = ${quote(second.span).slice(1, -1)}`,
    );
    return poison;
  }
  const zero = originOf(scope, call.span, name);
  const { builder } = scope.session;
  if (of.value.kind === "number") return { ...wrt, node: builder.constant(0, wrt.node.shape, zero), declared: null };
  const stray = of.value.indices.find((index) => !wrt.indices.includes(index));
  if (of.value.shape.length > 0 || stray !== undefined) {
    report(
      scope,
      "not-a-scalar",
      "a gradient is taken of a single number",
      [
        {
          span: first.span,
          text: stray === undefined ? `this is ${describe(of.value)}` : `this varies with ${stray.name}`,
        },
      ],
      "take the gradient of one element, y[0], or of a sum",
    );
    return poison;
  }
  if (!reachable([of.value.node]).includes(wrt.node)) {
    report(
      scope,
      "zero-gradient",
      `${quote(first.span)} does not depend on ${quote(second.span)}`,
      [{ span: call.span, text: "always 0" }],
      `a gradient is that of what ${quote(second.span)} was used to compute`,
      "warning",
    );
  }
  // Elementwise code sees single numbers: each y[i] depends on its own x[i] alone, so the sum over i keeps them apart.
  const total = builder.reduce(
    "sum",
    of.value.node,
    of.value.indices.map((_, axis) => axis),
    originOf(scope, first.span, null),
  );
  return { ...wrt, node: builder.gradient(total, wrt.node, zero), declared: null };
}
