/** Owns: the statements of a body: bindings, parameters, and the value it returns. */

import type { Shape, Span } from "@adjoint/ir";
import type {
  BindingStatement,
  Definition,
  Expression,
  Name,
  NoiseStatement,
  ParameterStatement,
  RepeatStatement,
  RequireStatement,
  ScanStatement,
  Statement,
  StateStatement,
} from "../syntax-tree.ts";
import { evaluateElements } from "./elements.ts";
import { childrenOf } from "./index-demands.ts";
import { elaborateInitializer, elaborateNoise } from "./initializers.ts";
import { addLossTerm } from "./losses.ts";
import { globalValue } from "./names.ts";
import { elaborateScan } from "./recurrences.ts";
import { limits, originOf, qualify, report, type Scope } from "./session.ts";
import { evaluateNumber, evaluateShape, evaluateSize } from "./sizes.ts";
import { statementsOf } from "./statements-of.ts";
import { updateState } from "./states.ts";
import { checkElements, quote } from "./tensors.ts";
import { listed, numberValue, poison, type Value, wholeTensor } from "./values.ts";

/** The value of a body. `name` is for the outermost node of what it returns. */
export function elaborateBody(definition: Definition, scope: Scope, name: string | null): Value {
  const { body } = definition;
  if (body.kind === "expression") return scope.session.evaluate(body.value, scope, name);
  const returned = scope.frame.call === null ? null : returnedName(body.statements.at(-1), scope);
  for (const statement of body.statements) {
    // What a called body computes serves the caller's statement; a page's own function is cited line by line.
    const inside: Scope = scope.frame.call === null ? { ...scope, statement: statement.span } : scope;
    if (statement.kind === "return") return scope.session.evaluate(statement.value, inside, name);
    if (statement.kind === "require" && !isMet(statement, inside)) return poison;
    elaborateStep(statement, inside, definition, (text) => (text === returned ? name : null));
  }
  report(
    scope,
    "missing-return",
    `the ${definition.keyword} \`${definition.name.text}\` returns nothing`,
    [{ span: definition.name.span, text: "no `return` in its body" }],
    "end it with `return` and the value",
  );
  return poison;
}

function elaborateStep(
  statement: Exclude<Statement, { kind: "return" }>,
  scope: Scope,
  definition: Definition,
  titleOf: (name: string) => string | null,
): void {
  if (!statementsOf[definition.keyword].includes(statement.kind)) {
    // The page was told already; what is named here is no finding of its own.
    const name = "name" in statement ? (statement.name?.text ?? null) : null;
    if (name !== null && !scope.frame.values.has(name)) scope.frame.values.set(name, poison);
    return;
  }
  switch (statement.kind) {
    case "binding":
      bindStatement(statement, scope, titleOf(statement.name.text));
      return;
    case "parameter":
      declareParameter(statement, scope);
      return;
    case "loss-statement":
      addLossTerm(statement, scope);
      return;
    case "noise":
      declareNoise(statement, scope);
      return;
    case "state":
      declareState(statement, scope);
      return;
    case "update":
      updateState(statement, scope);
      return;
    case "require":
      return;
    case "repeat":
      repeatStatements(statement, scope, (inner, inside) => {
        if (inner.kind === "return") reportMisplaced(inner, definition, scope);
        else elaborateStep(inner, inside, definition, () => null);
      });
      return;
    case "scan":
      scanStatements(statement, scope, definition);
      return;
    case "port":
    case "result":
    case "carry":
    case "train":
      reportMisplaced(statement, definition, scope);
      return;
  }
}

