/** Owns: what stands in a module, in which order: imports, memory, functions, helpers, the runtime if inlined, classes. */

import type { Model, Program } from "@adjoint/ir";
import { parameterLayout } from "../derive/layout.ts";
import type { CompileOptions } from "../options.ts";
import type { EmittedCode, EmittedFunction, Procedure } from "../procedure.ts";
import type { CompiledNetwork } from "../targets/wasm/compile-network.ts";
import { oneLine, table } from "./documentation.ts";
import { identifiersOf } from "./identifiers.ts";
import {
  type CompiledProcedure,
  type CompiledProcedures,
  levelOf,
  modelBatches,
  modelClass,
  modelDefinition,
} from "./model-class.ts";
import { modelTypes } from "./model-types.ts";
import type { ModelNames, ModuleNames } from "./module-names.ts";
import { RuntimeNames } from "./runtime-names.ts";
import { inlineRuntime } from "./runtime-text.ts";
import { extents, type FloatArray } from "./shapes.ts";
import type { FunctionItem, Item } from "./structures.ts";
import { codeConstant, readyFunction, serveFunction } from "./wasm-network.ts";

export interface CompiledModel {
  readonly model: Model;
  readonly own: ModelNames;
  readonly procedures: CompiledProcedures;
  /** What of it is WebAssembly. */
  readonly network: CompiledNetwork | null;
}

/** @param procedures by the name of the function in the module; `code` may have more functions, which these call */
export function assembleModule(
  program: Program,
  procedures: ReadonlyMap<string, CompiledProcedure>,
  code: EmittedCode,
  models: readonly CompiledModel[],
  options: CompileOptions,
  moduleNames: ModuleNames,
): { readonly header: string; readonly items: readonly Item[] } {
  const names = new RuntimeNames();
  const floats: FloatArray = options.precision === "f64" ? "Float64Array" : "Float32Array";
  for (const { procedure } of procedures.values()) {
    for (const place of procedure.inputs.values()) if (place.kind === "noise") names.value(place.distribution);
  }
  const functions = code.functions.map((emitted) => {
    const compiled = procedures.get(emitted.name);
    return compiled === undefined ? functionItem(emitted, null) : functionItem(compiled.emitted, compiled.procedure);
  });
  const helpers = code.helpers.map((emitted) => functionItem(emitted, null));
  const classes = models.flatMap(({ model, own, procedures, network }): readonly Item[] => {
    const level = levelOf(procedures, network);
    const batches = modelBatches(model, procedures, floats, own, names);
    return [
      ...modelTypes(model, level, floats, own, names),
      ...(batches === null ? [] : [batches]),
      ...(network === null ? [] : [codeConstant(network, own, names)]),
      modelDefinition(model, procedures, network, level, floats, own, names),
      modelClass(model, level, !options.inference, network !== null, own, names),
    ];
  });
  const codes = models.flatMap(({ own, network }) => (network === null ? [] : [own.code]));
  if (codes.length > 0) classes.push(readyFunction(moduleNames.common("ready"), codes, names));
  if (models.some(({ network }) => (network?.threads ?? 1) > 1)) {
    classes.push(serveFunction(moduleNames.common("serve"), names));
  }
  const memory: Item = {
    kind: "constant",
    name: "workspace",
    docs: "Intermediate results; every function writes what it reads of it.",
    type: null,
    initializer: () => [`/* @__PURE__ */ new Float64Array(${code.workspace})`],
  };
  const imported = names.names();
  const items: Item[] = [];
  if (!options.standalone && imported.length > 0) {
    items.push({ kind: "import", moduleSpecifier: "@adjoint/runtime", names: imported });
  }
  if (code.workspace > 0) items.push(memory);
  items.push(...functions, ...helpers);
  if (options.standalone && imported.length > 0) items.push(...inlineRuntime(imported));
  items.push(...classes);
  return { header: header(program, models), items };
}

/** `procedure` is what the function does for users; null for one that other functions call. */
function functionItem(emitted: EmittedFunction, procedure: Procedure | null): FunctionItem {
  const { name, returnType, body } = emitted;
  const about = emitted.parameters.flatMap((parameter, k) => {
    const doc = procedure?.parameters[k]?.doc ?? "";
    return doc === "" ? [] : [`@param ${parameter.name} ${oneLine(doc)}`];
  });
  const docs = [emitted.doc, ...about].join("\n");
  const mentioned = identifiersOf(body);
  const taken = new Set([...mentioned, ...emitted.parameters.map((parameter) => parameter.name)]);
  const parameters = emitted.parameters.map((parameter) => {
    return mentioned.has(parameter.name)
      ? parameter
      : { ...parameter, unusedName: uniqueUnderscored(parameter.name, taken) };
  });
  return { kind: "function", name, docs, isExported: procedure !== null, parameters, returnType, statements: body };
}

/** How TypeScript wants to be told that a function has no use for a parameter: a leading underscore. */
function uniqueUnderscored(name: string, taken: ReadonlySet<string>): string {
  let candidate = `_${name}`;
  while (taken.has(candidate)) candidate = `_${candidate}`;
  return candidate;
}

/** Where the module comes from, and where each parameter lies. */
function header(program: Program, models: readonly CompiledModel[]): string {
  const lines: string[] = [];
  for (const { model } of models) {
    if (model.doc !== "") lines.push(model.doc, "");
    const { slots, size } = parameterLayout(model);
    if (size === 0) continue;
    const settings = model.hyperparameters.map(({ name, value }) => `${name} = ${value}`).join(", ");
    lines.push(`Parameters of ${model.name}${settings === "" ? "" : ` (${settings})`}, ${size} numbers:`, "");
    const rows = slots.map(({ name, shape, offset, frozen, parameter }) => [
      "",
      name,
      shape.length === 0 ? "number" : extents(shape),
      `from p[${offset}]`,
      parameter.node.role === "state" ? "state" : frozen ? "frozen" : "",
    ]);
    lines.push(...table(rows), "");
  }
  lines.push(`Generated by adjoint from ${program.path}: change that page rather than this module.`);
  return lines.join("\n");
}
