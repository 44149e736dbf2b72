/** Owns: the names of a module's own declarations: those of the page where they can be had, none twice, none that hides another. */

import type { Program } from "@adjoint/ir";
import { identifier, Names } from "../targets/typescript/names.ts";

/** Globals and imports of a module, which its declarations must not hide. */
const outerNames = [
  "Uint8Array Error Symbol String Boolean BigInt Map Set Promise Date JSON RangeError TypeError Proxy Reflect",
  "Predictor Differentiable Trainable PredictorDefinition DifferentiableDefinition TrainableDefinition",
  "NetworkOptions TrainableOptions InferenceOptions ModelTypes Tensor tensor Example Examples NumericArray",
  "uniform normal",
].flatMap((line) => line.split(" "));

/** What a model's declarations are called. */
export interface ModelNames {
  readonly className: string;
  readonly definition: string;
  /** The constant with its WebAssembly, if it has any. */
  readonly code: string;
  /** What runs functions of a batch. */
  readonly batches: string;
  readonly types: string;
  readonly inputs: string;
  readonly examples: string;
  readonly data: string;
  readonly outputs: string;
  readonly parameters: string;
  readonly gradients: string;
  readonly metrics: string;
  /** The name of one of its functions: `forward`, or `genderForward` where a page has several models. */
  readonly procedure: (name: string) => string;
}

export interface ModuleNames {
  readonly models: readonly ModelNames[];
  /** The name of a plain function or of one of its derivatives. */
  readonly function: (name: string) => string;
  /** The name of a function of the module that belongs to none of its models. */
  readonly common: (name: string) => string;
}

/** `reserved` are further names that stand in the module: those of an inlined runtime. */
export function nameModule(program: Program, reserved: Iterable<string> = []): ModuleNames {
  const names = new Names([...outerNames, ...reserved]);
  const classNames = program.models.map((model) => names.claim(model.name));
  const functions = new Map<string, string>();
  const claimFunction = (name: string): string => {
    const known = functions.get(name);
    if (known !== undefined) return known;
    const claimed = names.claim(name);
    functions.set(name, claimed);
    return claimed;
  };
  // A page's own functions come first; a model's functions make way for them.
  for (const definition of program.functions) claimFunction(definition.name);
  const claimedByPage = new Set([...classNames, ...functions.values()]);
  const several = program.models.length > 1;
  const models = classNames.map((className): ModelNames => {
    const procedures = new Map<string, string>();
    const [initial = "", ...rest] = className;
    const prefix = initial.toLowerCase() + rest.join("");
    return {
      className,
      definition: names.claim(`${prefix}Definition`),
      code: names.claim(`${prefix}Code`),
      batches: names.claim(`${prefix}Batches`),
      types: names.claim(`${className}Types`),
      inputs: names.claim(`${className}Inputs`),
      examples: names.claim(`${className}Examples`),
      data: names.claim(`${className}Data`),
      outputs: names.claim(`${className}Outputs`),
      parameters: names.claim(`${className}Parameters`),
      gradients: names.claim(`${className}Gradients`),
      metrics: names.claim(`${className}Metrics`),
      procedure: (name) => {
        const known = procedures.get(name);
        if (known !== undefined) return known;
        const wanted = identifier(name);
        const prefixed = several || claimedByPage.has(wanted);
        const claimed = names.claim(
          prefixed ? `${prefix}${wanted.slice(0, 1).toUpperCase()}${wanted.slice(1)}` : wanted,
        );
        procedures.set(name, claimed);
        return claimed;
      },
    };
  });
  return { models, function: claimFunction, common: (name) => names.claim(name) };
}

/** A property's name as it stands in an interface or an object: quoted unless it is a plain identifier. */
export function propertyName(name: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__") return name;
  return quoted(name);
}

/** A property of an object literal, in which `__proto__` would otherwise set the prototype. */
export function memberName(name: string): string {
  return name === "__proto__" ? `["__proto__"]` : propertyName(name);
}

/** A string literal in which nothing is invisible. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
