/** Owns: the WebAssembly target: procedures in, one module's bytes out, all of whose memory is laid out beforehand. */

import type { Procedure } from "../../procedure.ts";
import type { Item } from "../../schedule/loop-nest.ts";
import { type Schedule, scheduleLoops } from "../../schedule/schedule-loops.ts";
import type { Assembler, Assembly, WasmTarget } from "./assembler.ts";
import { ConstantPool } from "./constant-pool.ts";
import type { EmissionContext } from "./emission-context.ts";
import { emitItems } from "./emit-loops.ts";
import { findProducts } from "./find-products.ts";
import { type FloatName, scalarCode, vectorCode } from "./float-code.ts";
import { FunctionBuilder, type Local } from "./function-builder.ts";
import { FunctionLibrary } from "./function-library.ts";

export interface WasmOptions {
  readonly precision: FloatName;
  /** Elements of each array that a procedure names. */
  readonly arrays: ReadonlyMap<string, number>;
  /** Whether every nest is to be a function that is exported, beside the procedure, which calls it. */
  readonly apart?: boolean;
  /** Where several threads run the code in one memory. */
  readonly threads?: ThreadOptions;
  /** Procedures that compute in float64, whatever arrays hold, and round each operation: none of theirs is fused. */
  readonly exact?: ReadonlySet<string>;
}

/** A function of a procedure and what it runs. */
export interface WasmPart {
  readonly procedure: string;
  readonly name: string;
  readonly items: readonly Item[];
}

export interface ThreadOptions {
  readonly count: number;
  /** The arrays that they have in common; of all others, and of scratch memory, each has its own. */
  readonly common: ReadonlySet<string>;
  /** Names by which the first thread knows arrays of others: of which thread (from 0), and their names there. */
  readonly others: ReadonlyMap<string, { readonly thread: number; readonly array: string }>;
}

/**
 * A module that imports its memory as `memory.memory`, and exports each procedure under its name. With several threads the
 * memory is shared, and where a thread's own begins, so far behind the first one's, is imported as `thread.start`.
 */
export interface WasmCode {
  readonly binary: Uint8Array;
  /** Which multiplications and additions may be fused, as {@link findProducts} tells it. */
  readonly products: Uint8Array;
  /** First byte of each array in memory, a multiple of 16. */
  readonly offsets: ReadonlyMap<string, number>;
  /** 64 KiB pages of memory that it needs. */
  readonly pages: number;
  readonly parts: readonly WasmPart[];
  /** Bytes from one thread's own memory to the next one's; 0 for one thread. */
  readonly stride: number;
}

/**
 * Binaryen's passes that make what was emitted short: locals that are set once and used once disappear, the rest share
 * places, addresses that are computed twice are locals. What makes code fast the schedule has done, and the engine does.
 */
const cleanup: readonly string[] = [
  "precompute",
  "vacuum",
  "simplify-locals",
  "vacuum",
  "reorder-locals",
  "coalesce-locals",
  "optimize-instructions",
  "local-cse",
  "coalesce-locals",
  "vacuum",
  "reorder-locals",
];

const pageSize = 65_536;
/** Bytes that processors fetch together: what two threads write must not lie closer. */
const cacheLines = 128;
const oneThread: ThreadOptions = { count: 1, common: new Set(), others: new Map() };
/** What 32-bit addresses reach, less what a vector may read beyond an array. */
const memoryLimit = 2 ** 32 - pageSize;

/** A network that needs more memory than 32-bit addresses reach. */
export class TooLargeForWasm extends RangeError {
  override readonly name = "TooLargeForWasm";

  constructor(bytes: number) {
    super(`the network needs ${(bytes / 2 ** 30).toFixed(1)} GiB, and WebAssembly has 4`);
  }
}

/**
 * One module for the procedures. Each takes its parameters of type `number`, in order, as float64, and returns a float64 or
 * nothing; its arrays lie in memory. @throws {TooLargeForWasm}
 */
