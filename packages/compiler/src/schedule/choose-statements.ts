/** Owns: which scalars of an unrolled procedure get a line and a name of their own, and which stand inside another's. */

import type { ScalarFunctionName } from "@adjoint/ir";
import { type Provenance, type Scalar, scalarArguments } from "./scalar-graph.ts";
import type { UnrolledProcedure } from "./unroll.ts";

/** What a line may measure, roughly: names are not known yet. */
const readableWidth = 88;
/** A sum may run on over several lines up to here; the bound also bounds the depth of expressions. */
const sumWidth = 900;
const nameWidth = 6;

/** All scalars that the results need, arguments before users. */
export function liveScalars(unrolled: UnrolledProcedure): readonly Scalar[] {
  const seen = new Set<Scalar>();
  const pending = unrolled.results.map((result) => result.value);
  for (let scalar = pending.pop(); scalar !== undefined; scalar = pending.pop()) {
    if (seen.has(scalar)) continue;
    seen.add(scalar);
    pending.push(...scalarArguments(scalar));
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/**
 * A scalar is a statement if it is loaded from an array, used more than once (unless writing it again is as short as its
 * name), bound by a statement of the model itself, or too long to stand inside another.
 */
export function chooseStatements(unrolled: UnrolledProcedure): ReadonlySet<Scalar> {
  const live = liveScalars(unrolled);
  const uses = new Map<Scalar, number>();
  const inside = new Set<Scalar>();
  for (const scalar of live) {
    for (const arg of scalarArguments(scalar)) {
      uses.set(arg, (uses.get(arg) ?? 0) + 1);
      inside.add(arg);
    }
  }
  for (const { value } of unrolled.results) uses.set(value, (uses.get(value) ?? 0) + 1);
  const owners = nameOwners(live.map((scalar) => unrolled.provenanceOf(scalar)));
  const stores = unrolled.results.some(({ destination }) => destination.kind !== "return");
  const returned = new Set(
    unrolled.results.filter(({ destination }) => destination.kind === "return").map(({ value }) => value),
  );

  const statements = new Set<Scalar>();
  const widths = new Map<Scalar, number>();
  const widthOf = (scalar: Scalar): number => (statements.has(scalar) ? nameWidth : (widths.get(scalar) ?? nameWidth));
  const name = (scalar: Scalar): void => {
    if (scalar.kind === "apply" || scalar.kind === "noise") statements.add(scalar);
  };

  for (const scalar of live) {
    if (scalar.kind === "load" || scalar.kind === "gather") statements.add(scalar);
    if (scalar.kind === "noise" && (uses.get(scalar) ?? 0) > 1) statements.add(scalar);
    if (scalar.kind !== "apply") {
      widths.set(scalar, leafWidth(scalar));
      continue;
    }
    const isSum = scalar.fn === "add" || scalar.fn === "sub";
    const ownWidth = (): number => scalar.args.reduce((sum, arg) => sum + widthOf(arg), formWidth(scalar.fn));
    const limit = isSum ? sumWidth : readableWidth;
    // What overflows the line is named, the longest first; in a sum, only terms that overflow by themselves.
    const byWidth = [...scalar.args].sort((a, b) => widthOf(b) - widthOf(a));
    for (const [k, arg] of byWidth.entries()) {
      const chain = isSum && arg === scalar.args[0] && isSumScalar(arg);
      const wide = chain ? widthOf(arg) > limit : widthOf(arg) > readableWidth;
      const crowded = !isSum && k === 0 && ownWidth() > limit && widthOf(arg) > 3 * nameWidth;
      if (wide || crowded) name(arg);
    }
    widths.set(scalar, ownWidth());

    const count = uses.get(scalar) ?? 0;
    const { origin, node } = unrolled.provenanceOf(scalar);
    const bound = origin?.name != null && !origin.name.includes(".") && owners.get(ownerKey(origin)) === node;
    if ((count > 1 && !isShort(scalar)) || (bound && inside.has(scalar)) || (stores && returned.has(scalar))) {
      statements.add(scalar);
    }
  }
  return statements;
}

/** Of several tensors that bear one name, the last is what the source means by it; the others are steps on the way. */
export function nameOwners(provenances: Iterable<Provenance>): ReadonlyMap<string, number> {
  const owners = new Map<string, number>();
  for (const { origin, node } of provenances) {
    if (origin?.name == null) continue;
    const key = ownerKey(origin);
    owners.set(key, Math.max(owners.get(key) ?? -1, node));
  }
  return owners;
}

export function ownerKey(origin: { readonly name: string | null; readonly adjoint: boolean }): string {
  return `${origin.adjoint ? "d_" : ""}${origin.name}`;
}

function isSumScalar(scalar: Scalar): boolean {
  return scalar.kind === "apply" && (scalar.fn === "add" || scalar.fn === "sub");
}

/** As short as a name would be: −x and comparisons of leaves. */
function isShort(scalar: Scalar): boolean {
  if (scalar.kind !== "apply" || !shortForms.has(scalar.fn)) return false;
  return scalar.args.every((arg) => arg.kind !== "apply" && arg.kind !== "noise");
}

const shortForms: ReadonlySet<ScalarFunctionName> = new Set(["neg", "lt", "le", "eq", "ne"]);
const operators: ReadonlySet<ScalarFunctionName> = new Set(["add", "sub", "mul", "div", "neg", "lt", "le", "eq", "ne"]);

function leafWidth(scalar: Scalar): number {
  if (scalar.kind === "number") return String(scalar.value).length;
  return scalar.kind === "noise" ? 20 : nameWidth;
}

function formWidth(fn: ScalarFunctionName): number {
  return operators.has(fn) ? 4 : fn.length + 8;
}
