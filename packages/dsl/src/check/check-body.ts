/** Owns: the walk over a definition's body: every name is known where it stands, and called with what it takes. */

import type { Span } from "@adjoint/ir";
import { matchArguments } from "../elaborate/arguments.ts";
import { ownBinders } from "../elaborate/batches.ts";
import { initializerNames, optimizerNames, reductionNames } from "../elaborate/builtins.ts";
import { collectiveNames, collectiveOf } from "../elaborate/collectives.ts";
import { childrenOf } from "../elaborate/index-demands.ts";
import { globalValue } from "../elaborate/names.ts";
import type { PageScope } from "../elaborate/values.ts";
import type {
  Call,
  Definition,
  DefinitionKeyword,
  Expression,
  IndexBinder,
  Name,
  RepeatStatement,
  ScanStatement,
  Statement,
} from "../syntax-tree.ts";
import { BodyNames, type Indices } from "./body-names.ts";
import { namesInIndices } from "./names-in-indices.ts";
import type { Report } from "./report.ts";

/** What such a definition knows without defining it. */
function fixedNames(keyword: DefinitionKeyword): readonly string[] {
  if (keyword === "optimizer") return optimizerNames;
  return keyword === "initializer" ? initializerNames : [];
}

/** The words that stand in the place of an index there: `sum[data]`, `sum[tensor]`. */
function collectivesOf(keyword: DefinitionKeyword): readonly string[] {
  if (keyword === "optimizer") return collectiveNames.optimizer;
  return keyword === "metric" || keyword === "model" ? collectiveNames.metric : [];
}

