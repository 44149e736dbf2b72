/**
 * Owns: single elements of tensors: what defines one, and how that definition is written out as an expression. Elements
 * are looked at one by one and only where asked, so a tensor's size costs nothing here.
 */

import {
  type CarriedNode,
  elementCount,
  evaluateAffine,
  GraphError,
  type MapNode,
  type Node,
  type ReduceNode,
  type ReductionOp,
  type ScalarFunctionName,
  type Shape,
} from "@adjoint/ir";
import {
  call,
  type Expression,
  type ExpressionAlgebra,
  number,
  product,
  sizeLimit,
  sum,
  symbol,
  unnamed,
} from "./expression.ts";
import { flatten, type Sweep, unflatten } from "./forward-sweep.ts";

/** One element of a tensor; `flat` counts in row-major order. */
export interface Element {
  readonly node: Node;
  readonly flat: number;
}

/** Tensors at which definitions stop, and what they are called there. */
export type Stops = ReadonlyMap<Node, string>;

export type Definition =
  | { readonly kind: "leaf"; readonly element: Element; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "map"; readonly fn: ScalarFunctionName; readonly args: readonly Element[] }
  | {
      readonly kind: "reduce";
      readonly op: ReductionOp;
      readonly count: number;
      readonly args: () => readonly Element[];
    };

/** Where reads and picks lead. */
type Place =
  | { readonly kind: "leaf"; readonly element: Element; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "computed"; readonly node: MapNode | ReduceNode; readonly flat: number };

/**
 * From which depth on an intermediate tensor with a name of its own is written by that name: 0 everywhere, 1 within what
 * is being defined, Infinity nowhere.
 */
export type NamesFrom = 0 | 1 | typeof Number.POSITIVE_INFINITY;

const depthLimit = 24;

/** `h.W[0,1]`; a scalar has no brackets. */
export function elementText(name: string, shape: Shape, flat: number): string {
  return shape.length === 0 ? name : `${name}[${unflatten(flat, shape).join(",")}]`;
}

export function elementKey({ node, flat }: Element): string {
  return `${node.id}:${flat}`;
}

export class Elements {
  readonly #sweep: Sweep;
  readonly #reserved: ReadonlySet<string>;

  /** @param reserved names that no intermediate may be written by, because they mean something on the page */
  constructor(sweep: Sweep, reserved: ReadonlySet<string>) {
    this.#sweep = sweep;
    this.#reserved = reserved;
  }

  valueOf({ node, flat }: Element): number {
    return this.#sweep.get(node)?.value[flat] ?? Number.NaN;
  }

  /** Whether the element depends, by its structure, on the seed of the sweep. */
  depends({ node, flat }: Element): boolean {
    return this.#sweep.get(node)?.dual?.depends[flat] === 1;
  }

  /** The element's derivative by the seed. */
  tangentOf({ node, flat }: Element): number {
    return this.#sweep.get(node)?.dual?.tangent[flat] ?? 0;
  }

  /** What the element is a function of, in one step; reads and picks are seen through. */
  define(element: Element, stops: Stops): Definition {
    const place = this.#follow(element, stops);
    if (place.kind !== "computed") return place;
    const { node, flat } = place;
    if (node.kind === "map") {
      const z = this.#logisticArgument(node, flat, stops);
      if (z !== null) return { kind: "map", fn: "logistic", args: [z] };
      return { kind: "map", fn: node.fn, args: node.args.map((arg) => ({ node: arg, flat })) };
    }
    const { arg, axes, op } = node;
    const count = elementCount(axes.map((axis) => arg.shape[axis] ?? 1));
    return { kind: "reduce", op, count, args: () => reducedElements(node, unflatten(flat, node.shape), count) };
  }

  /** The element written out, down to stops and inputs. A part that would be too long becomes its value. */
  express(element: Element, stops: Stops, algebra: ExpressionAlgebra, namesFrom: NamesFrom): Expression {
    let leaves = sizeLimit;
    // The recursion is bounded by depthLimit.
    const write = (part: Element, depth: number): Expression => {
      const definition = this.define(part, stops);
      const value = this.valueOf(part);
      if (definition.kind === "number") return number(definition.value);
      leaves--;
      if (definition.kind === "leaf") return symbol(definition.text, value);
      const name = depth >= namesFrom ? this.#intermediateName(part) : null;
      if (name !== null) return symbol(name, value);
      const count = definition.kind === "map" ? definition.args.length : definition.count;
      if (depth >= depthLimit || count > leaves) return unnamed(value);
      if (definition.kind === "map") {
        return algebra.call(definition.fn, ...definition.args.map((arg) => write(arg, depth + 1)));
      }
      const args = definition.args().map((arg) => write(arg, depth + 1));
      if (definition.op === "sum") return sum(args);
      if (definition.op === "prod") return product(args);
      return args.length === 1 ? (args[0] ?? unnamed(value)) : call(definition.op, args, value);
    };
    return write(element, 0);
  }

