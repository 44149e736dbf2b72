/**
 * Owns: cotangents that are exactly 0 where a mask is false, whatever their value holds there. A branch not taken, an
 * element not read and an element that is not the greatest pass nothing back, even if a partial derivative is infinite
 * there: 0 · ∞ never happens, because the product is formed under the mask.
 */

import type { Builder, Node, Origin } from "@adjoint/ir";
import { GraphError } from "@adjoint/ir";

export interface Masked {
  /** Truth per element; null is true everywhere. */
  readonly mask: Node | null;
  readonly value: Node;
  /** Whether `value` is 0 already where the mask is false, so that no select is needed as long as factors are tame. */
  readonly clean: boolean;
}

/** A tensor that counts everywhere. */
export function unmasked(value: Node): Masked {
  return { mask: null, value, clean: true };
}

/** `m` where `condition` holds too. */
export function restrict(builder: Builder, m: Masked, condition: Node, origin: Origin | null): Masked {
  if (m.mask === condition) return m;
  const mask = m.mask === null ? condition : builder.map("and", [m.mask, condition], origin);
  return { mask, value: m.value, clean: false };
}

/** `m · factor`; `tame` says that the factor is finite, so that 0 · factor is 0. */
export function times(builder: Builder, m: Masked, factor: Node, tame: boolean, origin: Origin | null): Masked {
  return { mask: m.mask, value: product(builder, m.value, factor, origin), clean: m.clean && tame };
}

/** The tensor itself: 0 where the mask is false. */
export function materialise(builder: Builder, m: Masked, origin: Origin | null): Node {
  if (m.mask === null || m.clean) return m.value;
  return builder.map("select", [m.mask, m.value, builder.constant(0, m.value.shape)], origin);
}

/** The sum of one or more; it counts where any of them does. */
export function total(builder: Builder, terms: readonly Masked[], origin: Origin | null): Masked {
  const [first, ...rest] = terms;
  if (first === undefined) throw new GraphError("a sum of no cotangents");
  return rest.reduce((sum, term) => {
    const add = (x: Node, y: Node) => builder.map("add", [x, y], origin);
    if (sum.mask === term.mask) {
      return { mask: sum.mask, value: add(sum.value, term.value), clean: sum.clean && term.clean };
    }
    const value = add(materialise(builder, sum, origin), materialise(builder, term, origin));
    if (sum.mask === null || term.mask === null) return unmasked(value);
    return { mask: builder.map("or", [sum.mask, term.mask], origin), value, clean: true };
  }, first);
}

/** x · factor, without multiplying by a factor ±1. */
function product(builder: Builder, x: Node, factor: Node, origin: Origin | null): Node {
  if (factor.kind === "constant" && factor.value === 1) return x;
  if (factor.kind === "constant" && factor.value === -1) return builder.map("neg", [x], origin);
  return builder.map("mul", [x, factor], origin);
}
