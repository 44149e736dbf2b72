/**
 * Owns: the form that a procedure has between its graph and its text: a tree of loops over stores. Every store and load
 * names a buffer and an address in it, so that what may move past what is arithmetic on index forms.
 */

import type { Origin, ScalarFunctionName } from "@adjoint/ir";
import { type IndexForm, type IndexSymbol, renameInForm } from "./index-form.ts";

/** Memory that one procedure reads or writes. */
export interface Buffer {
  readonly id: number;
  readonly label: string;
  /** An argument of the function, or scratch memory of `size` elements that the schedule still has to find a place for. */
  readonly array: string | null;
  readonly size: number;
  /** Of a local variable: that it holds a number per lane. */
  readonly lanes?: number;
}

export interface Access {
  readonly buffer: Buffer;
  readonly at: IndexForm;
  /** The tensor that is accessed, for names. */
  readonly label: string;
}

/** Where a form must lie for a read to be inside its tensor; a bound that always holds is null. */
export interface Bound {
  readonly form: IndexForm;
  readonly least: number | null;
  /** Exclusive. */
  readonly limit: number | null;
}

export type LoopExpression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "load"; readonly access: Access }
  | { readonly kind: "argument"; readonly name: string }
  | {
      readonly kind: "noise";
      readonly distribution: "uniform" | "normal";
      readonly stream: IndexForm;
      readonly at: IndexForm;
    }
  /** An index form as a number. */
  | { readonly kind: "position"; readonly form: IndexForm }
  | { readonly kind: "apply"; readonly fn: ScalarFunctionName; readonly args: readonly LoopExpression[] }
  /** `value` where all bounds hold, else `fill`; `value` must not be computed elsewhere. */
  | {
      readonly kind: "guard";
      readonly bounds: readonly Bound[];
      readonly value: LoopExpression;
      readonly fill: number;
    }
  /** The lanes of a vector taken together into one number. */
  | { readonly kind: "horizontal"; readonly operator: Accumulation; readonly value: LoopExpression };

export type Accumulation = "sum" | "prod" | "max" | "min";

/** How a store combines with what is there. */
export type StoreOperator = "set" | Accumulation;

export interface StoreItem {
  readonly kind: "store";
  readonly target: Access;
  readonly operator: StoreOperator;
  readonly value: LoopExpression;
  readonly origin: Origin | null;
}

/**
 * Gives a symbol of kind `value` its value: a data-dependent index, or a number that a loop need not compute again. A number
 * goes into all lanes of a symbol that has some.
 */
export interface LetItem {
  readonly kind: "let";
  readonly symbol: IndexSymbol;
  readonly value: LoopExpression;
  readonly origin: Origin | null;
}

/** ⌈form / divisor⌉ */
export interface Limit {
  readonly form: IndexForm;
  readonly divisor: number;
}

/** The indices at which a loop does something, among 0 … extent − 1. */
export interface LoopRange {
  /** Without these the loop does nothing at all; they don't depend on its own index. */
  readonly where: readonly Bound[];
  /** It begins at the greatest of these, or 0. */
  readonly from: readonly Limit[];
  /** It ends before the least of these, or its extent. */
  readonly to: readonly Limit[];
}

export interface LoopItem {
  readonly kind: "loop";
  readonly symbol: IndexSymbol;
  readonly body: readonly Item[];
  /**
   * The body runs for all values of this symbol at once, on vectors of so many lanes: a form in which the lane has the
   * coefficient c is `base, base + c, base + 2c, …`. See {@link lanesOf} for which expressions are vectors.
   */
  readonly lane?: IndexSymbol;
  /** Each iteration needs what the one before has made: the iterations keep their order and are not divided. */
  readonly ordered?: true;
  /** Only once loops have their shape: what chooses that does not know of it. */
  readonly range?: LoopRange;
}

export type Item = StoreItem | LetItem | LoopItem;

export interface LoopProcedure {
  readonly items: readonly Item[];
  readonly result: Access | null;
}

/** Calls `visit` with an expression and everything in it. Depth is bounded by what fusion lets an expression hold. */
export function forEachExpression(expression: LoopExpression, visit: (part: LoopExpression) => void): void {
  visit(expression);
  switch (expression.kind) {
    case "number":
    case "load":
    case "argument":
    case "noise":
    case "position":
      return;
    case "apply":
      for (const arg of expression.args) forEachExpression(arg, visit);
      return;
    case "guard":
    case "horizontal":
      forEachExpression(expression.value, visit);
      return;
  }
}

/** The stores and lets of an item, outermost loops first. Loops nest no deeper than tensors have axes. */
export function forEachLeaf(
  item: Item,
  visit: (leaf: StoreItem | LetItem, loops: readonly LoopItem[]) => void,
  loops: readonly LoopItem[] = [],
): void {
  if (item.kind !== "loop") {
    visit(item, loops);
    return;
  }
  const inner = [...loops, item];
  for (const child of item.body) forEachLeaf(child, visit, inner);
}

export interface MemoryAccess {
  readonly access: Access;
  readonly writes: boolean;
  /** Of a write: the operation by which it joins what is there. */
  readonly accumulates: Accumulation | null;
}

