/**
 * Owns: the first loop program of a procedure: one loop nest for each tensor that has memory, in topological order, and
 * what becomes of each result. Every element is computed by the definition of its node, with all index maps composed.
 */

import { type Affine, argumentsOf, elementCount, type Node, nodesOf, type Origin, type ReduceNode } from "@adjoint/ir";
import type { Destination, Place, Procedure } from "../procedure.ts";
import { chooseBuffers } from "./fuse.ts";
import {
  addForms,
  applyAffine,
  combineForms,
  constantForm,
  formKey,
  type IndexForm,
  type IndexSymbol,
  rangeOf,
  symbolForm,
  zeroForm,
} from "./index-form.ts";
import { stridesOf } from "./index-space.ts";
import {
  type Access,
  type Bound,
  type Buffer,
  forEachExpression,
  type Item,
  type LoopExpression,
  type LoopProcedure,
  type StoreItem,
  type StoreOperator,
} from "./loop-nest.ts";
import { orderLoops } from "./order-loops.ts";
import { overlapFinder } from "./overlap-finder.ts";
import { reductionSteps } from "./reductions.ts";
import { scatterOf } from "./scatter.ts";
import { Timeline } from "./timeline.ts";
import { placeOf } from "./unroll.ts";

/** Where a tensor's elements lie, row-major from `base`. */
interface Home {
  readonly buffer: Buffer;
  readonly base: IndexForm;
}

interface ArrayResult {
  readonly name: string;
  readonly node: Node;
  readonly destination: Destination & { readonly kind: "store" | "add" };
}

export function buildLoops(procedure: Procedure): LoopProcedure {
  return new LoopBuilder(procedure).build();
}

class LoopBuilder {
  readonly #procedure: Procedure;
  readonly #items: Item[] = [];
  readonly #homes = new Map<Node, Home>();
  readonly #arrays = new Map<string, Buffer>();
  readonly #example: IndexSymbol;
  /** Data-dependent indices that are waiting to stand in front of the store being built, by node and place. */
  #lets = new Map<string, Item & { readonly kind: "let" }>();
  #nextId = 0;

  constructor(procedure: Procedure) {
    this.#procedure = procedure;
    this.#example = { id: this.#nextId++, kind: "example", extent: Number.POSITIVE_INFINITY, label: "n" };
  }

  build(): LoopProcedure {
    const { graph, results } = this.#procedure;
    const arrayResults: ArrayResult[] = [];
    const returned: Node[] = [];
    for (const { name, node } of graph.outputs) {
      const destination = results.get(name);
      if (destination === undefined) throw new RangeError(`output ${name} has no destination`);
      if (destination.kind === "return") returned.push(node);
      else arrayResults.push({ name, node, destination });
    }
    const read = this.#arraysRead();
    const [deferred, direct] = split(arrayResults, ({ destination }) => read.has(destination.place.array));
    const chosen = chooseBuffers(graph, new Set(returned));

    const directOf = new Map<Node, ArrayResult[]>();
    for (const result of direct) directOf.set(result.node, [...(directOf.get(result.node) ?? []), result]);
    const outputCount = new Map<Node, number>();
    for (const { node } of graph.outputs) outputCount.set(node, (outputCount.get(node) ?? 0) + 1);
    const used = new Set(nodesOf(graph).flatMap(argumentsOf));

    for (const node of nodesOf(graph)) {
      const own = directOf.get(node) ?? [];
      if (chosen.has(node)) {
        // A result that nothing else needs is built where it goes; one that is stored can be read back from there.
        const alone = !used.has(node) && outputCount.get(node) === 1;
        const home = own.find(({ destination }) => destination.kind === "store" || alone);
        if (home?.destination.kind === "add" && canAccumulateInPlace(node)) {
          this.#compute(node, this.#arrayHome(home.destination.place), "sum");
        } else if (home?.destination.kind === "store") {
          const place = this.#arrayHome(home.destination.place);
          this.#compute(node, place, "set");
          this.#homes.set(node, place);
        } else {
          const fresh = this.#scratch(node);
          this.#compute(node, fresh, "set");
          this.#homes.set(node, fresh);
        }
        const rest = home !== undefined && (home.destination.kind === "store" || canAccumulateInPlace(node));
        for (const result of own) if (!(rest && result === home)) this.#storeResult(result);
      } else {
        for (const result of own) this.#storeResult(result);
      }
    }
    this.#overwrite(deferred);
    const [result] = returned;
    const home = result === undefined ? undefined : this.#homes.get(result);
    return {
      items: this.#items,
      result: home === undefined ? null : { buffer: home.buffer, at: home.base, label: home.buffer.label },
    };
  }

