/** Owns: optimizers: the update of one parameter element as a graph of scalars, and the states it keeps. */

import { Builder, type Optimizer, type Output, type Role, type Setting, type Span } from "@adjoint/ir";
import type { Expression, UpdateStatement } from "../syntax-tree.ts";
import { matchArguments } from "./arguments.ts";
import { bindStatement, define, reportMisplaced } from "./bodies.ts";
import { bindFormals, type Given } from "./formals.ts";
import { elaborateInitializer } from "./initializers.ts";
import { globalValue } from "./names.ts";
import { newFrame, newScope, originOf, report, type Scope, Session } from "./session.ts";
import { suggestion } from "./suggestions.ts";
import { alignTo } from "./tensors.ts";
import { type DefinitionValue, describe, isQuantity, type Value, wholeTensor } from "./values.ts";

/** `sgd(rate: 0.1)` or `sgd` as an optimizer; null if something was reported. */
export function elaborateOptimizer(expression: Expression, caller: Scope, span: Span): Optimizer | null {
  const callee = calleeOf(expression, caller);
  if (callee === null) return null;
  const { definition } = callee;
  const { findings, evaluate, call } = caller.session;
  const session = new Session({
    builder: new Builder(),
    findings,
    evaluate,
    call,
    parameters: null,
    losses: null,
    noise: null,
    mode: "training",
  });
  const given = expression.kind === "call" ? expression.arguments : [];
  const matched = matchArguments(definition, given, expression.span, (code, message, labels, help) =>
    report(caller, code, message, labels, help),
  );
  if (matched === null) return null;
  const values: Given = new Map(
    [...matched].map(([formal, argument]) => [
      formal,
      { value: evaluate(argument.value, caller, null), span: argument.value.span },
    ]),
  );
  const frame = {
    ...newFrame(callee.page),
    call: { definition, span: expression.span, outer: caller.frame.call, depth: 1 },
  };
  const scope = newScope(session, frame, null);
  if (!bindFormals(definition, values, caller, scope, expression.span)) return null;
  const settings = settingsOf(callee, values, caller, scope);
  const body = elaborateUpdate(callee, scope);
  if (settings === null || body === null) return null;
  return { name: definition.name.text, settings, ...body, span };
}

function calleeOf(expression: Expression, caller: Scope): DefinitionValue | null {
  const name =
    expression.kind === "call" ? expression.callee : expression.kind === "reference" ? expression.name : null;
  const value = name === null ? null : globalValue(caller.frame.page, name.text);
  if (value?.kind === "poison") return null;
  if (value?.kind === "definition" && value.definition.keyword === "optimizer") return value;
  const text = name === null ? "this" : `\`${name.text}\``;
  report(
    caller,
    value === null && name !== null ? "unknown-name" : "wrong-kind",
    value === null && name !== null ? `nothing here is called ${text}` : `${text} is no optimizer`,
    [{ span: name?.span ?? expression.span, text: value === null ? "unknown" : `this is ${describe(value)}` }],
    name === null ? "an optimizer is called: sgd(rate: 0.1)" : suggestion(name.text, optimizerNames(caller)),
  );
  return null;
}

function* optimizerNames(caller: Scope): Generator<string> {
  for (let page: Scope["frame"]["page"] | null = caller.frame.page; page !== null; page = page.outer) {
    for (const [name, value] of page.names)
      if (value.kind === "definition" && value.definition.keyword === "optimizer") yield name;
  }
}

function settingsOf(callee: DefinitionValue, given: Given, caller: Scope, scope: Scope): readonly Setting[] | null {
  const settings: Setting[] = [];
  for (const formal of callee.definition.formals ?? []) {
    const value = scope.frame.values.get(formal.name.text);
    if (value?.kind === "number") settings.push({ name: formal.name.text, value: value.value });
    else if (value !== undefined && isQuantity(value)) {
      report(caller, "wrong-kind", `\`${formal.name.text}\` must be a number known at compile time`, [
        { span: given.get(formal)?.span ?? formal.span, text: `this is ${describe(value)}` },
      ]);
      return null;
    }
  }
  return settings;
}