/** Whether a requirement holds; reports it if not, with the numbers that it is about. */
export function isMet({ condition, doc }: RequireStatement, scope: Scope): boolean {
  const value = evaluateNumber(scope, condition, "a requirement");
  if (value !== 0) return value !== null;
  const named = new Map<string, number>();
  const pending: Expression[] = [condition];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const known = at.kind === "reference" ? scope.frame.values.get(at.name.text) : undefined;
    if (at.kind === "reference" && known?.kind === "number") named.set(at.name.text, known.value);
    pending.push(...[...childrenOf(at)].reverse());
  }
  const { call } = scope.frame;
  const numbers = listed([...named].map(([name, number]) => `${name} is ${number}`));
  report(
    scope,
    "requirement-not-met",
    `${call === null ? "this page" : `\`${call.definition.name.text}\``} requires ${quote(condition.span)}`,
    [{ span: condition.span, text: numbers === "" ? "does not hold" : numbers }],
    doc === "" ? null : doc.replace(/\s+/g, " ").replace(/\.$/, ""),
  );
  return false;
}

/**
 * The statements, as often as it says. A name from outside that is bound in them has its new value from there on; any other
 * is known for one turn.
 */
export function repeatStatements(
  { index, count, statements }: RepeatStatement,
  scope: Scope,
  elaborate: (statement: Statement, scope: Scope) => void,
): void {
  const { values } = scope.frame;
  const { findings } = scope.session;
  const turns = evaluateSize(scope, count, "a number of turns") ?? 1;
  const rebindable = new Set(values.keys());
  // Each turn counts as an expression, so that not even empty ones go on without end.
  for (let turn = 0; turn < turns && findings.work <= limits.work; turn++, scope.session.evaluate(count, scope, null)) {
    if (index !== null) define(scope, index, numberValue(turn));
    const inside: Scope = { ...scope, turn: `${scope.turn}.${turn}`, rebindable };
    for (const statement of statements) {
      elaborate(statement, { ...inside, statement: scope.frame.call === null ? statement.span : scope.statement });
    }
    for (const name of values.keys()) if (!rebindable.has(name)) values.delete(name);
  }
}

/** Runs a scan, and makes known what it leaves behind. */
export function scanStatements(
  statement: ScanStatement,
  scope: Scope,
  definition: Definition,
): readonly { readonly name: Name; readonly value: Value }[] {
  const sequences = elaborateScan(statement, scope, (inner, inside) => {
    switch (inner.kind) {
      case "binding":
        bindStatement(inner, inside);
        return;
      case "scan":
        scanStatements(inner, inside, definition);
        return;
      case "carry":
      case "update":
      case "parameter":
      case "noise":
      case "repeat":
      case "require":
      case "loss-statement":
      case "port":
      case "state":
      case "return":
      case "result":
      case "train":
        reportMisplaced(inner, definition, inside);
        return;
    }
  });
  return [...sequences].map(([name, value]) => ({ name, value: define(scope, name, value) }));
}

/**
 * The name whose value the body returns as it is: `y` for `return y`, and for `return identity(y)`. It is the result, so
 * it bears the name that the caller gives to the result.
 */
function returnedName(last: Statement | undefined, scope: Scope): string | null {
  let value = last?.kind === "return" ? last.value : null;
  while (value?.kind === "call") {
    const { callee, arguments: given } = value;
    const called = scope.frame.values.get(callee.text) ?? globalValue(scope.frame.page, callee.text);
    if (called?.kind !== "definition" || called.definition.body.kind !== "expression") return null;
    const { formals, body } = called.definition;
    const name = body.value.kind === "reference" ? body.value.name.text : null;
    const position = (formals ?? []).findIndex((formal) => formal.name.text === name);
    value = given[position]?.name === null ? given[position].value : null;
  }
  return value?.kind === "reference" ? value.name.text : null;
}

/** `h = …` or `z[i] = …`: evaluates it, and makes the name known; `title` is what the node is called instead, if given. */
export function bindStatement(statement: BindingStatement, scope: Scope, title: string | null = null): Value {
  const { name } = statement;
  const qualified = title ?? qualify(scope.frame.prefix, `${name.text}${scope.turn}`);
  return define(scope, name, evaluateNamed(statement, name, scope, qualified));
}

/** The right side of `h = …`, or of `z[i] = …` for every i. */
export function evaluateNamed(
  { indices, trailing, value }: Pick<BindingStatement, "indices" | "trailing" | "value">,
  { text, span }: { readonly text: string; readonly span: Span },
  scope: Scope,
  qualified: string,
): Value {
  const inside: Scope = { ...scope, binding: { value, name: text } };
  if (indices === null) return scope.session.evaluate(value, inside, qualified);
  return evaluateElements({ indices, trailing, value }, inside, { text, qualified, span });
}

/** Makes a name known; a second definition of it is reported, and the first stays. */
export function define(scope: Scope, name: BindingStatement["name"], value: Value): Value {
  const { values } = scope.frame;
  if (values.has(name.text) && !scope.rebindable.has(name.text)) {
    const earlier = values.get(name.text);
    const place = earlier?.kind === "tensor" ? earlier.declared : null;
    report(
      scope,
      "duplicate-name",
      `\`${name.text}\` is defined twice`,
      [{ span: name.span, text: "again" }, ...(place === null ? [] : [{ span: place, text: "defined here" }])],
      "a name keeps its value: give the second another name",
    );
    return poison;
  }
  if (value.kind === "tensor" && !checkElements(scope, name.text, value.shape, name.span)) {
    values.set(name.text, poison);
    return poison;
  }
  const named = value.kind === "tensor" ? { ...value, declared: name.span } : value;
  values.set(name.text, named);
  return named;
}

