/**
 * Owns: optimizers: the update of one parameter element as a graph of scalars, the states it keeps, and what it knows of
 * all elements. A chain is one update: what a link makes of the gradient is the gradient of the next.
 */

import {
  Builder,
  type InputNode,
  type Optimizer,
  type OptimizerSetting,
  type Output,
  type Role,
  type Span,
  textOf,
  type UpdateStatistic,
} from "@adjoint/ir";
import type { Expression, UpdateStatement } from "../syntax-tree.ts";
import { matchArguments } from "./arguments.ts";
import { bindStatement, define, reportMisplaced } from "./bodies.ts";
import { collectiveNames } from "./collectives.ts";
import { bindFormals, type Given } from "./formals.ts";
import { elaborateInitializer } from "./initializers.ts";
import { globalValue } from "./names.ts";
import { type Collective, newFrame, newScope, originOf, report, type Scope, Session } from "./session.ts";
import { suggestion } from "./suggestions.ts";
import { alignTo, tensor } from "./tensors.ts";
import { type DefinitionValue, describe, isQuantity, type Quantity, type Value, wholeTensor } from "./values.ts";

/** What the links of a chain hand on. */
interface Chain {
  readonly session: Session;
  readonly t: Value;
  /** The element and its gradient, as the links so far left them; null once something was reported. */
  w: Quantity | null;
  g: Quantity | null;
  /** Whether a link has updated `w`. */
  updates: boolean;
  readonly settings: Map<string, OptimizerSetting>;
  /** How many states of a name there are. */
  readonly stateNames: Map<string, number>;
  readonly state: Optimizer["state"][number][];
  readonly results: Output[];
}

