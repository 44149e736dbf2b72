/** Owns: what a module says of a model whose examples see each other: which functions take a batch at once. */

import type { Model } from "@adjoint/ir";
import { outputLayout, portLayout } from "../derive/layout.ts";
import type { ModelNames } from "./module-names.ts";
import type { RuntimeNames } from "./runtime-names.ts";
import type { FloatArray } from "./shapes.ts";
import type { ConstantItem } from "./structures.ts";

/** The members of a definition that are functions of a batch, by the procedure behind them. */
export function coupledMembers(
  model: Model,
  has: (procedure: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const { coupling } = model;
  const members = new Map<string, readonly string[]>();
  if (coupling === null) return members;
  if (coupling.predicting && has("forward")) members.set("forward", ["forward", "forwardAll"]);
  if (coupling.measuring && has("evaluate")) members.set("evaluate", ["evaluate", "evaluateAll"]);
  if (has("gradient")) members.set("gradient", ["gradient", "gradientAll"]);
  if (has("gradient") && has("update")) members.set("update", ["step"]);
  return members;
}

/**
 * The constant that runs a model's functions of a batch.
 * @param bind a member of a name that calls the emitted function with arguments of these names
 */
export function coupledConstant(
  model: Model,
  members: ReadonlyMap<string, readonly string[]>,
  bind: (member: string, signature: readonly string[], assert: string) => string,
  floats: FloatArray,
  own: ModelNames,
  names: RuntimeNames,
): ConstantItem {
  const created = names.value("CoupledNetwork");
  const written: Readonly<Record<string, string>> = { forward: "out", evaluate: "metrics", gradient: "grad" };
  const initializer = (language: "ts" | "js"): readonly string[] => {
    const assert = language === "ts" ? "!" : "";
    const functions = [...members.keys()].map((member) =>
      member === "update"
        ? bind(member, ["p", "grad", "state", "t", "examples"], assert)
        : bind(member, ["p", "columns", written[member] ?? "out", "seed", "examples"], assert),
    );
    return [
      `/* @__PURE__ */ new ${created}${language === "ts" ? `<${floats}>` : ""}({`,
      `  size: ${model.coupling?.size ?? 1},`,
      `  columns: [${portLayout(model)
        .map(({ size }) => size)
        .join(", ")}],`,
      `  outputs: ${outputLayout(model).size},`,
      `  allocate: (length) => new ${floats}(length),`,
      ...functions.map((line) => `  ${line}`),
      "})",
    ];
  };
  return { kind: "constant", name: own.batches, docs: "", type: null, initializer };
}
