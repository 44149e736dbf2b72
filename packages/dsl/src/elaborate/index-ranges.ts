/**
 * Owns: the ranges of indices. Every index runs from 0; how far, the reads decide in which it stands.
 *
 * A read `x[form]` without `else` demands 0 ≤ form ≤ extent − 1 for all values of its indices. An index whose range is not
 * written (`i < n`) is fixed first by the reads in which it stands alone (`x[i]`, `x[2*i + 1]`: the least of their bounds;
 * plain reads must agree), then, knowing those, by forms of several (`x[i + u]` with u known: the largest range with every
 * read inside). At the end every demand is checked. An index that is divided (`k div n`) stands here as its digits.
 */

import { citation, type Span, textOf } from "@adjoint/ir";
import type { Label } from "../diagnostic.ts";
import type { Expression, IndexBinder, Read } from "../syntax-tree.ts";
import { collectDemands, type Demand, isBinder } from "./index-demands.ts";
import type { Digit, Digits } from "./index-digits.ts";
import { type IndexGroup, type Place, report, type Scope } from "./session.ts";
import { quote } from "./tensors.ts";
import { listed, plural, type TensorValue } from "./values.ts";

type Ranges = Map<IndexBinder, number | null>;

/** Infers the ranges of `binders` and of every reduction inside `body`, jointly; `whole` says that `body` is a tensor. */
export function inferRanges(
  scope: Scope,
  binders: readonly IndexBinder[],
  body: Expression,
  whole: boolean,
): IndexGroup {
  const { bound, digits, demands, uncertain, known, loose } = collectDemands(scope, binders, body, whole);
  const ranges: Ranges = new Map();
  const unknown = new Set<IndexBinder>();
  for (const index of bound) {
    for (const digit of digits.of(index)) {
      if (digit.extent !== null || index.extent !== null) ranges.set(digit.index, digit.extent);
      else unknown.add(digit.index);
    }
  }
  const byIndex = new Map<IndexBinder, Demand[]>();
  for (const demand of demands) {
    for (const index of demand.form.terms.keys()) {
      if (!isBinder(index)) continue;
      const list = byIndex.get(index);
      if (list === undefined) byIndex.set(index, [demand]);
      else list.push(demand);
    }
  }
  for (const index of unknown) {
    const alone = (byIndex.get(index) ?? []).filter((demand) => demand.form.terms.size === 1);
    if (alone.length === 0) continue;
    unknown.delete(index);
    ranges.set(index, plainReadsAgree(scope, index, alone) ? leastBound(scope, index, alone, ranges) : null);
  }
  solveJointly(scope, unknown, byIndex, ranges);
  const open = [...unknown].filter((index) => !uncertain.has(index));
  for (const index of unknown) ranges.set(index, null);
  reportUnknown(
    scope,
    open,
    (index) => byIndex.get(index)?.[0]?.span ?? null,
    (index) => loose.get(index) ?? null,
  );
  const outside = new Set<Read>();
  for (const demand of demands) {
    // What lies outside is said once for a read, whichever axis it leaves.
    if (outside.has(demand.read) || demand.divided !== null || isInside(demand, ranges)) continue;
    outside.add(demand.read);
    reportReach(scope, demand, ranges);
  }
  for (const { divided, ...demand } of demands) {
    if (divided === null || digitsFit(scope, demand, divided, digits, ranges)) continue;
    for (const digit of digits.of(divided)) ranges.set(digit.index, null);
  }
  const digitsOf = new Map(bound.map((index) => [index, placesOf(digits.of(index), ranges)]));
  return { digits: digitsOf, known };
}

/** The digits with their extents; null if a range could not be found. */
function placesOf(digits: readonly Digit[], ranges: Ranges): readonly Place[] | null {
  const places: Place[] = [];
  for (const { index, weight } of digits) {
    const extent = ranges.get(index) ?? null;
    if (extent === null) return null;
    places.push({ weight, extent });
  }
  return places;
}

