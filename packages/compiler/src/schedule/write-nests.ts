/** Owns: the loop nest that computes one tensor into its memory, elementwise or as a reduction. */

import type { LoopStep, Node, ReduceNode } from "@adjoint/ir";
import type { Elements, Home } from "./define-elements.ts";
import { combineForms, type IndexForm, type IndexSymbol, symbolForm, zeroForm } from "./index-form.ts";
import type { Item, LoopExpression, StoreItem, StoreOperator } from "./loop-nest.ts";
import { orderLoops, type SumPlace } from "./order-loops.ts";
import { reductionSteps } from "./reductions.ts";
import { scatterOf } from "./scatter.ts";

export class NestWriter {
  /** What was written, in order; whoever takes some of it away takes it over. */
  readonly items: Item[] = [];
  /** The recurrences whose bodies are being built, outermost first, and the step that each is at. */
  readonly active: { readonly loop: LoopStep; readonly time: IndexForm }[] = [];
  readonly #elements: Elements;
  readonly #sums: SumPlace;

  constructor(elements: Elements, sums: SumPlace) {
    this.#elements = elements;
    this.#sums = sums;
  }

  /** The axes along which the recurrences around a node stand at one step. */
  fixedAxes(node: Node): ReadonlyMap<number, IndexForm> {
    const fixed = new Map<number, IndexForm>();
    for (const { loop, time } of this.active) {
      const axis = loop.timeAxes.get(node);
      if (axis !== undefined) fixed.set(axis, time);
    }
    return fixed;
  }

  compute(node: Node, home: Home, operator: "set" | "sum"): void {
    if (node.kind === "reduce") this.#computeReduction(node, home, operator);
    else this.computeElementwise(node, home, operator);
  }

  computeElementwise(
    node: Node,
    home: Home,
    operator: StoreOperator,
    fixed: ReadonlyMap<number, IndexForm> = this.fixedAxes(node),
  ): void {
    const known = this.#elements.homeOf(node);
    const { symbols, coordinates, element } = this.#space(node, operator === "sum" && known === undefined, [], fixed);
    let value: LoopExpression;
    if (known !== undefined) value = { kind: "load", access: this.#elements.accessAt(known, node, coordinates) };
    else
      value =
        element === node ? this.#elements.define(node, coordinates) : this.#elements.evaluate(element, coordinates);
    const target = this.#elements.accessAt(home, node, coordinates);
    const store: StoreItem = { kind: "store", target, operator, value, origin: node.origin };
    const present = symbols.filter((symbol) => symbol !== null);
    this.items.push(
      ...this.#nest(orderLoops(present, [], store, this.#sums).order, [...this.#elements.takeLets(), store]),
    );
  }

  /**
   * A loop index for each axis of a node. If the result is added to memory and the node is a scatter along an axis that
   * is not reduced, that axis has no loop: data say where on it the element is.
   */
  #space(
    node: Node,
    added: boolean,
    reduced: readonly number[],
    fixed: ReadonlyMap<number, IndexForm> = this.fixedAxes(node),
  ) {
    const scatter = added && this.#elements.homeOf(node) === undefined ? scatterOf(node) : null;
    const along = scatter === null || reduced.includes(scatter.axis) ? null : scatter;
    const hasLoop = (axis: number): boolean => axis !== along?.axis && !fixed.has(axis);
    const symbols = this.#elements.loopSymbols(node.shape.map((extent, axis) => (hasLoop(axis) ? extent : 1)));
    const free = symbols.map((symbol, axis) => (symbol === null ? (fixed.get(axis) ?? zeroForm) : symbolForm(symbol)));
    if (along === null) return { symbols, coordinates: free, element: node };
    const where = along.at.index.map(({ offset, coefficients }) => combineForms(offset, coefficients, free));
    const at = this.#elements.dataIndex(along.at.node, where, node.shape[along.axis] ?? 1);
    const coordinates = free.map((form, axis) => (axis === along.axis ? at : form));
    return { symbols, coordinates, element: along.value };
  }

  #computeReduction(node: ReduceNode, home: Home, operator: "set" | "sum"): void {
    const { symbols, coordinates, element } = this.#space(node.arg, operator === "sum", node.axes);
    const isReduced = (axis: number): boolean => node.axes.includes(axis);
    const outer = symbols.filter((symbol, axis) => symbol !== null && !isReduced(axis)).filter((s) => s !== null);
    const inner = symbols.filter((symbol, axis) => symbol !== null && isReduced(axis)).filter((s) => s !== null);
    const value = this.#elements.evaluate(element, coordinates);
    const target = this.#elements.accessAt(
      home,
      node,
      coordinates.filter((_, axis) => !isReduced(axis)),
    );
    const accumulate: StoreItem = { kind: "store", target, operator: node.op, value, origin: node.origin };
    const leaves = [...this.#elements.takeLets(), accumulate];
    const initial: LoopExpression = { kind: "number", value: reductionSteps[node.op].start };
    const start: StoreItem = { ...accumulate, operator: "set", value: initial };
    const { order, inRegister } = orderLoops(outer, inner, accumulate, this.#sums);
    if (inner.length === 0) {
      const only = leaves.map((leaf): Item => (leaf === accumulate ? { ...accumulate, operator } : leaf));
      this.items.push(...this.#nest(order, only));
    } else if (operator === "sum") {
      this.items.push(...this.#nest(order, leaves));
    } else if (inRegister) {
      this.items.push(
        ...this.#nest(order.slice(0, outer.length), [start, ...this.#nest(order.slice(outer.length), leaves)]),
      );
    } else {
      const fresh = outer.map((symbol) => this.#elements.symbol("loop", symbol.extent, symbol.label));
      const at = combineForms(
        target.at.offset,
        target.at.terms.map(({ coefficient }) => coefficient),
        target.at.terms.map(({ symbol }) => symbolForm(fresh[outer.indexOf(symbol)] ?? symbol)),
      );
      this.items.push(...this.#nest(fresh, [{ ...start, target: { ...target, at } }]), ...this.#nest(order, leaves));
    }
  }

  #nest(symbols: readonly IndexSymbol[], body: readonly Item[]): readonly Item[] {
    return symbols.reduceRight<readonly Item[]>((inner, symbol) => [{ kind: "loop", symbol, body: inner }], body);
  }
}
