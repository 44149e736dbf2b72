/** Owns: `train { … }`: its settings, what they default to, and what values they may have. */

import type { Parameter, Training } from "@adjoint/ir";
import { settingWords } from "../statement-words.ts";
import type { Expression, TrainSetting, TrainStatement } from "../syntax-tree.ts";
import { globalValue } from "./names.ts";
import { elaborateOptimizer } from "./optimizers.ts";
import { type ChosenOptimizer, chooseParameters, matchingNames } from "./parameter-groups.ts";
import { limits, report, type Scope } from "./session.ts";
import { evaluateNumber } from "./sizes.ts";
import { suggestion } from "./suggestions.ts";

/** What a `train` block means where it is silent. Only the optimizer must be named. */
export const trainingDefaults = { epochs: 100, batch: 1, shuffle: true, seed: 0 } as const;

export interface ElaboratedTraining {
  readonly training: Training;
  /** The parameters and states of the model, those kept as they are that `train` says are frozen. */
  readonly parameters: readonly Parameter[];
}

/** @param parameters all that the model has */
export function elaborateTraining(
  statement: TrainStatement,
  parameters: readonly Parameter[],
  scope: Scope,
): ElaboratedTraining | null {
  const optimizers: ChosenOptimizer[] = [];
  const frozen = new Set<string>();
  let failed = false;
  let { epochs, batch, seed }: { epochs: number; batch: number; seed: number } = trainingDefaults;
  let shuffle: boolean = trainingDefaults.shuffle;
  const seen = new Map<string, TrainSetting>();
  for (const setting of statement.settings) {
    const { text } = setting.name;
    const earlier = seen.get(text);
    const isSeveral = text === "frozen" || (text === "optimizer" && setting.patterns.length > 0);
    if (earlier !== undefined && !isSeveral) {
      report(
        scope,
        "duplicate-name",
        `\`${text}\` is set twice`,
        [
          { span: setting.span, text: "again" },
          { span: earlier.span, text: "set here" },
        ],
        text === "optimizer" ? 'another for some parameters says for which: optimizer sgd(rate: 0.1) for "*.b"' : null,
      );
      continue;
    }
    if (!isSeveral) seen.set(text, setting);
    switch (text) {
      case "optimizer": {
        const optimizer =
          setting.values.length === 0
            ? reportNoValue(scope, setting)
            : elaborateOptimizer(setting.values, scope, setting.span);
        if (optimizer === null) failed = true;
        else optimizers.push({ optimizer, setting });
        break;
      }
      case "frozen":
        if (setting.values.length > 0) {
          report(
            scope,
            "invalid-setting",
            "`frozen` is set to names of parameters",
            [{ span: setting.span, text: "not quoted" }],
            'names and patterns are quoted: frozen "embed.*"',
          );
          failed = true;
        }
        for (const pattern of setting.patterns) {
          for (const name of matchingNames(pattern, parameters, scope)) frozen.add(name);
        }
        break;
      case "epochs":
        epochs = evaluateCount(scope, setting, 1) ?? epochs;
        break;
      case "batch":
        batch = evaluateCount(scope, setting, 1) ?? batch;
        break;
      case "seed":
        seed = evaluateCount(scope, setting, 0) ?? seed;
        break;
      case "shuffle":
        shuffle = evaluateSwitch(scope, setting) ?? shuffle;
        break;
      default:
        report(
          scope,
          "unknown-setting",
          `\`train\` has no setting \`${text}\``,
          [{ span: setting.name.span, text: "unknown" }],
          text === "for"
            ? 'names and patterns of parameters are quoted: optimizer sgd for "h.*"'
            : isOptimizer(text, scope)
              ? `write \`optimizer ${text}\`, or \`optimizer ${text}(…)\``
              : (suggestion(text, settingWords) ?? `its settings are ${settingWords.join(", ")}`),
        );
    }
  }
  const isNamed = [...seen.keys()].some((name) => name === "optimizer" || isOptimizer(name, scope));
  if (!isNamed && optimizers.length === 0 && !failed) {
    report(
      scope,
      "missing-optimizer",
      "`train` names no optimizer",
      [{ span: statement.span, text: "how shall parameters be updated?" }],
      "for example: optimizer sgd(rate: 0.1)",
    );
  }
  if (failed || optimizers.length === 0) return null;
  const left = parameters.map((each) => (frozen.has(each.name) ? { ...each, frozen: true, update: null } : each));
  const groups = chooseParameters(optimizers, left, statement, scope);
  if (groups === null) return null;
  return { training: { groups, epochs, batch, shuffle, seed }, parameters: left };
}

/** The one value of a setting; null (reported) if it has several, or parameters. */
function singleValue(scope: Scope, setting: TrainSetting): Expression | null {
  const [value, ...others] = setting.values;
  if (value === undefined) return reportNoValue(scope, setting);
  const [second] = others;
  const [pattern] = setting.patterns;
  if (second === undefined && pattern === undefined) return value;
  report(scope, "invalid-setting", `\`${setting.name.text}\` is set to one value, for all parameters`, [
    { span: second?.span ?? pattern?.span ?? setting.span, text: "one too many" },
  ]);
  return null;
}

function reportNoValue(scope: Scope, setting: TrainSetting): null {
  const [pattern] = setting.patterns;
  report(
    scope,
    "invalid-setting",
    `\`${setting.name.text}\` is not set to names`,
    [{ span: setting.span, text: "no value" }],
    pattern === undefined ? null : `write it without quotes: \`${setting.name.text} ${pattern.text}\``,
  );
  return null;
}

function isOptimizer(name: string, scope: Scope): boolean {
  const value = globalValue(scope.frame.page, name);
  return value?.kind === "definition" && value.definition.keyword === "optimizer";
}

function evaluateCount(scope: Scope, setting: TrainSetting, least: number): number | null {
  const expression = singleValue(scope, setting);
  const value = expression === null ? null : evaluateNumber(scope, expression, `\`${setting.name.text}\``);
  if (value === null || expression === null) return null;
  if (Number.isInteger(value) && value >= least && value < limits.count) return value;
  report(scope, "invalid-setting", `\`${setting.name.text}\` cannot be ${value}`, [
    { span: expression.span, text: `a whole number from ${least} to ${limits.count - 1} is needed` },
  ]);
  return null;
}

/** `on` and `off` are words of this setting alone; anywhere else they are ordinary names. */
function evaluateSwitch(scope: Scope, setting: TrainSetting): boolean | null {
  const value = singleValue(scope, setting);
  if (value === null) return null;
  const text = value.kind === "reference" ? value.name.text : null;
  if (text === "on" || text === "off") return text === "on";
  report(scope, "invalid-setting", `\`${setting.name.text}\` is \`on\` or \`off\``, [
    { span: value.span, text: "neither" },
  ]);
  return null;
}
