/**
 * Owns: the scalar graph of an unrolled procedure, in which equal scalars are one node.
 *
 * Folding follows the graph's own conventions: constants are computed by the scalar table, x·1, x/1, x+0, x−0 are x, a
 * decided select is its branch, and 0·x is 0 (the simplifier's real-valued identity; it is what makes a padded border and
 * a one-hot mask disappear).
 */

import { type InputNode, type Origin, type ScalarFunctionName, scalarFunctions } from "@adjoint/ir";

/** Where a scalar comes from: an element of a graph node. It names the scalar and takes no part in equality. */
export interface Provenance {
  readonly node: number;
  readonly origin: Origin | null;
  readonly at: readonly number[];
  readonly shape: readonly number[];
}

interface ScalarBase {
  /** Ascending in order of making, so arguments before users. */
  readonly id: number;
}

export interface NumberScalar extends ScalarBase {
  readonly kind: "number";
  readonly value: number;
}
/** `array[offset + n · exampleStride]` */
export interface LoadScalar extends ScalarBase {
  readonly kind: "load";
  readonly input: InputNode;
  readonly array: string;
  readonly offset: number;
  readonly exampleStride: number;
}
/** `array[offset + n · exampleStride + at · stride]` */
export interface GatherScalar extends ScalarBase {
  readonly kind: "gather";
  readonly array: string;
  readonly offset: number;
  readonly exampleStride: number;
  readonly stride: number;
  readonly at: Scalar;
}
export interface ArgumentScalar extends ScalarBase {
  readonly kind: "argument";
  readonly name: string;
}
/** Draw `index` of the counter-based stream `stream + n · exampleStride`. */
export interface NoiseScalar extends ScalarBase {
  readonly kind: "noise";
  readonly distribution: "uniform" | "normal";
  readonly stream: number;
  readonly exampleStride: number;
  readonly index: number;
}
export interface ApplyScalar extends ScalarBase {
  readonly kind: "apply";
  readonly fn: ScalarFunctionName;
  readonly args: readonly Scalar[];
}

export type Scalar = NumberScalar | LoadScalar | GatherScalar | ArgumentScalar | NoiseScalar | ApplyScalar;

type Unmade<T> = T extends Scalar ? Omit<T, "id"> : never;

export function scalarArguments(scalar: Scalar): readonly Scalar[] {
  switch (scalar.kind) {
    case "number":
    case "load":
    case "argument":
    case "noise":
      return [];
    case "gather":
      return [scalar.at];
    case "apply":
      return scalar.args;
  }
}

/** Makes scalars; equal ones are the same object. */
export class ScalarGraph {
  readonly #made = new Map<string, Scalar>();
  readonly #provenance = new Map<Scalar, Provenance>();
  #nextId = 0;

  provenanceOf(scalar: Scalar): Provenance {
    const from = this.#provenance.get(scalar);
    if (from === undefined) throw new RangeError("a scalar of another graph");
    return from;
  }

  /** A scalar that no name has yet is known by the named tensor it turns out to be an element of. */
  credit(scalar: Scalar, from: Provenance): void {
    const known = this.provenanceOf(scalar).origin;
    if (known?.name != null || (known?.adjoint ?? false) !== (from.origin?.adjoint ?? false)) return;
    this.#provenance.set(scalar, from);
  }

  number(value: number, from: Provenance): Scalar {
    return this.#intern(`n${Object.is(value, -0) ? "-0" : value}`, { kind: "number", value }, from);
  }

  load(input: InputNode, array: string, offset: number, exampleStride: number, from: Provenance): Scalar {
    const key = `l${JSON.stringify(array)} ${offset} ${exampleStride}`;
    return this.#intern(key, { kind: "load", input, array, offset, exampleStride }, from);
  }

  gather(array: string, offset: number, exampleStride: number, stride: number, at: Scalar, from: Provenance): Scalar {
    const key = `g${JSON.stringify(array)} ${offset} ${exampleStride} ${stride} ${at.id}`;
    return this.#intern(key, { kind: "gather", array, offset, exampleStride, stride, at }, from);
  }

  argument(name: string, from: Provenance): Scalar {
    return this.#intern(`a${name}`, { kind: "argument", name }, from);
  }

  noise(
    distribution: "uniform" | "normal",
    stream: number,
    exampleStride: number,
    index: number,
    from: Provenance,
  ): Scalar {
    const key = `${distribution} ${stream} ${exampleStride} ${index}`;
    return this.#intern(key, { kind: "noise", distribution, stream, exampleStride, index }, from);
  }

  apply(fn: ScalarFunctionName, args: readonly Scalar[], from: Provenance): Scalar {
    if (fn === "stop_gradient" && args[0] !== undefined) return args[0];
    if (args.every((arg) => arg.kind === "number")) {
      return this.number(scalarFunctions[fn].value(...args.map((arg) => arg.value)), from);
    }
    return (
      this.#fold(fn, args, from) ??
      this.#intern(`f${fn} ${args.map((arg) => arg.id)}`, { kind: "apply", fn, args }, from)
    );
  }

  #fold(fn: ScalarFunctionName, args: readonly Scalar[], from: Provenance): Scalar | null {
    const [x, y, z] = args;
    if (x === undefined || y === undefined) return null;
    if (fn === "add") return isNumber(x, 0) ? y : isNumber(y, 0) ? x : null;
    if (fn === "sub") return isNumber(y, 0) ? x : isNumber(x, 0) ? this.apply("neg", [y], from) : null;
    if (fn === "mul") {
      if (isNumber(x, 0) || isNumber(y, 0)) return this.number(0, from);
      return isNumber(x, 1) ? y : isNumber(y, 1) ? x : null;
    }
    if (fn === "div") return isNumber(y, 1) ? x : null;
    if (fn === "select" && z !== undefined) {
      if (x.kind === "number") return x.value !== 0 ? y : z;
      return y === z ? y : null;
    }
    return null;
  }

  #intern<T extends Scalar>(key: string, definition: Unmade<T>, from: Provenance): Scalar {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const scalar = { ...definition, id: this.#nextId++ } as Scalar;
    this.#made.set(key, scalar);
    this.#provenance.set(scalar, from);
    return scalar;
  }
}

function isNumber(scalar: Scalar, value: number): boolean {
  return scalar.kind === "number" && scalar.value === value;
}
