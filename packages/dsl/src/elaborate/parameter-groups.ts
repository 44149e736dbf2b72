/** Owns: which optimizer trains which parameter: patterns over names, and what is left for the optimizer without one. */

import type { Optimizer, Parameter, ParameterGroup } from "@adjoint/ir";
import type { QuotedText, TrainSetting, TrainStatement } from "../syntax-tree.ts";
import { report, type Scope } from "./session.ts";
import { suggestion } from "./suggestions.ts";
import { listed } from "./values.ts";

export interface ChosenOptimizer {
  readonly optimizer: Optimizer;
  readonly setting: TrainSetting;
}

/** The names that a pattern matches, in which `*` stands for any characters; reports it if there are none. */
export function matchingNames(pattern: QuotedText, parameters: readonly Parameter[], scope: Scope): readonly string[] {
  const names = parameters.map(({ name }) => name);
  const found = names.filter((name) => matches(pattern.text, name));
  if (found.length > 0) return found;
  report(
    scope,
    "unmatched-pattern",
    `no parameter is called \`${pattern.text}\``,
    [{ span: pattern.span, text: "matches nothing" }],
    suggestion(pattern.text, names) ??
      (names.length === 0 ? "the model has no parameters" : `its parameters are ${listed(names.slice(0, 8))}`),
  );
  return [];
}

/**
 * Each trained parameter belongs to the first optimizer one of whose patterns matches it, else to the one without patterns.
 * Null if something was reported.
 */
export function chooseParameters(
  optimizers: readonly ChosenOptimizer[],
  parameters: readonly Parameter[],
  statement: TrainStatement,
  scope: Scope,
): readonly ParameterGroup[] | null {
  const left = new Set(parameters.filter(({ frozen }) => !frozen).map(({ name }) => name));
  const chosen = new Map<ChosenOptimizer, ReadonlySet<string>>();
  let failed = false;
  for (const each of optimizers) {
    const { patterns } = each.setting;
    if (patterns.length === 0) continue;
    const found = patterns.map((pattern) => matchingNames(pattern, parameters, scope));
    const own = new Set(found.flat().filter((name) => left.delete(name)));
    chosen.set(each, own);
    if (found.some((names) => names.length === 0)) failed = true;
    else if (own.size === 0) {
      failed = true;
      report(
        scope,
        "unmatched-pattern",
        "this optimizer has nothing to train",
        [{ span: each.setting.span, text: "its parameters are frozen, or another optimizer's" }],
        "a parameter belongs to the first optimizer whose pattern matches it",
      );
    }
  }
  const rest = optimizers.find(({ setting }) => setting.patterns.length === 0);
  if (rest !== undefined) chosen.set(rest, left);
  else if (left.size > 0 && !failed) {
    failed = true;
    const names = [...left].map((name) => `\`${name}\``);
    report(
      scope,
      "missing-optimizer",
      `no optimizer trains ${listed(names)}`,
      [{ span: statement.span, text: "every pattern leaves out some" }],
      'state one without `for`, or say that they stay as they are: frozen "…"',
    );
  }
  const isStill = parameters.length > 0 && parameters.every(({ frozen }) => frozen);
  if (isStill && !failed) {
    failed = true;
    report(
      scope,
      "unmatched-pattern",
      "there is nothing to train",
      [{ span: statement.span, text: "no parameter is left to it" }],
      "leave one of them free, or the `train` statement out",
    );
  }
  if (failed) return null;
  return optimizers.flatMap((each): readonly ParameterGroup[] => {
    const own = chosen.get(each) ?? new Set();
    const names = parameters.flatMap(({ name }) => (own.has(name) ? [name] : []));
    const patterns = each.setting.patterns.map(({ text }) => text);
    return names.length === 0 ? [] : [{ optimizer: each.optimizer, parameters: names, patterns }];
  });
}

/** Pieces between the stars are found one after the other, each at its first place: no backtracking. */
function matches(pattern: string, name: string): boolean {
  const [head = "", ...pieces] = pattern.split("*");
  const tail = pieces.pop();
  if (tail === undefined) return name === pattern;
  if (!name.startsWith(head)) return false;
  let at = head.length;
  for (const piece of pieces) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - tail.length >= at && name.endsWith(tail);
}
