/**
 * Owns: running a loop's iterations in lanes: the body once for several indices at a time, whether the loop is innermost
 * or not, and whether its index is one of the result or is summed over.
 */

import { combineForms, constantForm, type IndexForm, type IndexSymbol, symbolForm, zeroForm } from "./index-form.ts";
import { instantiateItems, substitute } from "./instantiate-items.ts";
import {
  type Access,
  type Buffer,
  forEachExpression,
  forEachLeaf,
  formsOf,
  type Item,
  type LoopExpression,
  type LoopItem,
  lanesOf,
  mapExpression,
  mapForms,
  type StoreItem,
} from "./loop-nest.ts";
import { reductionSteps } from "./reductions.ts";
import type { Supply } from "./supply.ts";

/**
 * The loop over groups of `lanes` indices, then one over those that are left; null where its body cannot be run in lanes:
 * where data decide an address by the index, where a guard tests it, where an inner loop has lanes already, where there
 * are fewer indices than lanes. Its iterations must be free to run in any order.
 * @param outer local variables of the blocks around the loop
 */
export function vectoriseLoop(
  loop: LoopItem,
  lanes: number,
  outer: ReadonlySet<Buffer>,
  supply: Supply,
): readonly Item[] | null {
  const { symbol } = loop;
  const groups = Math.floor(symbol.extent / lanes);
  if (groups === 0 || loop.lane !== undefined) return null;
  const varying = findVarying(loop, outer, supply.locals);
  if (varying === null) return null;

  const lane = supply.lane(lanes, symbol.label);
  const group = supply.loop(groups, symbol.label);
  const at = combineForms(0, [lanes, 1], [groups === 1 ? zeroForm : symbolForm(group), symbolForm(lane)]);
  const writer = new LaneWriter({ index: symbol, at, lanes, outer, varying }, supply);
  const body = writer.items(loop.body);
  const result: Item[] = [...writer.before, { ...loop, symbol: group, lane, body }];
  const left = symbol.extent - groups * lanes;
  if (left > 0) {
    const rest = supply.loop(left, symbol.label);
    const first = groups * lanes;
    const form = left === 1 ? constantForm(first) : combineForms(first, [1], [symbolForm(rest)]);
    const copying = { forms: new Map([[symbol, form]]), shared: outer, sameLoops: false };
    result.push({ ...loop, symbol: rest, body: instantiateItems(loop.body, copying, supply) });
  }
  return [...result, ...writer.after];
}

interface Varying {
  /** Local variables of the body, and symbols defined in it, whose values differ from lane to lane. */
  readonly buffers: ReadonlySet<Buffer>;
  readonly symbols: ReadonlySet<IndexSymbol>;
}

/** Null if the body cannot be run in lanes. */
function findVarying(loop: LoopItem, outer: ReadonlySet<Buffer>, locals: ReadonlySet<Buffer>): Varying | null {
  const buffers = new Set<Buffer>();
  const symbols = new Set<IndexSymbol>([loop.symbol]);
  const isMoving = (form: IndexForm): boolean => form.terms.some((term) => symbols.has(term.symbol));
  const varies = (value: LoopExpression): boolean => {
    let found = false;
    forEachExpression(value, (part) => {
      if (part.kind === "load" && buffers.has(part.access.buffer)) found = true;
      else if (formsOf(part).some(isMoving)) found = true;
    });
    return found;
  };
  // What is set late in a body may be read early in the next turn of a loop inside it: repeat until nothing is added.
  for (let before = -1; before < buffers.size + symbols.size; ) {
    before = buffers.size + symbols.size;
    forEachLeaf(loop, (leaf) => {
      if (!varies(leaf.value)) return;
      if (leaf.kind === "let") symbols.add(leaf.symbol);
      else if (locals.has(leaf.target.buffer) && !outer.has(leaf.target.buffer)) buffers.add(leaf.target.buffer);
    });
  }
  const values = new Set(symbols);
  values.delete(loop.symbol);
  const inAddress = (form: IndexForm): boolean => form.terms.some((term) => values.has(term.symbol));
  let possible = true;
  forEachLeaf(loop, (leaf, loops) => {
    if (loops.some((inner) => inner !== loop && inner.lane !== undefined)) possible = false;
    forEachExpression(leaf.value, (part) => {
      switch (part.kind) {
        case "load":
          if (inAddress(part.access.at)) possible = false;
          break;
        case "position":
          if (inAddress(part.form) && !isPlain(part.form)) possible = false;
          break;
        case "noise":
          if (inAddress(part.at) || isMoving(part.stream)) possible = false;
          break;
        case "guard":
          if (part.bounds.some((bound) => isMoving(bound.form))) possible = false;
          break;
        case "horizontal":
          possible = false;
          break;
        case "number":
        case "argument":
        case "apply":
          break;
      }
    });
    if (leaf.kind === "let") return;
    const { buffer, at } = leaf.target;
    if (inAddress(at)) possible = false;
    // A number that every lane stores to the same place: only what differs between them can be taken together.
    const fixed = !locals.has(buffer) && !isMoving(at);
    if (fixed && (leaf.operator === "set" || !varies(leaf.value))) possible = false;
    if (outer.has(buffer) && leaf.operator === "set") possible = false;
  });
  return possible ? { buffers, symbols: values } : null;
}

