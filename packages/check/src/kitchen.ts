/** Owns: what a program has at hand while its recipe is followed. */

import type { Builder, CarriedNode, InputNode, Shape } from "@adjoint/ir";
import type { Tensor } from "./framed-tensors.ts";

export interface Kitchen {
  readonly b: Builder;
  /** What stands around: see framed-tensors. */
  readonly frame: Shape;
  /** How many examples of a batch count, which are then the first axis of the frame; null in a program of one example. */
  readonly examples: InputNode | null;
  /** What the recurrences around carry, outermost first. */
  readonly carried: readonly (readonly CarriedNode[])[];
  readonly parameters: InputNode[];
  readonly inputs: InputNode[];
  readonly leaves: InputNode[];
  readonly tensors: Tensor[];
  /** For names that no two tensors share. */
  readonly counter: { next: number };
}

/** An input that each example supplies anew, of the given shape. */
export function exampleInput(
  { b, frame, examples, inputs }: Kitchen,
  name: string,
  role: "input" | "target",
  shape: Shape,
  element: InputNode["element"] = { kind: "real" },
): { readonly node: InputNode; readonly along: readonly number[] } {
  const along = examples === null ? [] : [0];
  const node = b.input(name, role, [...frame.slice(0, along.length), ...shape], element);
  inputs.push(node);
  return { node, along };
}
