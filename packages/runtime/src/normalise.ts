/**
 * Owns: the normalisation of inputs. What a network computes with in place of an input x is (x − shift) · scale, element by
 * element, in float64; the two are fitted on data, belong to the network and are saved with its parameters.
 */

import { type Dataset, readDataset, readExample } from "./dataset.ts";
import type { Columns, Port } from "./definition.ts";
import { RunError } from "./error.ts";
import { type NumericArray, sizeOf } from "./tensor.ts";

/** `standard`: mean 0 and standard deviation 1; `range`: from 0 to 1. Over the examples, for each element of an input. */
export type NormalisationKind = "standard" | "range";

/** Of one input, row-major as its elements. */
export interface Scaling {
  readonly shift: Float64Array;
  readonly scale: Float64Array;
}

/** By input; what is not there is taken as it is. */
export type Normalisation = Map<string, Scaling>;

/**
 * The scaling of every input of real numbers that the data have. An element that is the same in all examples becomes 0.
 * @throws {DataError} @throws {RunError} for an unknown kind, or data without such an input.
 */
export function fitNormalisation(ports: readonly Port[], data: object, kind: NormalisationKind): Normalisation {
  if (kind !== "standard" && kind !== "range") {
    throw new RunError("bad-option", `The normalisation is ${JSON.stringify(kind)}.`, "Use `standard` or `range`.");
  }
  const chosen = ports.filter(({ name, classes }) => classes === null && Object.hasOwn(data, name));
  if (chosen.length === 0) {
    throw new RunError("bad-option", "The data have no input of real numbers to normalise.", "Supply one.");
  }
  const members = new Map<string, unknown>(Object.entries(data));
  const supplied = Object.fromEntries(chosen.map(({ name }) => [name, members.get(name)]));
  const { columns, count } = readDataset(chosen, supplied);
  return new Map(
    chosen.map(({ name, shape }, k) => {
      const [column, size] = [columns[k] ?? new Float64Array(), sizeOf(shape)];
      return [name, kind === "standard" ? fitStandard(column, count, size) : fitRange(column, size)];
    }),
  );
}

/** shift = mean, scale = 1 / √(mean of the squared distances from it). */
function fitStandard(column: NumericArray, count: number, size: number): Scaling {
  const [shift, scale] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < column.length; k++) shift[k % size] = (shift[k % size] ?? 0) + (column[k] ?? 0) / count;
  for (let k = 0; k < column.length; k++) {
    scale[k % size] = (scale[k % size] ?? 0) + ((column[k] ?? 0) - (shift[k % size] ?? 0)) ** 2 / count;
  }
  return { shift, scale: scale.map((variance) => inverse(Math.sqrt(variance))) };
}

/** shift = least, scale = 1 / (greatest − least). */
function fitRange(column: NumericArray, size: number): Scaling {
  const [least, greatest] = [new Float64Array(column.slice(0, size)), new Float64Array(column.slice(0, size))];
  for (let k = size; k < column.length; k++) {
    const value = column[k] ?? 0;
    least[k % size] = Math.min(least[k % size] ?? value, value);
    greatest[k % size] = Math.max(greatest[k % size] ?? value, value);
  }
  return { shift: least, scale: greatest.map((value, k) => inverse(value - (least[k] ?? value))) };
}

/** 1 / x; 1 where that is too large for a float64, as for 0. */
function inverse(x: number): number {
  return Number.isFinite(1 / x) ? 1 / x : 1;
}

/** {@link readDataset}, as the network takes it. A caller's own arrays stay as they are. @throws {DataError} */
export function readNormalised(ports: readonly Port[], data: object, normalisation: Normalisation): Dataset {
  const { columns, count } = readDataset(ports, data);
  return { columns: normalise(ports, columns, normalisation), count };
}

/** {@link readExample}, as the network takes it. @throws {DataError} */
export function readNormalisedExample(ports: readonly Port[], data: object, normalisation: Normalisation): Columns {
  return normalise(ports, readExample(ports, data), normalisation);
}

function normalise(ports: readonly Port[], columns: Columns, normalisation: Normalisation): Columns {
  return columns.map((column, k) => {
    const scaling = normalisation.get(ports[k]?.name ?? "");
    if (scaling === undefined) return column;
    const normalised = new Float64Array(column);
    for (let from = 0; from < normalised.length; from += scaling.shift.length) scaleExample(normalised, from, scaling);
    return normalised;
  });
}

/** One example of a column, from `from` on, in place. */
export function normaliseExample(
  { name }: Port,
  column: Float64Array,
  from: number,
  normalisation: Normalisation,
): void {
  const scaling = normalisation.get(name);
  if (scaling !== undefined) scaleExample(column, from, scaling);
}

function scaleExample(column: Float64Array, from: number, scaling: Scaling): void {
  const { shift, scale: factor } = scaling;
  for (let k = 0; k < shift.length; k++) {
    column[from + k] = ((column[from + k] ?? 0) - (shift[k] ?? 0)) * (factor[k] ?? 1);
  }
}
