/**
 * Owns: the reading of data. Whatever a caller supplies by name becomes flat columns of numbers, and everything that could be
 * wrong with it is refused here, with the place and the reason, before a number reaches an emitted function.
 */

import type { Columns, Port } from "./definition.ts";
import { DataError } from "./error.ts";
import { type NumericArray, sizeOf } from "./tensor.ts";

export interface Dataset {
  /** Number of examples, at least 1. */
  readonly count: number;
  /** One per port, in the order of the ports. A caller's own flat array is used where it lies. */
  readonly columns: Columns;
}

/**
 * Reads any number of examples of every port from an object with a member for each.
 * @throws {DataError} naming the port, the example (counted from 0) and the remedy.
 */
export function readDataset(ports: readonly Port[], data: object): Dataset {
  const supplied = membersOf(ports, data);
  const columns = ports.map((port, k) => readColumn(port, supplied[k]));
  const [firstPort, firstColumn] = [ports[0], columns[0]];
  if (firstPort === undefined || firstColumn === undefined) return { count: 1, columns };
  const count = firstColumn.length / sizeOf(firstPort.shape);
  for (const [k, port] of ports.entries()) {
    const other = (columns[k]?.length ?? 0) / sizeOf(port.shape);
    if (other === 0) {
      throw new DataError("empty", port.name, null, `\`${port.name}\` has no examples.`, "Supply at least one.");
    }
    if (other !== count) {
      throw new DataError(
        "unequal-lengths",
        port.name,
        null,
        `\`${firstPort.name}\` has ${examples(count)}, \`${port.name}\` has ${examples(other)}.`,
        "Supply as many of one as of the other.",
      );
    }
  }
  return { count, columns };
}

/**
 * The number of examples and a hash of them, to tell data from others by accident, not by malice. The hash is MurmurHash3
 * (A. Appleby, public domain), 32 bits, over the numbers' bits as float64, whatever the type of the arrays.
 */
export function fingerprintOf({ count, columns }: Dataset): string {
  let hash = 0;
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  for (const column of columns) {
    for (let k = 0; k < column.length; k++) {
      number[0] = column[k] ?? 0;
      for (let half = 0; half < 2; half++) {
        const scrambled = Math.imul(words[half] ?? 0, 0xcc9e2d51);
        hash ^= Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
        hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
      }
    }
  }
  return `${count} examples, ${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

/** Reads one example of every port; a caller's own flat array is used where it lies. @throws {DataError} */
export function readExample(ports: readonly Port[], data: object): Columns {
  const supplied = membersOf(ports, data);
  return ports.map((port, k) => {
    const [value, size] = [supplied[k], sizeOf(port.shape)];
    if (isNumericArray(value) && value.length === size && admitsAll(port, value)) return value;
    const column = new Float64Array(size);
    readOne(port, value, column, 0, null);
    return column;
  });
}

function membersOf(ports: readonly Port[], data: object): readonly unknown[] {
  if (typeof data !== "object" || data === null) {
    const names = listOf(ports);
    throw new DataError(
      "missing-column",
      ports[0]?.name ?? "",
      null,
      "The data are no object.",
      `Supply { ${names} }.`,
    );
  }
  const members = new Map<string, unknown>(Object.entries(data));
  const extra = [...members.keys()].find((name) => !ports.some((port) => port.name === name));
  const missing = ports.find((port) => !members.has(port.name));
  if (missing !== undefined) {
    const hint = extra === undefined ? "" : ` (there is an unknown \`${extra}\`)`;
    throw new DataError(
      "missing-column",
      missing.name,
      null,
      `\`${missing.name}\` is missing${hint}.`,
      `Supply ${listOf(ports)}.`,
    );
  }
  if (extra !== undefined) {
    throw new DataError(
      "extra-column",
      extra,
      null,
      `\`${extra}\` is neither an input nor a target asked for here.`,
      `Supply ${listOf(ports)} and nothing else.`,
    );
  }
  return ports.map((port) => members.get(port.name));
}

function readColumn(port: Port, value: unknown): NumericArray {
  const size = sizeOf(port.shape);
  if (isNumericArray(value)) {
    if (value.length % size !== 0) {
      throw new DataError(
        "wrong-shape",
        port.name,
        null,
        `\`${port.name}\` has ${numbers(value.length)}, which is no multiple of the ${size} of one example.`,
        `Supply ${describe(port)} for each example, one after another.`,
      );
    }
    if (admitsAll(port, value)) return value;
    for (let k = 0; k < value.length; k++) {
      if (!admits(port, value[k])) throw badNumber(port, value[k], Math.floor(k / size), k % size);
    }
    return value;
  }
  if (!Array.isArray(value)) {
    throw new DataError(
      "wrong-shape",
      port.name,
      null,
      `\`${port.name}\` is ${kindOf(value)}, not a list of examples.`,
      `Supply an array with ${describe(port)} for each example.`,
    );
  }
  const column = new Float64Array(value.length * size);
  for (let n = 0; n < value.length; n++) readOne(port, value[n], column, n * size, n);
  return column;
}

