/**
 * Owns: the class of a model and the definition behind it, which tells the runtime the model's names, shapes and functions.
 * The class has no logic of its own: it is a superclass of the runtime with this model's types.
 */

import type { Model, Port } from "@adjoint/ir";
import {
  gradientSize,
  measureLayout,
  metricLayout,
  outputLayout,
  parameterLayout,
  portLayout,
  type Slot,
  stateLayout,
} from "../derive/layout.ts";
import type { EmittedFunction, Procedure } from "../procedure.ts";
import type { CompiledNetwork } from "../targets/wasm/compile-network.ts";
import { coupledConstant, coupledMembers } from "./coupled-network.ts";
import { type ModelNames, memberName, quoted } from "./module-names.ts";
import type { RuntimeNames } from "./runtime-names.ts";
import { extents, type FloatArray, outputValue, view } from "./shapes.ts";
import type { ClassItem, ConstantItem, Method } from "./structures.ts";
import { networkLines } from "./wasm-network.ts";

/** What a model's class can do: predict; also measure and differentiate its loss; also learn. */
export type ModelLevel = "predictor" | "differentiable" | "trainable";

const maximalWidth = 100;

const superclasses: Readonly<Record<ModelLevel, string>> = {
  predictor: "Predictor",
  differentiable: "Differentiable",
  trainable: "Trainable",
};

/** A procedure of the model and what the target made of it. */
export interface CompiledProcedure {
  readonly procedure: Procedure;
  readonly emitted: EmittedFunction;
}

/** By the procedure's name in the model, `forward`. */
export type CompiledProcedures = ReadonlyMap<string, CompiledProcedure>;

export function levelOf(procedures: CompiledProcedures, network: CompiledNetwork | null): ModelLevel {
  const has = (role: string): boolean => procedures.has(role) || network?.roles.has(role) === true;
  if (!has("evaluate")) return "predictor";
  return has("update") ? "trainable" : "differentiable";
}

/** The members of the model's definition that take a batch at once, and the constant that runs them; null without any. */
export function modelBatches(
  model: Model,
  procedures: CompiledProcedures,
  floats: FloatArray,
  own: ModelNames,
  names: RuntimeNames,
): ConstantItem | null {
  const members = coupledMembers(model, (role) => procedures.has(role));
  if (members.size === 0) return null;
  const bind = (member: string, signature: readonly string[], assert: string): string => {
    const bound = binding(model, procedures.get(member), signature, assert);
    return bound === member ? `${member},` : `${member}: ${bound},`;
  };
  return coupledConstant(model, members, bind, floats, own, names);
}

