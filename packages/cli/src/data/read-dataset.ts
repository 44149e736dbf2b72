/** Owns: the choice of a data set's readers by the names of its files, and the joining of what they read. */

import { FileError, gunzip } from "@adjoint/runtime";
import { Failure, usageFailure } from "../failure.ts";
import { decodeText, readBytes, standardStream } from "../files.ts";
import type { Io } from "../io.ts";
import { suggestion } from "../view/suggestion.ts";
import { readArrays, readPort, refusedFile } from "./arrays.ts";
import { readCsv } from "./csv.ts";
import { type DataOptions, type DataPort, type Dataset, describePort } from "./dataset.ts";
import { readJson } from "./json.ts";
import { formatOf, parseSources } from "./sources.ts";

/**
 * Reads the examples of a data set.
 * @param texts what the flag was given: a file with all ports (CSV, also from standard input, JSON, NPZ, safetensors), or
 *   `port=file` with an array of one (NPY, IDX, or one of NPZ or safetensors); each perhaps compressed, `.gz`
 * @throws Failure `refused-data` with file and place of what is wrong; `unreadable-file`; `usage`
 */
export async function readDataset(
  io: Io,
  texts: readonly string[],
  ports: readonly DataPort[],
  options: DataOptions,
): Promise<Dataset> {
  if (ports.length === 0)
    throw new Failure("refused-data", "the model has no input and no target, so it takes no data");
  checkScales(ports, options);
  const { whole, parts } = parseSources("--data", texts, ports);
  const read: { readonly file: string; readonly dataset: Dataset }[] = [];
  const rest = ports.filter((port) => !parts.has(port));
  if (whole !== null) {
    if (rest.length === 0) throw usageFailure(`every input and target has a file of its own: ${whole} is one too many`);
    read.push({ file: nameOf(whole), dataset: await readWhole(io, whole, rest, options) });
  } else {
    const absent = rest.filter(({ role }) => role === "input" || !options.targetsOptional);
    if (absent.length > 0) {
      throw usageFailure(
        `there is no file for ${absent.map(describePort).join(" and ")}`,
        ...absent.slice(0, 1).map(({ name }) => `add --data ${name}=<file>`),
      );
    }
  }
  for (const [port, path] of parts) {
    const format = formatOf(path);
    if (format === "csv" || format === "json") {
      throw usageFailure(
        `${path} for ${port.name}: one port is read from .npy, .npz, .idx or .safetensors`,
        "a table holds all inputs and targets: name it alone",
      );
    }
    read.push({ file: path, dataset: await readPort(path, await readRaw(io, path), format, port, options) });
  }
  return scaled(joined(read), ports, options);
}

async function readWhole(io: Io, path: string, ports: readonly DataPort[], options: DataOptions): Promise<Dataset> {
  const format = formatOf(path);
  const bytes = await readRaw(io, path);
  const file = nameOf(path);
  switch (format) {
    case "csv":
      return readCsv(file, bytes, ports, options);
    case "json":
      return readJson(file, decodeText(path, bytes), ports, options);
    case "npy":
    case "npz":
    case "idx":
    case "safetensors":
      return readArrays(file, bytes, format, ports, options);
  }
}

/** A file's bytes, decompressed if its name says that they are compressed. */
async function readRaw(io: Io, path: string): Promise<Uint8Array> {
  const bytes = await readBytes(io, path);
  if (!/\.gz$/i.test(path)) return bytes;
  try {
    return await gunzip(bytes);
  } catch (error) {
    throw error instanceof FileError ? refusedFile(path, error) : error;
  }
}

/** @throws Failure `refused-data` unless all have as many examples, at least one. */
function joined(read: readonly { readonly file: string; readonly dataset: Dataset }[]): Dataset {
  const [first] = read;
  for (const { file, dataset } of read) {
    if (dataset.count === 0) throw new Failure("refused-data", `${file}: the data set is empty: it has no examples`);
    if (first === undefined || dataset.count === first.dataset.count) continue;
    throw new Failure(
      "refused-data",
      `${file} has ${dataset.count} examples where ${first.file} has ${first.dataset.count}`,
    );
  }
  return {
    count: first?.dataset.count ?? 0,
    values: new Map(read.flatMap(({ dataset }) => [...dataset.values])),
  };
}

/** @throws Failure `usage` */
function checkScales(ports: readonly DataPort[], { scale }: DataOptions): void {
  for (const name of scale.keys()) {
    const port = ports.find((candidate) => candidate.name === name);
    if (port === undefined) {
      const known = ports.map((candidate) => candidate.name);
      throw usageFailure(`--scale ${name}=…: the model has no input or target \`${name}\``, ...suggestion(name, known));
    }
    if (port.element.kind === "class") throw usageFailure(`--scale ${name}=…: ${describePort(port)} is of classes`);
  }
}

function scaled(dataset: Dataset, ports: readonly DataPort[], { scale }: DataOptions): Dataset {
  const values = new Map(dataset.values);
  for (const { name } of ports) {
    const factor = scale.get(name);
    const raw = values.get(name);
    if (factor === undefined || raw === undefined) continue;
    const product = new Float64Array(raw);
    for (let k = 0; k < product.length; k++) product[k] = (product[k] ?? 0) * factor;
    values.set(name, product);
  }
  return { count: dataset.count, values };
}

function nameOf(path: string): string {
  return path === standardStream ? "standard input" : path;
}
