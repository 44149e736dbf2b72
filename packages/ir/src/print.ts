/** Owns: the graph as text, in a notation close to the language: for people, for golden files, never parsed. */

import { type Affine, axisIndex, composeAffine, constantIndex, plainAxis } from "./affine.ts";
import { type Graph, type InputNode, type MapNode, type Node, nodesOf, type Role } from "./graph.ts";
import { type LinePlan, planLines } from "./plan-lines.ts";
import type { ScalarFunctionName } from "./scalar-functions.ts";
import type { Shape } from "./shape.ts";

/** Lists (of inputs, of outputs) are broken at this many columns; a definition is always one line. */
const width = 100;

/** Everything is a tensor of the network, so indices take the mathematician's letters, less those that name a tensor. */
const indexLetters = "i j k l m n p q r s u v w a b c d e f g h".split(" ");

/** How tightly an operator binds; an operand that binds less tightly than its place asks for is put in parentheses. */
const binding = { select: 0, or: 1, and: 2, not: 3, comparison: 4, add: 5, mul: 6, neg: 7, pow: 8, atom: 9 } as const;

interface Infix {
  readonly symbol: string;
  readonly tightness: number;
  /** The least tightness its left and right operand may have. */
  readonly left: number;
  readonly right: number;
}

const leftAssociative = (symbol: string, tightness: number): Infix => ({
  symbol: ` ${symbol} `,
  tightness,
  left: tightness,
  right: tightness + 1,
});
const comparison = (symbol: string): Infix => ({
  ...leftAssociative(symbol, binding.comparison),
  left: binding.comparison + 1,
});

/** Functions that are written between their arguments; all others but `neg`, `not` and `select` are written as calls. */
const infix: Readonly<Partial<Record<ScalarFunctionName, Infix>>> = {
  add: leftAssociative("+", binding.add),
  sub: leftAssociative("-", binding.add),
  mul: leftAssociative("*", binding.mul),
  div: leftAssociative("/", binding.mul),
  pow: { symbol: "^", tightness: binding.pow, left: binding.atom, right: binding.pow },
  lt: comparison("<"),
  le: comparison("<="),
  eq: comparison("=="),
  ne: comparison("!="),
  and: leftAssociative("and", binding.and),
  or: leftAssociative("or", binding.or),
};

interface Text {
  readonly text: string;
  readonly tightness: number;
}

/** An index in scope. A read at exactly this index, of an axis of its extent, says its range; else its binder must. */
interface Index {
  readonly name: string;
  readonly extent: number;
  isRangeRead: boolean;
}

/**
 * The graph's inputs by role, then one line for each named, shared or separately reduced node, then its outputs:
 *
 *     h.z[i] = sum[j](h.W[i, j] * x[j]) + h.b[i]
 *
 * An index whose range no read tells is bound with it, as in `one_hot[i < 10] = …`; one that can only be 0 is 0. Names are the source's, `d_` in front
 * of what differentiation made. Equal graphs print equally; time is linear in the graph.
 */
