/**
 * Owns: what a value is called that the page has no name for: after the statement that needs it and the operation that
 * makes it, as in `loss_sum` or `d_h_product`.
 */

import {
  type Graph,
  type Node,
  nodesOf,
  type Origin,
  type ReductionOp,
  type ScalarFunctionName,
  type Span,
} from "@adjoint/ir";

/** A function not listed lends its own name. */
const words: Partial<Readonly<Record<ScalarFunctionName, string>>> = {
  add: "sum",
  sub: "difference",
  mul: "product",
  div: "quotient",
  neg: "negative",
  pow: "power",
  lt: "below",
  le: "within",
  eq: "equal",
  ne: "unequal",
  and: "both",
  or: "either",
  not: "otherwise",
  select: "choice",
};

export function wordFor(fn: ScalarFunctionName): string {
  return words[fn] ?? fn;
}

const reductionWords: Readonly<Record<ReductionOp, string>> = { sum: "sum", prod: "product", max: "max", min: "min" };

/** The names of one procedure's values, before they are made to differ. */
export class TemporaryNames {
  /** By statement, the name that it binds. */
  readonly #subjects = new Map<string, string>();
  readonly #keys = new Map<Span, string>();

  constructor(graph: Graph) {
    for (const node of nodesOf(graph)) {
      const { origin } = node;
      const key = this.#statementKey(origin);
      if (origin?.name == null || key === null) continue;
      // Of all that a statement computes, what is qualified by a name tells best what it binds; else what comes last.
      const [subject = "", ...rest] = origin.name.split(".");
      if (rest.length > 0 || node.kind !== "input" || !this.#subjects.has(key)) this.#subjects.set(key, subject);
    }
  }

  /** `word` as it belongs to the statement that it comes from. */
  qualify(origin: Origin | null, word: string): string {
    const key = this.#statementKey(origin);
    const subject = key === null ? undefined : this.#subjects.get(key);
    return [...(origin?.adjoint === true ? ["d"] : []), ...(subject === undefined ? [] : [subject]), word].join("_");
  }

  /** What the source calls a tensor, with `d_` for its cotangent; else a word for what makes it. */
  labelOf(node: Node): string {
    if (node.kind === "input") return node.name;
    const name = node.origin?.name;
    if (name != null) return node.origin?.adjoint === true ? `d_${name}` : name;
    switch (node.kind) {
      case "constant":
        return this.qualify(node.origin, "constant");
      case "index":
        return this.qualify(node.origin, "position");
      case "map":
        return this.qualify(node.origin, wordFor(node.fn));
      case "reduce":
        return this.qualify(node.origin, reductionWords[node.op]);
      case "read":
      case "pick":
        return this.qualify(node.origin, "picked");
      case "reshape":
        return this.labelOf(node.source);
      case "gradient":
        return this.qualify(node.origin, "gradient");
      case "carried":
      case "scan":
        return this.qualify(node.origin, "carried");
    }
  }

  /** Spans of one statement are mostly one object. */
  #statementKey(origin: Origin | null): string | null {
    const span = origin?.statement ?? origin?.span;
    if (span == null) return null;
    const known = this.#keys.get(span);
    if (known !== undefined) return known;
    const key = `${span.start}:${span.end}:${span.file.path}`;
    this.#keys.set(span, key);
    return key;
  }
}
