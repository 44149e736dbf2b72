/**
 * Owns: which column of a table holds which element of which port. A port `x[2]` reads the columns `x[0]` and `x[1]`,
 * also written `x0`, `x1` or `x_0`, `x_1`; a matrix `m[2, 2]` reads `m[0,1]`, `m_0_1`, or `m1` counted row by row;
 * a port of one element reads the column of its own name.
 */

import { elementCount, type Shape } from "@adjoint/ir";
import { Failure, usageFailure } from "../failure.ts";
import { suggestion } from "../view/suggestion.ts";
import { type DataOptions, type DataPort, describePort } from "./dataset.ts";
import { quote } from "./values.ts";

export interface ColumnTarget {
  readonly port: DataPort;
  readonly element: number;
}

/** For each column, what it fills; null for one that is ignored. @throws Failure `refused-data` */
export function planColumns(
  file: string,
  header: readonly string[],
  ports: readonly DataPort[],
  options: DataOptions,
): readonly (ColumnTarget | null)[] {
  const position = positionsOf(file, header);
  const plan: (ColumnTarget | null)[] = header.map(() => null);
  const settled = new Set<number>();
  for (const name of options.ignore) settled.add(columnNamed(file, name, position));

  for (const [name, columns] of options.columns) {
    const port = ports.find((candidate) => candidate.name === name);
    if (port === undefined) {
      const help = suggestion(
        name,
        ports.map((candidate) => candidate.name),
      );
      throw usageFailure(`--columns ${name}=…: the model has no input or target \`${name}\``, ...help);
    }
    const chosen = columns.flatMap((column) => expandRange(file, column, header, position));
    const size = elementCount(port.shape);
    if (chosen.length !== size) {
      throw usageFailure(
        `--columns ${name}=… names ${chosen.length} columns where ${describePort(port)} has ${size} elements`,
      );
    }
    chosen.forEach((column, element) => {
      plan[column] = { port, element };
      settled.add(column);
    });
  }

  const open = ports.filter((port) => !options.columns.has(port.name));
  header.forEach((name, column) => {
    if (settled.has(column)) return;
    const targets = targetsOf(name, open);
    if (targets.length > 1) {
      const readings = targets.map(({ port, element }) => `${port.name}[${indexOf(element, port.shape)}]`);
      throw new Failure("refused-data", `${file}: the column ${quote(name)} can be ${readings.join(" or ")}`, {
        help: [`rename it, or say --columns ${targets[0]?.port.name}=…`],
      });
    }
    plan[column] = targets[0] ?? null;
    if (targets.length === 1) settled.add(column);
  });

  const extra = header.filter((_, column) => !settled.has(column));
  refuseMisfit(file, header, extra, plan, ports, options);
  return plan;
}

/** Every port whole, nothing twice, nothing left over. */
function refuseMisfit(
  file: string,
  header: readonly string[],
  extra: readonly string[],
  plan: readonly (ColumnTarget | null)[],
  ports: readonly DataPort[],
  options: DataOptions,
): void {
  const details: string[] = [];
  const help: string[] = [];
  for (const port of ports) {
    const sources = new Map<number, number[]>();
    plan.forEach((target, column) => {
      if (target?.port === port) sources.set(target.element, [...(sources.get(target.element) ?? []), column]);
    });
    const size = elementCount(port.shape);
    if (sources.size === 0 && port.role === "target" && options.targetsOptional) continue;
    for (const [element, columns] of sources) {
      if (columns.length > 1) {
        const names = columns.map((column) => quote(header[column] ?? ""));
        details.push(`${names.join(" and ")} are both ${port.name}[${indexOf(element, port.shape)}]`);
      }
    }
    if (sources.size === size) continue;
    const missing = Array.from({ length: size }, (_, element) => element).filter((element) => !sources.has(element));
    details.push(`no column for ${listElements(port, missing)}, of ${describePort(port)}`);
    if (sources.size === 0) {
      help.push(
        `name the columns ${conventionalNames(port)}, or say which they are: --columns ${port.name}=${exampleNames(size)}`,
      );
    } else if (sources.size < size && extra.includes(`${port.name}${size}`)) {
      help.push(
        `elements count from 0: ${port.name}0 … ${port.name}${size - 1}; or say --columns ${port.name}=${port.name}1..${port.name}${size}`,
      );
    }
  }
  if (extra.length > 0) {
    const names = extra.slice(0, 8).map(quote).join(", ");
    const more = extra.length > 8 ? ` and ${extra.length - 8} more` : "";
    details.push(`no input or target takes ${extra.length === 1 ? "the column" : "the columns"} ${names}${more}`);
    if (help.length === 0)
      help.push(`leave columns out with --ignore ${extra.length === 1 ? extra[0] : `${extra[0]},…`}`);
  }
  if (details.length > 0) {
    throw new Failure("refused-data", `${file}: the columns don't fit the model`, { details, help });
  }
}