export function printGraph(graph: Graph): string {
  const plan = planLines(graph);
  const taken = new Set(plan.names.values());
  const printer = new Printer(
    plan,
    indexLetters.filter((letter) => !taken.has(letter)),
  );
  const sections = [
    [`graph ${graph.name}`],
    inputSection(graph, plan),
    plan.lines.map((node) => printer.line(node)),
    outputSection(graph, plan),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

const roleKeywords: Readonly<Record<Role, string>> = {
  parameter: "param",
  input: "input",
  target: "target",
  gradient: "gradient",
  state: "state",
  step: "step",
  statistic: "statistic",
  uniform: "uniform",
  normal: "normal",
  cotangent: "cotangent",
  tangent: "tangent",
};

function inputSection(graph: Graph, plan: LinePlan): readonly string[] {
  const inputs = nodesOf(graph).filter((node) => node.kind === "input");
  const groups = Object.entries(roleKeywords)
    .map(([role, keyword]) => ({ keyword, members: inputs.filter((node) => node.role === role) }))
    .filter(({ members }) => members.length > 0);
  const margin = Math.max(...groups.map(({ keyword }) => keyword.length)) + 1;
  return groups.flatMap(({ keyword, members }) =>
    wrapped(
      keyword.padEnd(margin),
      members.map((node) => declaration(plan.names.get(node)!, node)),
    ),
  );
}

function declaration(name: string, { shape, element }: InputNode): string {
  const extents = shape.length === 0 ? "" : `[${shape.join(", ")}]`;
  switch (element.kind) {
    case "real":
      return name + extents;
    case "class":
      return `${name}${extents}: class(${element.count})`;
  }
}

function outputSection(graph: Graph, plan: LinePlan): readonly string[] {
  return wrapped(
    "output ",
    graph.outputs.map(({ name, node }) => {
      const line = plan.names.get(node)!;
      return line === name ? name : `${name} = ${line}`;
    }),
  );
}

/** `first` and then the items, comma-separated, continued under the first of them. */
function wrapped(first: string, items: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const [k, item] of items.entries()) {
    const last = lines.at(-1);
    const text = k === items.length - 1 ? item : `${item},`;
    if (last === undefined) lines.push(first + text);
    else if (last.length + 1 + text.length <= width) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(" ".repeat(first.length) + text);
  }
  return lines;
}

class Printer {
  readonly #plan: LinePlan;
  readonly #lines: ReadonlySet<Node>;
  readonly #letters: readonly string[];

  constructor(plan: LinePlan, letters: readonly string[]) {
    this.#plan = plan;
    this.#lines = new Set(plan.lines);
    this.#letters = letters;
  }

  line(node: Node): string {
    const scope = this.#extend([], node.shape);
    const at = scope.map((index, axis) => place(index, axis, scope.length));
    const { text } = node.kind === "carried" ? atom("carried") : this.#definition(node, at, scope);
    const binders =
      scope.length === 0 ? "" : `[${scope.map((index) => (index.extent === 1 ? "0" : binder(index))).join(", ")}]`;
    return `${this.#plan.names.get(node)!}${binders} = ${text}`;
  }

  /** The element of `node` at the affine indices `at`, which are written over the indices in `scope`. */
  #element(node: Node, at: readonly Affine[], scope: readonly Index[]): Text {
    if (node.kind === "input" || this.#lines.has(node)) return this.#reference(node, at, scope);
    return this.#definition(node, at, scope);
  }

  #definition(node: Node, at: readonly Affine[], scope: readonly Index[]): Text {
    switch (node.kind) {
      case "input":
        return this.#reference(node, at, scope);
      case "constant":
        return constantText(node.value);
      case "index":
        return affineText(composeAffine(node.value, at, scope.length), scope);
      case "map":
        return mapText(
          node,
          node.args.map((arg) => this.#element(arg, at, scope)),
        );
      case "reduce": {
        const inner = this.#extend(
          scope,
          node.axes.map((axis) => node.arg.shape[axis]!),
        );
        const widened = at.map((form) => ({
          offset: form.offset,
          coefficients: [...form.coefficients, ...node.axes.map(() => 0)],
        }));
        const argAt: Affine[] = [];
        for (let axis = 0, kept = 0; axis < node.arg.shape.length; axis++) {
          const reduced = node.axes.indexOf(axis);
          argAt.push(
            reduced === -1
              ? widened[kept++]!
              : place(inner[scope.length + reduced]!, scope.length + reduced, inner.length),
          );
        }
        const body = this.#element(node.arg, argAt, inner);
        return atom(`${node.op}[${inner.slice(scope.length).map(binder).join(", ")}](${body.text})`);
      }
      case "read": {
        const moved = node.index.map((form) => composeAffine(form, at, scope.length));
        if (node.fill === null) return this.#element(node.source, moved, scope);
        const indices = moved.map((form) => affineText(form, scope).text).join(", ");
        return atom(`${this.#plan.names.get(node.source)!}[${indices} else ${constantText(node.fill).text}]`);
      }
      case "pick": {
        markRanges(at, node.shape, scope);
        const indices = at.map((form) => affineText(form, scope).text);
        indices.splice(node.axis, 0, this.#element(node.at, at, scope).text);
        return atom(`${this.#plan.names.get(node.source)!}[${indices.join(", ")}]`);
      }
      case "reshape":
        return atom(`reshape(${this.#plan.names.get(node.source)!})${brackets(at, node.shape, scope)}`);
      case "gradient": {
        const of = this.#plan.names.get(node.of)!;
        const wrt = this.#plan.names.get(node.wrt)!;
        return atom(`grad(${of}, ${wrt})${brackets(at, node.shape, scope)}`);
      }
      case "carried":
        return this.#reference(node, at, scope);
      case "scan": {
        const { direction, axis, carries } = node.recurrence;
        const own = carries[node.which]!;
        const name = (of: Node): string => this.#plan.names.get(of)!;
        const time = affineText(at[axis]!, scope).text;
        const order = direction === 1 ? "" : " backwards";
        const previous = this.#plan.names.get(own.previous);
        const start = previous === undefined ? "" : `${previous} = ${name(own.initial)}, `;
        return atom(
          `scan ${time}${order}${node.moment === "before" ? " before" : ""}(${start}${name(own.next)})${brackets(at, node.shape, scope)}`,
        );
      }
    }
  }

  #reference(node: Node, at: readonly Affine[], scope: readonly Index[]): Text {
    return atom(this.#plan.names.get(node)! + brackets(at, node.shape, scope));
  }

  /** The scope with one more index per extent, under the first letters not used yet; what can only be 0 takes the last. */
  #extend(scope: readonly Index[], extents: readonly number[]): readonly Index[] {
    const used = new Set(scope.map((index) => index.name));
    const free = this.#letters.filter((letter) => !used.has(letter));
    const lettered = extents.map((_, k) => k).sort((a, b) => Number(extents[a] === 1) - Number(extents[b] === 1));
    return [
      ...scope,
      ...extents.map((extent, k) => {
        const turn = lettered.indexOf(k);
        return { name: free[turn] ?? `i${scope.length + turn}`, extent, isRangeRead: false };
      }),
    ];
  }
}

