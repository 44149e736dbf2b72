/** Owns: emitted classes as tests use them. */

import type { Program } from "@adjoint/ir";
import { compile } from "../../src/compile.ts";
import type { CompileOptions } from "../../src/options.ts";
import { importText } from "./workshop.ts";

/** What these tests ask of an emitted class. */
export interface Net {
  readonly p: Float64Array | Float32Array;
  readonly epoch: number;
  readonly step: number;
  predict(inputs: object): Readonly<Record<string, unknown>>;
  predictAll(examples: object): readonly Readonly<Record<string, unknown>>[];
  evaluate(data: object): { readonly loss: number; readonly metrics: object };
  gradients(
    data: object,
  ): Readonly<Record<string, { readonly values: Float64Array; readonly shape: readonly number[] }>>;
  train(data: object, options?: object): AsyncIterable<{ readonly epoch: number; readonly loss: number }>;
  save(): Uint8Array;
  checkpoint(): Uint8Array;
}

export interface NetClass {
  new (options?: object): Net;
  load(bytes: Uint8Array): Net;
  resume(bytes: Uint8Array): Net;
}

function isNetClass(value: unknown): value is NetClass {
  return typeof value === "function" && "load" in value;
}

export async function classOf(program: Program, options: Partial<CompileOptions> = {}): Promise<NetClass> {
  const { text, exports } = compile(program, options);
  const emitted = await importText(options.language === "js" ? "module.js" : "module.ts", text);
  const Class = emitted[exports.get(program.models[0]?.name ?? "") ?? ""];
  if (!isNetClass(Class)) throw new Error("the module exports no class");
  return Class;
}

/** The tutorial's four people: weight − 135, height − 66; 1 is female. */
export const people = {
  x: [
    [-2, -1],
    [25, 6],
    [17, 4],
    [-15, -6],
  ],
  y: [1, 0, 0, 1],
};

export async function train(net: Net, data: object, options: object = {}): Promise<number> {
  let last = Number.NaN;
  for await (const { loss } of net.train(data, options)) last = loss;
  return last;
}
