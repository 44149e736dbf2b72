/** Owns: how the examples' tests use a page: loaded, compiled to a module, and that module imported as a user would. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, type Derivation, explainFunction, explainParameter, loadWasmTarget } from "@adjoint/compiler";
import { load, renderDiagnostic } from "@adjoint/dsl";
import { nodeHost } from "@adjoint/dsl/node";
import type { FunctionDefinition, Model, Program } from "@adjoint/ir";
import type { Floats } from "@adjoint/runtime";

/** Numbers by name, nested as a JSON file has them. */
export type Numbers = Readonly<Record<string, unknown>>;

/** What the class of a model can do, as far as examples use it. */
export interface Network {
  readonly parameters: Readonly<Record<string, { readonly values: Floats }>>;
  predict(inputs: Numbers, options?: { readonly seed?: number }): Numbers;
  predictAll(examples: Numbers, options?: { readonly seed?: number }): readonly Numbers[];
  evaluate(data: Numbers): { readonly loss: number; readonly metrics: Readonly<Record<string, number>> };
  gradients(data: Numbers): Readonly<Record<string, { readonly values: Floats }>>;
  normalise(inputs: Numbers, kind?: "standard" | "range"): void;
  train(data: Numbers, options?: Numbers): AsyncIterable<{ readonly epoch: number; readonly loss: number }>;
}

export interface Example {
  readonly program: Program;
  /** The emitted JavaScript. */
  readonly text: string;
  readonly model: Model;
  /** A network of the page's only model, begun from a seed, with the given parameters in place of those it draws. */
  begin(options?: { readonly seed?: number; readonly parameters?: Numbers }): Network;
  /** An emitted plain function, or one of its derivatives. */
  call(name: string, ...args: number[]): number;
  /** A data or parameter file of the example's folder. */
  read(file: string): Numbers;
  /** The derivation of ∂loss/∂parameter[index] at one example of the data. */
  explain(parameter: string, index: readonly number[], parameters: Numbers, data: Numbers): Derivation;
  explainFunction(name: string, argument: string, value: number): Derivation;
}

const here = fileURLToPath(new URL(".", import.meta.url));

export interface OpenOptions {
  /** The folder of the example's folder. */
  readonly root?: string | undefined;
  /** `wasm` computes in float32, and is for what trains long; `ts` in float64. */
  readonly target?: "ts" | "wasm";
  /** Numbers in place of the page's own, for a smaller network. */
  readonly hyperparameters?: Readonly<Record<string, number>>;
}

/** Compiles `folder/folder.adj`. @throws with the rendered diagnostics if the page has errors */
export async function openExample(
  folder: string,
  { root = here, target = "ts", hyperparameters = {} }: OpenOptions = {},
): Promise<Example> {
  const path = `${folder}/${folder}.adj`;
  // Pages are named relative to the examples, so that the module is the same wherever they lie.
  const files = nodeHost();
  const { program, diagnostics } = load(
    path,
    { ...files, read: (page) => files.read(join(root, page)) },
    { hyperparameters },
  );
  if (program === null)
    throw new Error(diagnostics.map((found) => renderDiagnostic(found, { colour: false })).join("\n"));
  const { text, exports } = compile(program, {
    target: target === "wasm" ? await loadWasmTarget() : target,
    language: "js",
    standalone: true,
  });
  const emitted: unknown = await import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`
  );
  const member = (name: string): unknown => Reflect.get(Object(emitted), exports.get(name) ?? name);
  const onlyModel = (): Model => {
    const [model] = program.models;
    if (model === undefined) throw new Error(`${path} has no model`);
    return model;
  };
  return {
    program,
    text,
    get model() {
      return onlyModel();
    },
    begin: ({ seed = 0, parameters = {} } = {}) => {
      const Class = member(onlyModel().name);
      if (!isNetworkClass(Class)) throw new Error(`${path} exports no class`);
      const network = new Class({ seed });
      for (const [name, values] of Object.entries(parameters)) network.parameters[name]?.values.set(flat(values));
      return network;
    },
    call: (name, ...args) => {
      const fn = member(name);
      if (typeof fn !== "function") throw new Error(`${path} exports no function ${name}`);
      return Number(fn(...args));
    },
    read: (file) => readNumbers(join(root, folder, file)),
    explain: (parameter, index, parameters, data) => {
      const flattened = flattenAll(data);
      const values = { parameters: flattenAll(parameters), inputs: flattened, targets: flattened };
      return explainParameter(onlyModel(), { parameter, index }, values);
    },
    explainFunction: (name, argument, value) =>
      explainFunction(functionNamed(program, name), argument, { [argument]: value }),
  };
}

/** All numbers of a nested array, or of a tensor, in row-major order. */
export function flat(nested: unknown): readonly number[] {
  if (typeof nested === "number") return [nested];
  if (isFloats(nested)) return [...nested];
  if (Array.isArray(nested)) return nested.flatMap(flat);
  const values: unknown = Reflect.get(Object(nested), "values");
  if (isFloats(values)) return [...values];
  throw new TypeError(`neither number nor array: ${JSON.stringify(nested)}`);
}

function isFloats(value: unknown): value is Floats {
  return value instanceof Float64Array || value instanceof Float32Array;
}

function flattenAll(numbers: Numbers): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(Object.entries(numbers).map(([name, nested]) => [name, flat(nested)]));
}

function functionNamed(program: Program, name: string): FunctionDefinition {
  const found = program.functions.find((fn) => fn.name === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
}

function isNetworkClass(value: unknown): value is new (options: { readonly seed: number }) => Network {
  return typeof value === "function" && value.prototype !== undefined;
}

/** JSON as it stands; a CSV table by columns, where `x0, x1, …` are the elements of x. */
function readNumbers(path: string): Numbers {
  const text = readFileSync(path, "utf8");
  if (!path.endsWith(".csv")) return JSON.parse(text);
  const [header = "", ...lines] = text.trim().split("\n");
  const names = header.split(",").map((name) => name.replace(/\d+$/, ""));
  return Object.fromEntries(
    [...new Set(names)].map((name) => [
      name,
      lines.map((line) =>
        line
          .split(",")
          .filter((_, column) => names[column] === name)
          .map(Number),
      ),
    ]),
  );
}

/** The backward pass of an emitted module's `gradient`, without its comments. */
export function backwardPass(module: string): string {
  const start = module.indexOf("function gradient(");
  const [, ...backward] = module.slice(start, module.indexOf("\n}\n", start)).split("// backward");
  const lines = backward.flatMap((section) => section.split("\n").slice(1));
  if (!lines.some((line) => line.includes("grad["))) throw new Error("the module has no backward pass");
  return lines.filter((line) => !line.trim().startsWith("//")).join("\n");
}
