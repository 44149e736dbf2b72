/** Owns: facts about nodes that follow from facts about their arguments, computed once per node and without recursion. */

import { argumentsOf, type Node } from "@adjoint/ir";

export class Analysis<Fact> {
  readonly #facts = new Map<Node, Fact>();
  readonly #rule: (node: Node, args: readonly Fact[]) => Fact;

  /** `rule` computes the fact of a node from those of its arguments, in order. */
  constructor(rule: (node: Node, args: readonly Fact[]) => Fact) {
    this.#rule = rule;
  }

  of(root: Node): Fact {
    const known = this.#facts.get(root);
    if (known !== undefined) return known;
    const pending = [root];
    for (let node = pending.at(-1); node !== undefined; node = pending.at(-1)) {
      const missing = argumentsOf(node).filter((arg) => !this.#facts.has(arg));
      if (missing.length > 0) {
        pending.push(...missing);
        continue;
      }
      pending.pop();
      if (this.#facts.has(node)) continue;
      const args = argumentsOf(node).map((arg) => this.#known(arg));
      this.#facts.set(node, this.#rule(node, args));
    }
    return this.#known(root);
  }

  #known(node: Node): Fact {
    const fact = this.#facts.get(node);
    if (fact === undefined) throw new RangeError(`no fact about node ${node.id}`);
    return fact;
  }
}
