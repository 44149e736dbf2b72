/**
 * Owns: sums of products. A sum is expanded into monomials; those that differ by a number only are collected; what all have
 * in common is factored out; and the result is taken if it needs fewer operations: −y·(1 − h) + (1 − y)·h = h − y.
 */

import type { Builder, Node, Origin, Shape } from "@adjoint/ir";
import { isNonZero } from "../ranges.ts";
import type { Context, Rule } from "../rewriting/rule.ts";
import { argumentsOfMap, constantValue } from "../rewriting/views.ts";

/** More monomials, or deeper sums, than this are left as they are: the work per node is bounded. */
const mostMonomials = 16;
const deepest = 8;

/** coefficient · Π factor^power, powers ±1; a factor that occurs twice stands twice. */
interface Monomial {
  readonly coefficient: number;
  readonly factors: readonly Factor[];
}
interface Factor {
  readonly node: Node;
  readonly inverse: boolean;
}

type Polynomial = readonly Monomial[];

export const collect: Rule = {
  name: "collect",
  doc: "Σ of products, with like terms collected and common factors out, where that is fewer operations",
  heads: ["add", "sub"],
  apply: (node, context) => {
    const { builder, shared, origin } = context;
    let best: { readonly plan: Plan; readonly saved: number } | null = null;
    for (const reach of reaches) {
      const expansion = new Expansion(context, reach, (inner) => inner !== node && shared(inner));
      const polynomial = expansion.expand(node, 0);
      if (polynomial === null) continue;
      const plan = factorised(collectTerms(polynomial), reach !== "everything");
      const saved = expansion.cost - costOf(plan);
      if (saved > (best?.saved ?? 0)) best = { plan, saved };
    }
    return best === null ? null : build(builder, best.plan, node.shape, origin);
  },
  examples: [
    ({ builder, x, y }) => {
      const one = builder.constant(1, [3]);
      const left = builder.map("mul", [builder.map("sub", [one, y]), x]);
      return builder.map("sub", [left, builder.map("mul", [y, builder.map("sub", [one, x])])]);
    },
    ({ builder, x, y }) => {
      const h = builder.map("logistic", [x]);
      const opposite = builder.map("logistic", [builder.map("neg", [x])]);
      const left = builder.map("mul", [builder.map("sub", [builder.constant(1, [3]), y]), h]);
      return builder.map("sub", [left, builder.map("mul", [y, opposite])]);
    },
    ({ builder, x, y }) => {
      const s = builder.map("exp", [y]);
      return builder.map("sub", [builder.map("div", [x, s]), builder.map("div", [y, s])]);
    },
    ({ builder, x, y }) => builder.map("sub", [builder.map("add", [x, y]), x]),
    ({ builder, x, y }) => {
      const z = builder.map("cos", [y]);
      const map = (fn: "add" | "sub" | "mul", a: Node, b: Node) => builder.map(fn, [a, b]);
      return map("add", map("sub", map("mul", x, y), z), map("mul", x, builder.map("sin", [y])));
    },
    ({ builder, x, y }) => {
      const scaled = (c: number, a: Node) => builder.map("mul", [builder.constant(c, [3]), a]);
      return builder.map("sub", [scaled(2, builder.map("mul", [x, y])), scaled(4, x)]);
    },
  ],
};

/**
 * What is expanded: sums of terms with numbers before them; products too, but not of sums; everything. At equal savings the
 * least reach wins.
 */
type Reach = "terms" | "products" | "everything";
const reaches: readonly Reach[] = ["terms", "products", "everything"];

class Expansion {
  readonly #context: Context;
  readonly #reach: Reach;
  readonly #shared: (node: Node) => boolean;
  readonly #counted = new Set<Node>();

  constructor(context: Context, reach: Reach, shared: (node: Node) => boolean) {
    this.#context = context;
    this.#reach = reach;
    this.#shared = shared;
  }

  /** Operations that the expansion saves, each counted once: not those that other values need as well. */
  get cost(): number {
    return this.#counted.size;
  }

