/**
 * Owns: one element of a tensor as an expression over loop indices: loaded where the tensor has memory, else by its
 * definition, with all index maps composed.
 */

import { type Affine, elementCount, type Node, type Shape } from "@adjoint/ir";
import type { Place, Procedure } from "../procedure.ts";
import { type Layout, stridesIn } from "./choose-layout.ts";
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
import type { Access, Bound, Buffer, LetItem, LoopExpression } from "./loop-nest.ts";
import { TemporaryNames } from "./temporary-names.ts";
import { placeOf } from "./unroll.ts";

/** Where a tensor's elements lie: from `base` on, row-major or by strides of its own. */
export interface Home {
  readonly buffer: Buffer;
  readonly base: IndexForm;
  readonly strides?: readonly number[];
}

/** The elements of one procedure's tensors. */
export class Elements {
  readonly #procedure: Procedure;
  readonly #names: TemporaryNames;
  readonly #homes = new Map<Node, Home>();
  readonly #arrays = new Map<string, Buffer>();
  readonly #example: IndexSymbol;
  /** Data-dependent indices that the expressions made since the last {@link takeLets} need, by node and place. */
  #lets = new Map<string, LetItem>();
  /** The bounds within which the expression under construction is computed. */
  #bounds: readonly Bound[] = [];
  #nextId = 0;

  readonly #innermost: ReadonlySet<Node>;

  /** @param innermost tensors whose scratch memory has the leading axis innermost */
  constructor(procedure: Procedure, innermost: ReadonlySet<Node>) {
    this.#procedure = procedure;
    this.#innermost = innermost;
    this.#names = new TemporaryNames(procedure.graph);
    this.#example = this.symbol("example", Number.POSITIVE_INFINITY, "n");
  }

  /** From now on the elements of the node are loaded. */
  settle(node: Node, home: Home): void {
    this.#homes.set(node, home);
  }

  homeOf(node: Node): Home | undefined {
    return this.#homes.get(node);
  }

  /** The element of a node at the coordinates: loaded if the node has memory, else by its definition. */
  evaluate(node: Node, coordinates: readonly IndexForm[]): LoopExpression {
    const home = this.#homes.get(node);
    return home === undefined
      ? this.define(node, coordinates)
      : { kind: "load", access: this.accessAt(home, node, coordinates) };
  }

  /** Recursion is bounded by the size that `chooseBuffers` allows an expression. */
  define(node: Node, coordinates: readonly IndexForm[]): LoopExpression {
    switch (node.kind) {
      case "input":
        return this.#defineInput(node, coordinates, placeOf(this.#procedure, node));
      case "constant":
        return { kind: "number", value: node.value };
      case "index":
        return position(applyAffine(node.value, coordinates));
      case "map": {
        if (node.fn === "stop_gradient" && node.args[0] !== undefined) return this.evaluate(node.args[0], coordinates);
        return { kind: "apply", fn: node.fn, args: node.args.map((arg) => this.evaluate(arg, coordinates)) };
      }
      case "read": {
        const forms = node.index.map((form: Affine) => applyAffine(form, coordinates));
        if (node.fill === null) return this.evaluate(node.source, forms);
        const bounds = forms.flatMap((form, axis) => boundOf(form, node.source.shape[axis] ?? 0));
        if (bounds.some((bound) => bound === "never")) return { kind: "number", value: node.fill };
        const open = bounds.filter((bound) => bound !== "never");
        const around = this.#bounds;
        this.#bounds = [...around, ...open];
        const value = this.evaluate(node.source, forms);
        this.#bounds = around;
        return open.length === 0 ? value : { kind: "guard", bounds: open, value, fill: node.fill };
      }
      case "pick": {
        const at = this.dataIndex(node.at, coordinates, node.source.shape[node.axis] ?? 1);
        return this.evaluate(node.source, [...coordinates.slice(0, node.axis), at, ...coordinates.slice(node.axis)]);
      }
      case "reduce":
      case "reshape":
      case "gradient":
      case "carried":
      case "scan":
        throw new RangeError(`a ${node.kind} node has no expression`);
    }
  }

  #defineInput(node: Node, coordinates: readonly IndexForm[], place: Place): LoopExpression {
    switch (place.kind) {
      case "array": {
        const home = this.arrayHome(place);
        return { kind: "load", access: this.accessAt(home, node, coordinates) };
      }
      case "argument":
        return { kind: "argument", name: place.name };
      case "noise": {
        const { distribution, exampleStride, rows } = place;
        const example = symbolForm(this.#example);
        const [row, own] = rows ? [coordinates[0] ?? zeroForm, coordinates.slice(1)] : [zeroForm, coordinates];
        const stream = combineForms(place.stream, [exampleStride, exampleStride], [example, row]);
        const at = combineForms(0, stridesOf(rows ? node.shape.slice(1) : node.shape), own);
        return { kind: "noise", distribution, stream, at };
      }
    }
  }

