/** Owns: running what the compiler emits. */

import { runInThisContext } from "node:vm";
import { type CompileOptions, defaultOptions, type EmittedFunction, type Procedure } from "@adjoint/compiler";
import { emit } from "../../../packages/compiler/src/targets/typescript/emit.ts";

export type Argument = Float64Array | Float32Array | number;
type Emitted = (...args: readonly Argument[]) => number | undefined;

/** A model's functions as they were emitted. */
export interface EmittedModel {
  readonly text: string;
  /** Runs the function of that procedure on arguments by name; those it does not have are left out. NaN for nothing. */
  readonly call: (procedure: string, args: Readonly<Record<string, Argument>>) => number;
}

/** Every procedure of a model, as functions that share a workspace full of NaN: what they read they must have written. */
export function emitModel(procedures: readonly Procedure[], options: Partial<CompileOptions>): EmittedModel {
  const code = emit(procedures, { ...defaultOptions, ...options, language: "js" });
  const text = [...code.functions, ...code.helpers].map(functionText).join("\n");
  const names = code.functions.map(({ name }) => name);
  // A script, not a module: a data URL passes through every loader there is, which takes longer than all the rest.
  const functions: Readonly<Record<string, Emitted>> = runInThisContext(
    `(() => { "use strict"; const workspace = new Float64Array(${code.workspace}).fill(NaN);\n${text}\nreturn { ${names.join(", ")} }; })()`,
  );
  return {
    text,
    call: (name, args) => {
      const procedure = procedures.find((each) => each.name === name);
      const run = functions[name];
      if (procedure === undefined || run === undefined) throw new Error(`no function ${name}`);
      const values = procedure.parameters.map((parameter) => {
        const value = args[parameter.name];
        if (value === undefined) throw new Error(`${name} takes ${parameter.name}`);
        return value;
      });
      return run(...values) ?? Number.NaN;
    },
  };
}

function functionText({ name, parameters, body }: EmittedFunction): string {
  const list = parameters.map((p) => (p.initializer === null ? p.name : `${p.name} = ${p.initializer}`));
  return `function ${name}(${list.join(", ")}) {\n${body.map(({ text }) => text).join("\n")}\n}`;
}