/** `param W[n] ~ zeros`: an input of the graph, named after the statements that lead to it, and how it begins. */
export function declareParameter(statement: ParameterStatement, scope: Scope): void {
  declareStored(statement, "parameter", statement.frozen, scope);
}

/** `state m[n] ~ zeros`: stored like a parameter, and changed by `m <- …` instead of an optimizer. */
export function declareState(statement: StateStatement, scope: Scope): void {
  declareStored(statement, "state", true, scope);
}

function declareStored(
  statement: ParameterStatement | StateStatement,
  role: "parameter" | "state",
  frozen: boolean,
  scope: Scope,
): void {
  const { parameters, builder } = scope.session;
  const { name, span } = statement;
  if (parameters === null) {
    report(
      scope,
      "misplaced-statement",
      `a ${role} is declared where nothing is trained`,
      [{ span, text: "here" }],
      `${role}s belong to models and to the layers they call`,
    );
  }
  const shape: Shape | null = evaluateShape(scope, statement.extents);
  if (parameters === null || shape === null || !checkElements(scope, name.text, shape, span)) {
    define(scope, name, poison);
    return;
  }
  const qualified = qualify(scope.frame.prefix, `${name.text}${scope.turn}`);
  if (scope.frame.values.has(name.text)) {
    define(scope, name, poison);
    return;
  }
  const initializer = elaborateInitializer(statement.initializer, shape, qualified, scope);
  const node = builder.input(qualified, role, shape, { kind: "real" }, originOf(scope, span, qualified));
  define(scope, name, wholeTensor(node, span));
  if (initializer === null) return;
  parameters.push({ name: qualified, node, shape, initializer, frozen, update: null, span, doc: statement.doc });
}

/** `noise e[n] ~ normal`: a random tensor, drawn anew for every example and step. */
export function declareNoise(statement: NoiseStatement, scope: Scope): void {
  const { name, span } = statement;
  const shape = evaluateShape(scope, statement.extents);
  const qualified = qualify(scope.frame.prefix, `${name.text}${scope.turn}`);
  const known = scope.frame.values.has(name.text);
  if (shape === null || known || !checkElements(scope, name.text, shape, span)) {
    define(scope, name, poison);
    return;
  }
  define(scope, name, elaborateNoise(statement.initializer, shape, qualified, scope) ?? poison);
}

export function reportMisplaced(statement: Statement, definition: Definition, scope: Scope): void {
  report(scope, "misplaced-statement", `a ${definition.keyword} has no such statement`, [
    { span: statement.span, text: "here" },
  ]);
}
