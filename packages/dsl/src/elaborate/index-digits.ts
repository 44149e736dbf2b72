/**
 * Owns: `k div n` and `k mod n` of indices. An index that is divided is replaced, where it is bound, by digits of its own
 * (k = n·q + r with r < n), over which quotient and remainder are affine again. So reads stay affine, whatever digits they
 * take apart and put together, and their adjoints exact.
 */

import { divideAffine, type Shape } from "@adjoint/ir";
import type { IndexBinder } from "../syntax-tree.ts";
import type { Form } from "./index-forms.ts";
import type { IndexVariable } from "./values.ts";

/** The index that is bound is Σ weight · digit; each digit stands as an index of its own, greatest weight first. */
export interface Digit {
  readonly index: IndexBinder;
  readonly weight: number;
  /** Null for the foremost, as long as the range of the whole is open. */
  readonly extent: number | null;
}

export interface Division<V> {
  readonly quotient: Form<V>;
  readonly remainder: Form<V>;
}

/** `form` divided by a whole number, if both parts are affine in its variables; `extentOf` is null for an open range. */
export function divideForm<V>(
  form: Form<V>,
  divisor: number,
  extentOf: (variable: V) => number | null,
): Division<V> | null {
  if (!Number.isSafeInteger(divisor) || divisor < 1) return null;
  const variables = [...form.terms.keys()];
  const coefficients = variables.map((variable) => form.terms.get(variable) ?? 0);
  const shape: number[] = [];
  for (const [k, variable] of variables.entries()) {
    const extent = extentOf(variable);
    // What the divisor divides leaves nothing, however far the index runs.
    if (extent === null && (coefficients[k] ?? 0) % divisor !== 0) return null;
    shape.push(extent ?? 2);
  }
  const divided = divideAffine({ offset: form.offset, coefficients }, divisor, shape satisfies Shape);
  if (divided === null) return null;
  const over = ({ offset, coefficients: of }: typeof divided.quotient): Form<V> => ({
    offset,
    terms: new Map(variables.map((variable, k) => [variable, of[k] ?? 0] as const).filter(([, c]) => c !== 0)),
  });
  return { quotient: over(divided.quotient), remainder: over(divided.remainder) };
}

/** The digits of all indices under one binder. */
export class Digits {
  readonly #digits = new Map<IndexBinder, readonly Digit[]>();
  /** Of a digit, the index that it is one of. */
  readonly #whole = new Map<IndexBinder, IndexBinder>();
  /** How often an index has been split: what was read before may be read differently since. */
  splits = 0;

  /** Makes an index known, and how far it runs if that is written. */
  bind(index: IndexBinder, extent: number | null): void {
    if (this.#digits.has(index)) return;
    this.#digits.set(index, [{ index, weight: 1, extent }]);
    this.#whole.set(index, index);
  }

  of(index: IndexBinder): readonly Digit[] {
    return this.#digits.get(index) ?? [{ index, weight: 1, extent: null }];
  }

  formOf(index: IndexBinder): Form<IndexBinder> {
    return { offset: 0, terms: new Map(this.of(index).map((digit) => [digit.index, digit.weight])) };
  }

  extentOf(digit: IndexBinder): number | null {
    return this.#digit(digit)?.extent ?? null;
  }

  /** Divides, splitting indices as far as that takes; null where no digits make it affine. */
  divide(form: Form<IndexBinder | IndexVariable>, divisor: number): Division<IndexBinder | IndexVariable> | null {
    const extentOf = (index: IndexBinder | IndexVariable): number | null =>
      "kind" in index ? this.extentOf(index) : index.extent;
    for (let at = form; ; ) {
      const divided = divideForm(at, divisor, extentOf);
      if (divided !== null) return divided;
      const next = this.#splitFor(at, divisor);
      if (next === null) return null;
      at = next;
    }
  }

  /** The form with one digit split, so that the divisor divides its upper part; null if there is no such digit. */
  #splitFor(form: Form<IndexBinder | IndexVariable>, divisor: number): Form<IndexBinder | IndexVariable> | null {
    for (const [index, c] of form.terms) {
      if (!("kind" in index) || c % divisor === 0 || divisor % c !== 0) continue;
      const lower = divisor / Math.abs(c);
      const extent = this.extentOf(index);
      if (extent !== null && (extent <= lower || extent % lower !== 0)) continue;
      const [high, low] = this.#split(index, lower);
      const terms = new Map(form.terms);
      terms.delete(index);
      return { offset: form.offset, terms: terms.set(high, c * lower).set(low, c) };
    }
    return null;
  }

  #split(digit: IndexBinder, lower: number): readonly [high: IndexBinder, low: IndexBinder] {
    const whole = this.#whole.get(digit) ?? digit;
    const part = (): IndexBinder => ({ ...whole, extent: null });
    const [high, low] = [part(), part()];
    const digits = this.of(whole).flatMap((each): readonly Digit[] => {
      if (each.index !== digit) return [each];
      const extent = each.extent === null ? null : each.extent / lower;
      return [
        { index: high, weight: each.weight * lower, extent },
        { index: low, weight: each.weight, extent: lower },
      ];
    });
    this.#digits.set(whole, digits);
    for (const index of [high, low]) this.#whole.set(index, whole);
    this.splits++;
    return [high, low];
  }

  #digit(index: IndexBinder): Digit | undefined {
    return this.of(this.#whole.get(index) ?? index).find((digit) => digit.index === index);
  }
}
