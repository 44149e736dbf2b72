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
  /** The cotangent where the mask is true; anything at all elsewhere. */
  readonly raw: Node;
  /** The cotangent: 0 where the mask is false. Equal to `raw` without a mask. */
  readonly clean: Node;
}

/** A tensor that counts everywhere. */
export function unmasked(value: Node): Masked {
  return { mask: null, raw: value, clean: value };
}

/** A tensor that is 0 already where the mask is false. */
export function cleanWhere(mask: Node | null, value: Node): Masked {
  return { mask, raw: value, clean: value };
}

/** `m` where `condition` holds too. */
export function restrict(builder: Builder, m: Masked, condition: Node, origin: Origin | null): Masked {
  if (m.mask === condition) return m;
  const mask = m.mask === null ? condition : builder.map("and", [m.mask, condition], origin);
  // What is 0 already where the old mask is false needs the new condition only.
  const clean = under(builder, m.raw === m.clean ? condition : mask, m.raw, origin);
  return { mask, raw: m.raw, clean };
}

/** `m · factor`; `tame` says that the factor is finite, so that 0 · factor is 0 and needs no mask. */
export function times(builder: Builder, m: Masked, factor: Node, tame: boolean, origin: Origin | null): Masked {
  const raw = product(builder, m.raw, factor, origin);
  if (m.mask === null) return unmasked(raw);
  const clean = tame ? product(builder, m.clean, factor, origin) : under(builder, m.mask, raw, origin);
  return { mask: m.mask, raw, clean };
}

/** The same movement of elements for mask and values. */
export function moved(m: Masked, move: (x: Node) => Node): Masked {
  const raw = move(m.raw);
  return { mask: m.mask === null ? null : move(m.mask), raw, clean: m.clean === m.raw ? raw : move(m.clean) };
}

/** The sum of one or more; it counts where any of them does. The name of `origin` is the whole sum's. */
export function total(builder: Builder, terms: readonly Masked[], origin: Origin | null): Masked {
  const [first, ...rest] = terms;
  if (first === undefined) throw new GraphError("a sum of no cotangents");
  const within = origin === null ? null : { ...origin, name: null };
  return rest.reduce((sum, term, k) => {
    const add = (x: Node, y: Node) => builder.map("add", [x, y], k === rest.length - 1 ? origin : within);
    const clean = add(sum.clean, term.clean);
    if (sum.mask === term.mask) return { mask: sum.mask, raw: add(sum.raw, term.raw), clean };
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