/**
 * The states and the graph of the update. Updates are made in the order written, and each sees the new values of those
 * before it: `w <- w - rate * m` after `m <- …` uses the new m.
 */
function elaborateUpdate(callee: DefinitionValue, scope: Scope): Pick<Optimizer, "state" | "update"> | null {
  const { definition } = callee;
  const { builder } = scope.session;
  const input = (name: string, role: Role, span: Span): Value =>
    wholeTensor(builder.input(name, role, [], { kind: "real" }, originOf(scope, span, name)), span);
  const place = definition.name.span;
  for (const [name, role] of [
    ["w", "parameter"],
    ["g", "gradient"],
    ["t", "step"],
  ] as const) {
    if (!scope.frame.values.has(name)) scope.frame.values.set(name, input(name, role, place));
    else reportTaken(scope, name, place);
  }
  const state: Optimizer["state"][number][] = [];
  const updated = new Map<string, Span>();
  for (const statement of definition.body.kind === "block" ? definition.body.statements : []) {
    const inside: Scope = { ...scope, statement: statement.span };
    switch (statement.kind) {
      case "state": {
        const { name } = statement;
        const initializer = elaborateInitializer(statement.initializer, [], name.text, inside);
        define(inside, name, input(name.text, "state", statement.span));
        if (initializer !== null) state.push({ name: name.text, initializer });
        break;
      }
      case "binding":
        bindStatement(statement, inside);
        // Was told already: `=` where `<-` is meant.
        if (statement.name.text === "w") updated.set("w", statement.span);
        break;
      case "update":
        update(statement, inside, updated, new Set(["w", ...state.map(({ name }) => name)]));
        break;
      case "parameter":
      case "return":
      case "port":
      case "loss-statement":
      case "result":
      case "train":
        reportMisplaced(statement, definition, scope);
        break;
    }
  }
  if (!updated.has("w")) {
    report(
      scope,
      "missing-update",
      `the optimizer \`${definition.name.text}\` never updates \`w\``,
      [{ span: place, text: "no `w <- …` in its body" }],
      "w is the parameter, g its gradient, t the number of the step: w <- w - rate * g",
    );
  }
  const outputs: Output[] = [];
  for (const name of ["w", ...state.map((each) => each.name)]) {
    const value = scope.frame.values.get(name);
    if (value === undefined || !isQuantity(value)) return null;
    outputs.push({ name, node: alignTo(scope, value, [], [], originOf(scope, place, name)) });
  }
  return { state, update: { name: definition.name.text, outputs } };
}

function update(
  statement: UpdateStatement,
  scope: Scope,
  updated: Map<string, Span>,
  known: ReadonlySet<string>,
): void {
  const { name } = statement;
  const earlier = updated.get(name.text);
  if (!known.has(name.text) || earlier !== undefined) {
    report(
      scope,
      earlier === undefined ? "unknown-name" : "duplicate-name",
      earlier === undefined ? `\`${name.text}\` is no state of this optimizer` : `\`${name.text}\` is updated twice`,
      [
        { span: name.span, text: earlier === undefined ? "cannot be updated" : "again" },
        ...(earlier === undefined ? [] : [{ span: earlier, text: "updated here" }]),
      ],
      earlier === undefined ? (suggestion(name.text, known) ?? `declare it: state ${name.text} ~ zeros`) : null,
    );
    return;
  }
  updated.set(name.text, statement.span);
  const value = scope.session.evaluate(statement.value, scope, name.text);
  const isScalar = isQuantity(value) && (value.kind === "number" || value.shape.length === 0);
  if (!isScalar && value.kind !== "poison") {
    report(scope, "not-a-scalar", "an update is of one element at a time", [
      { span: statement.value.span, text: `this is ${describe(value)}` },
    ]);
  }
  scope.frame.values.set(name.text, isScalar ? value : { kind: "poison" });
}

function reportTaken(scope: Scope, name: string, span: Span): void {
  report(
    scope,
    "reserved-name",
    `\`${name}\` has a meaning in every optimizer`,
    [{ span, text: `declares a parameter \`${name}\`` }],
    "w is the parameter, g its gradient, t the number of the step",
  );
}