export function emitWasm(target: WasmTarget, procedures: readonly Procedure[], options: WasmOptions): WasmCode {
  const { assembler } = target;
  const { threads = oneThread } = options;
  const bytes = options.precision === "f32" ? 4 : 8;
  const offsets = new Map<string, number>();
  let end = 0;
  const place = (isCommon: boolean): void => {
    for (const [array, size] of options.arrays) {
      if (threads.common.has(array) !== isCommon) continue;
      offsets.set(array, end);
      end = align(end + size * bytes, 16);
    }
  };
  place(true);
  const ownAt = align(end, cacheLines);
  end = ownAt;
  place(false);
  const apart = options.apart === true;
  const precisionOf = ({ name }: Procedure): FloatName =>
    options.exact?.has(name) === true ? "f64" : options.precision;
  const schedules = procedures.map((procedure) =>
    options.exact?.has(procedure.name) === true
      ? scheduleExact(procedure)
      : scheduleLoops(procedure, { storageRounds: false, lanes: 16 / bytes, leastTiled: 0, apart }),
  );
  const workspace = Math.max(0, ...schedules.map((schedule) => schedule.workspace));
  const stride = threads.count === 1 ? 0 : align(end + workspace * bytes - ownAt, cacheLines);
  const constants = new ConstantPool(align(end + workspace * bytes + (threads.count - 1) * stride, 16));
  for (const [name, { thread, array }] of threads.others)
    offsets.set(name, (offsets.get(array) ?? 0) + thread * stride);
  if (constants.end > memoryLimit) throw new TooLargeForWasm(constants.end);

  const assembly = new assembler.Module();
  try {
    assembly.setFeatures(features(assembler));
    const isShared = threads.count > 1;
    if (isShared) assembly.addGlobalImport("start", "thread", "start", assembler.i32, false);
    // Whatever is emitted names the memory; how much of it there is, and what stands in it, is known at the end.
    assembly.setMemory(1, 1, null, [], isShared, false, "memory");
    const library = new FunctionLibrary(assembler, assembly, constants);
    const parts: WasmPart[] = [];
    for (const [k, procedure] of procedures.entries()) {
      const schedule = schedules[k];
      if (schedule === undefined) continue;
      parts.push(...partsOf(procedure, schedule));
      const precision = precisionOf(procedure);
      const codes = {
        scalar: scalarCode(assembler, assembly, precision, options.precision),
        vector: vectorCode(assembler, assembly, precision, options.precision),
      };
      emitProcedure(assembler, assembly, library, procedure, schedule, codes, threads, offsets, end);
    }
    for (const { procedure, name } of parts) if (apart && name !== procedure) assembly.addFunctionExport(name, name);
    const pages = Math.ceil((constants.end + 16) / pageSize);
    assembly.setMemory(pages, pages, null, constants.segments(assembly), isShared, false, "memory");
    assembly.addMemoryImport("memory", "memory", "memory", isShared);
    if (!assembly.validate()) throw new RangeError("an invalid WebAssembly module was built");
    assembly.runPasses(cleanup);
    const binary = assembly.emitBinary();
    const rounded = new Set(library.draws);
    for (const { procedure, name } of parts) if (options.exact?.has(procedure) === true) rounded.add(name);
    const mayFuse = definedFunctions(assembler, assembly).map((name) => !rounded.has(name));
    return { binary, products: findProducts(binary, mayFuse), offsets, pages, stride, parts };
  } finally {
    assembly.dispose();
  }
}

function features(assembler: Assembler): number {
  const { MVP, SIMD128, NontrappingFPToInt, SignExt, BulkMemory, MutableGlobals } = assembler.Features;
  // A memory that threads share is part of `Atomics`.
  return MVP | SIMD128 | NontrappingFPToInt | SignExt | BulkMemory | MutableGlobals | assembler.Features.Atomics;
}

/** As those are scheduled that compute in float64 whatever arrays hold. */
export function scheduleExact(procedure: Procedure): Schedule {
  return scheduleLoops(procedure, { storageRounds: true, lanes: 2, leastTiled: 0 });
}

/** In the order of the binary. */
function definedFunctions(assembler: Assembler, assembly: Assembly): readonly string[] {
  const functions = Array.from({ length: assembly.getNumFunctions() }, (_, k) =>
    assembler.getFunctionInfo(assembly.getFunctionByIndex(k)),
  );
  return functions.flatMap(({ name, module }) => (module === null || module === "" ? [name] : []));
}

function partsOf({ name: procedure }: Procedure, { parts }: Schedule): readonly WasmPart[] {
  return parts.map((items, part) => {
    return { procedure, name: parts.length === 1 ? procedure : `${procedure}_part${part + 1}`, items };
  });
}

function emitProcedure(
  assembler: Assembler,
  assembly: Assembly,
  library: FunctionLibrary,
  procedure: Procedure,
  schedule: Schedule,
  codes: Pick<EmissionContext, "scalar" | "vector">,
  threads: ThreadOptions,
  offsets: ReadonlyMap<string, number>,
  workspaceAt: number,
): void {
  const { f64, none } = assembler;
  const numbers = procedure.parameters.filter(({ type }) => type === "number").map(({ name }) => name);
  const names = partsOf(procedure, schedule).map(({ name }) => name);
  for (const [part, items] of schedule.parts.entries()) {
    const builder = new FunctionBuilder(assembler, assembly);
    const given = new Map<string, Local>(numbers.map((name) => [name, builder.parameter(f64)]));
    const argument = (name: string): Local => {
      const local = given.get(name);
      if (local === undefined) throw new RangeError(`${procedure.name} has no argument ${name}`);
      return local;
    };
    const thread = threads.count === 1 ? null : builder.local(assembler.i32);
    const isLast = part === schedule.parts.length - 1;
    const body = emitItems(items, schedule, isLast, {
      assembler,
      assembly,
      ...codes,
      library,
      builder,
      arrayAt: (array) => {
        const offset = offsets.get(array);
        if (offset === undefined) throw new RangeError(`${procedure.name}: no memory for ${array}`);
        return offset;
      },
      workspaceAt,
      isOwn: (array) => !threads.common.has(array),
      thread,
      argument: (name) => {
        const value = argument(name).get();
        return codes.scalar.name === "f32" ? assembly.f32.demote(value) : value;
      },
      example: () => assembly.i32.trunc_s_sat.f64(argument("n").get()),
      seed: () => argument("seed").get(),
    });
    const result = isLast && schedule.result !== null ? f64 : none;
    const start = thread === null ? [] : [thread.set(assembly.global.get("start", assembler.i32))];
    builder.finish(names[part] ?? procedure.name, result, assembly.block(null, [...start, body], result));
  }
  if (schedule.parts.length > 1) {
    const builder = new FunctionBuilder(assembler, assembly);
    const given = numbers.map(() => builder.parameter(f64));
    const calls = names.map((name, part) => {
      const returns = part === names.length - 1 && schedule.result !== null;
      return assembly.call(
        name,
        given.map((local) => local.get()),
        returns ? f64 : none,
      );
    });
    builder.finish(procedure.name, schedule.result === null ? none : f64, assembly.block(null, calls, assembler.auto));
  }
  assembly.addFunctionExport(procedure.name, procedure.name);
}

function align(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}