  /** Null if there are too many monomials. */
  expand(node: Node, depth: number): Polynomial | null {
    const value = constantValue(node);
    if (value !== null) return Number.isFinite(value) ? [{ coefficient: value, factors: [] }] : null;
    // What other values need as well is there: short of multiplying everything out, it stays whole.
    const whole = depth > 0 && this.#reach !== "everything" && (this.#isShared(node) || this.#context.named(node));
    if (depth < deepest && !whole) {
      const sum = this.#parts(node, "add");
      if (sum !== null) return this.#sum(node, sum, 1, depth);
      const difference = this.#parts(node, "sub");
      if (difference !== null) return this.#sum(node, difference, -1, depth);
      const [positive] = argumentsOfMap(this.#context.builder, node, "neg") ?? [];
      if (positive !== undefined) return this.#negative(node, positive, depth);
      const product = this.#parts(node, "mul");
      if (product !== null) return this.#product(node, product, depth);
      const quotient = this.#parts(node, "div");
      if (quotient !== null) return this.#quotient(node, quotient, depth);
      const opposite = this.#reach === "everything" ? this.#oppositeLogistic(node) : null;
      if (opposite !== null) {
        this.#count(node);
        return [
          { coefficient: 1, factors: [] },
          { coefficient: -1, factors: [{ node: opposite, inverse: false }] },
        ];
      }
    }
    return atom(node);
  }

  #parts(node: Node, fn: "add" | "sub" | "mul" | "div"): readonly [Node, Node] | null {
    const args = argumentsOfMap(this.#context.builder, node, fn);
    const [a, b] = args ?? [];
    return a === undefined || b === undefined ? null : [a, b];
  }

  /**
   * logistic(−x) = 1 − logistic(x), so that both are written in one of them: the one without a minus sign or, where no sign
   * tells them apart (x − y and y − x), the one that is in the graph.
   */
  #oppositeLogistic(node: Node): Node | null {
    const { builder, known } = this.#context;
    const [inner] = argumentsOfMap(builder, node, "logistic") ?? [];
    if (inner === undefined) return null;
    const logistic = (x: Node): Node => builder.map("logistic", [x], node.origin);
    const [x] = argumentsOfMap(builder, inner, "neg") ?? [];
    if (x !== undefined) return logistic(x);
    const [c, y] = argumentsOfMap(builder, inner, "mul") ?? [];
    const scale = c === undefined ? null : constantValue(c);
    if (y !== undefined && scale !== null && scale < 0) {
      return logistic(builder.map("mul", [builder.constant(-scale, y.shape), y], node.origin));
    }
    const [a, b] = argumentsOfMap(builder, inner, "sub") ?? [];
    if (a === undefined || b === undefined || known(node)) return null;
    const opposite = logistic(builder.map("sub", [b, a], node.origin));
    return known(opposite) ? opposite : null;
  }