export function accessesOf(item: Item): readonly MemoryAccess[] {
  const found: MemoryAccess[] = [];
  forEachLeaf(item, (leaf) => {
    forEachExpression(leaf.value, (part) => {
      if (part.kind === "load") found.push({ access: part.access, writes: false, accumulates: null });
    });
    if (leaf.kind !== "store") return;
    found.push({ access: leaf.target, writes: true, accumulates: leaf.operator === "set" ? null : leaf.operator });
  });
  return found;
}

/** The expression with its parts replaced from the inside out. */
export function mapExpression(
  expression: LoopExpression,
  change: (part: LoopExpression) => LoopExpression,
): LoopExpression {
  switch (expression.kind) {
    case "number":
    case "load":
    case "argument":
    case "noise":
    case "position":
      return change(expression);
    case "apply":
      return change({ ...expression, args: expression.args.map((arg) => mapExpression(arg, change)) });
    case "guard":
    case "horizontal":
      return change({ ...expression, value: mapExpression(expression.value, change) });
  }
}

/** The item with every expression in it replaced from the inside out. */
export function mapValues(item: Item, change: (part: LoopExpression) => LoopExpression): Item {
  return item.kind === "loop"
    ? { ...item, body: item.body.map((child) => mapValues(child, change)) }
    : { ...item, value: mapExpression(item.value, change) };
}

/** The item with every form in it changed. */
export function mapForms(item: Item, change: (form: IndexForm) => IndexForm): Item {
  const access = (a: Access): Access => ({ ...a, at: change(a.at) });
  const expression = (e: LoopExpression): LoopExpression =>
    mapExpression(e, (part) => {
      switch (part.kind) {
        case "load":
          return { ...part, access: access(part.access) };
        case "noise":
          return { ...part, stream: change(part.stream), at: change(part.at) };
        case "position":
          return { ...part, form: change(part.form) };
        case "guard":
          return { ...part, bounds: part.bounds.map((bound) => ({ ...bound, form: change(bound.form) })) };
        case "number":
        case "argument":
        case "apply":
        case "horizontal":
          return part;
      }
    });
  switch (item.kind) {
    case "store":
      return { ...item, target: access(item.target), value: expression(item.value) };
    case "let":
      return { ...item, value: expression(item.value) };
    case "loop": {
      const range = item.range === undefined ? {} : { range: mapRange(item.range, change) };
      return { ...item, ...range, body: item.body.map((child) => mapForms(child, change)) };
    }
  }
}

function mapRange({ where, from, to }: LoopRange, change: (form: IndexForm) => IndexForm): LoopRange {
  const moved = <T extends { readonly form: IndexForm }>(list: readonly T[]): readonly T[] =>
    list.map((edge) => ({ ...edge, form: change(edge.form) }));
  return { where: moved(where), from: moved(from), to: moved(to) };
}

/** The forms of a loop's own range. */
export function formsOfRange({ range }: LoopItem): readonly IndexForm[] {
  return range === undefined ? [] : [...range.where, ...range.from, ...range.to].map(({ form }) => form);
}

export function renameSymbol(item: Item, from: IndexSymbol, to: IndexSymbol): Item {
  return mapForms(item, (form) => renameInForm(form, from, to));
}

/** The forms that an expression holds itself, not those of its parts. */
export function formsOf(part: LoopExpression): readonly IndexForm[] {
  switch (part.kind) {
    case "load":
      return [part.access.at];
    case "noise":
      return [part.stream, part.at];
    case "position":
      return [part.form];
    case "guard":
      return part.bounds.map((bound) => bound.form);
    case "number":
    case "argument":
    case "apply":
    case "horizontal":
      return [];
  }
}

/**
 * How many lanes the value has; 1 for a number. A load is a vector if its address moves with the lane (contiguous where
 * the lane's coefficient is 1, a gather elsewhere) or if it is a local of several lanes; a position if its form does or
 * names a symbol of several lanes; an operation if any argument is: its other arguments are repeated along the lanes. A
 * guard tests no lane: its bounds are the same for all of them.
 */
export function lanesOf(expression: LoopExpression): number {
  switch (expression.kind) {
    case "number":
    case "argument":
    case "horizontal":
      return 1;
    case "load":
      return expression.access.buffer.lanes ?? lanesOfForm(expression.access.at);
    case "noise":
      return Math.max(lanesOfForm(expression.stream), lanesOfForm(expression.at));
    case "position":
      return lanesOfForm(expression.form);
    case "apply":
      return expression.args.reduce((most, arg) => Math.max(most, lanesOf(arg)), 1);
    case "guard":
      return lanesOf(expression.value);
  }
}

/** How many lanes a store writes: as many as its address has, or its local. A vector is never stored to a number. */
export function lanesOfAccess({ buffer, at }: Access): number {
  return buffer.lanes ?? lanesOfForm(at);
}

function lanesOfForm({ terms }: IndexForm): number {
  return terms.reduce((most, { symbol }) => {
    return Math.max(most, symbol.kind === "lane" ? symbol.extent : (symbol.lanes ?? 1));
  }, 1);
}
