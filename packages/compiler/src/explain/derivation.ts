/**
 * Owns: the explanation of one derivative at one point: the chain rule along the values that the page names, each local
 * derivative in symbols and in numbers, and the total. It is computed apart from the compiler's own derivatives.
 */

import {
  elementCount,
  type FunctionDefinition,
  type InputNode,
  type Model,
  type Node,
  type Shape,
  sameShape,
} from "@adjoint/ir";
import { type Element, Elements, elementKey, elementText, type NamesFrom, type Stops } from "./elements.ts";
import { type Condition, type Expression, ExpressionAlgebra, sizeLimit } from "./expression.ts";
import { flatten, sweepForward } from "./forward-sweep.ts";
import { type LocalDerivative, localDerivatives } from "./local-derivatives.ts";
import { findMilestones, type Milestone, type NamedValue, nameSteps } from "./milestones.ts";
import { type Edge, findPaths } from "./paths.ts";

/** A named value on the way, as the forward pass computes it. */
export interface Step {
  readonly text: string;
  /** Null where it would be too long to be read. */
  readonly definition: Expression | null;
  readonly value: number;
  /** What was the case at this point, so that the definition is what it is. */
  readonly conditions: readonly Condition[];
}

/** One local derivative, ∂of/∂by. */
export interface Factor {
  readonly of: string;
  readonly by: string;
  readonly expression: Expression;
  readonly value: number;
  /** What was the case at this point, so that the expression is what it is: `h.z[0] > 0`. */
  readonly conditions: readonly Condition[];
}

export interface DerivationPath {
  readonly factors: readonly Factor[];
  readonly value: number;
}

export interface Derivation {
  readonly of: string;
  readonly by: string;
  /** `d` where there is one variable only. */
  readonly sign: "∂" | "d";
  /** The values on the paths, in the order of the forward pass. */
  readonly steps: readonly Step[];
  /** Each local derivative once, in the order in which the paths meet them. */
  readonly factors: readonly Factor[];
  readonly paths: readonly DerivationPath[];
  /** False if there are more paths than are listed; `rest` is what those contribute. */
  readonly complete: boolean;
  readonly rest: number;
  /** ∂of/∂by along all paths, from a forward-mode sweep: it does not come from the factors, and must agree with them. */
  readonly total: number;
}

export interface ExampleValues {
  readonly parameters: Readonly<Record<string, ArrayLike<number>>>;
  readonly inputs: Readonly<Record<string, ArrayLike<number>>>;
  readonly targets: Readonly<Record<string, ArrayLike<number>>>;
  /** What was drawn, for a model that draws. */
  readonly noise?: Readonly<Record<string, ArrayLike<number>>>;
}

export interface ExplainOptions {
  /** How many paths are listed. */
  readonly paths: number;
}

const defaults: ExplainOptions = { paths: 8 };

/** A question that has no answer, with the reason as a sentence for the user. */
export class ExplainError extends Error {
  override readonly name = "ExplainError";
  readonly code: "no-loss" | "coupled" | "unknown-name" | "no-such-element" | "missing-value" | "wrong-length";

