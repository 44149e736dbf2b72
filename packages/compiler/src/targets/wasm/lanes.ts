/** Owns: lanes: where they lie in memory, and taking them together. */

import { withoutSymbol } from "../../schedule/index-form.ts";
import type { Access, Accumulation } from "../../schedule/loop-nest.ts";
import type { Code } from "./assembler.ts";
import type { FloatCode } from "./float-code.ts";

/** How far apart the lanes lie in memory, and where the first is. */
export function laneStride(access: Access): { readonly stride: number; readonly access: Access } {
  const lane = access.at.terms.find(({ symbol }) => symbol.kind === "lane");
  if (lane === undefined) return { stride: 0, access };
  return { stride: lane.coefficient, access: { ...access, at: withoutSymbol(access.at, lane.symbol) } };
}

export function lanesIn({ lanes }: FloatCode): readonly number[] {
  return Array.from({ length: lanes }, (_, lane) => lane);
}

/** A summand comes before what it is added to, so that the two can be fused if it is a product. */
export function accumulate(code: FloatCode, operator: Accumulation, left: Code, right: Code): Code {
  switch (operator) {
    case "sum":
      return code.add(right, left);
    case "prod":
      return code.mul(left, right);
    case "max":
      return code.max(left, right);
    case "min":
      return code.min(left, right);
  }
}
