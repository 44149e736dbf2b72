/** Owns: the whole way from a program to the text of its module. */

import type { Program } from "@adjoint/ir";
import { deriveFunction, deriveProcedures } from "./derive/procedures.ts";
import { assembleModule, type CompiledModel } from "./module/assemble-module.ts";
import { stepOverBatches, stepOverExamples } from "./module/loop-over-examples.ts";
import type { CompiledProcedure } from "./module/model-class.ts";
import { nameModule } from "./module/module-names.ts";
import { printModule } from "./module/print-module.ts";
import { runtimeNames } from "./module/runtime-text.ts";
import { writeSourceMap } from "./module/source-map.ts";
import { type CompileOptions, completeOptions } from "./options.ts";
import type { EmittedFunction, Procedure } from "./procedure.ts";
import { emit } from "./targets/typescript/emit.ts";
import { blockOf, compileNetwork, runsInWasm } from "./targets/wasm/compile-network.ts";

export interface CompiledModule {
  /** The module, in the language asked for. It ends in a line break and is the same for the same program and options. */
  readonly text: string;
  /** The declaration file that belongs beside a JavaScript module; null for TypeScript. */
  readonly declaration: string | null;
  /** A source map (version 3, JSON) from `text` to the pages, if asked for. The text has no comment that names it. */
  readonly sourceMap: string | null;
  /** The classes and plain functions that the module exports, by their names in the program. */
  readonly exports: ReadonlyMap<string, string>;
}

/** Compiles all models and plain functions of a program into one module. @throws {TooLargeForWasm} for the target `wasm` only */
export function compile(program: Program, options: Partial<CompileOptions> = {}): CompiledModule {
  const complete = completeOptions(options);
  const names = nameModule(program, complete.standalone ? runtimeNames() : []);
  const functions = program.functions.flatMap((definition) =>
    deriveFunction(definition, {}).map((procedure) => ({ ...procedure, name: names.function(procedure.name) })),
  );
  const models = program.models.map((model, k) => {
    const own = names.models[k];
    if (own === undefined) throw new RangeError("every model is named");
    const { target, precision } = complete;
    const block = target === "ts" ? 1 : blockOf(model, complete.threads);
    const derived = deriveProcedures(model, { ...complete, weighted: block > 1 });
    const inWasm = target === "ts" ? [] : derived.filter(runsInWasm);
    const network = target === "ts" ? null : compileNetwork(target, model, inWasm, block, precision, complete);
    const procedures = derived
      .filter((procedure) => !inWasm.includes(procedure))
      .map((procedure) => ({
        role: procedure.name,
        procedure: { ...procedure, name: own.procedure(procedure.name) },
      }));
    return { model, own, procedures, network };
  });
  const code = emit([...functions, ...models.flatMap((model) => model.procedures.map((p) => p.procedure))], complete);
  const byName = new Map(code.functions.map((emitted): [string, EmittedFunction] => [emitted.name, emitted]));
  const compiled = new Map<string, CompiledProcedure>();
  const add = (made: CompiledProcedure): CompiledProcedure => {
    compiled.set(made.procedure.name, made);
    return made;
  };
  const single = (procedure: Procedure): CompiledProcedure => {
    const emitted = byName.get(procedure.name);
    if (emitted === undefined) throw new RangeError(`no function was emitted for ${procedure.name}`);
    return { procedure, emitted };
  };
  for (const procedure of functions) add(single(procedure));
  const emittedFunctions = [...code.functions];
  const compiledModels = models.map(({ model, own, procedures, network }): CompiledModel => {
    const made = new Map(procedures.map(({ role, procedure }) => [role, add(single(procedure))]));
    // What a run calls for each example is a loop over examples.
    const [step, gradient, update] = [made.get("step"), made.get("gradient"), made.get("update")];
    if (step !== undefined) made.set("step", add(stepOverExamples(step, complete.language)));
    else if (gradient !== undefined && update !== undefined && model.coupling === null) {
      const batched = stepOverBatches(own.procedure("step"), gradient, update, complete.language);
      made.set("step", add(batched));
      emittedFunctions.splice(emittedFunctions.indexOf(update.emitted) + 1, 0, batched.emitted);
    }
    return { model, own, procedures: made, network };
  });
  const { header, items } = assembleModule(
    program,
    compiled,
    { ...code, functions: emittedFunctions },
    compiledModels,
    complete,
    names,
  );
  const printed = printModule(header, items, complete.language);
  return {
    text: printed.text,
    declaration: complete.language === "js" ? printModule(header, items, "dts").text : null,
    sourceMap: complete.sourceMap ? writeSourceMap(printed) : null,
    exports: new Map([
      ...models.map(({ model, own }) => [model.name, own.className] as const),
      ...program.functions.map(({ name }) => [name, names.function(name)] as const),
    ]),
  };
}