/** The constant that the class hands to the runtime; of a network with memory of its own, the function that makes it. */
export function modelDefinition(
  model: Model,
  procedures: CompiledProcedures,
  network: CompiledNetwork | null,
  level: ModelLevel,
  floats: FloatArray,
  own: ModelNames,
  names: RuntimeNames,
): ConstantItem {
  const parameters = parameterLayout(model);
  const trained = parameters.slots.filter((slot) => !slot.frozen);
  const outputs = outputLayout(model);
  const metrics = metricLayout(model);
  const coupled = coupledMembers(model, (role) => procedures.has(role));
  const draws = (member: string): boolean =>
    takesSeed(procedures, member) || (network?.noise.get(member)?.length ?? 0) > 0;
  const bind = (member: string, signature: readonly string[], assert: string): string => {
    if (network?.roles.has(member) === true) return `${member}: network.${member},`;
    const together = coupled.get(member);
    if (together !== undefined && member !== "update")
      return together.map((name) => `${name}: ${own.batches}.${name},`).join(" ");
    const bound = binding(model, procedures.get(member), signature, assert);
    return bound === member ? `${member},` : `${member}: ${bound},`;
  };
  const views = (member: string, array: string, slots: readonly Slot[]): readonly string[] =>
    members(
      `${member}: (${slots.length === 0 ? "" : array}) =>`,
      slots.map((slot) => [slot.name, view(array, slot.offset, slot.shape, names)]),
    );
  const definition = (language: "ts" | "js"): readonly string[] => {
    const assert = language === "ts" ? "!" : "";
    const lines: string[] = [
      `model: ${quoted(model.name)},`,
      ...list("inputs", model.inputs.map(portText)),
      ...list("parameters", parameters.slots.map(slotText)),
      `outputSize: ${outputs.size},`,
      `seed: ${model.training?.seed ?? 0},`,
      network === null ? `allocate: (length) => new ${floats}(length),` : "allocate: network.allocate,",
      bind("initialize", ["p", "seed"], assert),
      bind("forward", ["p", "columns", "out", "n", "seed"], assert),
      ...(network?.roles.has("forwardAll") === true ? ["forwardAll: network.forwardAll,"] : []),
      ...views("readParameters", "p", parameters.slots),
      ...members(
        outputs.size === 0 ? "readOutputs: () =>" : "readOutputs: (out, n) =>",
        outputs.slots.map(({ name, shape, offset }) => {
          return [name, outputValue(shape, { array: "out", size: outputs.size, offset }, assert, names)];
        }),
      ),
    ];
    if (level === "predictor") return object(lines);
    lines.push(
      ...list("targets", model.targets.map(portText)),
      `trained: ${gradientSize(model)},`,
      `metricCount: ${metrics.size},`,
      bind("evaluate", ["p", "columns", "metrics", "n", "seed"], assert),
      ...(procedures.has("finish")
        ? [`measureCount: ${measureLayout(model).size},`, bind("finish", ["sums", "examples", "metrics"], assert)]
        : []),
      // Without a parameter to train there is no gradient, and nothing asks for the loss beside it.
      trained.length > 0 ? bind("gradient", ["p", "columns", "grad", "n", "seed"], assert) : "gradient: () => 0,",
      ...(network === null ? [] : ["evaluateAll: network.evaluateAll,"]),
      ...(network === null || trained.length === 0 ? [] : ["gradientAll: network.gradientAll,"]),
      ...views("readGradients", "grad", trained),
      ...members(
        `readMetrics: (${metrics.size === 0 ? "" : "metrics"}) =>`,
        metrics.slots.map(({ name, offset }) => [name, `metrics[${offset}]${assert}`]),
      ),
    );
    if (level === "differentiable" || model.training === null) return object(lines);
    const { groups, epochs, batch, shuffle } = model.training;
    lines.push(
      `optimizer: ${quoted(groups.map(({ optimizer }) => optimizer.name).join("; "))},`,
      ...list("state", stateLayout(model).slots.map(slotText)),
      `defaults: { epochs: ${epochs}, batch: ${batch}, shuffle: ${shuffle} },`,
      bind("initializeState", ["state"], assert),
      bind("update", ["p", "grad", "state", "t", "examples"], assert),
      ...(draws("step") || draws("gradient") ? ["draws: true,"] : []),
      `batches: ${batch > 1 || network !== null || coupled.has("update")},`,
      coupled.has("update")
        ? `step: ${own.batches}.step,`
        : network === null
          ? bind(
              "step",
              ["p", "columns", "grad", "state", "t", "batch", "first", "end", "order", "total", "seed"],
              assert,
            )
          : "step: network.step,",
      ...(network === null || network.threads === 1 ? [] : ["recruit: network.recruit,"]),
    );
    return object(lines);
  };
  const initializer = (language: "ts" | "js"): readonly string[] => {
    const [first = "", ...rest] = definition(language);
    if (network === null) return [first, ...rest];
    const [made = "", ...layout] = networkLines(network, floats, own, names, language);
    const body = [`const network = ${made}`, ...layout, `return ${first}`, ...rest.slice(0, -1), "};"];
    return ["() => {", ...body.map((line) => `  ${line}`), "}"];
  };
  const described = `${names.localType(`${superclasses[level]}Definition`)}<${own.types}>`;
  const type = network === null ? described : `() => ${described}`;
  // Once for the names that the initializer mentions: what it collects is the same in both languages.
  initializer("js");
  return { kind: "constant", name: own.definition, docs: "", type, initializer };
}

