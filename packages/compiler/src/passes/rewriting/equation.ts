/** Owns: equations between terms as rewrite rules: matching up to commutation and through broadcasts, and replacing. */

import type { Builder, Node, ScalarFunctionName, Shape } from "@adjoint/ir";
import { isNonNegative, isNonZero, isPositive, type RangeAnalysis } from "../ranges.ts";
import type { Context, Rule, Samples } from "./rule.ts";
import { argumentsOfMap, isTruth } from "./views.ts";

export type Variable = "a" | "b" | "c" | "x" | "y" | "z";
/** A constant, a variable, or a scalar function of terms. */
export type Term = number | Variable | Application;
export type Application =
  | readonly [fn: ScalarFunctionName, x: Term]
  | readonly [fn: ScalarFunctionName, x: Term, y: Term]
  | readonly [fn: ScalarFunctionName, x: Term, y: Term, z: Term];

/** What an equation needs to know about a variable: for `constant`, that it is one. */
export type Fact = "positive" | "nonnegative" | "nonzero" | "truth";

export interface Equation extends Pick<Rule, "name" | "except" | "sharper"> {
  readonly from: Application;
  readonly to: Term;
  readonly where?: Readonly<Partial<Record<Variable, Fact>>>;
  /** The equation only moves things about: it does not reach into a value that has a name. */
  readonly keepsNames?: boolean;
}

type Bindings = ReadonlyMap<Variable, Node>;

const commutative: ReadonlySet<ScalarFunctionName> = new Set(["add", "mul", "min", "max", "eq", "ne", "and", "or"]);

export function ruleOf(equation: Equation): Rule {
  const { from, to, where = {} } = equation;
  const [fn, ...terms] = from;
  const orders = commutative.has(fn) ? [terms, [...terms].reverse()] : [terms];
  return {
    ...equation,
    doc: `${describe(from)} = ${describe(to)}${describeFacts(where)}`,
    heads: [from[0]],
    apply: (node, context) => {
      if (node.kind !== "map" || node.fn !== fn) return null;
      const { args } = node;
      if (!orders.some((order) => order.every((term, k) => couldMatch(term, args[k])))) return null;
      const opaque = equation.keepsNames === true ? context.named : () => false;
      for (const bindings of matchArguments({ builder: context.builder, opaque }, fn, terms, args, new Map())) {
        if (!holds(context.ranges, where, bindings)) continue;
        return instantiate(context, to, bindings, node.shape);
      }
      return null;
    },
    examples: [(samples) => exampleOf(samples, equation)],
    counterexamples: conditionsOf(where).map((unmet) => (samples) => exampleOf(samples, equation, unmet)),
  };
}

interface Matcher {
  readonly builder: Builder;
  /** Nodes that are not looked into. */
  readonly opaque: (node: Node) => boolean;
}

/** Whether the outermost form of `node` is the term's: most equations fail here, at no cost. */
function couldMatch(term: Term, node: Node | undefined): boolean {
  if (typeof term === "string") return true;
  if (typeof term === "number") return node?.kind === "constant" && node.value === term;
  const source = node?.kind === "read" ? node.source : node;
  return source?.kind === "map" && source.fn === term[0];
}

/** Every way in which `node` is the term, given what variables are bound to. */
function* match(matcher: Matcher, term: Term, node: Node, bindings: Bindings): Generator<Bindings> {
  if (typeof term === "number") {
    if (node.kind === "constant" && node.value === term) yield bindings;
    return;
  }
  if (typeof term === "string") {
    const known = bindings.get(term);
    if (known === undefined) yield new Map(bindings).set(term, node);
    else if (known === node) yield bindings;
    return;
  }
  const [fn, ...terms] = term;
  const args = matcher.opaque(node) ? null : argumentsOfMap(matcher.builder, node, fn);
  if (args !== null) yield* matchArguments(matcher, fn, terms, args, bindings);
}

/** In the order written and, for a commutative function, in the other. */
function* matchArguments(
  matcher: Matcher,
  fn: ScalarFunctionName,
  terms: readonly Term[],
  args: readonly Node[],
  bindings: Bindings,
): Generator<Bindings> {
  yield* matchAll(matcher, terms, args, bindings);
  if (commutative.has(fn)) yield* matchAll(matcher, [...terms].reverse(), args, bindings);
}

