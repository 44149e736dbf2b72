/** Owns: Adjoint at work, through the class that a user has: the emitted module, compiled from the work's page. */

import type { CompileOptions } from "@adjoint/compiler";
import { compileText, importText, programOfText } from "../../load-page.ts";
import type { MakeRunner } from "../work.ts";

/** What the emitted class has, whatever the network. */
interface Network {
  /** All parameters, in the order of their declarations. */
  readonly p: Float32Array | Float64Array;
  train(data: object, options: object): AsyncIterable<{ readonly loss: number }>;
}

export function makeAdjoint(label: string, options: Partial<CompileOptions>): MakeRunner {
  return async (work) => {
    const module = await importText(compileText(programOfText(work.page), options));
    const Class = module["Network"];
    if (!isClass(Class)) throw new Error("the module has no class");
    const network = new Class();
    network.p.set(Object.values(work.parameters).flatMap(({ values }) => [...values]));
    const data = Object.fromEntries(
      Object.entries(work.data).map(([name, { values }]) => [name, Float64Array.from(values)]),
    );
    let last = Number.NaN;
    return {
      label,
      async run(steps) {
        for await (const { loss } of network.train(data, { epochs: steps, every: steps })) last = loss;
      },
      async loss() {
        return last;
      },
    };
  };
}

function isClass(value: unknown): value is new () => Network {
  return typeof value === "function";
}
