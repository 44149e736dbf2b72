/** Owns: the names in a definition: every one is known where it stands, defined once, used, and called with what it takes. */

import type { Span } from "@adjoint/ir";
import type { Label } from "../diagnostic.ts";
import { matchArguments } from "../elaborate/arguments.ts";
import { ownBinders } from "../elaborate/batches.ts";
import { initializerNames, numberNames, optimizerNames, reductionNames } from "../elaborate/builtins.ts";
import { collectiveNames, collectiveOf } from "../elaborate/collectives.ts";
import { childrenOf } from "../elaborate/index-demands.ts";
import { globalNames, globalValue } from "../elaborate/names.ts";
import { suggestion } from "../elaborate/suggestions.ts";
import type { PageScope } from "../elaborate/values.ts";
import type {
  Call,
  Definition,
  Expression,
  IndexBinder,
  Name,
  RepeatStatement,
  ScanStatement,
  Statement,
} from "../syntax-tree.ts";
import { namesInIndices } from "./names-in-indices.ts";
import type { Report } from "./report.ts";

interface Local {
  readonly span: Span;
  /** Whether it should be used: what a body makes for itself. */
  readonly owned: boolean;
  used: boolean;
}

/** Where in a statement a name stands that means nothing, and the indices in scope at the first place. */
interface Unknown {
  readonly places: Name[];
  readonly indices: Indices | null;
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
  /** Unknown names of the statement that is being checked, by their text. */
  const unknown = new Map<string, Unknown>();
  /** The indices of the scans around the statement that is being checked, and what the innermost of them carries. */
  let enclosing: Indices | null = null;
  let carried: ReadonlySet<string> = new Set();
  /** Names that stand as indices of reads, and as sizes. */
  const asIndex = new Set<Name>();
  const asSize = new Set<Name>();
  /** Where the index of each scan around is bound. */
  const spanOfScan = new Map<string, Span>();
  const fixed: readonly string[] =
    keyword === "optimizer" ? optimizerNames : keyword === "initializer" ? initializerNames : [];

  const collectives: readonly string[] =
    keyword === "optimizer"
      ? collectiveNames.optimizer
      : keyword === "metric" || keyword === "model"
        ? collectiveNames.metric
        : [];

  /** Names from outside the `repeat` that is being checked, as long as it has not bound them anew. */
  let rebindable: ReadonlySet<string> = new Set();

  function define(name: Name, owned: boolean, rebinds = false): void {
    const earlier = locals.get(name.text);
    if (rebinds && rebindable.has(name.text)) {
      rebindable = new Set([...rebindable].filter((text) => text !== name.text));
      return;
    }
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
    yield* numberNames;
  }

  function noteUnknown(name: Name, indices: Indices | null): void {
    const known = unknown.get(name.text);
    if (known === undefined) unknown.set(name.text, { places: [name], indices });
    else known.places.push(name);
  }

  function reportUnknowns(): void {
    for (const { places, indices } of unknown.values()) reportUnknown(places, indices);
    unknown.clear();
  }

  /** A name that is defined further down is the likeliest slip. */
  function reportUnknown(places: readonly Name[], indices: Indices | null): void {
    const [name, ...others] = places;
    if (name === undefined) return;
    const below = statements.find(
      (statement) =>
        "name" in statement && statement.name?.text === name.text && statement.name.span.start > name.span.start,
    );
    const again = others.map(({ span }) => ({ span, text: "and here" }));
    if (below === undefined) {
      const labels: [Label, ...Label[]] = [{ span: name.span, text: "unknown" }, ...again];
      const help = suggestion(name.text, candidates(indices)) ?? roleHelp(places);
      report("unknown-name", `nothing here is called \`${name.text}\``, labels, help);
      return;
    }
    report(
      "unknown-name",
      `\`${name.text}\` is used before it is defined`,
      [{ span: name.span, text: "not yet known" }, ...again, { span: below.span, text: "defined here" }],
      "statements are read from top to bottom",
    );
  }

  function checkReference(name: Name, indices: Indices | null): void {
    for (let at = indices; at !== null; at = at.outer) if (at.name === name.text) return;
    // `h.W` is a parameter of what made h; whether h has one of that name is known when it is called.
    const [head = name.text] = name.text.split(".");
    const local = locals.get(head);
    if (local !== undefined) local.used = true;
    else if (globalValue(page, name.text) !== null) use(name.text);
    else if (!fixed.includes(name.text) && !numberNames.includes(name.text)) noteUnknown(name, indices);
  }

  /** What would give the name a meaning, by the place in which it stands. */
  function roleHelp(places: readonly Name[]): string | null {
    const { text } = places[0] ?? definition.name;
    if (places.some((place) => asIndex.has(place)))
      return `an index is bound on the left, y[${text}] = …, or by a reduction, sum[${text}](…)`;
    if (!places.some((place) => asSize.has(place))) return null;
    return keyword === "model"
      ? `a model's sizes are its hyperparameters: model ${definition.name.text}(${text} = 1)`
      : `a size is named where a tensor is declared: ${keyword} ${definition.name.text}(x[${text}])`;
  }

