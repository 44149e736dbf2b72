/** Owns: which of a model's procedures become WebAssembly, and where its arrays lie in the memory of a network. */

import type { Model } from "@adjoint/ir";
import { metricLayout, outputLayout, parameterLayout, portLayout, stateLayout } from "../../derive/layout.ts";
import type { Destination, Place, Procedure, ProcedureParameter } from "../../procedure.ts";
import type { WasmTarget } from "./assembler.ts";
import { emitWasm } from "./emit.ts";
import type { FloatName } from "./float-code.ts";

/** First byte and number of elements. */
export type Span = readonly [at: number, length: number];

export interface CompiledNetwork {
  /** The procedures that the module has, by their names in the model. */
  readonly roles: ReadonlySet<string>;
  readonly binary: Uint8Array;
  readonly pages: number;
  readonly p: Span;
  readonly grad: Span;
  readonly state: Span;
  readonly out: Span;
  readonly metrics: Span;
  /** By port, inputs before targets. */
  readonly columns: readonly Span[];
  readonly inputs: number;
  /** Examples that lie in memory at once. */
  readonly block: number;
}

/** The numbers that each function takes, in order, used or not: the runtime calls them without knowing the network. */
const signatures: ReadonlyMap<string, readonly string[]> = new Map([
  ["forward", []],
  ["evaluate", []],
  ["gradient", []],
  ["update", ["t", "examples"]],
  ["step", ["t"]],
]);

/** Whether a procedure of this name runs as WebAssembly; others run once a network, as they would without. */
export function runsInWasm(role: string): boolean {
  return signatures.has(role);
}

/** @param procedures those of the model for which {@link runsInWasm} holds */
export function compileNetwork(
  target: WasmTarget,
  model: Model,
  procedures: readonly Procedure[],
  precision: FloatName,
): CompiledNetwork {
  const { size, trainable } = parameterLayout(model);
  const ports = portLayout(model);
  const arrays = new Map([
    ["p", size],
    ["grad", trainable],
    ["state", stateLayout(model).size],
    ["out", outputLayout(model).size],
    ["metrics", metricLayout(model).size],
    ...ports.map((port): [string, number] => [port.array, port.size]),
  ]);
  const { binary, offsets, pages } = emitWasm(target, procedures.map(ofStagedExample), { precision, arrays });
  const span = (array: string): Span => [offsets.get(array) ?? 0, arrays.get(array) ?? 0];
  return {
    roles: new Set(procedures.map(({ name }) => name)),
    binary,
    pages,
    p: span("p"),
    grad: span("grad"),
    state: span("state"),
    out: span("out"),
    metrics: span("metrics"),
    columns: ports.map(({ array }) => span(array)),
    inputs: model.inputs.length,
    block: 1,
  };
}

/** The procedure for the one example that lies in memory, whatever its number, with the signature of its name. */
function ofStagedExample(procedure: Procedure): Procedure {
  const staged = <P extends Place>(place: P): P => (place.kind === "array" ? { ...place, exampleStride: 0 } : place);
  const stagedResult = (destination: Destination): Destination =>
    destination.kind === "return" ? destination : { ...destination, place: staged(destination.place) };
  const numbers = (signatures.get(procedure.name) ?? []).map(
    (name): ProcedureParameter => ({ name, type: "number", initializer: null, doc: "" }),
  );
  return {
    ...procedure,
    parameters: [...procedure.parameters.filter(({ type }) => type !== "number"), ...numbers],
    inputs: new Map([...procedure.inputs].map(([input, place]) => [input, staged(place)])),
    results: new Map([...procedure.results].map(([name, destination]) => [name, stagedResult(destination)])),
  };
}
