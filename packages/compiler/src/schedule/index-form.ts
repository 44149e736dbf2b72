/** Owns: whole-number index expressions over loop indices: the addresses, guards and positions of a loop nest. */

import type { Affine } from "@adjoint/ir";

/** A whole number in 0 … extent − 1 (extent ∞ for the example number, of which nothing is known). */
export interface IndexSymbol {
  readonly id: number;
  /** A `lane` takes all its values at once, in the loop that binds it; the others take one at a time. */
  readonly kind: "loop" | "value" | "example" | "lane";
  readonly extent: number;
  /** What to call it; loops go by depth. */
  readonly label: string;
  /** Of a `value`: that it is a number per lane. Such a symbol never stands in an address. */
  readonly lanes?: number;
}

/** `offset + Σ coefficient · symbol`; terms by ascending symbol id, none with coefficient 0. */
export interface IndexForm {
  readonly offset: number;
  readonly terms: readonly { readonly symbol: IndexSymbol; readonly coefficient: number }[];
}

export const zeroForm: IndexForm = { offset: 0, terms: [] };

export function constantForm(offset: number): IndexForm {
  return { offset, terms: [] };
}

export function symbolForm(symbol: IndexSymbol): IndexForm {
  return { offset: 0, terms: [{ symbol, coefficient: 1 }] };
}

/** `offset + Σ factors[k] · forms[k]` */
export function combineForms(offset: number, factors: readonly number[], forms: readonly IndexForm[]): IndexForm {
  let total = offset;
  const varying = forms.filter((form, k) => form.terms.length > 0 && (factors[k] ?? 0) !== 0);
  const [only] = varying;
  if (varying.length < 2 && (only === undefined || factors[forms.indexOf(only)] === 1)) {
    // Most often something is moved by a constant.
    for (const [k, form] of forms.entries()) total += (factors[k] ?? 0) * form.offset;
    return { offset: total, terms: only?.terms ?? [] };
  }
  const coefficients = new Map<IndexSymbol, number>();
  for (const [k, form] of forms.entries()) {
    const factor = factors[k] ?? 0;
    if (factor === 0) continue;
    total += factor * form.offset;
    for (const { symbol, coefficient } of form.terms) {
      coefficients.set(symbol, (coefficients.get(symbol) ?? 0) + factor * coefficient);
    }
  }
  const terms = [...coefficients]
    .filter(([, coefficient]) => coefficient !== 0)
    .sort(([a], [b]) => a.id - b.id)
    .map(([symbol, coefficient]) => ({ symbol, coefficient }));
  return { offset: total, terms };
}

export function addForms(a: IndexForm, b: IndexForm): IndexForm {
  return combineForms(0, [1, 1], [a, b]);
}

export function subtractForms(a: IndexForm, b: IndexForm): IndexForm {
  return combineForms(0, [1, -1], [a, b]);
}

/** An affine form of the graph at coordinates that are forms themselves. */
export function applyAffine(affine: Affine, coordinates: readonly IndexForm[]): IndexForm {
  return combineForms(affine.offset, affine.coefficients, coordinates);
}

/** Least and greatest value over all values of the symbols. */
export function rangeOf(form: IndexForm): { readonly min: number; readonly max: number } {
  let min = form.offset;
  let max = form.offset;
  for (const { symbol, coefficient } of form.terms) {
    const reach = coefficient * (symbol.extent - 1);
    if (reach < 0) min += reach;
    else max += reach;
  }
  return { min, max };
}

export function coefficientOf(form: IndexForm, symbol: IndexSymbol): number {
  return form.terms.find((term) => term.symbol === symbol)?.coefficient ?? 0;
}

export function withoutSymbol(form: IndexForm, symbol: IndexSymbol): IndexForm {
  return { offset: form.offset, terms: form.terms.filter((term) => term.symbol !== symbol) };
}

export function dependsOn(form: IndexForm, symbol: IndexSymbol): boolean {
  return form.terms.some((term) => term.symbol === symbol);
}

export function formKey(form: IndexForm): string {
  return form.terms.reduce((key, { symbol, coefficient }) => `${key}+${coefficient}s${symbol.id}`, `${form.offset}`);
}

/** The form with one symbol renamed. */
export function renameInForm(form: IndexForm, from: IndexSymbol, to: IndexSymbol): IndexForm {
  const coefficient = coefficientOf(form, from);
  if (coefficient === 0) return form;
  return combineForms(0, [1, coefficient], [withoutSymbol(form, from), symbolForm(to)]);
}
