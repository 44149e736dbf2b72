/**
 * Owns: running what the compiler emits. The functions of many models stand in one module, so that a thousand programs
 * cost a few imports.
 */

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

/** Every procedure of every model, as functions that share a workspace full of NaN: what they read they must have written. */
export async function emitModels(
  models: readonly (readonly Procedure[])[],
  options: Partial<CompileOptions>,
): Promise<readonly EmittedModel[]> {
  const complete: CompileOptions = { ...defaultOptions, ...options, language: "js" };
  const emitted = models.map((procedures, k) => {
    const code = emit(
      procedures.map((procedure) => ({ ...procedure, name: emittedName(procedure.name, k) })),
      complete,
    );
    const text = [...code.functions, ...code.helpers].map(functionText).join("\n");
    return { code, text };
  });
  // Helpers have the same names in every model: each model is a block of its own, with only its functions outside.
  const blocks = emitted.map(({ code, text }) => {
    const names = code.functions.map(({ name }) => name);
    return `{ const workspace = new Float64Array(${code.workspace}).fill(NaN);\n${text}\nObject.assign(all, { ${names.join(", ")} }); }`;
  });
  const source = `export const all = {};\n${blocks.join("\n")}`;
  const imported: { readonly all: Readonly<Record<string, Emitted>> } = await import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(source).toString("base64")}`
  );
  return models.map((procedures, k) => ({
    text: emitted[k]?.text ?? "",
    call: (name, args) => {
      const procedure = procedures.find((each) => each.name === name);
      const run = imported.all[emittedName(name, k)];
      if (procedure === undefined || run === undefined) throw new Error(`no function ${name}`);
      const values = procedure.parameters.map((parameter) => {
        const value = args[parameter.name];
        if (value === undefined) throw new Error(`${name} takes ${parameter.name}`);
        return value;
      });
      return run(...values) ?? Number.NaN;
    },
  }));
}

function emittedName(procedure: string, model: number): string {
  return `${procedure}_of_${model}`;
}

function functionText({ name, parameters, body }: EmittedFunction): string {
  const list = parameters.map((p) => (p.initializer === null ? p.name : `${p.name} = ${p.initializer}`));
  return `function ${name}(${list.join(", ")}) {\n${body.map(({ text }) => text).join("\n")}\n}`;
}
