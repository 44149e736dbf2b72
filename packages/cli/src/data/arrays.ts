/**
 * Owns: data sets as arrays with an axis of examples in front: NPY and IDX hold one port, NPZ and safetensors one or
 * several under their names. Refusals name the array, the example and the element.
 */

import { inflateRawSync } from "node:zlib";
import { elementCount, type Shape } from "@adjoint/ir";
import {
  decodeNumbers,
  FileError,
  type NumericArray,
  type RawTensor,
  readIdx,
  readNpy,
  readNpz,
  readSafeTensors,
} from "@adjoint/runtime";
import { Failure, usageFailure } from "../failure.ts";
import { suggestion } from "../view/suggestion.ts";
import { type DataOptions, type DataPort, type Dataset, describePort } from "./dataset.ts";
import { quote, Refusals, refusalOf } from "./values.ts";

type ArrayFormat = "npy" | "npz" | "idx" | "safetensors";

/** The arrays of a file, by name; NPY and IDX have one without a name. */
type Arrays = ReadonlyMap<string, RawTensor>;

/** One port from a file: its only array, or the one of that name. @throws Failure `refused-data` */
export async function readPort(
  file: string,
  bytes: Uint8Array,
  format: ArrayFormat,
  port: DataPort,
  options: DataOptions,
): Promise<Dataset> {
  const arrays = await arraysOf(file, bytes, format);
  const [only] = arrays.values();
  const [name = port.name] = options.columns.get(port.name) ?? [];
  const array = arrays.get(name) ?? (arrays.size === 1 && !options.columns.has(port.name) ? only : undefined);
  if (array === undefined) throw missing(file, port, arrays);
  return datasetOf(file, new Map([[port, array]]));
}

/** All ports from a file with arrays of their names. @throws Failure `refused-data`, `usage` */
export async function readArrays(
  file: string,
  bytes: Uint8Array,
  format: ArrayFormat,
  ports: readonly DataPort[],
  options: DataOptions,
): Promise<Dataset> {
  const arrays = await arraysOf(file, bytes, format);
  const [port] = ports;
  const [nameless] = [arrays.get("")];
  if (nameless !== undefined && port !== undefined) {
    if (ports.length === 1) return datasetOf(file, new Map([[port, nameless]]));
    throw usageFailure(
      `${file} holds one array, and the model has ${ports.length} inputs and targets`,
      ...eachPort(ports),
    );
  }
  const chosen = new Map<DataPort, RawTensor>();
  const taken = new Set(options.ignore);
  for (const each of ports) {
    const [name = each.name, ...more] = options.columns.get(each.name) ?? [];
    if (more.length > 0) throw usageFailure(`--columns ${each.name}=…: an array of ${file} is a whole port, name one`);
    const array = arrays.get(name);
    taken.add(name);
    if (array !== undefined) chosen.set(each, array);
    else if (each.role === "input" || !options.targetsOptional) throw missing(file, each, arrays);
  }
  const extra = [...arrays.keys()].filter((name) => !taken.has(name));
  if (extra.length > 0) {
    throw new Failure("refused-data", `${file}: no input or target takes the array ${quote(extra[0] ?? "")}`, {
      help: [`leave it out with --ignore ${extra.join(",")}`, "or say whose it is with --columns <port>=<array>"],
    });
  }
  return datasetOf(file, chosen);
}

function eachPort(ports: readonly DataPort[]): readonly string[] {
  return [`name a file for each: ${ports.map(({ name }) => `--data ${name}=…`).join(" ")}`];
}

function missing(file: string, port: DataPort, arrays: Arrays): Failure {
  return new Failure("refused-data", `${file} has no array for ${describePort(port)}`, {
    help: [...suggestion(port.name, [...arrays.keys()]), `say which it is: --columns ${port.name}=<array>`],
  });
}

/** @throws Failure `refused-data` */
async function arraysOf(file: string, bytes: Uint8Array, format: ArrayFormat): Promise<Arrays> {
  try {
    switch (format) {
      case "npy":
        return new Map([["", readNpy(bytes)]]);
      case "idx":
        return new Map([["", readIdx(bytes)]]);
      case "npz":
        return await readNpz(bytes, inflate);
      case "safetensors":
        return new Map(
          [...readSafeTensors(bytes).tensors].map(([name, stored]) => {
            const values = decodeNumbers(quote(name), stored.bytes, stored.type, true);
            return [name, { shape: stored.shape, values }] as const;
          }),
        );
    }
  } catch (error) {
    throw error instanceof FileError ? refusedFile(file, error) : error;
  }
}

/** A reader's refusal with the file's name. */
export function refusedFile(file: string, { message, remedy }: FileError): Failure {
  const finding = message.slice(0, -remedy.length).trim();
  return new Failure("refused-data", `${file}: ${finding.replace(/\.$/, "")}`, {
    help: [remedy.replace(/\.$/, "").replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())],
  });
}

/** Node's own: known to every version, and it stops where more comes out than was said. */
async function inflate(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw new FileError("damaged", "The compressed bytes are damaged.", "Fetch or save the file again.");
  }
}

function datasetOf(file: string, arrays: ReadonlyMap<DataPort, RawTensor>): Dataset {
  const refusals = new Refusals();
  const values = new Map<string, NumericArray>();
  let first: { readonly name: string; readonly count: number } | null = null;
  for (const [port, array] of arrays) {
    const [count, ...shape] = array.shape;
    if (count === undefined || !fits(shape, port.shape)) {
      const whose = describePort(port);
      throw new Failure(
        "refused-data",
        `${file}: an array of shape [${array.shape.join(", ")}] does not fit ${whose}`,
        {
          help: [`its first axis counts the examples, and each is of shape [${port.shape.join(", ")}]`],
        },
      );
    }
    if (first !== null && count !== first.count) {
      throw new Failure(
        "refused-data",
        `${file}: \`${port.name}\` has ${count} examples where \`${first.name}\` has ${first.count}`,
      );
    }
    first ??= { name: port.name, count };
    check(port, array.values, refusals);
    values.set(port.name, array.values);
  }
  refusals.check(file);
  return { count: first?.count ?? 0, values };
}

/** Whether examples of one shape are those of the other: the same but for axes of extent 1, or one of them flat. */
function fits(shape: Shape, wanted: Shape): boolean {
  const [here, there] = [shape, wanted].map((extents) => extents.filter((extent) => extent !== 1));
  if (here === undefined || there === undefined) return false;
  if (here.length <= 1 || there.length <= 1) return elementCount(here) === elementCount(there);
  return here.length === there.length && here.every((extent, axis) => extent === there[axis]);
}

function check(port: DataPort, column: NumericArray, refusals: Refusals): void {
  const size = elementCount(port.shape);
  column.forEach((value, k) => {
    const reason = refusalOf(value, port.element);
    if (reason === null) return;
    const element = size === 1 ? "" : `, element ${k % size}`;
    refusals.add(`example ${Math.floor(k / size)} of ${port.name}${element}`, String(value), reason);
  });
}