  #sum(node: Node, [x, y]: readonly [Node, Node], sign: number, depth: number): Polynomial | null {
    const a = this.expand(x, depth + 1);
    const b = this.expand(y, depth + 1);
    if (a === null || b === null || a.length + b.length > mostMonomials) return null;
    this.#count(node);
    return [...a, ...b.map((m) => ({ ...m, coefficient: sign * m.coefficient }))];
  }

  #negative(node: Node, positive: Node, depth: number): Polynomial | null {
    const inner = this.expand(positive, depth + 1);
    if (inner === null) return null;
    this.#count(node);
    return inner.map((m) => ({ ...m, coefficient: -m.coefficient }));
  }

  #product(node: Node, [x, y]: readonly [Node, Node], depth: number): Polynomial | null {
    if (this.#reach === "terms" && constantValue(x) === null && constantValue(y) === null) return atom(node);
    const a = this.#factor(x, depth);
    const b = this.#factor(y, depth);
    if (a === null || b === null || a.length * b.length > mostMonomials) return null;
    this.#count(node);
    return a.flatMap((m) => b.map((n) => this.#times(m, n)));
  }

  /** Only the numerator is expanded: a / s is a times the factor 1/s. */
  #quotient(node: Node, [above, below]: readonly [Node, Node], depth: number): Polynomial | null {
    const divisor = constantValue(below);
    if (this.#reach === "terms" && divisor === null) return atom(node);
    const numerator = this.#factor(above, depth);
    if (numerator === null) return null;
    this.#count(node);
    if (divisor !== null) return numerator.map((m) => ({ ...m, coefficient: m.coefficient / divisor }));
    const reciprocal: Monomial = { coefficient: 1, factors: [{ node: below, inverse: true }] };
    return numerator.map((m) => this.#times(m, reciprocal));
  }

  /** A factor that is a sum stays whole, unless everything is expanded. */
  #factor(node: Node, depth: number): Polynomial | null {
    const before = [...this.#counted];
    const expanded = this.expand(node, depth + 1);
    if (this.#reach === "everything" || expanded?.length === 1) return expanded;
    this.#counted.clear();
    for (const counted of before) this.#counted.add(counted);
    return atom(node);
  }

  /** x · 1/x cancels where x cannot be 0. */
  #times(m: Monomial, n: Monomial): Monomial {
    const factors = [...m.factors];
    for (const factor of n.factors) {
      const inverse = factors.findIndex((f) => f.node === factor.node && f.inverse !== factor.inverse);
      if (inverse !== -1 && isNonZero(this.#context.ranges.of(factor.node))) factors.splice(inverse, 1);
      else factors.push(factor);
    }
    return { coefficient: m.coefficient * n.coefficient, factors };
  }

  #count(node: Node): void {
    if (!this.#isShared(node)) this.#counted.add(node);
  }

  #isShared(node: Node): boolean {
    return this.#shared(node) || (node.kind === "read" && this.#shared(node.source));
  }
}

function atom(node: Node): Polynomial {
  return [{ coefficient: 1, factors: [{ node, inverse: false }] }];
}

/** Like monomials become one; those with coefficient 0 vanish. The order of first occurrence is kept. */
function collectTerms(polynomial: Polynomial): Polynomial {
  const terms = new Map<string, Monomial>();
  for (const monomial of polynomial) {
    const key = monomial.factors.map(factorKey).sort().join(" ");
    const known = terms.get(key);
    const coefficient = monomial.coefficient + (known?.coefficient ?? 0);
    terms.set(key, { coefficient, factors: known?.factors ?? monomial.factors });
  }
  return [...terms.values()].filter((m) => m.coefficient !== 0);
}

function factorKey({ node, inverse }: Factor): string {
  return `${inverse ? "/" : ""}${node.id}`;
}

/** product · Σ terms, or the product alone if there are no terms. */
interface Plan {
  readonly product: Monomial;
  readonly terms: readonly Plan[];
}

const nothing: Plan = { product: { coefficient: 0, factors: [] }, terms: [] };

/**
 * What all monomials have in common is taken out; then, if `partly`, what most of them have in common, and so on. Not where
 * sums have been multiplied out: a·y + b·(1 − y) would become (a − b)·y + b, which loses what of a is small beside b.
 */
function factorised(polynomial: Polynomial, partly: boolean): Plan {
  const [first, ...rest] = polynomial;
  if (first === undefined) return nothing;
  if (rest.length === 0) return alone(first);
  let terms: Polynomial = polynomial;
  const factors: Factor[] = [];
  for (const factor of first.factors) {
    const without = terms.map((m) => removeFactor(m, factor));
    const complete = without.flatMap((m) => (m === null ? [] : [m]));
    if (complete.length !== terms.length) continue;
    factors.push(factor);
    terms = complete;
  }
  const sums = [scaleOf(terms), Math.sign(scaleOf(terms))].map((scale): Plan => {
    const scaled = terms.map((m) => ({ ...m, coefficient: m.coefficient / scale }));
    return { product: { coefficient: scale, factors }, terms: partly ? grouped(scaled) : scaled.map(alone) };
  });
  return sums.reduce((best, plan) => (costOf(plan) < costOf(best) ? plan : best));
}

function alone(product: Monomial): Plan {
  return { product, terms: [] };
}

/** What divides every coefficient, negative if all of them are; ±1 unless the least of them does. */
function scaleOf(polynomial: Polynomial): number {
  const least = Math.min(...polynomial.map((m) => Math.abs(m.coefficient)));
  const size = polynomial.every((m) => Number.isInteger(m.coefficient / least)) ? least : 1;
  return polynomial.every((m) => m.coefficient < 0) ? -size : size;
}

/** A sum as sums of monomials with a factor in common: at each step the factor that most of those left have. */
function grouped(polynomial: Polynomial): readonly Plan[] {
  const plans: Plan[] = [];
  let left = polynomial;
  while (left.length > 0) {
    const factor = mostCommonFactor(left);
    const members = factor === null ? left.slice(0, 1) : left.filter((m) => removeFactor(m, factor) !== null);
    plans.push(factorised(members, true));
    left = left.filter((m) => !members.includes(m));
  }
  return plans;
}

/** The first of those that most of several monomials have; null if none is in two. Not of all: see {@link factorised}. */
function mostCommonFactor(polynomial: Polynomial): Factor | null {
  let best: Factor | null = null;
  let most = 1;
  for (const { factors } of polynomial) {
    for (const factor of factors) {
      const count = polynomial.filter((m) => removeFactor(m, factor) !== null).length;
      if (count <= most || count === polynomial.length) continue;
      best = factor;
      most = count;
    }
  }
  return best;
}

function removeFactor(monomial: Monomial, factor: Factor): Monomial | null {
  const at = monomial.factors.findIndex((f) => f.node === factor.node && f.inverse === factor.inverse);
  if (at === -1) return null;
  return { ...monomial, factors: monomial.factors.filter((_, k) => k !== at) };
}

/** Operations that {@link build} makes, minus signs aside that a user of the plan can turn into a subtraction. */
function magnitudeCost({ product, terms }: Plan): number {
  const scale = Math.abs(product.coefficient) === 1 ? 0 : 1;
  if (terms.length > 0) return sumCost(terms) + product.factors.length + scale;
  const numerators = product.factors.filter((f) => !f.inverse).length;
  return Math.max(0, numerators + scale - 1) + product.factors.length - numerators;
}

function sumCost(terms: readonly Plan[]): number {
  return terms.reduce((sum, plan) => sum + magnitudeCost(plan), 0) + terms.length - 1;
}

function costOf(plan: Plan): number {
  return magnitudeCost(plan) + (plan.product.coefficient === -1 ? 1 : 0);
}

function build(builder: Builder, plan: Plan, shape: Shape, origin: Origin | null): Node {
  const { coefficient, factors } = plan.product;
  const constant = (value: number): Node => builder.constant(value, shape, origin);
  const magnitude = (p: Plan): Node => build(builder, withoutSign(p), shape, origin);
  if (coefficient === -1 && (factors.length > 0 || plan.terms.length > 0)) {
    return builder.map("neg", [magnitude(plan)], origin);
  }
  // Subtractions follow a term that is added; one there is, or the sum's own coefficient would be negative.
  const [first, ...others] = [...plan.terms].sort((p, q) => Number(isNegative(p)) - Number(isNegative(q)));
  let value: Node | null = first === undefined ? null : build(builder, first, shape, origin);
  for (const term of others) {
    value = builder.map(isNegative(term) ? "sub" : "add", [value ?? constant(0), magnitude(term)], origin);
  }
  const above = factors.filter((f) => !f.inverse).map((f) => f.node);
  const below = factors.filter((f) => f.inverse).map((f) => f.node);
  for (const node of above) value = value === null ? node : builder.map("mul", [value, node], origin);
  if (value === null) value = constant(coefficient);
  else if (coefficient !== 1) value = builder.map("mul", [constant(coefficient), value], origin);
  return below.reduce((quotient, divisor) => builder.map("div", [quotient, divisor], origin), value);
}

function isNegative({ product }: Plan): boolean {
  return product.coefficient < 0;
}

function withoutSign({ product, terms }: Plan): Plan {
  return { product: { ...product, coefficient: Math.abs(product.coefficient) }, terms };
}
