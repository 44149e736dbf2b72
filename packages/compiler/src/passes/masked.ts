/**
 * Owns: cotangents that are exactly 0 where a mask is false. A branch not taken, an element not read and an element that is
 * not the greatest pass nothing back, even if a partial derivative is infinite there: 0 · ∞ never happens, because such
 * a product is formed under the mask.
 */

import type { Builder, Node, Origin } from "@adjoint/ir";
import { GraphError } from "@adjoint/ir";

export interface Masked {
  /** Truth per element; null is true everywhere. */
  readonly mask: Node | null;
  /** The cotangent where the mask is true. Elsewhere it is 0 where the filter is true, and anything at all where not. */
  readonly raw: Node;
  /** What of the mask `raw` does not obey yet: clean = filter · raw, never more than the mask; null where `raw` is clean. */
  readonly filter: Node | null;
  /** The cotangent: 0 where the mask is false. */
  readonly clean: Node;
}

/** A tensor that counts everywhere. */
export function unmasked(value: Node): Masked {
  return cleanWhere(null, value);
}

/** A tensor that is 0 already where the mask is false. */
export function cleanWhere(mask: Node | null, value: Node): Masked {
  return { mask, raw: value, filter: null, clean: value };
}

/** `m` where `condition` holds too. */
export function restrict(builder: Builder, m: Masked, condition: Node, origin: Origin | null): Masked {
  if (m.mask === condition) return m;
  const both = (mask: Node | null): Node => (mask === null ? condition : builder.map("and", [mask, condition], origin));
  // What is 0 already where the old mask is false needs the new condition only.
  const filter = both(m.filter);
  return { mask: both(m.mask), raw: m.raw, filter, clean: under(builder, filter, m.raw, origin) };
}

/** `m · factor`; `tame` says that the factor is finite, so that 0 · factor is 0 and needs no mask. */
export function times(builder: Builder, m: Masked, factor: Node, tame: boolean, origin: Origin | null): Masked {
  const raw = product(builder, m.raw, factor, origin);
  if (m.mask === null) return unmasked(raw);
  if (tame) return { ...m, raw, clean: product(builder, m.clean, factor, origin) };
  return { mask: m.mask, raw, filter: m.mask, clean: under(builder, m.mask, raw, origin) };
}

/** The same movement of elements for mask and values. */
export function moved(m: Masked, move: (x: Node) => Node): Masked {
  const raw = move(m.raw);
  const filter = m.filter === null ? null : move(m.filter);
  return { mask: m.mask === null ? null : move(m.mask), raw, filter, clean: filter === null ? raw : move(m.clean) };
}

/** The sum of one or more; it counts where any of them does. The name of `origin` is the whole sum's. */
export function total(builder: Builder, terms: readonly Masked[], origin: Origin | null): Masked {
  const [first, ...rest] = terms;
  if (first === undefined) throw new GraphError("a sum of no cotangents");
  const within = origin === null ? null : { ...origin, name: null };
  return rest.reduce((sum, term, k) => {
    const add = (x: Node, y: Node) => builder.map("add", [x, y], k === rest.length - 1 ? origin : within);
    const clean = add(sum.clean, term.clean);
    if (sum.mask === term.mask && sum.filter === term.filter) {
      return { mask: sum.mask, raw: add(sum.raw, term.raw), filter: sum.filter, clean };
    }
    if (sum.mask === term.mask) return cleanWhere(sum.mask, clean);
    if (sum.mask === null || term.mask === null) return unmasked(clean);
    return cleanWhere(builder.map("or", [sum.mask, term.mask], origin), clean);
  }, first);
}

function under(builder: Builder, mask: Node, value: Node, origin: Origin | null): Node {
  return builder.map("select", [mask, value, builder.constant(0, value.shape)], origin);
}

/** x · factor, without multiplying by a factor ±1. */
function product(builder: Builder, x: Node, factor: Node, origin: Origin | null): Node {
  if (factor.kind === "constant" && factor.value === 1) return x;
  if (factor.kind === "constant" && factor.value === -1) return builder.map("neg", [x], origin);
  return builder.map("mul", [x, factor], origin);
}
