/** Owns: which names in an expression are meant as indices, as far as their places tell. */

import { childrenOf } from "../elaborate/index-demands.ts";
import type { Expression, Name } from "../syntax-tree.ts";

/** The names in the index expressions of reads, outside inner reductions. */
export function* namesInIndices(expression: Expression): Generator<Name> {
  const pending: { readonly at: Expression; readonly inIndex: boolean }[] = [{ at: expression, inIndex: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { at, inIndex } = next;
    if (at.kind === "reference" && inIndex) yield at.name;
    if (at.kind === "reduction") continue;
    const indices: ReadonlySet<Expression> = new Set(at.kind === "read" ? at.indices : []);
    const isArithmetic = at.kind === "binary" || at.kind === "unary";
    for (const child of [...childrenOf(at)].reverse())
      pending.push({ at: child, inIndex: indices.has(child) || (isArithmetic && inIndex) });
  }
}
