/**
 * Owns: data sets in JSON: an object of ports, each a list over the examples (`{ "x": [[…], …], "y": [[…], …] }`), or a
 * list of examples, each an object of ports (`[{ "x": […], "y": […] }, …]`). Refusals name the place, as `x[3][1]`.
 */

import { elementCount, type Shape } from "@adjoint/ir";
import { repeatedKey } from "@adjoint/runtime";
import { Failure, messageOf } from "../failure.ts";
import { suggestion } from "../view/suggestion.ts";
import { type DataOptions, type DataPort, type Dataset, describePort } from "./dataset.ts";
import { NumberList, Refusals, refusalOf } from "./values.ts";

/** @throws Failure `refused-data` */
export function readJson(file: string, text: string, ports: readonly DataPort[], options: DataOptions): Dataset {
  const data = parseJson(file, text);
  if (Array.isArray(data)) return readRecords(file, data, ports, options);
  if (isRecord(data)) return readPorts(file, data, ports, options);
  throw new Failure("refused-data", `${file} holds neither an object nor a list`, {
    help: ['write { "x": [[…], …], "y": [[…], …] }, or a list of examples'],
  });
}

/** @throws Failure `refused-data`, also where an object has a key twice, of which one would not be read. */
export function parseJson(file: string, text: string): unknown {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Failure("refused-data", `${file} is no JSON: ${messageOf(error)}`);
  }
  const twice = repeatedKey(text);
  if (twice === null) return data;
  throw new Failure("refused-data", `${file}: an object has the key ${JSON.stringify(twice.key)} twice`, {
    details: [`first at ${placeIn(text, twice.first)}, again at ${placeIn(text, twice.again)}`],
    help: ["keep one of them, or rename one"],
  });
}

/** Line and column, from 1. */
function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readPorts(
  file: string,
  data: Readonly<Record<string, unknown>>,
  ports: readonly DataPort[],
  options: DataOptions,
): Dataset {
  const present = presentPorts(file, Object.keys(data), ports, options);
  const refusals = new Refusals();
  const values = new Map<string, Float64Array>();
  let count: { readonly of: string; readonly examples: number } | null = null;
  for (const port of present) {
    const examples = data[port.name];
    if (!Array.isArray(examples)) {
      throw new Failure("refused-data", `${file}: \`${port.name}\` is no list over the examples`);
    }
    if (count !== null && examples.length !== count.examples) {
      throw new Failure(
        "refused-data",
        `${file}: \`${port.name}\` has ${examples.length} examples where \`${count.of}\` has ${count.examples}`,
      );
    }
    count ??= { of: port.name, examples: examples.length };
    const list = new NumberList();
    examples.forEach((example: unknown, n) => {
      readTensor(example, port, `${port.name}[${n}]`, list, refusals);
    });
    values.set(port.name, list.toArray());
  }
  refusals.check(file);
  return { count: count?.examples ?? 0, values };
}

function readRecords(
  file: string,
  data: readonly unknown[],
  ports: readonly DataPort[],
  options: DataOptions,
): Dataset {
  const refusals = new Refusals();
  const lists = new Map<DataPort, NumberList>();
  data.forEach((record, n) => {
    if (!isRecord(record)) {
      throw new Failure("refused-data", `${file}: example ${n} is no object of inputs and targets`);
    }
    const present = presentPorts(`${file}, example ${n}`, Object.keys(record), ports, options);
    if (n === 0) for (const port of present) lists.set(port, new NumberList());
    for (const port of ports) {
      const list = lists.get(port);
      if ((list !== undefined) !== present.includes(port)) {
        const where = list === undefined ? "only in later ones" : "in the first example but not here";
        throw new Failure("refused-data", `${file}, example ${n}: \`${port.name}\` stands ${where}`);
      }
      if (list !== undefined) readTensor(record[port.name], port, `[${n}].${port.name}`, list, refusals);
    }
  });
  refusals.check(file);
  return { count: data.length, values: new Map([...lists].map(([port, list]) => [port.name, list.toArray()])) };
}

function presentPorts(
  place: string,
  names: readonly string[],
  ports: readonly DataPort[],
  options: DataOptions,
): readonly DataPort[] {
  const known = ports.map((port) => port.name);
  const extra = names.filter((name) => !known.includes(name) && !options.ignore.includes(name));
  const absent = ports.filter((port) => !names.includes(port.name));
  const forgiven = options.targetsOptional && ports.every((port) => port.role === "input" || absent.includes(port));
  const missing = absent.filter((port) => !(forgiven && port.role === "target"));
  if (extra.length > 0 || missing.length > 0) {
    const first = extra[0];
    throw new Failure("refused-data", `${place}: the names don't fit the model`, {
      details: [
        ...missing.map((port) => `\`${port.name}\` is missing: ${describePort(port)}`),
        ...extra.slice(0, 8).map((name) => `no input or target is called \`${name}\``),
      ],
      help: first === undefined ? [] : suggestion(first, known),
    });
  }
  return ports.filter((port) => !absent.includes(port));
}

/** Appends one example's tensor, nested lists by its shape; a tensor of one element may be a bare number. */
function readTensor(value: unknown, port: DataPort, place: string, list: NumberList, refusals: Refusals): void {
  const size = elementCount(port.shape);
  const start = list.extend(size);
  if (size === 1 && !Array.isArray(value)) {
    readNumber(value, port, place, list, start, refusals);
    return;
  }
  readNested(value, port.shape, place, start, size);

  /** Depth is that of the shape, never of the file: what is nested deeper is no number. */
  function readNested(nested: unknown, shape: Shape, at: string, from: number, elements: number): void {
    const [extent, ...inner] = shape;
    if (extent === undefined) {
      readNumber(nested, port, at, list, from, refusals);
      return;
    }
    if (!Array.isArray(nested) || nested.length !== extent) {
      const found = Array.isArray(nested) ? `a list of ${nested.length}` : kindOf(nested);
      refusals.add(at, found, `no list of ${extent}, as ${describePort(port)} needs`);
      return;
    }
    nested.forEach((part: unknown, k) => {
      readNested(part, inner, `${at}[${k}]`, from + (k * elements) / extent, elements / extent);
    });
  }
}

function readNumber(
  value: unknown,
  port: DataPort,
  place: string,
  list: NumberList,
  at: number,
  refusals: Refusals,
): void {
  if (typeof value !== "number") {
    refusals.add(place, kindOf(value), "not a number");
    return;
  }
  const reason = refusalOf(value, port.element);
  if (reason !== null) refusals.add(place, String(value), reason);
  list.set(at, value);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? value : typeof value;
}
