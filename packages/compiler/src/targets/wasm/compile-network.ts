/** Owns: which of a model's procedures become WebAssembly, and where its arrays lie in the memory of a network. */

import { Builder, type Model, type Node, nodesOf } from "@adjoint/ir";
import { batchProcedure } from "../../derive/batch-procedure.ts";
import { type DrawnArray, drawOutside } from "../../derive/draw-outside.ts";
import {
  gradientSize,
  measureLayout,
  outputLayout,
  parameterLayout,
  portLayout,
  stateLayout,
} from "../../derive/layout.ts";
import { arrayPlace, buildProcedure, type Result } from "../../derive/procedure-builder.ts";
import { settleCarried } from "../../derive/settle-carried.ts";
import { inputKey } from "../../passes/rewrite.ts";
import type { Destination, Place, Procedure, ProcedureParameter } from "../../procedure.ts";
import type { WasmTarget } from "./assembler.ts";
import { emitWasm, scheduleExact, type WasmPart } from "./emit.ts";
import type { FloatName } from "./float-code.ts";
import { scalarCodes } from "./scalar-code.ts";

/** What may be of a whole batch whose examples see each other. */
export type BatchRole = "forward" | "evaluate" | "gradient";

/** First byte and number of elements. */
export type Span = readonly [at: number, length: number];

export interface CompiledNetwork {
  /** The procedures that the module has, by their names in the model. */
  readonly roles: ReadonlySet<string>;
  readonly binary: Uint8Array;
  /** Which multiplications and additions of the code may be fused. */
  readonly products: Uint8Array;
  readonly pages: number;
  /** How many threads have a memory of their own there, and how many bytes lie between one's and the next one's. */
  readonly threads: number;
  readonly stride: number;
  readonly p: Span;
  readonly grad: Span;
  readonly state: Span;
  readonly out: Span;
  /** Where the outputs lie in those of one example: first element and number of elements. */
  readonly outputs: readonly Span[];
  readonly metrics: Span;
  /** What `evaluate`, `gradient` and `step` find. */
  readonly loss: Span;
  /** By port, inputs before targets. */
  readonly columns: readonly Span[];
  readonly inputs: number;
  /** By procedure, the noise that is drawn for it, and where. */
  readonly noise: ReadonlyMap<string, readonly (DrawnArray & { readonly span: Span })[]>;
  /** Examples that lie in memory at once. */
  readonly block: number;
  /** The functions that the code consists of. */
  readonly parts: readonly WasmPart[];
  /** Procedures in which the examples of a block see each other: a block is a batch. */
  readonly together: readonly BatchRole[];
}

/** The numbers that each function takes, in order, used or not: the runtime calls them without knowing the network. */
const signatures: ReadonlyMap<string, readonly string[]> = new Map([
  ["forward", []],
  ["forwardAll", ["examples"]],
  ["evaluate", ["examples"]],
  ["gradient", ["examples"]],
  ["update", ["t", "examples"]],
  ["step", ["t"]],
  ["collect", []],
  ["average", ["examples"]],
  ["initialize", ["seed"]],
]);

/** Those of them that work on a block of examples; `forwardAll` is `forward` for a block. */
const batched: ReadonlySet<string> = new Set(["forwardAll", "evaluate", "gradient"]);

/** What draws the parameters, which are the same bits on every target: in float64, each operation rounded. */
const exactRole = "initialize";

/**
 * Whether a procedure runs as WebAssembly; others run once a network, as they would without. The parameters are drawn
 * there if that takes no operations but those that are rounded alike everywhere, in one order, and no scratch memory.
 */
export function runsInWasm(procedure: Procedure): boolean {
  return signatures.has(procedure.name) && (procedure.name !== exactRole || isExact(procedure));
}

function isExact(procedure: Procedure): boolean {
  return nodesOf(procedure.graph).every(isRoundedAlike) && scheduleExact(procedure).workspace === 0;
}

