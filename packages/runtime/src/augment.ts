/**
 * Owns: augmentation: each time an example is visited, another in its place that a caller's function makes of it. What it
 * draws is a function of seed, epoch and example, so that neither order, batches nor an interruption have an influence.
 */

import { type Dataset, readOne } from "./dataset.ts";
import type { Columns, Port } from "./definition.ts";
import { DataError, RunError } from "./error.ts";
import { type Normalisation, normaliseExample } from "./normalise.ts";
import { normal, threefry, uniform } from "./random.ts";
import type { Augment, RandomSource } from "./report.ts";
import { sizeOf } from "./tensor.ts";

/** What keeps these draws apart from all others of a run: a bit of the key that no seed reaches. */
const augmentTag = 1 << 29;

/** The data of a run as they are visited. */
export interface Visited {
  readonly columns: Columns;
  refresh(order: Uint32Array, first: number, end: number, epoch: number): void;
}

export class Augmentation<Data extends object> implements Visited {
  /** What the steps read: of each example what was last made of it, normalised. */
  readonly columns: readonly Float64Array[];
  readonly #ports: readonly Port[];
  readonly #original: Dataset;
  readonly #augment: Augment<Data>;
  readonly #normalisation: Normalisation;
  readonly #seed: number;

  /**
   * @param original as the caller has the data
   * @param normalised as the network takes them
   */
  constructor(
    ports: readonly Port[],
    original: Dataset,
    normalised: Dataset,
    augment: Augment<Data>,
    normalisation: Normalisation,
    seed: number,
  ) {
    if (typeof augment !== "function") {
      throw new RunError("bad-option", "`augment` is no function.", "Give one from an example to what replaces it.");
    }
    this.columns = normalised.columns.map((column) => new Float64Array(column));
    this.#ports = ports;
    this.#original = original;
    this.#augment = augment;
    this.#normalisation = normalisation;
    this.#seed = seed;
  }

  /** Makes the examples order[first], …, order[end − 1] anew for a visit in `epoch`. @throws {DataError} for what they become */
  refresh(order: Uint32Array, first: number, end: number, epoch: number): void {
    const seed = threefry(this.#seed | 0, (this.#seed / 2 ** 32) | augmentTag, epoch | 0, 0);
    for (let k = first; k < end; k++) this.#refreshOne(order[k] ?? 0, seed);
  }

  #refreshOne(n: number, seed: number): void {
    const example = new Map<string, Float64Array>();
    for (const [c, { name, shape }] of this.#ports.entries()) {
      const size = sizeOf(shape);
      const column = this.#original.columns[c] ?? new Float64Array();
      example.set(name, new Float64Array(column.slice(n * size, (n + 1) * size)));
    }
    // What the function is given has the members that its type says: those of the data.
    const given = Object.fromEntries(example) as Parameters<Augment<Data>>[0];
    const made: unknown = this.#augment(given, drawsOf(seed, n));
    if (typeof made !== "object" || made === null) throw refused("", n, "`augment` returned no object");
    const members = new Map<string, unknown>(Object.entries(made));
    for (const name of members.keys()) {
      if (!example.has(name)) throw refused(name, n, `\`augment\` returned \`${name}\`, which the data have not`);
    }
    for (const [c, port] of this.#ports.entries()) {
      const column = this.columns[c];
      const size = sizeOf(port.shape);
      if (column === undefined || !members.has(port.name)) continue;
      readOne(port, members.get(port.name), column, n * size, n);
      normaliseExample(port, column, n * size, this.#normalisation);
    }
  }
}

function refused(port: string, n: number, message: string): DataError {
  return new DataError("extra-column", port, n, `${message}, of example ${n}.`, "Return what replaces it, by name.");
}

/** Uniform and normal draws have streams of their own, as equal places of one would agree in their bits. */
function drawsOf(seed: number, n: number): RandomSource {
  let [uniforms, normals] = [0, 0];
  return {
    uniform: () => uniform(seed, 2 * n, uniforms++),
    normal: () => normal(seed, 2 * n + 1, normals++),
  };
}