  /**
   * Results that go into arrays which are also read. A result is stored once no other that is still to be computed reads
   * what it overwrites, and directly if it reads nothing there itself but the very element it is stored to; where results
   * wait for each other, or for themselves, values are computed into scratch memory first.
   */
  #overwrite(deferred: readonly ArrayResult[]): void {
    if (deferred.length === 0) return;
    const { targets, readersOf, readsItself } = this.#overwritten(deferred);
    const timeline = new Timeline(this.#items.splice(0), targets);
    const readBy = deferred.map((): number[] => []);
    for (const [region, readers] of readersOf.entries()) for (const k of readers) readBy[k]?.push(region);
    const computed = new Set<number>();
    const stored = new Set<number>();
    const finish = (k: number): void => {
      for (const region of readBy[k] ?? []) readersOf[region]?.delete(k);
    };
    const compute = (k: number, result: ArrayResult): void => {
      const fresh = this.#scratch(result.node);
      this.#computeElementwise(result.node, fresh, "set");
      this.#homes.set(result.node, fresh);
      timeline.insert(this.#items.splice(0));
      computed.add(k);
      finish(k);
    };
    for (const [k, result] of deferred.entries()) if (readsItself[k] === true) compute(k, result);
    while (stored.size < deferred.length) {
      let progress = false;
      for (const [k, result] of deferred.entries()) {
        if (stored.has(k) || (readersOf[k]?.size ?? 0) > 0) continue;
        this.#storeResult(result);
        timeline.insert(this.#items.splice(0));
        stored.add(k);
        if (!computed.has(k)) finish(k);
        progress = true;
      }
      const blocked = deferred.findIndex((_, k) => !stored.has(k) && !computed.has(k));
      const result = deferred[blocked];
      if (!progress && result !== undefined) compute(blocked, result);
    }
    this.#items.push(...timeline.items());
  }

  /** For each result, which others read an element that it overwrites, and whether it reads such elements itself. */
  #overwritten(deferred: readonly ArrayResult[]) {
    const targets = deferred.map((result) =>
      this.#accessAt(this.#arrayHome(result.destination.place), result.node, this.#freshCoordinates(result.node)),
    );
    const readersOf = deferred.map(() => new Set<number>());
    const readsItself = deferred.map(() => false);
    const overlapping = overlapFinder(targets);
    for (const [k, { node, destination }] of deferred.entries()) {
      const coordinates = this.#freshCoordinates(node);
      const own = this.#accessAt(this.#arrayHome(destination.place), node, coordinates);
      const check = (part: LoopExpression): void => {
        if (part.kind !== "load" || part.access.buffer.array === null) return;
        const read = part.access;
        for (const other of overlapping(read)) {
          if (other !== k) readersOf[other]?.add(k);
          else if (formKey(read.at) !== formKey(own.at)) readsItself[k] = true;
        }
      };
      forEachExpression(this.#evaluate(node, coordinates), check);
      for (const { value } of this.#lets.values()) forEachExpression(value, check);
      this.#lets = new Map();
    }
    return { targets, readersOf, readsItself };
  }

  #storeResult(result: ArrayResult): void {
    const operator = result.destination.kind === "add" ? "sum" : "set";
    this.#computeElementwise(result.node, this.#arrayHome(result.destination.place), operator);
  }

  #compute(node: Node, home: Home, operator: "set" | "sum"): void {
    if (node.kind === "reduce") this.#computeReduction(node, home, operator);
    else this.#computeElementwise(node, home, operator);
  }

  #computeElementwise(node: Node, home: Home, operator: StoreOperator): void {
    const known = this.#homes.get(node);
    const { symbols, coordinates, element } = this.#space(node, operator === "sum" && known === undefined, []);
    let value: LoopExpression;
    if (known !== undefined) value = { kind: "load", access: this.#accessAt(known, node, coordinates) };
    else value = element === node ? this.#define(node, coordinates) : this.#evaluate(element, coordinates);
    const target = this.#accessAt(home, node, coordinates);
    const store: StoreItem = { kind: "store", target, operator, value, origin: node.origin };
    const present = symbols.filter((symbol) => symbol !== null);
    this.#items.push(...this.#nest(orderLoops(present, [], store).order, this.#withLets(store)));
  }

  /**
   * A loop index for each axis of a node. If the result is added to memory and the node is a scatter along an axis that
   * is not reduced, that axis has no loop: data say where on it the element is.
   */
  #space(node: Node, added: boolean, reduced: readonly number[]) {
    const scatter = added && !this.#homes.has(node) ? scatterOf(node) : null;
    const along = scatter === null || reduced.includes(scatter.axis) ? null : scatter;
    const symbols = this.#loopSymbols(node.shape.map((extent, axis) => (axis === along?.axis ? 1 : extent)));
    const free = symbols.map((symbol) => (symbol === null ? zeroForm : symbolForm(symbol)));
    if (along === null) return { symbols, coordinates: free, element: node };
    const at = this.#dataIndex(along.at, free, node.shape[along.axis] ?? 1);
    const coordinates = free.map((form, axis) => (axis === along.axis ? at : form));
    return { symbols, coordinates, element: along.value };
  }