  constructor(code: ExplainError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Explains ∂loss/∂element at one example.
 *
 * @param element a parameter's element by name and index; an input, a target or a binding of the model serves as well
 * @param values every parameter, input, target and draw by name, row-major
 * @throws {ExplainError} for a model without loss, a name or index that does not exist, and missing or misshapen values
 */
export function explainParameter(
  model: Model,
  element: { readonly parameter: string; readonly index: readonly number[] },
  values: ExampleValues,
  options: Partial<ExplainOptions> = {},
): Derivation {
  if (model.loss === null) throw new ExplainError("no-loss", `${model.name} has no loss to differentiate.`);
  if (model.coupling !== null) {
    throw new ExplainError(
      "coupled",
      `The examples of ${model.name} see each other (mean[batch], batch(…)), so its loss is one of a whole batch, and a chain of factors through one example would not be its derivative.`,
    );
  }
  const milestones = findMilestones([...model.bindings, model.loss]);
  const ports = [...model.parameters, ...model.inputs, ...model.targets];
  const supply = (input: InputNode): ArrayLike<number> => {
    const group = groupOf(input.role, values);
    return suppliedValue(group, input);
  };
  const port = ports.find(({ name }) => name === element.parameter);
  const candidates = new Map(milestones.map(({ name, node }) => [name, node]));
  const shape = port?.shape ?? candidates.get(element.parameter)?.shape;
  if (shape === undefined) {
    const known = [...ports.map(({ name }) => name), ...candidates.keys()].join(", ");
    throw new ExplainError("unknown-name", `${model.name} has no value \`${element.parameter}\`; it has ${known}.`);
  }
  const by: NamedElement = {
    name: element.parameter,
    flat: flatElement(element.parameter, shape, element.index),
    shape,
    find: (node) =>
      port === undefined
        ? node === candidates.get(element.parameter)
        : node.kind === "input" && node.role === port.node.role && node.name === port.node.name,
  };
  return explain(milestones, by, supply, "∂", { ...defaults, ...options });
}

function groupOf(role: InputNode["role"], values: ExampleValues): ExampleValues["inputs"] {
  if (role === "parameter" || role === "state") return values.parameters;
  if (role === "target") return values.targets;
  return role === "uniform" || role === "normal" ? (values.noise ?? {}) : values.inputs;
}

/**
 * Explains dresult/dargument of a plain function. One without bindings is taken apart into steps a, b, c, …
 *
 * @param values every argument by name
 * @throws {ExplainError} for an argument that does not exist or has no value
 */
export function explainFunction(
  fn: FunctionDefinition,
  argument: string,
  values: Readonly<Record<string, number>>,
  options: Partial<ExplainOptions> = {},
): Derivation {
  const input = fn.parameters.find(({ name }) => name === argument);
  if (input === undefined) {
    const known = fn.parameters.map(({ name }) => name).join(", ");
    throw new ExplainError("unknown-name", `${fn.name} has no argument \`${argument}\`; it has ${known}.`);
  }
  const result: NamedValue = { name: fn.name, node: fn.result, span: fn.span };
  const bound = fn.bindings.some(({ node }) => node === fn.result) ? fn.bindings : [...fn.bindings, result];
  const milestones =
    fn.bindings.length === 0
      ? nameSteps(result, new Set(fn.parameters.map(({ name }) => name)))
      : findMilestones(bound);
  const by: NamedElement = {
    name: argument,
    flat: 0,
    shape: [],
    find: (node) => node.kind === "input" && node.name === argument,
  };
  const supplied: Readonly<Record<string, ArrayLike<number>>> = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, [value]]),
  );
  return explain(milestones, by, (node) => suppliedValue(supplied, node), fn.parameters.length === 1 ? "d" : "∂", {
    ...defaults,
    ...options,
  });
}

// ── the derivation itself ────────────────────────────────────────────────────────────────────────────────────────────

interface NamedElement {
  readonly name: string;
  readonly flat: number;
  readonly shape: Shape;
  readonly find: (node: Node) => boolean;
}