/** @param isMade whether the definition is made anew for each network */
export function modelClass(
  model: Model,
  level: ModelLevel,
  drawn: boolean,
  isMade: boolean,
  own: ModelNames,
  names: RuntimeNames,
): ClassItem {
  const fromBytes = { name: "bytes", type: "Uint8Array", initializer: null };
  const optionsType = level === "trainable" ? "TrainableOptions" : drawn ? "NetworkOptions" : "InferenceOptions";
  const methods: Method[] = [
    {
      name: "constructor",
      docs: "",
      parameters: [{ name: "options", type: names.type(optionsType), initializer: drawn ? "{}" : null }],
      returnType: null,
      statements: [`super(${own.definition}${isMade ? "()" : ""}, options);`],
    },
    {
      name: "load",
      isStatic: true,
      docs: "A network with the parameters that `save` wrote. @throws {FileError} unless they are this model's.",
      parameters: [fromBytes],
      returnType: own.className,
      statements: [`return new ${own.className}({ parameters: bytes });`],
    },
  ];
  if (level === "trainable") {
    methods.push({
      name: "resume",
      isStatic: true,
      docs: "A network whose run goes on where `checkpoint` was called. @throws {FileError} unless it is this model's.",
      parameters: [fromBytes],
      returnType: own.className,
      statements: [`return new ${own.className}({ checkpoint: bytes });`],
    });
  }
  return {
    kind: "class",
    name: own.className,
    isExported: true,
    docs: model.doc,
    extends: names.superclass(superclasses[level]),
    types: own.types,
    methods,
  };
}

/**
 * A function of the runtime's signature that calls the emitted one, which takes only what it needs and a column for each
 * port. Where the two agree it is the emitted function itself.
 */
function binding(
  model: Model,
  compiled: CompiledProcedure | undefined,
  signature: readonly string[],
  assert: string,
): string {
  if (compiled === undefined) return "() => {}";
  const { procedure, emitted } = compiled;
  const ports = portLayout(model);
  // The first example of a batch is the first row, as it is by default.
  const given = procedure.parameters.filter(({ name }) => name !== "n" || signature.includes(name));
  const args = given.map(({ name, type }) => {
    const port = ports.findIndex(({ array }) => array === name);
    if (type !== "data" || port === -1) return name;
    return `columns[${port}]${assert}`;
  });
  if (args.every((argument, k) => argument === signature[k])) return emitted.name;
  const used = signature.map(
    (name) => args.includes(name) || (name === "columns" && args.some((a) => a.startsWith("columns["))),
  );
  const parameters = signature.slice(0, used.lastIndexOf(true) + 1).map((name, k) => (used[k] ? name : `_${name}`));
  return `(${parameters.join(", ")}) => ${emitted.name}(${args.join(", ")})`;
}

function takesSeed(procedures: CompiledProcedures, name: string): boolean {
  return procedures.get(name)?.procedure.parameters.some((parameter) => parameter.name === "seed") ?? false;
}

function portText({ name, shape, element }: Port): string {
  const classes = element.kind === "class" ? element.count : null;
  return `{ name: ${quoted(name)}, shape: ${extents(shape)}, classes: ${classes} }`;
}

function slotText({ name, shape, offset }: Slot): string {
  return `{ name: ${quoted(name)}, shape: ${extents(shape)}, offset: ${offset} }`;
}

function list(member: string, items: readonly string[]): readonly string[] {
  const [only] = items;
  if (only === undefined) return [`${member}: [],`];
  if (items.length === 1) return [`${member}: [${only}],`];
  return [`${member}: [`, ...items.map((item) => `  ${item},`), "],"];
}

/** `lead ({ name: value, … }),` with a line for each member, or for part of one, where they are too long for one. */
function members(lead: string, entries: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const texts = entries.map(([name, value]) => `${memberName(name)}: ${value}`);
  const whole = texts.length === 0 ? `${lead} ({}),` : `${lead} ({ ${texts.join(", ")} }),`;
  if (whole.length <= maximalWidth) return [whole];
  const lines = entries.flatMap(([name, value]) => fill(`${memberName(name)}: `, value));
  return [`${lead} ({`, ...lines.map((line) => `  ${line}`), "}),"];
}

/** `lead value,`, a value that is too long broken after commas. */
function fill(lead: string, value: string): readonly string[] {
  if (lead.length + value.length <= maximalWidth || !value.startsWith("[")) return [`${lead}${value},`];
  const lines = [""];
  for (const item of value.slice(1, -1).split(", ")) {
    const last = lines.at(-1) ?? "";
    if (last === "") lines[lines.length - 1] = `${item},`;
    else if (last.length + item.length + 2 <= maximalWidth) lines[lines.length - 1] = `${last} ${item},`;
    else lines.push(`${item},`);
  }
  return [`${lead}[`, ...lines.map((line) => `  ${line}`), "],"];
}

function object(lines: readonly string[]): readonly string[] {
  return ["{", ...lines.map((line) => `  ${line}`), "}"];
}
