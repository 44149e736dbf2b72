/** Owns: the names in a definition: every one is known where it stands, defined once, used, and called with what it takes. */

import type { Span } from "@adjoint/ir";
import { matchArguments } from "../elaborate/arguments.ts";
import { constants, initializerNames, optimizerNames, reductionNames } from "../elaborate/builtins.ts";
import { childrenOf } from "../elaborate/index-demands.ts";
import { globalNames, globalValue } from "../elaborate/names.ts";
import { suggestion } from "../elaborate/suggestions.ts";
import type { PageScope } from "../elaborate/values.ts";
import type { Call, Definition, Expression, IndexBinder, Name, Statement } from "../syntax-tree.ts";
import type { Report } from "./report.ts";

interface Local {
  readonly span: Span;
  /** Whether it should be used: what a body makes for itself. */
  readonly owned: boolean;
  used: boolean;
}

interface Indices {
  readonly name: string;
  readonly outer: Indices | null;
}

export function checkBody(
  definition: Definition,
  page: PageScope,
  report: Report,
  use: (global: string) => void,
): void {
  const locals = new Map<string, Local>();
  const { keyword, body } = definition;
  const statements: readonly Statement[] = body.kind === "block" ? body.statements : [];
  const fixed: readonly string[] =
    keyword === "optimizer" ? optimizerNames : keyword === "initializer" ? initializerNames : [];

  function define(name: Name, owned: boolean): void {
    const earlier = locals.get(name.text);
    if (earlier === undefined) {
      locals.set(name.text, { span: name.span, owned, used: false });
      return;
    }
    report(
      "duplicate-name",
      `\`${name.text}\` is defined twice`,
      [
        { span: name.span, text: "again" },
        { span: earlier.span, text: "defined here" },
      ],
      "a name keeps its value: give the second another name",
    );
  }

  function* candidates(indices: Indices | null): Generator<string> {
    for (let at = indices; at !== null; at = at.outer) yield at.name;
    yield* locals.keys();
    yield* fixed;
    yield* globalNames(page);
    yield* constants.keys();
  }

  /** A name that is defined further down is the likeliest slip. */
  function reportUnknown(name: Name, indices: Indices | null): void {
    const below = statements.find(
      (statement) =>
        "name" in statement && statement.name?.text === name.text && statement.name.span.start > name.span.start,
    );
    const labels = [{ span: name.span, text: "unknown" }] as const;
    if (below === undefined) {
      const help = suggestion(name.text, candidates(indices));
      report("unknown-name", `nothing here is called \`${name.text}\``, labels, help);
      return;
    }
    report(
      "unknown-name",
      `\`${name.text}\` is used before it is defined`,
      [
        { span: name.span, text: "not yet known" },
        { span: below.span, text: "defined here" },
      ],
      "statements are read from top to bottom",
    );
  }

  function checkReference(name: Name, indices: Indices | null): void {
    for (let at = indices; at !== null; at = at.outer) if (at.name === name.text) return;
    const local = locals.get(name.text);
    if (local !== undefined) local.used = true;
    else if (globalValue(page, name.text) !== null) use(name.text);
    else if (!fixed.includes(name.text) && !constants.has(name.text)) reportUnknown(name, indices);
  }

  function checkCall(call: Call, indices: Indices | null): void {
    const { callee } = call;
    const local = locals.get(callee.text);
    if (local !== undefined) local.used = true;
    const global = globalValue(page, callee.text);
    if (global !== null) use(callee.text);
    if (local !== undefined) return;
    if (global === null) {
      if (!reductionNames.some((name) => name === callee.text)) reportUnknown(callee, indices);
      return;
    }
    if (global.kind === "definition") matchArguments(global.definition, call.arguments, call.span, report);
  }

  function check(expression: Expression, indices: Indices | null): void {
    // Long chains are walked; only binders, whose nesting the parser bounds, are descended into.
    const pending: Expression[] = [expression];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at.kind === "reference") checkReference(at.name, indices);
      if (at.kind === "call") checkCall(at, indices);
      if (at.kind === "reduction") check(at.body, bind(at.indices, indices));
      else pending.push(...[...childrenOf(at)].reverse());
    }
  }

  function bind(binders: readonly IndexBinder[], outer: Indices | null): Indices | null {
    let indices = outer;
    for (const { name, extent } of binders) {
      if (extent !== null) check(extent, indices);
      const local = locals.get(name.text);
      if (local !== undefined) reportShadowing(name, local.span);
      indices = { name: name.text, outer: indices };
    }
    return indices;
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
    define(formal.name, false);
    for (const extent of [...(formal.extents ?? []), ...(formal.type === null ? [] : [formal.type.count])]) {
      if (extent.kind !== "reference") check(extent, null);
      else if (!locals.has(extent.name.text)) define(extent.name, false);
    }
  }
  if (body.kind === "expression") check(body.value, null);
  for (const statement of statements) checkStatement(statement);
  if (keyword === "model") return;
  for (const [text, local] of locals) {
    if (local.used || !local.owned) continue;
    report("unused-name", `\`${text}\` is never used`, [{ span: local.span, text: "unused" }], null, "warning");
  }

  function checkStatement(statement: Statement): void {
    switch (statement.kind) {
      case "port":
        for (const extent of statement.extents) check(extent, null);
        if (statement.type !== null) check(statement.type.count, null);
        define(statement.name, true);
        return;
      case "parameter":
        for (const extent of statement.extents) check(extent, null);
        checkInitializer(statement.initializer);
        define(statement.name, true);
        return;
      case "state":
        checkInitializer(statement.initializer);
        define(statement.name, true);
        return;
      case "binding":
        check(statement.value, bind(statement.indices ?? [], null));
        define(statement.name, true);
        return;
      case "update":
        check(statement.value, null);
        return;
      case "return":
      case "loss-statement":
        check(statement.value, null);
        return;
      case "result":
        check(statement.value, null);
        if (statement.name !== null && statement.role === "output") define(statement.name, true);
        return;
      case "train":
        // Words such as `on` and the names of optimizers have their meaning here alone; elaboration reads them.
        for (const { value } of statement.settings) {
          if (value.kind === "call") use(value.callee.text);
          if (value.kind === "reference") use(value.name.text);
        }
        return;
    }
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
