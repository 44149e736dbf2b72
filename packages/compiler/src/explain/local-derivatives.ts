/**
 * Owns: the derivatives of one element by each element that its definition names and that depends on the seed, found by
 * one symbolic reverse sweep over the definition: cotangents are expressions, and rules are the scalar table's.
 */

import { scalarFunctions } from "@adjoint/ir";
import { type Element, type Elements, elementKey, type Stops } from "./elements.ts";
import {
  type Condition,
  type Expression,
  ExpressionAlgebra,
  number,
  product,
  restate,
  sizeLimit,
  sum,
  symbol,
  unnamed,
} from "./expression.ts";

export interface LocalDerivative {
  readonly leaf: Element;
  readonly text: string;
  readonly expression: Expression;
  /** What was the case at this point, so that the expression is what it is. */
  readonly conditions: readonly Condition[];
}

interface Cotangent {
  readonly expression: Expression;
  readonly conditions: readonly Condition[];
}

/** More conditions than these help no reader. */
const conditionLimit = 3;

/**
 * @param root the element to differentiate, which its own derivatives may name as `rootText` (y in y·(1 − y))
 * @returns one derivative a leaf, in the order in which the definition names them
 */
export function localDerivatives(
  elements: Elements,
  root: Element,
  rootText: string,
  stops: Stops,
): readonly LocalDerivative[] {
  const pending = new Map<string, Cotangent[]>([[elementKey(root), [{ expression: number(1), conditions: [] }]]]);
  const found: LocalDerivative[] = [];
  const rootSymbol = symbol(rootText, elements.valueOf(root));
  const rootDefinition = elements.express(root, stops, new ExpressionAlgebra(), 1);
  const write = (element: Element, algebra: ExpressionAlgebra): Expression =>
    element === root ? rootSymbol : elements.express(element, stops, algebra, 0);

  for (const element of [...dependents(elements, root, stops)].reverse()) {
    const cotangent = total(pending.get(elementKey(element)) ?? []);
    pending.delete(elementKey(element));
    const send = (to: Element, factor: Expression, conditions: Iterable<Condition>): void => {
      const known = pending.get(elementKey(to)) ?? [];
      pending.set(elementKey(to), known);
      known.push({
        expression: product([cotangent.expression, factor]),
        conditions: distinct([...cotangent.conditions, ...conditions]),
      });
    };
    const definition = elements.define(element, stops);
    switch (definition.kind) {
      case "number":
        break;
      case "leaf":
        found.push({
          leaf: definition.element,
          text: definition.text,
          conditions: cotangent.conditions,
          expression: restate(cotangent.expression, rootDefinition, rootSymbol),
        });
        break;
      case "map":
        for (const [k, arg] of definition.args.entries()) {
          const partial = scalarFunctions[definition.fn].partials[k];
          if (partial == null || !elements.depends(arg)) continue;
          const algebra = new ExpressionAlgebra();
          const args = definition.args.map((other) => write(other, algebra));
          const factor = partial(algebra, args, write(element, algebra));
          send(arg, factor, algebra.conditions.values());
        }
        break;
      case "reduce": {
        const args = definition.args();
        const value = elements.valueOf(element);
        const ties = args.filter((arg) => elements.valueOf(arg) === value).length;
        for (const [k, arg] of args.entries()) {
          if (!elements.depends(arg)) continue;
          if (definition.op === "sum") send(arg, number(1), []);
          else if (definition.op === "prod") send(arg, others(args, k, elements, write), []);
          else send(arg, number(elements.valueOf(arg) === value ? 1 / ties : 0), []);
        }
        break;
      }
    }
  }
  return mergeLeaves(found.reverse());
}

/** What of the definition depends on the seed, arguments before users. Iterative: a definition may be deep. */
function dependents(elements: Elements, root: Element, stops: Stops): readonly Element[] {
  const order: Element[] = [];
  const entered = new Set<string>();
  const pending: { readonly element: Element; readonly done: boolean }[] = [{ element: root, done: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { element, done } = next;
    if (done) {
      order.push(element);
      continue;
    }
    if (entered.has(elementKey(element)) || !elements.depends(element)) continue;
    entered.add(elementKey(element));
    pending.push({ element, done: true });
    const definition = elements.define(element, stops);
    const args = definition.kind === "map" ? definition.args : definition.kind === "reduce" ? definition.args() : [];
    for (const arg of [...args].reverse()) pending.push({ element: arg, done: false });
  }
  return order;
}

/** The product of all but the k-th. */
function others(
  args: readonly Element[],
  k: number,
  elements: Elements,
  write: (element: Element, algebra: ExpressionAlgebra) => Expression,
): Expression {
  const rest = args.filter((_, other) => other !== k);
  if (rest.length > sizeLimit) return unnamed(rest.reduce((value, arg) => value * elements.valueOf(arg), 1));
  return product(rest.map((arg) => write(arg, new ExpressionAlgebra())));
}

function total(cotangents: readonly Cotangent[]): Cotangent {
  const [first] = cotangents;
  if (first !== undefined && cotangents.length === 1) return first;
  return {
    // The sweep goes backwards through the definition; the sum follows its order.
    expression: sum(cotangents.map((cotangent) => cotangent.expression).reverse()),
    conditions: distinct(cotangents.flatMap((cotangent) => cotangent.conditions)),
  };
}

function distinct(conditions: readonly Condition[]): readonly Condition[] {
  const known = new Map(conditions.map((condition) => [`${condition.left.key} ${condition.right.key}`, condition]));
  return [...known.values()].slice(0, conditionLimit);
}

/** A definition may reach a leaf through several reads. */
function mergeLeaves(found: readonly LocalDerivative[]): readonly LocalDerivative[] {
  const merged = new Map<string, LocalDerivative>();
  for (const derivative of found) {
    const key = elementKey(derivative.leaf);
    const known = merged.get(key);
    merged.set(key, known === undefined ? derivative : { ...derivative, ...total([known, derivative]) });
  }
  return [...merged.values()];
}
