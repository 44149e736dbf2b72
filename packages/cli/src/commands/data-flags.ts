/** Owns: the options of every command that reads data, and the part of the help that explains them. */

import type { DataOptions } from "../data/dataset.ts";
import type { Assignments, ColumnLists } from "../options.ts";
import { section } from "../view/help.ts";

export interface DataFlags {
  readonly columns?: ColumnLists | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly scale?: Assignments | undefined;
}

export const dataOption = {
  data: [
    "-d, --data <file>",
    "the examples: one file (- reads CSV from standard input), or one for each port as x=images.npy (repeatable)",
  ],
  columns: [
    "--columns <port=names>",
    "which columns (or array) a port reads, as x=weight,height or x=p0..p783 (repeatable)",
  ],
  ignore: ["--ignore <names>", "columns or arrays to leave out, as id,comment (repeatable)"],
  scale: ["--scale <port=factor>", "multiply a port's numbers, as x=1/255 (repeatable)"],
  params: ["-p, --params <file>", "the parameters, as .safetensors or .json by name"],
  set: ["--set <name=value>", "override a hyperparameter, as hidden=64 (repeatable)"],
  model: ["--model <name>", "which model, where the page defines several"],
} as const;

export function dataOptionsOf(flags: DataFlags, targetsOptional: boolean): DataOptions {
  const { columns = new Map(), ignore = [], scale = new Map() } = flags;
  return { columns, ignore, scale, targetsOptional };
}

export const dataHelp: string = section(
  "Data",
  "CSV: the first line names the columns, each other line is one example. An input x[2]",
  "reads the columns x0 and x1 (or x[0], x[1]); m[2, 2] reads m[0,1] or m_0_1, or m0 … m3",
  "row by row; y[1] or a class reads y. Classes are whole numbers from 0.",
  'JSON: { "x": [[1, 2], …], "y": [[0], …] }, or a list of examples [{ "x": [1, 2], "y": [0] }, …].',
  "Arrays have an axis of examples in front: NPZ and safetensors name them by port; NPY and IDX hold one,",
  "so --data x=images.idx --data digit=labels.idx. Numbers come as they are (bytes from 0 to 255) unless",
  "--scale says otherwise. Any file may be compressed: .gz.",
  "Missing, extra, empty, infinite and out-of-range values are refused with their place.",
);