function mapText(node: MapNode, args: readonly Text[]): Text {
  const [first, second, third] = args;
  const operator = infix[node.fn];
  if (operator !== undefined) {
    const { symbol, tightness, left, right } = operator;
    return { text: within(first!, left) + symbol + within(second!, right), tightness };
  }
  if (node.fn === "neg") return { text: `-${within(first!, binding.pow)}`, tightness: binding.neg };
  if (node.fn === "not") return { text: `not ${within(first!, binding.not)}`, tightness: binding.not };
  if (node.fn === "select") {
    const condition = within(first!, binding.or);
    return {
      text: `if ${condition} then ${within(second!, binding.or)} else ${third!.text}`,
      tightness: binding.select,
    };
  }
  return atom(`${node.fn}(${args.map((arg) => arg.text).join(", ")})`);
}

function atom(text: string): Text {
  return { text, tightness: binding.atom };
}

function within({ text, tightness }: Text, least: number): string {
  return tightness < least ? `(${text})` : text;
}

/** An index that can only be 0 is written as 0, as the builder has it in reads. */
function place({ extent }: Index, position: number, rank: number): Affine {
  return extent === 1 ? constantIndex(0, rank) : axisIndex(position, rank);
}

function binder({ name, extent, isRangeRead }: Index): string {
  return isRangeRead ? name : `${name} < ${extent}`;
}

/** Marks the indices that are read plainly, each along an axis of its own extent. */
function markRanges(at: readonly Affine[], shape: Shape, scope: readonly Index[]): void {
  at.forEach((form, axis) => {
    const variable = plainAxis(form);
    const index = variable === null ? undefined : scope[variable];
    if (index !== undefined && index.extent === shape[axis]) index.isRangeRead = true;
  });
}

function brackets(at: readonly Affine[], shape: Shape, scope: readonly Index[]): string {
  markRanges(at, shape, scope);
  return at.length === 0 ? "" : `[${at.map((form) => affineText(form, scope).text).join(", ")}]`;
}

function constantText(value: number): Text {
  const magnitude = Math.abs(value);
  const text = magnitude === Number.POSITIVE_INFINITY ? "inf" : Number.isNaN(value) ? "nan" : String(magnitude);
  const isNegative = value < 0 || Object.is(value, -0);
  return isNegative ? { text: `-${text}`, tightness: binding.neg } : atom(text);
}

/** `2 * i + u - 1`: what is added first, then what is subtracted. */
function affineText(form: Affine, scope: readonly Index[]): Text {
  const terms = form.coefficients
    .map((c, axis) => ({ c, text: Math.abs(c) === 1 ? scope[axis]!.name : `${Math.abs(c)} * ${scope[axis]!.name}` }))
    .filter(({ c }) => c !== 0);
  if (form.offset !== 0 || terms.length === 0) terms.push({ c: form.offset, text: String(Math.abs(form.offset)) });
  const [first, ...rest] = [...terms.filter(({ c }) => c >= 0), ...terms.filter(({ c }) => c < 0)];
  const text =
    (first!.c < 0 ? "-" : "") + first!.text + rest.map(({ c, text }) => (c < 0 ? " - " : " + ") + text).join("");
  if (rest.length > 0) return { text, tightness: binding.add };
  if (first!.c < 0) return { text, tightness: binding.neg };
  return { text, tightness: first!.text.includes("*") ? binding.mul : binding.atom };
}
