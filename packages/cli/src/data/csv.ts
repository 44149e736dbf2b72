/** Owns: data sets in CSV: a line of names, then one line an example. Refusals name the line and the column. */

import { Readable } from "node:stream";
import { elementCount } from "@adjoint/ir";
import { CsvError, type Info, type Parser, parse } from "csv-parse";
import { Failure } from "../failure.ts";
import { type ColumnTarget, planColumns } from "./columns.ts";
import type { DataOptions, DataPort, Dataset } from "./dataset.ts";
import { NumberList, Refusals, refusalOf } from "./values.ts";

/** Separators are commas, semicolons or tabs, whichever the first line has. @throws Failure `refused-data` */
export async function readCsv(
  file: string,
  bytes: Uint8Array,
  ports: readonly DataPort[],
  options: DataOptions,
): Promise<Dataset> {
  const lists = new Map(ports.map((port) => [port, new NumberList()]));
  const refusals = new Refusals();
  let header: readonly string[] | null = null;
  let plan: readonly (ColumnTarget | null)[] = [];
  let count = 0;
  for await (const { record, line } of recordsOf(file, bytes)) {
    if (header === null) {
      header = record;
      plan = planColumns(file, header, ports, options);
      continue;
    }
    if (record.length !== header.length) {
      throw new Failure(
        "refused-data",
        `${file}, line ${line}: ${record.length} columns where the first line names ${header.length}`,
      );
    }
    count++;
    const start = new Map(ports.map((port) => [port, lists.get(port)?.extend(elementCount(port.shape)) ?? 0]));
    for (const [column, target] of plan.entries()) {
      if (target === null) continue;
      const text = record[column] ?? "";
      const value = text === "" ? Number.NaN : Number(text);
      const reason = refusalOf(value, target.port.element);
      if (reason !== null) {
        refusals.add(`line ${line}, column ${header[column]}`, text, text === "" ? "empty" : reason);
      }
      lists.get(target.port)?.set((start.get(target.port) ?? 0) + target.element, value);
    }
  }
  if (header === null) throw new Failure("refused-data", `${file}: the data set is empty: the file has no lines`);
  refusals.check(file);
  const present = ports.filter((port) => plan.some((target) => target?.port === port));
  return {
    count,
    values: new Map(present.map((port) => [port.name, lists.get(port)?.toArray() ?? new Float64Array()])),
  };
}

interface NumberedRecord {
  readonly record: readonly string[];
  readonly line: number;
}

async function* recordsOf(file: string, bytes: Uint8Array): AsyncGenerator<NumberedRecord> {
  const parser: Parser = Readable.from(pieces(bytes)).pipe(
    parse({
      bom: true,
      delimiter: separatorOf(bytes),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }),
  );
  try {
    for await (const item of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      yield { record: item.record, line: item.info.lines };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Failure("refused-data", `${file} is no CSV: ${error.message}`);
  }
}

/** In pieces, so that the records of a large file are taken as they come. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  const size = 1 << 16;
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

function separatorOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0x0a);
  const first = new TextDecoder().decode(bytes.subarray(0, end === -1 ? bytes.length : end)).replace(/"[^"]*"/g, "");
  if (first.includes("\t")) return "\t";
  return first.includes(";") ? ";" : ",";
}