function isRoundedAlike(node: Node): boolean {
  switch (node.kind) {
    case "input":
    case "constant":
    case "index":
    case "read":
      return true;
    case "map":
      // Of 0 and −0 vectors may take either for the greater.
      return node.fn !== "max" && node.fn !== "min" && scalarCodes[node.fn].form !== "function";
    case "reduce":
    case "pick":
    case "reshape":
    case "scan":
    case "carried":
    case "gradient":
      return false;
  }
}

/** Examples that are worked on at once, at most: enough that what is loaded of the parameters is used often. */
const largestBlock = 32;

/**
 * How many examples a network works on at once: equal parts of its batch, at least one for each thread. A number that
 * vectors divide, since a part of a vector takes as long as all of it. Of examples that see each other, the batch.
 */
export function blockOf(model: Model, threads: number): number {
  if (model.coupling !== null) return model.coupling.size;
  const batch = model.training?.batch ?? (model.loss === null ? 1 : largestBlock);
  const largest = Math.min(largestBlock, Math.ceil(batch / threads));
  const share = Math.ceil(batch / Math.ceil(batch / largest));
  return share <= 4 ? share : 4 * Math.ceil(share / 4);
}

export interface NetworkOptions {
  /** How many threads may share a batch; they have parameters and the optimizer's state in common. */
  readonly threads?: number;
  /** Whether every nest is to be a function that can be called by itself. */
  readonly apart?: boolean;
}

/**
 * @param block examples that `evaluate` and `gradient` take at once
 * @param procedures those of the model for which {@link runsInWasm} holds, weighted if the block has several examples
 */
export function compileNetwork(
  target: WasmTarget,
  model: Model,
  procedures: readonly Procedure[],
  block: number,
  precision: FloatName,
  { threads = 1, apart = false }: NetworkOptions = {},
): CompiledNetwork {
  const { size } = parameterLayout(model);
  const others = Array.from({ length: threads - 1 }, (_, k) => k + 1);
  const together = rolesTogether(model);
  const isTogether = (role: string): boolean => together.some((each) => each === role);
  const all = procedures.flatMap((procedure) => {
    if (procedure.name !== "forward") return [procedure];
    const forAll = { ...procedure, name: "forwardAll" };
    return isTogether("forward") ? [forAll] : block > 1 ? [procedure, forAll] : [procedure];
  });
  const prepared = all.map((derived) => {
    const { procedure, drawn } = derived.name === exactRole ? { procedure: derived, drawn: [] } : drawOutside(derived);
    const isBatched = block > 1 && batched.has(derived.name) && !isTogether(roleOf(derived.name));
    return { procedure: isBatched ? batchProcedure(procedure, block, {}) : procedure, drawn };
  });
  const ports = portLayout(model);
  const outputs = outputLayout(model);
  const arrays = new Map([
    ["p", size],
    ["grad", gradientSize(model)],
    ["state", stateLayout(model).size],
    ["out", outputs.size * block],
    ["loss", 1],
    ["metrics", measureLayout(model).size],
    ...prepared.flatMap(({ drawn }) => drawn.map((each): [string, number] => [each.array, each.size * block])),
    ...ports.map((port): [string, number] => [port.array, port.size * block]),
  ]);
  const staged = prepared.map(({ procedure }) => {
    return ofStagedExample(precision === "f32" ? settleCarried(procedure) : procedure);
  });
  // Workers know neither examples that see each other nor what is drawn.
  const isAlone = prepared.some(({ procedure, drawn }) => procedure.name === "gradient" && drawn.length === 0);
  const isShared = threads > 1 && isAlone && !isTogether("gradient");
  if (prepared.some(({ procedure }) => procedure.name === "gradient")) staged.push(average(gradientSize(model)));
  const options = { precision, arrays, apart, exact: new Set([exactRole]) };
  const { binary, products, offsets, pages, stride, parts } = isShared
    ? emitWasm(target, [...staged, collect(others.map(gradientOf), gradientSize(model))], {
        ...options,
        threads: {
          count: threads,
          common: new Set(["p", "state"]),
          others: new Map(others.map((thread) => [gradientOf(thread), { thread, array: "grad" }])),
        },
      })
    : emitWasm(target, staged, options);
  const span = (array: string): Span => [offsets.get(array) ?? 0, arrays.get(array) ?? 0];
  return {
    roles: new Set(all.flatMap(({ name }) => [name, roleOf(name)])),
    binary,
    products,
    pages,
    threads: isShared ? threads : 1,
    stride,
    p: span("p"),
    grad: span("grad"),
    state: span("state"),
    out: span("out"),
    // Of a batch the outputs are written example by example, by what makes a block of examples output by output.
    outputs: isTogether("forward")
      ? [[0, outputs.size]]
      : outputs.slots.map(({ offset, size }): Span => [offset, size]),
    metrics: span("metrics"),
    loss: span("loss"),
    columns: ports.map(({ array }) => span(array)),
    inputs: model.inputs.length,
    // What is drawn for `forwardAll` is drawn for `forward`, into the same places.
    noise: new Map(
      prepared.map(({ procedure, drawn }) => [
        roleOf(procedure.name),
        drawn.map((each) => ({ ...each, span: span(each.array) })),
      ]),
    ),
    block,
    parts,
    together,
  };
}

