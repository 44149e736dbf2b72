/**
 * Owns: rewriting a graph to a form in which no rule applies. Nodes are brought to normal form once, arguments before
 * users; what a rule makes is brought to normal form in turn. Without recursion; a budget bounds the work whatever the
 * rules say, so that rules which undo each other cost quality, never termination.
 */

import { argumentsOf, Builder, type Graph, type Node, type Origin, reachable } from "@adjoint/ir";
import { analyseRanges } from "../ranges.ts";
import { mapRoots, rebuild, rewriteGraph, rootsOf } from "../rewrite.ts";
import type { Context, Head, Rule } from "./rule.ts";

export interface Statistics {
  /** How often each rule was applied. */
  readonly applied: ReadonlyMap<string, number>;
  /** Whether the budget ended the rewriting: a defect of the rules. */
  readonly exhausted: boolean;
}

/** Rewrites a node may cost on average before rewriting stops. */
const budgetPerNode = 50;

/** Rules by what they may apply to, in the order in which they are tried. */
export type RuleTable = ReadonlyMap<Head, readonly Rule[]>;

export function tableOfRules(rules: readonly Rule[]): RuleTable {
  const table = new Map<Head, Rule[]>();
  for (const rule of rules) {
    for (const head of rule.heads) {
      const known = table.get(head);
      if (known === undefined) table.set(head, [rule]);
      else known.push(rule);
    }
  }
  return table;
}

export function rewriteWithRules(graph: Graph, rules: RuleTable, report?: (statistics: Statistics) => void): Graph {
  const normaliser = new Normaliser(rules);
  const imported = rewriteGraph(graph, rebuild, normaliser.builder);
  const nodes = reachable(rootsOf(imported));
  normaliser.allow(budgetPerNode * nodes.length);
  // A mention uses nothing: it is there already if something else uses it.
  const outputs = imported.outputs.map((output) => output.node);
  normaliser.countUses(reachable(outputs), outputs);
  for (const node of nodes) normaliser.normalise(node, true);
  report?.(normaliser.statistics());
  return rewriteGraph(
    mapRoots(imported, (node) => normaliser.formOf(node)),
    (node, args, builder) => rebuild({ ...node, origin: normaliser.originOf(node) }, args, builder),
  );
}

class Normaliser {
  readonly builder = new Builder();
  readonly #rules: RuleTable;
  readonly #form = new Map<Node, Node>();
  /** Normal forms of the graph's own nodes: values that are computed anyway. */
  readonly #known = new Set<Node>();
  /** Users of a node in the graph given; those of what was rewritten are users of its normal form. */
  readonly #uses = new Map<Node, number>();
  /** Names that rewriting moved to another node. */
  readonly #origins = new Map<Node, Origin>();
  readonly #ranges = analyseRanges();
  readonly #applied = new Map<string, number>();
  readonly #services: Omit<Context, "origin"> = {
    builder: this.builder,
    ranges: this.#ranges,
    known: (candidate) => this.#known.has(candidate),
    shared: (candidate) => this.#usesOf(candidate) > 1,
    named: (candidate) => (this.originOf(candidate)?.name ?? null) !== null,
  };
  #budget = 0;

  constructor(rules: RuleTable) {
    this.#rules = rules;
  }

  allow(budget: number): void {
    this.#budget = budget;
  }

  countUses(nodes: readonly Node[], outputs: readonly Node[]): void {
    for (const node of nodes) {
      for (const arg of new Set(argumentsOf(node))) this.#uses.set(arg, this.#usesOf(arg) + 1);
    }
    for (const node of outputs) this.#uses.set(node, this.#usesOf(node) + 1);
  }

  #usesOf(node: Node): number {
    return this.#uses.get(node) ?? 0;
  }

  statistics(): Statistics {
    return { applied: this.#applied, exhausted: this.#budget <= 0 };
  }

  formOf(node: Node): Node {
    return this.#form.get(node) ?? node;
  }

  originOf(node: Node): Origin | null {
    return this.#origins.get(node) ?? node.origin;
  }

  normalise(root: Node, known: boolean): void {
    const pending = [root];
    /** What a node was rewritten to, while that is brought to normal form. */
    const becoming = new Map<Node, Node>();
    for (let node = pending.at(-1); node !== undefined; node = pending.at(-1)) {
      if (this.#form.has(node)) {
        pending.pop();
        continue;
      }
      const next = becoming.get(node);
      if (next !== undefined) {
        // A node whose normal form would need itself stays as it is.
        this.#settle(node, this.#form.get(next) ?? node);
        pending.pop();
        continue;
      }
      const missing = argumentsOf(node).filter((arg) => !this.#form.has(arg));
      if (missing.length > 0) {
        pending.push(...missing);
        continue;
      }
      const rewritten = this.#rewrite(node);
      if (rewritten === node) {
        this.#settle(node, node);
        pending.pop();
      } else {
        becoming.set(node, rewritten);
        if (!becoming.has(rewritten)) pending.push(rewritten);
      }
    }
    if (known) this.#known.add(this.formOf(root));
  }

  /** The node over the normal forms of its arguments, or what a rule makes of that. */
  #rewrite(node: Node): Node {
    const args = argumentsOf(node);
    const forms = args.map((arg) => this.formOf(arg));
    if (forms.some((form, k) => form !== args[k])) return rebuild(node, forms, this.builder);
    const { origin } = node;
    const head = headOf(node);
    const rules = head === null ? undefined : this.#rules.get(head);
    if (rules === undefined) return node;
    const context: Context = { ...this.#services, origin: origin === null ? null : { ...origin, name: null } };
    for (const rule of rules) {
      if (this.#budget <= 0) return node;
      const result = rule.apply(node, context);
      if (result === null || result === node) continue;
      this.#budget--;
      this.#applied.set(rule.name, (this.#applied.get(rule.name) ?? 0) + 1);
      return result;
    }
    return node;
  }

  /** The name of what was rewritten passes to its normal form, unless that has one. */
  #settle(node: Node, form: Node): void {
    this.#form.set(node, form);
    if (form !== node) this.#uses.set(form, this.#usesOf(form) + this.#usesOf(node));
    if (form === node || node.origin === null || form.kind === "input" || form.kind === "constant") return;
    const current = this.originOf(form);
    const better =
      current === null ||
      (node.origin.name !== null && (current.name === null || (current.adjoint && !node.origin.adjoint)));
    if (better) this.#origins.set(form, this.originOf(node) ?? node.origin);
  }
}

function headOf(node: Node): Head | null {
  switch (node.kind) {
    case "map":
      return node.fn;
    case "reduce":
    case "read":
    case "pick":
      return node.kind;
    case "input":
    case "constant":
    case "index":
    case "reshape":
    case "gradient":
    case "carried":
    case "scan":
      return null;
  }
}