/** Reads one example into `column` from `at` on; `example` is its number, null where there is only one. */
export function readOne(port: Port, value: unknown, column: Float64Array, at: number, example: number | null): void {
  const size = sizeOf(port.shape);
  if (isNumericArray(value) || (Array.isArray(value) && value.every((item) => typeof item === "number"))) {
    // Flat and row-major, which for a vector is the only way there is.
    if (value.length !== size) throw wrongShape(port, example, `has ${numbers(value.length)}`);
    for (let k = 0; k < size; k++) column[at + k] = checkNumber(port, value[k], example, k);
    return;
  }
  if (!Array.isArray(value) && size === 1 && port.shape.length <= 1) {
    column[at] = checkNumber(port, value, example, 0);
    return;
  }
  let written = 0;
  // Recursion as deep as the port's rank, which the model fixes.
  const descend = (item: unknown, axis: number): void => {
    const extent = port.shape[axis];
    if (extent === undefined) {
      column[at + written] = checkNumber(port, item, example, written);
      written++;
      return;
    }
    if (!Array.isArray(item) && !isNumericArray(item))
      throw wrongShape(port, example, `has ${kindOf(item)} at axis ${axis}`);
    if (item.length !== extent) throw wrongShape(port, example, `has length ${item.length} along axis ${axis}`);
    for (let k = 0; k < extent; k++) descend(item[k], axis + 1);
  };
  descend(value, 0);
}

function wrongShape(port: Port, example: number | null, finding: string): DataError {
  const message = `\`${port.name}\`${ofExample(example)} ${finding}.`;
  return new DataError("wrong-shape", port.name, example, message, `Supply ${describe(port)} for each example.`);
}

function checkNumber(port: Port, value: unknown, example: number | null, element: number): number {
  if (admits(port, value)) return value;
  throw badNumber(port, value, example, element);
}

function admits({ classes }: Port, value: unknown): value is number {
  if (typeof value !== "number") return false;
  return classes === null ? Number.isFinite(value) : Number.isInteger(value) && value >= 0 && value < classes;
}

/**
 * Whether real numbers are finite, all of them; of classes nothing is known. The engine looks for three numbers faster than
 * a loop over all does, and without having to compile one.
 */
function admitsAll({ classes }: Port, values: NumericArray): boolean {
  return classes === null && ![Number.NaN, Infinity, -Infinity].some((bad) => values.includes(bad));
}

/** The refusal of a value that the port does not admit. */
function badNumber(port: Port, value: unknown, example: number | null, element: number): DataError {
  const place = `\`${port.name}\`${elementName(port, element)}${ofExample(example)}`;
  if (typeof value !== "number") {
    const remedy = "Supply a number; text has to be converted before.";
    return new DataError("not-a-number", port.name, example, `${place} is ${kindOf(value)}.`, remedy);
  }
  if (!Number.isFinite(value)) {
    const remedy = "Leave the example out or fill in the value.";
    return new DataError("not-finite", port.name, example, `${place} is ${value}.`, remedy);
  }
  const remedy = `Supply a class, a whole number from 0 to ${(port.classes ?? 0) - 1}.`;
  const code = Number.isInteger(value) ? "class-out-of-range" : "class-not-whole";
  return new DataError(code, port.name, example, `${place} is ${value}.`, remedy);
}

function isNumericArray(value: unknown): value is NumericArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array) &&
    !(value instanceof BigUint64Array)
  );
}

function elementName(port: Port, element: number): string {
  if (port.shape.length === 0) return "";
  const index: number[] = [];
  let rest = element;
  for (const extent of port.shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return `[${index.join(", ")}]`;
}

function ofExample(example: number | null): string {
  return example === null ? "" : ` of example ${example}`;
}

function describe(port: Port): string {
  const what = port.classes === null ? "number" : "class";
  if (port.shape.length === 0) return `one ${what}`;
  return `${port.shape.join(" × ")} ${sizeOf(port.shape) === 1 ? what : what === "class" ? "classes" : "numbers"}`;
}

function examples(count: number): string {
  return count === 1 ? "1 example" : `${count} examples`;
}

function numbers(count: number): string {
  return count === 1 ? "1 number" : `${count} numbers`;
}

function listOf(ports: readonly Port[]): string {
  return ports.map((port) => `\`${port.name}\``).join(", ");
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
  if (typeof value === "number") return `the number ${value}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