  /** A reduction without its brackets: the indices that stand in its body unbound are those it should bind. */
  function checkBareReduction({ callee, arguments: given }: Call, indices: Indices | null): void {
    const missing = new Set<string>();
    for (const { value } of given)
      for (const { text } of namesInIndices(value)) if (!isKnown(text, indices)) missing.add(text);
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

  function isKnown(text: string, indices: Indices | null): boolean {
    for (let at = indices; at !== null; at = at.outer) if (at.name === text) return true;
    return locals.has(text) || fixed.includes(text) || numberNames.includes(text) || globalValue(page, text) !== null;
  }

  function isBareReduction({ callee }: Call): boolean {
    const isName = reductionNames.some((name) => name === callee.text);
    return isName && !locals.has(callee.text) && globalValue(page, callee.text) === null;
  }

  function checkCall(call: Call, indices: Indices | null): void {
    const { callee } = call;
    const local = locals.get(callee.text);
    if (local !== undefined) local.used = true;
    const global = globalValue(page, callee.text);
    if (global !== null) use(callee.text);
    if (local !== undefined) return;
    if (global === null) {
      noteUnknown(callee, indices);
      return;
    }
    if (global.kind === "definition") matchArguments(global.definition, call.arguments, call.span, report);
  }

  function check(expression: Expression, indices: Indices | null): void {
    // Long chains are walked; only binders, whose nesting the parser bounds, are descended into.
    const pending: Expression[] = [expression];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at.kind === "reference") checkReference(at.name, indices);
      if (at.kind === "read") for (const name of namesInIndices(at)) asIndex.add(name);
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
      const local = locals.get(name.text);
      const scanned = spanOfScan.get(name.text);
      if (local !== undefined) reportShadowing(name, local.span);
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
    define(formal.name, false);
    for (const extent of [...(formal.extents ?? []), ...(formal.type === null ? [] : [formal.type.count])]) {
      if (extent.kind !== "reference") check(extent, null);
      else if (!locals.has(extent.name.text)) define(extent.name, false);
    }
  }
  if (body.kind === "expression") check(body.value, null);
  reportUnknowns();
  for (const statement of statements) {
    checkStatement(statement);
    reportUnknowns();
  }
  if (keyword === "model") return;
  for (const [text, local] of locals) warnIfUnused(text, local);

  function warnIfUnused(text: string, local: Local): void {
    if (local.used || !local.owned || keyword === "model") return;
    report(
      "unused-name",
      `\`${text}\` is never used`,
      [{ span: local.span, text: "unused" }],
      "use it, or delete it",
      "warning",
    );
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
      if (extent.kind === "reference") asSize.add(extent.name);
      check(extent, null);
    }
  }

  function checkStatement(statement: Statement): void {
    switch (statement.kind) {
      case "port":
        checkExtents(statement.extents);
        if (statement.type !== null) check(statement.type.count, null);
        define(statement.name, true);
        return;
      case "parameter":
      case "noise":
        checkExtents(statement.extents);
        checkInitializer(statement.initializer);
        define(statement.name, true);
        return;
      case "state":
        checkExtents(statement.extents);
        checkInitializer(statement.initializer);
        define(statement.name, true);
        return;
      case "binding":
        check(statement.value, bind(statement.indices ?? [], enclosing));
        if (carried.has(statement.name.text)) reportBoundState(statement.name);
        else if (keyword === "optimizer" && isUpdated(statement.name.text)) reportBoundState(statement.name);
        else define(statement.name, true, true);
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
        define(statement.name, true);
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
        if (statement.name !== null && statement.role === "output") define(statement.name, true);
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
    const outside = new Set(locals.keys());
    const carries = stepped.flatMap((statement) => (statement.kind === "carry" ? [statement.name.text] : []));
    carried = new Set(carries);
    for (const statement of stepped) {
      checkStatement(statement);
      reportUnknowns();
    }
    spanOfScan.delete(index.name.text);
    ({ enclosing, carried } = around);
    for (const [text, local] of [...locals]) {
      if (outside.has(text) || carries.includes(text)) continue;
      locals.delete(text);
      warnIfUnused(text, local);
    }
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
    const outside = new Set(locals.keys());
    const rebindableOutside = rebindable;
    if (index !== null) define(index, false);
    rebindable = outside;
    for (const statement of repeated) {
      checkStatement(statement);
      reportUnknowns();
    }
    rebindable = rebindableOutside;
    for (const [text, local] of [...locals]) {
      if (outside.has(text)) continue;
      locals.delete(text);
      warnIfUnused(text, local);
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
