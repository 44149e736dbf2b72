/**
 * Owns: the named values at which a derivation stops. A definition stops at the values that its own statement names: the
 * graph alone cannot tell `c = 3 * x^2` from `c = 3 * a` when `a = x^2`, because equal definitions are one node.
 */

import { type Binding, type Graph, type Node, reachable, textOf } from "@adjoint/ir";
import { expandGradients } from "../passes/expand-gradients.ts";
import type { Stops } from "./elements.ts";

export interface Milestone {
  readonly name: string;
  readonly node: Node;
  /** What its definition is written in. */
  readonly stops: Stops;
}

/** At least these are needed of a binding. */
export type NamedValue = Pick<Binding, "name" | "node" | "span">;

/**
 * The values as milestones, in their order; gradients within them are expanded. Where two names stand for one node, the
 * first is kept, except that the last value, which is the one to be explained, keeps its name and its place.
 */
export function findMilestones(values: readonly NamedValue[]): readonly Milestone[] {
  const gradients = containsGradient(values.map(({ node }) => node));
  const nodes = gradients ? expanded(values) : values.map(({ node }) => node);
  const milestones: Milestone[] = [];
  const known = new Map<Node, string>();
  const nodeOf = new Map<string, Node>();
  for (const [k, { name, node: original, span }] of values.entries()) {
    const node = nodes[k] ?? original;
    // What a gradient expands to refers to values of other statements.
    const all = gradients && containsGradient([original]);
    const mentioned = new Set(textOf(span).match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
    const stops = new Map<Node, string>();
    for (const [earlier, at] of nodeOf) {
      if (all || mentioned.has(earlier)) stops.set(at, known.get(at) ?? earlier);
    }
    nodeOf.set(name, node);
    const same = milestones.findIndex((milestone) => milestone.node === node);
    if (same >= 0 && k < values.length - 1) continue;
    const [first] = same >= 0 ? milestones.splice(same, 1) : [];
    if (first === undefined) known.set(node, name);
    milestones.push({ name, node, stops: first?.stops ?? stops });
  }
  return milestones;
}

/** Milestones for values that have no names of their own: every operation of a small graph is a step a, b, c, … */
export function nameSteps(result: NamedValue, taken: ReadonlySet<string>): readonly Milestone[] {
  const [root = result.node] = expanded([result]);
  const steps = reachable([root]).filter((node) => node.kind === "map" && node !== root);
  const names = [..."abcdefghijklmnopqrstuvwxyz"].filter((letter) => !taken.has(letter) && letter !== result.name);
  const stops = new Map<Node, string>();
  const milestones: Milestone[] = [];
  if (steps.length <= names.length) {
    for (const [k, node] of steps.entries()) {
      const name = names[k] ?? "";
      milestones.push({ name, node, stops: new Map(stops) });
      stops.set(node, name);
    }
  }
  return [...milestones, { name: result.name, node: root, stops }];
}

function expanded(values: readonly NamedValue[]): readonly Node[] {
  const graph: Graph = { name: "steps", outputs: values.map(({ name, node }) => ({ name, node })) };
  return expandGradients(graph).outputs.map(({ node }) => node);
}

function containsGradient(roots: readonly Node[]): boolean {
  return reachable(roots).some((node) => node.kind === "gradient");
}