  #computeReduction(node: ReduceNode, home: Home, operator: "set" | "sum"): void {
    const { symbols, coordinates, element } = this.#space(node.arg, operator === "sum", node.axes);
    const isReduced = (axis: number): boolean => node.axes.includes(axis);
    const outer = symbols.filter((symbol, axis) => symbol !== null && !isReduced(axis)).filter((s) => s !== null);
    const inner = symbols.filter((symbol, axis) => symbol !== null && isReduced(axis)).filter((s) => s !== null);
    const value = this.#evaluate(element, coordinates);
    const target = this.#accessAt(
      home,
      node,
      coordinates.filter((_, axis) => !isReduced(axis)),
    );
    const accumulate: StoreItem = { kind: "store", target, operator: node.op, value, origin: node.origin };
    const leaves = this.#withLets(accumulate);
    const initial: LoopExpression = { kind: "number", value: reductionSteps[node.op].start };
    const start: StoreItem = { ...accumulate, operator: "set", value: initial };
    const { order, inRegister } = orderLoops(outer, inner, accumulate);
    if (inner.length === 0) {
      const only = leaves.map((leaf): Item => (leaf === accumulate ? { ...accumulate, operator } : leaf));
      this.#items.push(...this.#nest(order, only));
    } else if (operator === "sum") {
      this.#items.push(...this.#nest(order, leaves));
    } else if (inRegister) {
      this.#items.push(...this.#nest(outer, [start, ...this.#nest(order.slice(outer.length), leaves)]));
    } else {
      const fresh = outer.map((symbol) => this.#symbol("loop", symbol.extent, symbol.label));
      const at = combineForms(
        target.at.offset,
        target.at.terms.map(({ coefficient }) => coefficient),
        target.at.terms.map(({ symbol }) => symbolForm(fresh[outer.indexOf(symbol)] ?? symbol)),
      );
      this.#items.push(...this.#nest(fresh, [{ ...start, target: { ...target, at } }]), ...this.#nest(order, leaves));
    }
  }

  /** The element of a node at the coordinates: loaded if the node has memory, else by its definition. */
  #evaluate(node: Node, coordinates: readonly IndexForm[]): LoopExpression {
    const home = this.#homes.get(node);
    return home === undefined
      ? this.#define(node, coordinates)
      : { kind: "load", access: this.#accessAt(home, node, coordinates) };
  }

  /** Recursion is bounded by the size that `chooseBuffers` allows an expression. */
  #define(node: Node, coordinates: readonly IndexForm[]): LoopExpression {
    switch (node.kind) {
      case "input":
        return this.#defineInput(node, coordinates, placeOf(this.#procedure, node));
      case "constant":
        return { kind: "number", value: node.value };
      case "index":
        return position(applyAffine(node.value, coordinates));
      case "map": {
        if (node.fn === "stop_gradient" && node.args[0] !== undefined) return this.#evaluate(node.args[0], coordinates);
        return { kind: "apply", fn: node.fn, args: node.args.map((arg) => this.#evaluate(arg, coordinates)) };
      }
      case "read": {
        const forms = node.index.map((form: Affine) => applyAffine(form, coordinates));
        if (node.fill === null) return this.#evaluate(node.source, forms);
        const bounds = forms.flatMap((form, axis) => boundOf(form, node.source.shape[axis] ?? 0));
        if (bounds.some((bound) => bound === "never")) return { kind: "number", value: node.fill };
        const open = bounds.filter((bound) => bound !== "never");
        const value = this.#evaluate(node.source, forms);
        return open.length === 0 ? value : { kind: "guard", bounds: open, value, fill: node.fill };
      }
      case "pick": {
        const at = this.#dataIndex(node.at, coordinates, node.source.shape[node.axis] ?? 1);
        return this.#evaluate(node.source, [...coordinates.slice(0, node.axis), at, ...coordinates.slice(node.axis)]);
      }
      case "reduce":
      case "gradient":
        throw new RangeError(`a ${node.kind} node has no expression`);
    }
  }

  #defineInput(node: Node, coordinates: readonly IndexForm[], place: Place): LoopExpression {
    switch (place.kind) {
      case "array": {
        const home = this.#arrayHome(place);
        return { kind: "load", access: this.#accessAt(home, node, coordinates) };
      }
      case "argument":
        return { kind: "argument", name: place.name };
      case "noise": {
        const at = combineForms(0, stridesOf(node.shape), coordinates);
        return { kind: "noise", distribution: place.distribution, stream: place.stream, at };
      }
    }
  }

  /** The value of `at` as an index: a constant, or a symbol that a `let` before the store gives its value. */
  #dataIndex(at: Node, coordinates: readonly IndexForm[], extent: number): IndexForm {
    const value = this.#evaluate(at, coordinates);
    if (value.kind === "number") return constantForm(value.value);
    if (value.kind === "position") return value.form;
    const key = `${at.id} ${coordinates.map(formKey).join(";")} ${extent}`;
    const known = this.#lets.get(key);
    if (known !== undefined) return symbolForm(known.symbol);
    let named = at;
    while (named.kind === "read") named = named.source;
    const label = labelOf(named);
    const symbol = this.#symbol("value", extent, label === "" ? "index" : `${label}_index`);
    this.#lets.set(key, { kind: "let", symbol, value, origin: at.kind === "input" ? null : at.origin });
    return symbolForm(symbol);
  }

  #withLets(store: StoreItem): readonly Item[] {
    const lets = [...this.#lets.values()];
    this.#lets = new Map();
    return [...lets, store];
  }

  #nest(symbols: readonly IndexSymbol[], body: readonly Item[]): readonly Item[] {
    return symbols.reduceRight<readonly Item[]>((inner, symbol) => [{ kind: "loop", symbol, body: inner }], body);
  }

  #loopSymbols(shape: readonly number[]): readonly (IndexSymbol | null)[] {
    return shape.map((extent) => (extent === 1 ? null : this.#symbol("loop", extent, "")));
  }

  #freshCoordinates(node: Node): readonly IndexForm[] {
    return this.#loopSymbols(node.shape).map((symbol) => (symbol === null ? zeroForm : symbolForm(symbol)));
  }

  #symbol(kind: IndexSymbol["kind"], extent: number, label: string): IndexSymbol {
    return { id: this.#nextId++, kind, extent, label };
  }

  #accessAt(home: Home, node: Node, coordinates: readonly IndexForm[]): Access {
    const at = addForms(home.base, combineForms(0, stridesOf(node.shape), coordinates));
    return { buffer: home.buffer, at, label: labelOf(node) };
  }

  #scratch(node: Node): Home {
    const size = elementCount(node.shape);
    return { buffer: { id: this.#nextId++, label: labelOf(node), array: null, size }, base: zeroForm };
  }

  #arrayHome(place: Place & { readonly kind: "array" }): Home {
    let buffer = this.#arrays.get(place.array);
    if (buffer === undefined) {
      buffer = { id: this.#nextId++, label: place.array, array: place.array, size: 0 };
      this.#arrays.set(place.array, buffer);
    }
    return { buffer, base: combineForms(place.offset, [place.exampleStride], [symbolForm(this.#example)]) };
  }

  #arraysRead(): ReadonlySet<string> {
    const arrays = new Set<string>();
    for (const place of this.#procedure.inputs.values()) if (place.kind === "array") arrays.add(place.array);
    return arrays;
  }
}

/** What `form` needs to lie in 0 … extent − 1: nothing, a bound, or the impossible. */
function boundOf(form: IndexForm, extent: number): readonly (Bound | "never")[] {
  const { min, max } = rangeOf(form);
  if (max < 0 || min >= extent) return ["never"];
  if (min >= 0 && max < extent) return [];
  return [{ form, least: min < 0 ? 0 : null, limit: max >= extent ? extent : null }];
}

function position(form: IndexForm): LoopExpression {
  return form.terms.length === 0 ? { kind: "number", value: form.offset } : { kind: "position", form };
}

function canAccumulateInPlace(node: Node): boolean {
  return node.kind !== "reduce" || node.op === "sum";
}

/** What the source calls a tensor, with `d_` for its cotangent; empty if nothing. */
export function labelOf(node: { readonly origin: Origin | null } & Node): string {
  if (node.kind === "input") return node.name;
  const name = node.origin?.name;
  if (name == null) return node.kind === "reduce" ? node.op : "";
  return node.origin?.adjoint === true ? `d_${name}` : name;
}

function split<T>(list: readonly T[], first: (element: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [list.filter(first), list.filter((element) => !first(element))];
}