/** An index with digits that stands by itself runs over exactly that axis; its digits must be able to. */
function digitsFit(
  scope: Scope,
  demand: Omit<Demand, "divided">,
  index: IndexBinder,
  digits: Digits,
  ranges: Ranges,
): boolean {
  const [first] = placesOf(digits.of(index), ranges) ?? [];
  if (first === undefined || first.weight * first.extent === demand.extent) return true;
  const name = `\`${index.name.text}\``;
  const divides = demand.extent % first.weight === 0;
  report(
    scope,
    "shape-mismatch",
    divides
      ? `${quote(demand.read.source.span)} has ${extentText(demand)} where ${name} runs over ${first.weight * first.extent}`
      : `${quote(demand.read.source.span)} has ${extentText(demand)}, which is no multiple of ${first.weight}`,
    [
      { span: demand.span, text: `${name} runs over ${demand.extent} here` },
      {
        span: index.name.span,
        text: divides
          ? `its digits run over ${first.weight * first.extent}`
          : `divided by ${first.weight}, so it runs over whole multiples of that`,
      },
    ],
    declarationHelp([demand]),
  );
  return false;
}

/** Forms of several indices: an index whose other companions are all known everywhere goes first. */
function solveJointly(
  scope: Scope,
  unknown: Set<IndexBinder>,
  byIndex: ReadonlyMap<IndexBinder, readonly Demand[]>,
  ranges: Ranges,
): void {
  const settled = (demand: Demand, index: IndexBinder): boolean =>
    [...demand.form.terms.keys()].every((other) => other === index || !isBinder(other) || ranges.has(other));
  const fix = (index: IndexBinder): void => {
    const demands = (byIndex.get(index) ?? []).filter((demand) => settled(demand, index));
    unknown.delete(index);
    ranges.set(index, leastBound(scope, index, demands, ranges));
  };
  for (let progress = true; progress; ) {
    progress = false;
    for (const index of unknown) {
      const demands = byIndex.get(index) ?? [];
      if (demands.length === 0 || !demands.every((demand) => settled(demand, index))) continue;
      fix(index);
      progress = true;
    }
    if (progress) continue;
    for (const index of unknown) {
      if (!(byIndex.get(index) ?? []).some((demand) => settled(demand, index))) continue;
      fix(index);
      progress = true;
      break;
    }
  }
}

/** The largest n such that `index < n` keeps every demand, its companions being known; null if one of them failed. */
function leastBound(scope: Scope, index: IndexBinder, demands: readonly Demand[], ranges: Ranges): number | null {
  let least = Number.POSITIVE_INFINITY;
  for (const demand of demands) {
    const others = spanOfForm(demand, ranges, index);
    if (others === null) return null;
    const c = demand.form.terms.get(index) ?? 0;
    const bound = c > 0 ? Math.floor((demand.extent - 1 - others.max) / c) + 1 : Math.floor(others.min / -c) + 1;
    if (bound < 1) {
      report(
        scope,
        "empty-range",
        `${quote(demand.span)} is inside ${quote(demand.read.source.span)} for no \`${index.name.text}\``,
        [
          { span: demand.span, text: `${quote(demand.read.source.span)} has ${extentText(demand)}` },
          { span: index.name.span, text: `\`${index.name.text}\` would run over nothing` },
        ],
        `say what lies outside: ${readWithElse(demand.read)}`,
      );
      return null;
    }
    least = Math.min(least, bound);
  }
  return least;
}

function plainReadsAgree(scope: Scope, index: IndexBinder, demands: readonly Demand[]): boolean {
  const plain = demands.filter(isPlain);
  const first = plain[0];
  const other = plain.find((demand) => demand.extent !== first?.extent);
  if (first === undefined || other === undefined) return true;
  report(
    scope,
    "shape-mismatch",
    `${quote(first.read.source.span)} has ${extentText(first)} where ${quote(other.read.source.span)} has ${extentText(other)}`,
    [
      { span: other.span, text: `${index.name.text} runs over ${other.extent} here` },
      { span: first.span, text: `${index.name.text} runs over ${first.extent} here` },
    ],
    declarationHelp([first, other]),
  );
  return false;
}

function isInside(demand: Demand, ranges: Ranges): boolean {
  const reach = spanOfForm(demand, ranges, null);
  return reach === null || (reach.min >= 0 && reach.max < demand.extent);
}

function reportReach(scope: Scope, demand: Demand, ranges: Ranges): void {
  const reach = spanOfForm(demand, ranges, null);
  if (reach === null) return;
  reportOutside(scope, demand.read, demand.axis, demand.tensor, reach.min < 0 ? reach.min : reach.max);
}

