/** Owns: procedures that find their noise in arrays, for targets whose functions do not draw themselves. */

import { elementCount, type InputNode } from "@adjoint/ir";
import type { NoisePlace, Place, Procedure } from "../procedure.ts";

/** Noise that the caller draws: element k for example n is draw k of stream `stream + n · exampleStride`. */
export interface DrawnArray extends Pick<NoisePlace, "distribution" | "stream" | "exampleStride"> {
  readonly array: string;
  /** Elements for one example. */
  readonly size: number;
}

/** The procedure with an array for each of its noise inputs, and what has to be drawn into them. */
export function drawOutside(procedure: Procedure): {
  readonly procedure: Procedure;
  readonly drawn: readonly DrawnArray[];
} {
  const drawn: DrawnArray[] = [];
  const inputs = new Map<InputNode, Place>();
  for (const [input, place] of procedure.inputs) {
    if (place.kind !== "noise") {
      inputs.set(input, place);
      continue;
    }
    const { distribution, stream, exampleStride, rows } = place;
    const size = elementCount(rows ? input.shape.slice(1) : input.shape);
    // No port can have such a name.
    const array = `${distribution} ${stream}`;
    drawn.push({ array, distribution, stream, exampleStride, size });
    inputs.set(input, { kind: "array", array, offset: 0, exampleStride: rows ? 0 : size });
  }
  return { procedure: { ...procedure, inputs }, drawn };
}