/** Whether the form is one symbol and nothing else. */
function isPlain({ offset, terms }: IndexForm): boolean {
  return offset === 0 && terms.length === 1 && terms[0]?.coefficient === 1;
}

interface LaneScope {
  readonly index: IndexSymbol;
  readonly at: IndexForm;
  readonly lanes: number;
  readonly outer: ReadonlySet<Buffer>;
  readonly varying: Varying;
}

/** Rewrites a body for its lanes. */
class LaneWriter {
  /** What has to stand in front of the loop, and behind it. */
  readonly before: Item[] = [];
  readonly after: Item[] = [];
  readonly #scope: LaneScope;
  readonly #supply: Supply;
  readonly #forms: Map<IndexSymbol, IndexForm>;
  readonly #buffers = new Map<Buffer, Buffer>();
  readonly #accumulators = new Map<string, Access>();

  constructor(scope: LaneScope, supply: Supply) {
    this.#scope = scope;
    this.#supply = supply;
    this.#forms = new Map([[scope.index, scope.at]]);
    for (const buffer of scope.varying.buffers) this.#buffers.set(buffer, supply.local(buffer.label, scope.lanes));
  }

  /** Loops nest no deeper than tensors have axes. */
  items(items: readonly Item[]): readonly Item[] {
    return items.map((item) => this.#item(item));
  }

  #item(item: Item): Item {
    switch (item.kind) {
      case "loop":
        return { ...item, body: this.items(item.body) };
      case "let": {
        const moved = this.#moved(item);
        if (moved.kind !== "let" || !this.#scope.varying.symbols.has(item.symbol)) return moved;
        const symbol = { ...this.#supply.like(item.symbol), lanes: this.#scope.lanes };
        this.#forms.set(item.symbol, symbolForm(symbol));
        return { ...moved, symbol };
      }
      case "store":
        return this.#store(item);
    }
  }

  #moved(item: Item): Item {
    const moved = mapForms(item, (form) => substitute(form, this.#forms));
    if (moved.kind === "loop") return moved;
    const value = mapExpression(moved.value, (part) => {
      if (part.kind !== "load") return part;
      const buffer = this.#buffers.get(part.access.buffer);
      return buffer === undefined ? part : { ...part, access: { ...part.access, buffer } };
    });
    return { ...moved, value };
  }

  #store(item: StoreItem): StoreItem {
    const moved = this.#moved(item);
    if (moved.kind !== "store") return item;
    const { operator, target, value } = moved;
    const local = this.#buffers.get(target.buffer);
    if (local !== undefined) return { ...moved, target: { ...target, buffer: local } };
    const isOuter = this.#scope.outer.has(target.buffer);
    if (isOuter && operator !== "set") return { ...moved, target: this.#accumulator(moved) };
    const fixed = !target.at.terms.some(({ symbol }) => symbol.kind === "lane");
    if (fixed && operator !== "set" && lanesOf(value) > 1) {
      return { ...moved, value: { kind: "horizontal", operator, value } };
    }
    return moved;
  }

  /** What is accumulated outside grows in a vector, whose lanes are taken together once, after the loop. */
  #accumulator({ operator, target, origin }: StoreItem): Access {
    const key = `${target.buffer.id} ${operator}`;
    const known = this.#accumulators.get(key);
    if (known !== undefined || operator === "set") return known ?? target;
    const buffer = this.#supply.local(`${target.label}_lanes`, this.#scope.lanes);
    const access: Access = { buffer, at: zeroForm, label: target.label };
    this.#accumulators.set(key, access);
    const start: LoopExpression = { kind: "number", value: reductionSteps[operator].start };
    this.before.push({ kind: "store", target: access, operator: "set", value: start, origin });
    const value: LoopExpression = { kind: "horizontal", operator, value: { kind: "load", access } };
    this.after.push({ kind: "store", target, operator, value, origin });
    return access;
  }
}