/** The procedure that a function is of. */
function roleOf(name: string): string {
  return name === "forwardAll" ? "forward" : name;
}

function rolesTogether({ coupling }: Model): readonly BatchRole[] {
  if (coupling === null) return [];
  const roles: BatchRole[] = ["gradient"];
  if (coupling.predicting) roles.push("forward");
  if (coupling.measuring) roles.push("evaluate");
  return roles;
}

/** What the first thread calls the gradient of another. */
function gradientOf(thread: number): string {
  return `grad of thread ${thread}`;
}

/** Adds the others' gradients, in their order, to the first thread's, and clears them. */
function collect(others: readonly string[], size: number): Procedure {
  const builder = new Builder();
  const places = new Map<string, Place>();
  const parts = others.map((array): Node => {
    const part = builder.input(array, "gradient", [size]);
    places.set(inputKey(part), arrayPlace(array));
    return part;
  });
  const cleared = others.map((array): Result => {
    const nothing = builder.constant(0, [size]);
    return { name: `${array}, cleared`, node: nothing, destination: { kind: "store", place: arrayPlace(array) } };
  });
  const sum = parts.reduce((left, right) => builder.map("add", [left, right]));
  const added: Result = { name: "grad", node: sum, destination: { kind: "add", place: arrayPlace("grad") } };
  const results = [added, ...cleared];
  return buildProcedure({ name: "collect", doc: "", parameters: [], optional: new Set(), results, places }, {});
}

/** Divides the gradient by the number of examples that it is the sum of. */
function average(size: number): Procedure {
  const builder = new Builder();
  const sum = builder.input("sum", "gradient", [size]);
  const examples = builder.input("examples", "step", []);
  const mean = builder.map("div", [sum, builder.broadcast(examples, [size], [])]);
  const grad = arrayPlace("grad");
  const places = new Map<string, Place>([
    [inputKey(sum), grad],
    [inputKey(examples), { kind: "argument", name: "examples" }],
  ]);
  const results: readonly Result[] = [{ name: "mean", node: mean, destination: { kind: "store", place: grad } }];
  const parameters = [{ name: "examples", type: "number", initializer: null, doc: "" }] as const;
  return buildProcedure({ name: "average", doc: "", parameters, optional: new Set(), results, places }, {});
}

/** The procedure for the one example that lies in memory, whatever its number, with the signature of its name. */
function ofStagedExample(procedure: Procedure): Procedure {
  const staged = <P extends Place>(place: P): P => (place.kind === "array" ? { ...place, exampleStride: 0 } : place);
  // A number that is returned is allocated, one that is left in memory is not.
  const stagedResult = (destination: Destination): Destination =>
    destination.kind === "return"
      ? { kind: "store", place: { kind: "array", array: "loss", offset: 0, exampleStride: 0 } }
      : { ...destination, place: staged(destination.place) };
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
