/** Owns: how a reduction proceeds: what it starts from and what takes each element in. */

import type { ReductionOp, ScalarFunctionName } from "@adjoint/ir";

export interface ReductionSteps {
  readonly start: number;
  readonly fn: ScalarFunctionName;
}

export const reductionSteps: Readonly<Record<ReductionOp, ReductionSteps>> = {
  sum: { start: 0, fn: "add" },
  prod: { start: 1, fn: "mul" },
  max: { start: Number.NEGATIVE_INFINITY, fn: "max" },
  min: { start: Number.POSITIVE_INFINITY, fn: "min" },
};