function explain(
  milestones: readonly Milestone[],
  by: NamedElement,
  supply: (input: InputNode) => ArrayLike<number>,
  sign: "∂" | "d",
  { paths: limit }: ExplainOptions,
): Derivation {
  const last = milestones.at(-1);
  if (last === undefined) throw new RangeError("nothing to explain");
  const byText = elementText(by.name, by.shape, by.flat);
  const { sweep, seed } = sweepForward(last.node, by.find, by.flat, supply);
  const elements = new Elements(sweep, new Set(milestones.map(({ name }) => name)));
  const root: Element = { node: last.node, flat: 0 };
  const total = elements.tangentOf(root);
  const nothing = {
    of: last.name,
    by: byText,
    sign,
    total,
    complete: true,
    rest: 0,
    steps: [],
    factors: [],
    paths: [],
  };
  if (seed === null || !elements.depends(root)) return nothing;

  const end = elementKey({ node: seed, flat: by.flat });
  const stopsOf = new Map<Node, Stops>(
    milestones.map(({ node, stops }) => [node, node === seed ? stops : new Map([...stops, [seed, by.name]])]),
  );
  const milestoneOf = new Map(milestones.map((milestone) => [milestone.node, milestone]));
  const textOfElement = ({ node, flat }: Element): string =>
    elementText(milestoneOf.get(node)?.name ?? by.name, node.shape, flat);

  const known = new Map<string, readonly Edge<Element, Factor>[]>();
  const visited = new Map<string, Element>();
  const edges = (place: Element): readonly Edge<Element, Factor>[] => {
    const key = elementKey(place);
    const before = known.get(key);
    if (before !== undefined) return before;
    const text = textOfElement(place);
    const derivatives = localDerivatives(elements, place, text, stopsOf.get(place.node) ?? new Map());
    const found = derivatives.map((derivative) => edgeOf(text, derivative));
    known.set(key, found);
    visited.set(text, place);
    return found;
  };
  const { paths, complete } = findPaths<Element, Factor>({
    start: root,
    isEnd: (place) => elementKey(place) === end,
    edges,
    worth: (place) => elements.tangentOf(place),
    limit,
  });

  const factors = [...new Set(paths.flatMap((path) => path.factors))];
  const order = new Map(milestones.map(({ node }, k) => [node, k]));
  const steps = [...new Set(factors.map(({ of }) => of))]
    .flatMap((text) => visited.get(text) ?? [])
    .sort((a, b) => (order.get(a.node) ?? 0) - (order.get(b.node) ?? 0) || a.flat - b.flat)
    .map((element) => stepOf(elements, element, textOfElement(element), stopsOf.get(element.node) ?? new Map()));
  const rest = complete ? 0 : total - paths.reduce((sum, { value }) => sum + value, 0);
  return { ...nothing, steps, factors, paths, complete, rest };
}

function edgeOf(of: string, { leaf, text, expression, conditions }: LocalDerivative): Edge<Element, Factor> {
  const { value } = expression;
  return { to: leaf, value, factor: { of, by: text, expression, value, conditions } };
}

/** Leaves beyond which a definition reads better in terms of its named parts. */
const comfortableSize = 12;

/** Written out in full if that is short, else by the names of its parts, else by its value alone. */
function stepOf(elements: Elements, element: Element, text: string, stops: Stops): Step {
  const value = elements.valueOf(element);
  const write = (namesFrom: NamesFrom) => {
    const algebra = new ExpressionAlgebra();
    const definition = elements.express(element, stops, algebra, namesFrom);
    return { text, definition, value, conditions: [...algebra.conditions.values()] };
  };
  const full = write(Number.POSITIVE_INFINITY);
  const step = isReadable(full.definition) && full.definition.size <= comfortableSize ? full : write(1);
  return isReadable(step.definition) ? step : { text, definition: null, value, conditions: [] };
}

function isReadable(expression: Expression): boolean {
  switch (expression.kind) {
    case "number":
      return true;
    case "symbol":
      return expression.text !== null;
    case "sum":
      return expression.size < sizeLimit && expression.terms.every(isReadable);
    case "product":
      return expression.powers.every(({ base }) => isReadable(base));
    case "call":
      return expression.args.every(isReadable);
  }
}

// ── values from outside ──────────────────────────────────────────────────────────────────────────────────────────────

function suppliedValue(group: Readonly<Record<string, ArrayLike<number>>>, input: InputNode): ArrayLike<number> {
  const value = Object.hasOwn(group, input.name) ? group[input.name] : undefined;
  if (value === undefined) throw new ExplainError("missing-value", `\`${input.name}\` has no value.`);
  const count = elementCount(input.shape);
  if (value.length !== count) {
    const expected = `${count} number${count === 1 ? "" : "s"}`;
    throw new ExplainError("wrong-length", `\`${input.name}\` has ${expected}, not ${value.length}.`);
  }
  return value;
}

function flatElement(name: string, shape: Shape, index: readonly number[]): number {
  const flat = index.length === shape.length ? flatten(index, shape) : -1;
  if (flat >= 0) return flat;
  const extents = sameShape(shape, []) ? "is a scalar" : `has shape [${shape.join(", ")}], each index counted from 0`;
  throw new ExplainError("no-such-element", `\`${name}[${index.join(", ")}]\` does not exist: \`${name}\` ${extents}.`);
}