function positionsOf(file: string, header: readonly string[]): ReadonlyMap<string, number> {
  const position = new Map<string, number>();
  header.forEach((name, column) => {
    const first = position.get(name);
    if (first !== undefined) {
      throw new Failure(
        "refused-data",
        `${file}: two columns (${first + 1} and ${column + 1}) are called ${quote(name)}`,
      );
    }
    position.set(name, column);
  });
  if (header.every((name) => name !== "" && Number.isFinite(Number(name)))) {
    throw new Failure("refused-data", `${file}: the first line holds numbers where the columns' names must stand`, {
      help: ["begin the file with a line of names, such as: x0,x1,y"],
    });
  }
  return position;
}

function columnNamed(file: string, name: string, position: ReadonlyMap<string, number>): number {
  const column = position.get(name);
  if (column !== undefined) return column;
  throw usageFailure(`${file} has no column ${quote(name)}`, ...suggestion(name, [...position.keys()]));
}

/** `a` is the column a; `a..b` every column from a to b, in the order of the file. */
function expandRange(
  file: string,
  text: string,
  header: readonly string[],
  position: ReadonlyMap<string, number>,
): readonly number[] {
  const split = position.has(text) ? -1 : text.indexOf("..");
  if (split === -1) return [columnNamed(file, text, position)];
  const first = columnNamed(file, text.slice(0, split), position);
  const last = columnNamed(file, text.slice(split + 2), position);
  if (last < first)
    throw usageFailure(`${quote(text)}: ${quote(header[last] ?? "")} stands before ${quote(header[first] ?? "")}`);
  return Array.from({ length: last - first + 1 }, (_, k) => first + k);
}

/** Every reading of a header name. A name that is a port's own, whole, has no other. */
function targetsOf(name: string, ports: readonly DataPort[]): readonly ColumnTarget[] {
  const own = ports.find((port) => port.name === name && elementCount(port.shape) === 1);
  if (own !== undefined) return [{ port: own, element: 0 }];
  return ports.flatMap((port) => {
    if (!name.startsWith(port.name)) return [];
    const element = elementNamed(name.slice(port.name.length), port.shape);
    return element === null ? [] : [{ port, element }];
  });
}

/** The row-major number of the element that `[1,2]`, `_1_2`, `5` or `_5` names; null if it names none. */
function elementNamed(suffix: string, shape: Shape): number | null {
  const size = elementCount(shape);
  const flat = /^_?(\d+)$/.exec(suffix)?.[1];
  if (flat !== undefined) return Number(flat) < size ? Number(flat) : null;
  const text = /^\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]$/.exec(suffix)?.[1] ?? /^_(\d+(?:_\d+)*)$/.exec(suffix)?.[1];
  const index = text?.split(/[,_]/).map(Number);
  if (index === undefined || index.length !== shape.length) return null;
  let element = 0;
  for (const [axis, extent] of shape.entries()) {
    const at = index[axis] ?? 0;
    if (at >= extent) return null;
    element = element * extent + at;
  }
  return element;
}

/** The index of a row-major element, as text: `1, 2`. */
function indexOf(element: number, shape: Shape): string {
  const index: number[] = [];
  let rest = element;
  for (const extent of [...shape].reverse()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index.join(", ");
}

function listElements(port: DataPort, elements: readonly number[]): string {
  if (port.shape.length === 0) return port.name;
  const names = elements.slice(0, 4).map((element) => `${port.name}[${indexOf(element, port.shape)}]`);
  return elements.length > 4 ? `${names.join(", ")} and ${elements.length - 4} more` : names.join(", ");
}

function conventionalNames(port: DataPort): string {
  const size = elementCount(port.shape);
  if (size === 1) return port.name;
  return size === 2 ? `${port.name}0, ${port.name}1` : `${port.name}0 … ${port.name}${size - 1}`;
}

function exampleNames(size: number): string {
  if (size === 1) return "a";
  return size === 2 ? "a,b" : "first..last";
}