/** `sgd(rate: 0.1)`, or `clip_norm(1), sgd(rate: 0.1)`, as one optimizer; null if something was reported. */
export function elaborateOptimizer(links: readonly Expression[], caller: Scope, span: Span): Optimizer | null {
  const statistics: UpdateStatistic[] = [];
  const { findings, evaluate, call } = caller.session;
  const builder = new Builder();
  const session = new Session({
    builder,
    findings,
    evaluate,
    call,
    parameters: null,
    losses: null,
    noise: null,
    mode: "training",
    collectives: {
      names: collectiveNames.optimizer,
      reduce: (collective) => reduceOverElements(collective, statistics),
    },
  });
  const scalar = (name: string, role: Role): Value & { readonly kind: "tensor" } =>
    wholeTensor(builder.input(name, role, [], { kind: "real" }, originOf(caller, span, name)), null);
  const chain: Chain = {
    session,
    t: scalar("t", "step"),
    w: scalar("w", "parameter"),
    g: scalar("g", "gradient"),
    updates: false,
    settings: new Map(),
    stateNames: new Map(),
    state: [],
    results: [],
  };
  const names: string[] = [];
  let failed = false;
  for (const [k, link] of links.entries()) {
    const callee = calleeOf(link, caller);
    if (callee === null || !elaborateLink(link, callee, caller, chain, k === links.length - 1)) failed = true;
    if (callee !== null) names.push(callee.definition.name.text);
  }
  if (failed || chain.w === null) return null;
  const w = alignTo(caller, chain.w, [], [], originOf(caller, span, "w"));
  return {
    name: names.join(", "),
    settings: [...chain.settings.values()],
    statistics,
    state: chain.state,
    update: { name: names.join(", "), outputs: [{ name: "w", node: w }, ...chain.results] },
    span,
  };
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

/** Adds what a link does to the chain; false if something was reported. */
function elaborateLink(
  link: Expression,
  callee: DefinitionValue,
  caller: Scope,
  chain: Chain,
  isLast: boolean,
): boolean {
  const { definition } = callee;
  const { session } = chain;
  const given = link.kind === "call" ? link.arguments : [];
  const matched = matchArguments(definition, given, link.span, (code, message, labels, help) =>
    report(caller, code, message, labels, help),
  );
  if (matched === null) return false;
  // An argument may depend on the step, and is then a value of the update; of the model it sees the numbers.
  const around = { ...caller.frame, values: new Map<string, Value>([["t", chain.t]]), enclosing: caller.frame };
  const outside = newScope(session, around, link.span);
  const values: Given = new Map(
    [...matched].map(([formal, argument]) => [
      formal,
      { value: session.evaluate(argument.value, outside, formal.name.text), span: argument.value.span },
    ]),
  );
  const frame = {
    ...newFrame(callee.page),
    call: { definition, span: link.span, outer: caller.frame.call, depth: 1 },
  };
  const scope = newScope(session, frame, null);
  if (!bindFormals(definition, values, caller, scope, link.span)) return false;
  if (!addSettings(callee, values, caller, scope, chain)) return false;
  return elaborateUpdate(callee, scope, chain, isLast);
}

function addSettings(callee: DefinitionValue, given: Given, caller: Scope, scope: Scope, chain: Chain): boolean {
  const { definition } = callee;
  for (const formal of definition.formals ?? []) {
    const value = scope.frame.values.get(formal.name.text);
    if (value === undefined || !isQuantity(value)) continue;
    const span = given.get(formal)?.span ?? formal.default?.span ?? formal.span;
    if (value.kind === "tensor" && value.shape.length > 0) {
      report(caller, "wrong-kind", `\`${formal.name.text}\` must be a single number`, [
        { span, text: `this is ${describe(value)}` },
      ]);
      return false;
    }
    const { text } = formal.name;
    const name = chain.settings.has(text) ? `${definition.name.text}.${text}` : text;
    const number = value.kind === "number" ? value.value : null;
    chain.settings.set(name, { name, value: number, text: textOf(span).replace(/\s+/g, " ") });
  }
  return true;
}

/**
 * The states and the graph of the update. Updates are made in the order written, and each sees the new values of those
 * before it: `w <- w - rate * m` after `m <- …` uses the new m.
 */
function elaborateUpdate(callee: DefinitionValue, scope: Scope, chain: Chain, isLast: boolean): boolean {
  const { definition } = callee;
  const place = definition.name.span;
  const { values } = scope.frame;
  for (const [name, value] of Object.entries({ w: chain.w, g: chain.g, t: chain.t })) {
    if (values.has(name)) reportTaken(scope, name, place);
    else values.set(name, value ?? { kind: "poison" });
  }
  /** The names of states in this body, and in the chain, where two links may have states of one name. */
  const states = new Map<string, string>();
  const updated = new Map<string, Span>();
  for (const statement of definition.body.kind === "block" ? definition.body.statements : []) {
    const inside: Scope = { ...scope, statement: statement.span };
    switch (statement.kind) {
      case "state": {
        const { text } = statement.name;
        const initializer = elaborateInitializer(statement.initializer, [], text, inside);
        const name = stateName(text, chain);
        const origin = originOf(inside, statement.span, name);
        const node = scope.session.builder.input(name, "state", [], { kind: "real" }, origin);
        define(inside, statement.name, wholeTensor(node, statement.span));
        if (initializer !== null) chain.state.push({ name, initializer });
        states.set(text, name);
        break;
      }
      case "binding":
        bindStatement(statement, inside);
        // Was told already: `=` where `<-` is meant.
        if (statement.name.text === "w") updated.set("w", statement.span);
        break;
      case "update":
        update(statement, inside, updated, new Set(["w", "g", ...states.keys()]));
        break;
      case "parameter":
      case "noise":
      case "return":
      case "port":
      case "loss-statement":
      case "result":
      case "repeat":
      case "require":
      case "scan":
      case "carry":
      case "train":
        reportMisplaced(statement, definition, scope);
        break;
    }
  }
  const isLate = isLast && chain.updates;
  chain.updates ||= updated.has("w");
  if (!updated.has("w") && (!updated.has("g") || isLast)) {
    const { name } = definition;
    report(
      scope,
      "missing-update",
      isLate && updated.has("g")
        ? `\`${name.text}\` changes the gradient when \`w\` has been updated`
        : `the optimizer \`${name.text}\` never updates \`w\``,
      [{ span: place, text: "no `w <- …` in its body" }],
      updated.has("g")
        ? `it changes the gradient for what follows it: optimizer ${name.text}, sgd(rate: 0.1)`
        : "w is the parameter, g its gradient, t the number of the step: w <- w - rate * g",
    );
  }
  const quantity = (name: string): Quantity | null => {
    const value = values.get(name);
    return value !== undefined && isQuantity(value) ? value : null;
  };
  chain.w = quantity("w");
  chain.g = quantity("g");
  for (const [own, name] of states) {
    const value = quantity(own);
    if (value === null) return false;
    chain.results.push({ name, node: alignTo(scope, value, [], [], originOf(scope, place, name)) });
  }
  return chain.w !== null && chain.g !== null;
}

/** `v`, or `v 2`, `v 3`, … where a link before has a state of that name; no page can give such a name itself. */
function stateName(text: string, { stateNames }: Chain): string {
  const count = (stateNames.get(text) ?? 0) + 1;
  stateNames.set(text, count);
  return count === 1 ? text : `${text} ${count}`;
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

/** `sum[network](g^2)`: an input that stands for the result, and what is to be reduced for it. */
function reduceOverElements(collective: Collective, statistics: UpdateStatistic[]): Value {
  const { over, op, mean, body, expression, scope, name } = collective;
  const of = alignTo(scope, body, [], [], originOf(scope, expression.body.span, null));
  const origin = originOf(scope, expression.span, name);
  const input: InputNode = scope.session.builder.input(
    `statistic${statistics.length}`,
    "statistic",
    [],
    { kind: "real" },
    origin,
  );
  statistics.push({ input, op, mean, of, over: over === "tensor" ? "tensor" : "network" });
  return tensor(input, [], []);
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
