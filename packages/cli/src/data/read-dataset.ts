/** Owns: the choice of a data set's reader by the name of its file. */

import { Failure, usageFailure } from "../failure.ts";
import { readBytes, readText, standardStream } from "../files.ts";
import type { Io } from "../io.ts";
import { readCsv } from "./csv.ts";
import type { DataOptions, DataPort, Dataset } from "./dataset.ts";
import { readJson } from "./json.ts";

/**
 * Reads the examples of a data set from CSV (`.csv`, `.tsv`, or standard input) or JSON (`.json`).
 * @throws Failure `refused-data` with file, row and column of what is wrong; `unreadable-file`
 */
export async function readDataset(
  io: Io,
  path: string,
  ports: readonly DataPort[],
  options: DataOptions,
): Promise<Dataset> {
  if (ports.length === 0)
    throw new Failure("refused-data", "the model has no input and no target, so it takes no data");
  const name = path === standardStream ? "standard input" : path;
  const format = formatOf(path);
  const dataset =
    format === "json"
      ? readJson(name, await readText(io, path), ports, options)
      : await readCsv(name, await readBytes(io, path), ports, options);
  if (dataset.count === 0) throw new Failure("refused-data", `${name}: the data set is empty: it has no examples`);
  return dataset;
}

function formatOf(path: string): "csv" | "json" {
  if (path === standardStream || /\.(csv|tsv|txt)$/i.test(path)) return "csv";
  if (/\.json$/i.test(path)) return "json";
  throw usageFailure(`${path}: data is read from .csv, .tsv or .json files`, "name the file by what it holds");
}