  /** The value of `at` as an index: a constant, or a symbol that a `let` before the store gives its value. */
  dataIndex(at: Node, coordinates: readonly IndexForm[], extent: number): IndexForm {
    const value = this.evaluate(at, coordinates);
    if (value.kind === "number") return constantForm(value.value);
    if (value.kind === "position") return value.form;
    const bounds = this.#bounds;
    const within = bounds.map(({ form, least, limit }) => `${least} ${formKey(form)} ${limit}`);
    const key = `${at.id} ${coordinates.map(formKey).join(";")} ${extent} ${within.join(";")}`;
    const known = this.#lets.get(key);
    if (known !== undefined) return symbolForm(known.symbol);
    let named = at;
    while (named.kind === "read") named = named.source;
    const label = this.#names.labelOf(named);
    const symbol = this.symbol("value", extent, `${label}_index`);
    // It is computed in front of what it is an index in, whether that is inside its bounds or not.
    const inside: LoopExpression = bounds.length === 0 ? value : { kind: "guard", bounds, value, fill: 0 };
    this.#lets.set(key, { kind: "let", symbol, value: inside, origin: at.kind === "input" ? null : at.origin });
    return symbolForm(symbol);
  }

  /** What has to stand in front of a store of the expressions made since the last call. */
  takeLets(): readonly LetItem[] {
    const lets = [...this.#lets.values()];
    this.#lets = new Map();
    return lets;
  }

  /** An index for each axis; null along axes of one element. */
  loopSymbols(shape: Shape): readonly (IndexSymbol | null)[] {
    return shape.map((extent) => (extent === 1 ? null : this.symbol("loop", extent, "")));
  }

  freshCoordinates(shape: Shape): readonly IndexForm[] {
    return this.loopSymbols(shape).map((symbol) => (symbol === null ? zeroForm : symbolForm(symbol)));
  }

  symbol(kind: IndexSymbol["kind"], extent: number, label: string): IndexSymbol {
    return { id: this.#nextId++, kind, extent, label };
  }

  accessAt(home: Home, node: Node, coordinates: readonly IndexForm[]): Access {
    const at = addForms(home.base, combineForms(0, home.strides ?? stridesOf(node.shape), coordinates));
    return { buffer: home.buffer, at, label: this.#names.labelOf(node) };
  }

  /** Memory for the node; along the `fixed` axes, of which one position at a time is looked at, for that one only. */
  scratch(node: Node, fixed: ReadonlyMap<number, IndexForm> = new Map()): Home {
    const shape = node.shape.map((extent, axis) => (fixed.has(axis) ? 1 : extent));
    return this.scratchOf(node, shape, fixed);
  }

  /** Memory for a tensor of the node's rank and another shape, to be called as the node is. */
  scratchOf(
    node: Node,
    shape: Shape,
    fixed: ReadonlyMap<number, IndexForm>,
  ): Home & { readonly strides: readonly number[] } {
    const buffer: Buffer = {
      id: this.#nextId++,
      label: this.#names.labelOf(node),
      array: null,
      size: elementCount(shape),
    };
    const layout = this.#innermost.has(node) ? "examples-innermost" : "rows";
    return { buffer, base: zeroForm, strides: stridesWithin(shape, fixed, layout) };
  }

  arrayHome(place: Place & { readonly kind: "array" }): Home {
    let buffer = this.#arrays.get(place.array);
    if (buffer === undefined) {
      buffer = { id: this.#nextId++, label: place.array, array: place.array, size: 0 };
      this.#arrays.set(place.array, buffer);
    }
    const base = combineForms(place.offset, [place.exampleStride], [symbolForm(this.#example)]);
    return { buffer, base };
  }
}

/** Strides of what the shape leaves along the axes that are not fixed; along those nothing moves. */
export function stridesWithin(
  shape: Shape,
  fixed: ReadonlyMap<number, IndexForm>,
  layout: Layout = "rows",
): readonly number[] {
  const own = shape.map((extent, axis) => (fixed.has(axis) ? 1 : extent));
  const strides = stridesIn(layout, own);
  return strides.map((stride, axis) => (fixed.has(axis) ? 0 : stride));
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
