/** Owns: `train { … }`: its settings, what they default to, and what values they may have. */

import type { Optimizer, Training } from "@adjoint/ir";
import { settingWords } from "../statement-words.ts";
import type { TrainSetting, TrainStatement } from "../syntax-tree.ts";
import { globalValue } from "./names.ts";
import { elaborateOptimizer } from "./optimizers.ts";
import { limits, report, type Scope } from "./session.ts";
import { evaluateNumber } from "./sizes.ts";
import { suggestion } from "./suggestions.ts";

/** What a `train` block means where it is silent. Only the optimizer must be named. */
export const trainingDefaults = { epochs: 100, batch: 1, shuffle: true, seed: 0 } as const;

export function elaborateTraining(statement: TrainStatement, scope: Scope): Training | null {
  let optimizer: Optimizer | null = null;
  let { epochs, batch, seed }: { epochs: number; batch: number; seed: number } = trainingDefaults;
  let shuffle: boolean = trainingDefaults.shuffle;
  const seen = new Map<string, TrainSetting>();
  for (const setting of statement.settings) {
    const { text } = setting.name;
    const earlier = seen.get(text);
    if (earlier !== undefined) {
      report(scope, "duplicate-name", `\`${text}\` is set twice`, [
        { span: setting.span, text: "again" },
        { span: earlier.span, text: "set here" },
      ]);
      continue;
    }
    seen.set(text, setting);
    switch (text) {
      case "optimizer":
        optimizer = elaborateOptimizer(setting.value, scope, setting.span);
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
          isOptimizer(text, scope)
            ? `write \`optimizer ${text}\`, or \`optimizer ${text}(…)\``
            : (suggestion(text, settingWords) ?? `its settings are ${settingWords.join(", ")}`),
        );
    }
  }
  const isNamed = [...seen.keys()].some((name) => name === "optimizer" || isOptimizer(name, scope));
  if (!isNamed) {
    report(
      scope,
      "missing-optimizer",
      "`train` names no optimizer",
      [{ span: statement.span, text: "how shall parameters be updated?" }],
      "for example: optimizer sgd(rate: 0.1)",
    );
  }
  return optimizer === null ? null : { optimizer, epochs, batch, shuffle, seed };
}

function isOptimizer(name: string, scope: Scope): boolean {
  const value = globalValue(scope.frame.page, name);
  return value?.kind === "definition" && value.definition.keyword === "optimizer";
}

function evaluateCount(scope: Scope, setting: TrainSetting, least: number): number | null {
  const value = evaluateNumber(scope, setting.value, `\`${setting.name.text}\``);
  if (value === null) return null;
  if (Number.isInteger(value) && value >= least && value < limits.count) return value;
  report(scope, "invalid-setting", `\`${setting.name.text}\` cannot be ${value}`, [
    { span: setting.value.span, text: `a whole number from ${least} to ${limits.count - 1} is needed` },
  ]);
  return null;
}

/** `on` and `off` are words of this setting alone; anywhere else they are ordinary names. */
function evaluateSwitch(scope: Scope, setting: TrainSetting): boolean | null {
  const text = setting.value.kind === "reference" ? setting.value.name.text : null;
  if (text === "on" || text === "off") return text === "on";
  report(scope, "invalid-setting", `\`${setting.name.text}\` is \`on\` or \`off\``, [
    { span: setting.value.span, text: "neither" },
  ]);
  return null;
}
