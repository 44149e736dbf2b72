/** Owns: what `--data` names: one file with all ports, files with one port each (`x=images.npy`), or both. */

import { usageFailure } from "../failure.ts";
import { standardStream } from "../files.ts";
import { suggestion } from "../view/suggestion.ts";
import type { DataPort } from "./dataset.ts";

export interface Sources {
  /** The file with every port that has none of its own; null without one. */
  readonly whole: string | null;
  /** By port. */
  readonly parts: ReadonlyMap<DataPort, string>;
}

/** The path in `x=images.npy`; the text itself where it names no port. */
export function pathOf(text: string): string {
  return assignmentIn(text)?.path ?? text;
}

/** @throws Failure `usage` for a port that the model has not, or two files for one. */
export function parseSources(flag: string, texts: readonly string[], ports: readonly DataPort[]): Sources {
  const parts = new Map<DataPort, string>();
  let whole: string | null = null;
  for (const text of texts) {
    const assigned = assignmentIn(text);
    if (assigned === null) {
      if (whole !== null) {
        throw usageFailure(
          `${flag} names two files, ${whole} and ${text}, without saying which port each holds`,
          `say it as ${flag} ${ports[0]?.name ?? "x"}=${text}`,
        );
      }
      whole = text;
      continue;
    }
    const port = ports.find(({ name }) => name === assigned.name);
    if (port === undefined) {
      const help = suggestion(
        assigned.name,
        ports.map(({ name }) => name),
      );
      throw usageFailure(
        `${flag} ${text}: the model has no input or target \`${assigned.name}\``,
        ...help,
        `a file of that name is written ./${text}`,
      );
    }
    if (parts.has(port)) throw usageFailure(`${flag} names two files for ${port.name}`);
    parts.set(port, assigned.path);
  }
  return { whole, parts };
}

function assignmentIn(text: string): { readonly name: string; readonly path: string } | null {
  const [, name, path] = /^([\p{L}_][\p{L}\p{N}_]*)=(.+)$/su.exec(text) ?? [];
  return name === undefined || path === undefined ? null : { name, path };
}

/** What kind of file a name promises; `.gz` behind it means that it is compressed. */
export type DataFormat = "csv" | "json" | "npy" | "npz" | "idx" | "safetensors";

export function formatOf(path: string): DataFormat {
  if (path === standardStream) return "csv";
  const name = path.replace(/\.gz$/i, "");
  const formats: readonly (readonly [RegExp, DataFormat])[] = [
    [/\.(csv|tsv|txt)$/i, "csv"],
    [/\.json$/i, "json"],
    [/\.npy$/i, "npy"],
    [/\.npz$/i, "npz"],
    // As MNIST's files are called: train-images-idx3-ubyte, and with a dot for the last hyphen.
    [/(\.idx|[-.]idx\d-\w+|\.idx\d-\w+)$/i, "idx"],
    [/\.safetensors$/i, "safetensors"],
  ];
  const found = formats.find(([pattern]) => pattern.test(name));
  if (found !== undefined) return found[1];
  throw usageFailure(
    `${path}: data is read from .csv, .tsv, .json, .npy, .npz, .idx or .safetensors files`,
    "name the file by what it holds",
  );
}