/** A read without `else` that reaches position `at` of an axis that has no such position. */
export function reportOutside(scope: Scope, read: Read, axis: number, source: TensorValue, at: number): void {
  const name = quote(read.source.span);
  const index = read.indices[axis] ?? read;
  const rank = source.shape.length;
  const extent = source.shape[axis] ?? 0;
  const what =
    rank === 1
      ? `element ${at}`
      : rank === 2
        ? `${axis === 0 ? "row" : "column"} ${at}`
        : `position ${at} on axis ${axis}`;
  report(
    scope,
    "out-of-bounds",
    `${name} has no ${what}`,
    [
      { span: index.span, text: textOf(index.span) === String(at) ? "outside" : `reaches ${at}` },
      { span: read.source.span, text: `has ${axisText(extent, axis, rank)}, counted from 0` },
    ],
    index.kind === "number" ? `the last is ${extent - 1}` : `say what lies there: ${readWithElse(read)}`,
  );
}

/** One report for each cause: a read that fixes only a combination of indices, a read with `else`, or no read at all. */
function reportUnknown(
  scope: Scope,
  unknown: readonly IndexBinder[],
  jointRead: (index: IndexBinder) => Span | null,
  looseRead: (index: IndexBinder) => Span | null,
): void {
  const causes = new Map<Span | null, IndexBinder[]>();
  for (const index of unknown) {
    const cause = jointRead(index) ?? looseRead(index);
    const known = causes.get(cause);
    if (known === undefined) causes.set(cause, [index]);
    else known.push(index);
  }
  for (const [cause, indices] of causes) {
    const [first, ...others] = indices;
    if (first === undefined) continue;
    const isJoint = cause !== null && jointRead(first) === cause;
    const names = listed(indices.map((index) => `\`${index.name.text}\``));
    const several = others.length > 0;
    const labels: [Label, ...Label[]] = [{ span: first.name.span, text: "its range is open" }];
    for (const index of others) labels.push({ span: index.name.span, text: "and so is this" });
    if (isJoint) labels.push({ span: cause, text: "this fixes only the indices together" });
    else if (cause !== null)
      labels.push({ span: cause, text: "a read with `else` may fall outside, so it fixes no range" });
    const written = (isJoint ? [first] : indices).map((index) => `\`${index.name.text} < n\``);
    report(
      scope,
      "unknown-range",
      cause === null
        ? `no read tells how far ${names} ${several ? "run" : "runs"}`
        : `the ${several ? "ranges" : "range"} of ${names} ${several ? "are" : "is"} not fixed`,
      labels,
      `write how far ${isJoint && several ? "one of them runs" : several ? "they run" : "it runs"}: ${written.join(", ")}`,
    );
  }
}

/** Least and greatest value of the form over the known ranges, without the term of `except`; null if one has failed. */
function spanOfForm(
  demand: Demand,
  ranges: Ranges,
  except: IndexBinder | null,
): { readonly min: number; readonly max: number } | null {
  let min = demand.form.offset;
  let max = min;
  for (const [index, c] of demand.form.terms) {
    if (index === except) continue;
    const extent = isBinder(index) ? (ranges.get(index) ?? null) : index.extent;
    if (extent === null) return null;
    const reach = c * (extent - 1);
    if (reach < 0) min += reach;
    else max += reach;
  }
  return { min, max };
}

function isPlain(demand: Demand): boolean {
  const { offset, terms } = demand.form;
  return offset === 0 && terms.size === 1 && [...terms.values()].every((c) => c === 1);
}

function extentText(demand: Omit<Demand, "divided">): string {
  return axisText(demand.extent, demand.axis, demand.tensor.shape.length);
}

/** `3 elements`, `3 rows`, `3 columns`, `extent 3 along axis 2`. */
export function axisText(extent: number, axis: number, rank: number): string {
  if (rank === 1) return plural(extent, "element");
  if (rank === 2) return plural(extent, axis === 0 ? "row" : "column");
  return `extent ${extent} along axis ${axis}`;
}

function readWithElse({ source, indices, trailing }: Read): string {
  const rest = trailing === null ? "" : ", ..";
  const text = `${textOf(source.span)}[${indices.map((index) => textOf(index.span)).join(", ")}${rest} else 0]`;
  return text.length > 60 ? "x[i else 0]" : text.replace(/\s+/g, " ");
}

function declarationHelp(demands: readonly Omit<Demand, "divided">[]): string | null {
  const parts = demands.flatMap(({ tensor: { declared }, read }) =>
    declared === null ? [] : [`${quote(read.source.span)} is declared at ${citation(declared)}`],
  );
  return parts.length === 0 ? null : parts.join(", ");
}
