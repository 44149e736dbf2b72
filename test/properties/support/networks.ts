/** Owns: emitted classes, imported: what a user of the module has in hand. */

import { runInThisContext } from "node:vm";
import { type CompileOptions, compile } from "@adjoint/compiler";
import { load, memoryHost, renderDiagnostic } from "@adjoint/dsl";
import type { Program } from "@adjoint/ir";

/** As much of an emitted class as is used here. */
export interface Network {
  readonly p: Float64Array;
  predict(inputs: Data): Readonly<Record<string, Answer>>;
  evaluate(data: Data): { readonly loss: number; readonly metrics: Readonly<Record<string, number>> };
  gradients(data: Data): Readonly<Record<string, Answer>>;
}
export type Data = Readonly<Record<string, unknown>>;
/** A number, nested numbers, or a tensor. */
export type Answer = number | readonly Answer[] | { readonly values: ArrayLike<number> };

export function elementsOf(answer: Answer): readonly number[] {
  if (typeof answer === "number") return [answer];
  return isList(answer) ? answer.flatMap(elementsOf) : Array.from(answer.values);
}

function isList(answer: Answer): answer is readonly Answer[] {
  return Array.isArray(answer);
}

/** A maker of networks for each model of the program, by the model's name. */
export async function importNetworks(
  program: Program,
  options: Partial<CompileOptions>,
): Promise<ReadonlyMap<string, () => Network>> {
  const { text, exports } = compile(program, { ...options, language: "js", standalone: true });
  const url = `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
  const imported: Readonly<Record<string, new () => Network>> = await import(/* @vite-ignore */ url);
  return new Map(
    program.models.map(({ name }) => {
      const make = imported[exports.get(name) ?? ""];
      if (make === undefined) throw new Error(`no class ${name}`);
      return [name, () => new make()];
    }),
  );
}

/** The same without a module loader, which takes longer than all the rest: exports are the names that the text declares. */
export function runNetworks(program: Program, options: Partial<CompileOptions>): ReadonlyMap<string, () => Network> {
  const { text, exports } = compile(program, { ...options, language: "js", standalone: true });
  const names = program.models.map(({ name }) => exports.get(name) ?? "");
  const script = `(() => { "use strict";\n${text.replace(/^export /gm, "")}\nreturn { ${names.join(", ")} }; })()`;
  const classes: Readonly<Record<string, new () => Network>> = runInThisContext(script);
  return new Map(
    program.models.map(({ name }) => {
      const make = classes[exports.get(name) ?? ""];
      if (make === undefined) throw new Error(`no class ${name}`);
      return [name, () => new make()];
    }),
  );
}

export function programOf(text: string): Program {
  const { program, diagnostics } = load("page.adj", memoryHost({ "page.adj": text }));
  if (program === null) {
    throw new Error(diagnostics.map((each) => renderDiagnostic(each, { colour: false })).join("\n\n"));
  }
  return program;
}

/** The one model of a page, emitted as straight lines and as loops. */
export async function networksOf(text: string): Promise<readonly Network[]> {
  const program = programOf(text);
  const networks: Network[] = [];
  for (const unrollLimit of [100_000, 0]) {
    for (const make of (await importNetworks(program, { unrollLimit })).values()) networks.push(make());
  }
  return networks;
}