  #follow(element: Element, stops: Stops): Place {
    let { node, flat } = element;
    for (;;) {
      const stop = stops.get(node);
      if (stop !== undefined)
        return { kind: "leaf", element: { node, flat }, text: elementText(stop, node.shape, flat) };
      switch (node.kind) {
        case "input":
          return { kind: "leaf", element: { node, flat }, text: elementText(node.name, node.shape, flat) };
        case "constant":
          return { kind: "number", value: node.value };
        case "index":
          return { kind: "number", value: evaluateAffine(node.value, unflatten(flat, node.shape)) };
        case "map":
        case "reduce":
          return { kind: "computed", node, flat };
        case "read": {
          const index = unflatten(flat, node.shape);
          const from = flatten(
            node.index.map((form) => evaluateAffine(form, index)),
            node.source.shape,
          );
          if (from < 0) return { kind: "number", value: node.fill ?? Number.NaN };
          flat = from;
          node = node.source;
          break;
        }
        case "pick": {
          const index = unflatten(flat, node.shape);
          index.splice(node.axis, 0, this.valueOf({ node: node.at, flat }));
          flat = flatten(index, node.source.shape);
          node = node.source;
          break;
        }
        case "reshape":
          node = node.source;
          break;
        case "gradient":
          throw new GraphError("a gradient node: expand it first");
        case "scan": {
          const carry = node.recurrence.carries[node.which];
          if (carry === undefined) throw new GraphError("a scan of nothing");
          node = node.moment === "after" ? carry.next : carry.previous;
          break;
        }
        case "carried": {
          const from = this.#before(node, unflatten(flat, node.shape));
          flat = flatten(from.index, from.node.shape);
          node = from.node;
          break;
        }
      }
    }
  }

  /** What a carried tensor is at an index: what the step before made, or what the recurrence begins with. */
  #before(node: CarriedNode, index: readonly number[]): { readonly node: Node; readonly index: readonly number[] } {
    const scans = [...this.#sweep.keys()].filter((each) => each.kind === "scan");
    const own = scans.filter(({ recurrence }) => recurrence.carries.some(({ previous }) => previous === node));
    const [first] = own;
    const carry = first?.recurrence.carries.find(({ previous }) => previous === node);
    if (first === undefined || carry === undefined) throw new GraphError("a carried tensor outside its recurrence");
    const { axis, direction, carries } = first.recurrence;
    const before = (index[axis] ?? 0) - direction;
    const isFirst = before < 0 || before >= (node.shape[axis] ?? 0);
    if (isFirst) return { node: carry.initial, index: index.filter((_, a) => a !== axis) };
    // The sequence has the name that the page gives it, if the page reads it at all.
    const sequence = own.find(({ which, moment }) => carries[which] === carry && moment === "after") ?? carry.next;
    return { node: sequence, index: index.map((i, a) => (a === axis ? before : i)) };
  }

  #intermediateName({ node, flat }: Element): string | null {
    const name = node.origin?.adjoint === false ? node.origin.name : null;
    return name === null || this.#reserved.has(name) ? null : elementText(name, node.shape, flat);
  }

  /** z, if the quotient is 1/(1 + exp(−z)): the logistic function, whose derivative y·(1 − y) is the one people write. */
  #logisticArgument(node: MapNode, flat: number, stops: Stops): Element | null {
    const [numerator, denominator] = this.#argumentsOf("div", { node, flat }, stops);
    if (numerator === undefined || denominator === undefined || !this.#isOne(numerator, stops)) return null;
    const [first, second] = this.#argumentsOf("add", denominator, stops);
    if (first === undefined || second === undefined) return null;
    const rest = this.#isOne(first, stops) ? second : this.#isOne(second, stops) ? first : null;
    const [exponent] = rest === null ? [] : this.#argumentsOf("exp", rest, stops);
    const [z] = exponent === undefined ? [] : this.#argumentsOf("neg", exponent, stops);
    return z ?? null;
  }

  #isOne(element: Element, stops: Stops): boolean {
    const place = this.#follow(element, stops);
    return place.kind === "number" && place.value === 1;
  }

  #argumentsOf(fn: ScalarFunctionName, element: Element, stops: Stops): readonly Element[] {
    const place = this.#follow(element, stops);
    if (place.kind !== "computed" || place.node.kind !== "map" || place.node.fn !== fn) return [];
    return place.node.args.map((node) => ({ node, flat: place.flat }));
  }
}

function reducedElements({ arg, axes }: ReduceNode, kept: readonly number[], count: number): readonly Element[] {
  const extents = axes.map((axis) => arg.shape[axis] ?? 1);
  return Array.from({ length: count }, (_, k) => {
    const reduced = unflatten(k, extents);
    let next = 0;
    const index = arg.shape.map((_extent, axis) => {
      const position = axes.indexOf(axis);
      return position >= 0 ? (reduced[position] ?? 0) : (kept[next++] ?? 0);
    });
    return { node: arg, flat: flatten(index, arg.shape) };
  });
}