export function checkBody(
  definition: Definition,
  page: PageScope,
  report: Report,
  use: (global: string) => void,
): void {
  const { keyword, body } = definition;
  const statements: readonly Statement[] = body.kind === "block" ? body.statements : [];
  const names = new BodyNames(definition, page, report, fixedNames(keyword), use);
  const collectives = collectivesOf(keyword);
  /** The indices of the scans around the statement that is being checked, and what the innermost of them carries. */
  let enclosing: Indices | null = null;
  let carried: ReadonlySet<string> = new Set();
  /** Where the index of each scan around is bound. */
  const spanOfScan = new Map<string, Span>();

  /** A reduction without its brackets: the indices that stand in its body unbound are those it should bind. */
  function checkBareReduction({ callee, arguments: given }: Call, indices: Indices | null): void {
    const missing = new Set<string>();
    for (const { value } of given)
      for (const { text } of namesInIndices(value)) if (!names.isKnown(text, indices)) missing.add(text);
    let inside = indices;
    for (const name of missing) inside = { name, outer: inside };
    report(
      "reduction-without-index",
      `\`${callee.text}\` needs to know over which index`,
      [{ span: callee.span, text: "no index here" }],
      missing.size === 0 ? `write ${callee.text}[i](x[i])` : `write ${callee.text}[${[...missing].join(", ")}](…)`,
    );
    for (const { value } of given) check(value, inside);
  }

  function isBareReduction({ callee }: Call): boolean {
    const isName = reductionNames.some((name) => name === callee.text);
    return isName && names.placeOf(callee.text) === null && globalValue(page, callee.text) === null;
  }

  function checkCall(call: Call, indices: Indices | null): void {
    const { callee } = call;
    const isLocal = names.useLocal(callee.text);
    const global = globalValue(page, callee.text);
    if (global !== null) use(callee.text);
    if (isLocal) return;
    if (global === null) {
      names.noteUnknown(callee, indices);
      return;
    }
    if (global.kind === "definition") matchArguments(global.definition, call.arguments, call.span, report);
  }

  function check(expression: Expression, indices: Indices | null): void {
    // Long chains are walked; only binders, whose nesting the parser bounds, are descended into.
    const pending: Expression[] = [expression];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at.kind === "reference") names.refer(at.name, indices);
      if (at.kind === "read") for (const name of namesInIndices(at)) names.noteIndex(name);
      if (at.kind === "call" && isBareReduction(at)) {
        checkBareReduction(at, indices);
        continue;
      }
      if (at.kind === "call") checkCall(at, indices);
      if (at.kind === "reduction") {
        const collective = collectiveOf(at, collectives);
        check(at.body, collective === null ? bind(ownBinders(at), indices) : indices);
      } else pending.push(...[...childrenOf(at)].reverse());
    }
  }

  function bind(binders: readonly IndexBinder[], outer: Indices | null): Indices | null {
    let indices = outer;
    for (const { name, extent } of binders) {
      if (extent !== null) check(extent, indices);
      const defined = names.placeOf(name.text);
      const scanned = spanOfScan.get(name.text);
      if (defined !== null) reportShadowing(name, defined);
      else if (scanned !== undefined) reportTime(name, scanned);
      indices = { name: name.text, outer: indices };
    }
    return indices;
  }

  function reportTime(name: Name, scan: Span): void {
    report(
      "shadowed-index",
      `\`${name.text}\` is the index of this scan`,
      [
        { span: name.span, text: "bound again" },
        { span: scan, text: "scanned here" },
      ],
      `each step knows its own \`${name.text}\` alone: what runs over all of them stands outside the scan; else take another letter`,
    );
  }

  function reportShadowing(name: Name, earlier: Span): void {
    report(
      "shadowed-index",
      `\`${name.text}\` has another meaning here already`,
      [
        { span: name.span, text: "bound as an index" },
        { span: earlier, text: "defined here" },
      ],
      "give this index another letter",
    );
  }

  for (const formal of definition.formals ?? []) {
    if (formal.default !== null) check(formal.default, null);
    names.define(formal.name, false);
    for (const extent of [...(formal.extents ?? []), ...(formal.type === null ? [] : [formal.type.count])]) {
      if (extent.kind !== "reference") check(extent, null);
      else if (names.placeOf(extent.name.text) === null) names.define(extent.name, false);
    }
  }
  if (body.kind === "expression") check(body.value, null);
  names.reportUnknowns(statements);
  checkStatements(statements);
  names.warnOfUnused();

  function checkStatements(some: readonly Statement[]): void {
    for (const statement of some) {
      checkStatement(statement);
      names.reportUnknowns(statements);
    }
  }

  /** What an optimizer changes from step to step: the parameter, and its own states. */
  function isUpdated(text: string): boolean {
    return text === "w" || statements.some((statement) => statement.kind === "state" && statement.name.text === text);
  }

  function reportBoundState(name: Name): void {
    report(
      "duplicate-name",
      `\`${name.text}\` has a value, which is changed by \`<-\``,
      [{ span: name.span, text: "defined anew" }],
      `write ${name.text} <- …`,
    );
  }

  function checkExtents(extents: readonly Expression[]): void {
    for (const extent of extents) {
      if (extent.kind === "reference") names.noteSize(extent.name);
      check(extent, null);
    }
  }

  function checkStatement(statement: Statement): void {
    switch (statement.kind) {
      case "port":
        checkExtents(statement.extents);
        if (statement.type !== null) check(statement.type.count, null);
        names.define(statement.name, true);
        return;
      case "parameter":
      case "noise":
        checkExtents(statement.extents);
        checkInitializer(statement.initializer);
        names.define(statement.name, true);
        return;
      case "state":
        checkExtents(statement.extents);
        checkInitializer(statement.initializer);
        names.define(statement.name, true);
        return;
      case "binding":
        check(statement.value, bind(statement.indices ?? [], enclosing));
        if (carried.has(statement.name.text)) reportBoundState(statement.name);
        else if (keyword === "optimizer" && isUpdated(statement.name.text)) reportBoundState(statement.name);
        else names.define(statement.name, true, true);
        return;
      case "require":
        check(statement.condition, null);
        return;
      case "repeat":
        checkRepeat(statement);
        return;
      case "update":
        check(statement.value, enclosing);
        return;
      case "carry":
        checkExtents(statement.extents ?? []);
        check(statement.value, enclosing);
        names.define(statement.name, true);
        return;
      case "scan":
        checkScan(statement);
        return;
      case "return":
      case "loss-statement":
        check(statement.value, null);
        return;
      case "result":
        check(statement.value, statement.indices === null ? null : bind(statement.indices, null));
        if (statement.name !== null && statement.role === "output") names.define(statement.name, true);
        return;
      case "train":
        // Words such as `on` and the names of optimizers have their meaning here alone; elaboration reads them.
        for (const { values } of statement.settings) for (const value of values) useNames(value);
        return;
    }
  }

  /** Of what is defined inside, only what is carried is known afterwards. */
  function checkScan({ index, statements: stepped }: ScanStatement): void {
    const around = { enclosing, carried };
    enclosing = bind([index], enclosing);
    spanOfScan.set(index.name.text, index.name.span);
    const carries = stepped.flatMap((statement) => (statement.kind === "carry" ? [statement.name.text] : []));
    carried = new Set(carries);
    names.block(() => checkStatements(stepped), { rebinds: false, keeps: carries });
    spanOfScan.delete(index.name.text);
    ({ enclosing, carried } = around);
  }

  function useNames(expression: Expression): void {
    const pending: Expression[] = [expression];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at.kind === "call") use(at.callee.text);
      if (at.kind === "reference") use(at.name.text);
      pending.push(...childrenOf(at));
    }
  }

  function checkRepeat({ index, count, statements: repeated }: RepeatStatement): void {
    check(count, null);
    const turn = (): void => {
      if (index !== null) names.define(index, false);
      checkStatements(repeated);
    };
    names.block(turn, { rebinds: true, keeps: [] });
  }

  /** What stands after `~` also sees the names of initializers. */
  function checkInitializer(expression: Expression): void {
    if (expression.kind === "reference" && initializerNames.some((name) => name === expression.name.text)) return;
    if (expression.kind !== "call") {
      check(expression, null);
      return;
    }
    checkCall(expression, null);
    for (const argument of expression.arguments) checkInitializer(argument.value);
  }
}