function* matchAll(
  matcher: Matcher,
  terms: readonly Term[],
  args: readonly Node[],
  bindings: Bindings,
): Generator<Bindings> {
  const [term, ...otherTerms] = terms;
  const [arg, ...otherArgs] = args;
  if (term === undefined || arg === undefined) {
    yield bindings;
    return;
  }
  for (const next of match(matcher, term, arg, bindings)) yield* matchAll(matcher, otherTerms, otherArgs, next);
}

function holds(ranges: RangeAnalysis, where: Readonly<Partial<Record<Variable, Fact>>>, bindings: Bindings): boolean {
  for (const [variable, node] of bindings) {
    const fact = where[variable];
    if (fact !== undefined && !isFact(ranges, fact, node)) return false;
  }
  return true;
}

function isFact(ranges: RangeAnalysis, fact: Fact, node: Node): boolean {
  switch (fact) {
    case "positive":
      return isPositive(ranges.of(node));
    case "nonnegative":
      return isNonNegative(ranges.of(node));
    case "nonzero":
      return isNonZero(ranges.of(node));
    case "truth":
      return isTruth(node);
  }
}

function instantiate({ builder, origin }: Context, term: Term, bindings: Bindings, shape: Shape): Node {
  const build = (t: Term): Node => {
    if (typeof t === "number") return builder.constant(t, shape, origin);
    if (typeof t === "string") {
      const node = bindings.get(t);
      if (node === undefined) throw new RangeError(`${t} is on the right side of an equation only`);
      return node;
    }
    const [fn, ...args] = t;
    return builder.map(fn, args.map(build), origin);
  };
  return build(term);
}

function conditionsOf(where: NonNullable<Equation["where"]>): readonly Variable[] {
  return variables.filter((variable) => where[variable] !== undefined);
}

const variables: readonly Variable[] = ["a", "b", "c", "x", "y", "z"];

/** The left side over samples that fulfil the equation's conditions, but for the one on `unmet`. */
function exampleOf({ builder, x, y }: Samples, { from, where = {} }: Equation, unmet: Variable | null = null): Node {
  const map = (fn: ScalarFunctionName, ...args: Node[]) => builder.map(fn, args);
  const third = map("sub", x, map("mul", builder.constant(0.5, x.shape), y));
  const plain: Readonly<Record<Variable, Node>> = {
    x,
    y,
    z: third,
    a: map("sin", third),
    b: map("add", x, y),
    c: map("lt", x, y),
  };
  const build = (term: Term): Node => {
    if (typeof term === "number") return builder.constant(term, x.shape);
    if (typeof term === "string") {
      // Any real number at all.
      if (term === unmet) return x;
      const node = plain[term];
      const fact = where[term];
      if (fact === undefined) return node;
      switch (fact) {
        case "positive":
        case "nonzero":
          return map("exp", map("sin", node));
        case "nonnegative":
          return map("abs", node);
        case "truth":
          return map("lt", node, builder.constant(0.25, x.shape));
      }
    }
    const [fn, ...args] = term;
    return map(fn, ...args.map(build));
  };
  return build(from);
}

const infix: Readonly<Partial<Record<ScalarFunctionName, string>>> = {
  add: " + ",
  sub: " − ",
  mul: " · ",
  div: " / ",
  pow: "^",
  lt: " < ",
  le: " ≤ ",
  eq: " = ",
  ne: " ≠ ",
  and: " ∧ ",
  or: " ∨ ",
};

/** The term as mathematics, fully parenthesised below the top. */
export function describe(term: Term, top = true): string {
  if (typeof term === "number") return String(term).replace("-", "−");
  if (typeof term === "string") return term;
  const [fn, ...args] = term;
  const operator = infix[fn];
  if (operator !== undefined) {
    const text = args.map((arg) => describe(arg, false)).join(operator);
    return top ? text : `(${text})`;
  }
  if (fn === "neg") return `−${args.map((arg) => describe(arg, false)).join("")}`;
  if (fn === "not") return `¬${args.map((arg) => describe(arg, false)).join("")}`;
  return `${fn}(${args.map((arg) => describe(arg)).join(", ")})`;
}

function describeFacts(where: Readonly<Partial<Record<Variable, Fact>>>): string {
  const facts = Object.entries(where).map(([variable, fact]) => `${variable} ${fact}`);
  return facts.length === 0 ? "" : ` (${facts.join(", ")})`;
}
