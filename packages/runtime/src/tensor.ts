/** Owns: a tensor as users meet it (a shape over flat numbers), and the types in which they may supply numbers. */

/** The element types in which a network computes. */
export type Floats = Float64Array | Float32Array;

/** Flat numbers in row-major order, of any element type that holds them. */
export type NumericArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

export type Extents = readonly number[];

/** Nested arrays of a rank: `number`, `readonly number[]`, `readonly (readonly number[])[]`, … */
export type Nested<Shape extends Extents> = Shape extends readonly [number, ...infer Rest extends Extents]
  ? readonly Nested<Rest>[]
  : number;

/**
 * One example's worth of a tensor: nested arrays, or flat row-major numbers. A tensor of one element may be that number.
 * Lengths are checked when the data are read.
 */
export type Example<Shape extends Extents> =
  | Nested<Shape>
  | (Shape extends readonly [] ? never : NumericArray | readonly number[])
  | (Shape extends readonly 1[] ? number : never);

/** Any number of examples: a list of them, or all of them in one flat array, one after another. */
export type Examples<Shape extends Extents> = readonly Example<Shape>[] | NumericArray;

/** A tensor whose elements lie in `values` in row-major order. */
export class Tensor<Shape extends Extents = Extents, Values extends Floats = Float64Array> {
  readonly shape: Shape;
  /** Where the elements lie: what is written here is written into the tensor. */
  readonly values: Values;

  constructor(values: Values, shape: Shape) {
    this.values = values;
    this.shape = shape;
  }

  /** The element at one index per axis. @throws {RangeError} outside the tensor. */
  at(...index: { readonly [Axis in keyof Shape]: number }): number {
    return this.values[flatIndex(this.shape, index)] ?? Number.NaN;
  }
}

/** A view of `shape` on the elements of `values` from `offset` on. */
export function tensor<const Shape extends Extents, Values extends Floats>(
  values: Values,
  shape: Shape,
): Tensor<Shape, Values> {
  return new Tensor(values, shape);
}

export function sizeOf(shape: Extents): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function divide(values: Floats, divisor: number): void {
  for (let k = 0; k < values.length; k++) values[k] = (values[k] ?? 0) / divisor;
}

/** Row-major position of an index. @throws {RangeError} outside the shape. */
function flatIndex(shape: Extents, index: Extents): number {
  let position = 0;
  for (const [axis, extent] of shape.entries()) {
    const i = index[axis];
    if (i === undefined || !Number.isInteger(i) || i < 0 || i >= extent) {
      throw new RangeError(`[${index.join(", ")}] lies outside a tensor of shape [${shape.join(", ")}]`);
    }
    position = position * extent + i;
  }
  return position;
}
