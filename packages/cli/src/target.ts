/** Owns: the options that say what a network's functions are made of, for every command that compiles one. */

import type { CompileOptions } from "@adjoint/compiler";
import { Option } from "@commander-js/extra-typings";
import { Failure, usageFailure } from "./failure.ts";
import { wholeNumber } from "./options.ts";

export interface TargetFlags {
  readonly target: "ts" | "wasm";
  readonly precision?: "f64" | "f32" | undefined;
  readonly threads?: number | undefined;
}

/** A new one for each command: an option belongs to the command that it is added to. */
export const targetOption = {
  target: (doc: string) => new Option("--target <target>", doc).choices(["ts", "wasm"]).default("ts"),
  precision: () =>
    new Option(
      "--precision <type>",
      "element type of parameters, gradients and outputs (default: f64, for wasm f32)",
    ).choices(["f64", "f32"]),
  threads: (doc: string) => new Option("--threads <count>", doc).argParser(wholeNumber(1)),
} as const;

/** @throws Failure `usage` */
export async function targetOptions({ target, precision, threads }: TargetFlags): Promise<Partial<CompileOptions>> {
  if (target === "ts" && threads !== undefined && threads > 1) {
    throw usageFailure("--threads is for WebAssembly: TypeScript runs in one thread", "add --target wasm");
  }
  const { loadWasmTarget } = await import("@adjoint/compiler");
  return {
    target: target === "wasm" ? await loadWasmTarget() : target,
    ...(precision === undefined ? {} : { precision }),
    ...(threads === undefined ? {} : { threads }),
  };
}

/** @throws Failure `too-large-for-wasm` for a network that WebAssembly's memory cannot hold */
export async function refuseTooLarge<T>(run: () => T): Promise<T> {
  const { TooLargeForWasm } = await import("@adjoint/compiler");
  try {
    return run();
  } catch (error) {
    if (!(error instanceof TooLargeForWasm)) throw error;
    throw new Failure("too-large-for-wasm", error.message, { help: ["leave out --target wasm, or make it smaller"] });
  }
}
