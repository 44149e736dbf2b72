/**
 * Owns: a graph as a page of the language that says the same, in as many ways as the language has: values with names or
 * inside expressions, element by element or whole tensors at once, ranges written or left to be inferred, statements in a
 * layer of their own. What the page means is then the graph again; every choice follows from a seed.
 */

import { uniformStream } from "@adjoint/check";
import {
  type Affine,
  argumentsOf,
  elementCount,
  type InputNode,
  type MapNode,
  type Model,
  type Node,
  reachable,
  type ScalarFunctionName,
  type Shape,
  stridesOf,
} from "@adjoint/ir";

/** A page of one model of the same name, inputs, targets, parameters, outputs and loss. */
export function printPage(model: Model, seed: number): string {
  return new Printer(model, seed).print();
}

/** An index expression, without spaces around it that matter: `i`, `2*i + j - 1`, `0`. */
type Index = string;

class Printer {
  readonly #model: Model;
  readonly #draw: () => number;
  readonly #nameOf = new Map<Node, string>();
  readonly #layers: string[] = [];
  #letters = 0;

  constructor(model: Model, seed: number) {
    this.#model = model;
    this.#draw = uniformStream(seed);
  }

  print(): string {
    const { name, inputs, targets, parameters, outputs, loss } = this.#model;
    const lines: string[] = [];
    const declare = (keyword: string, { name: declared, shape, element }: InputNode, rest = ""): void => {
      const classes = element.kind === "class" ? `: class(${element.count})` : "";
      lines.push(`${keyword} ${declared}${brackets(shape)}${classes}${rest}`);
    };
    for (const { node } of inputs) declare("input", node);
    for (const { node } of targets) declare("target", node);
    for (const { node } of parameters) declare("param", node, ` ~ ${this.#pick("zeros", "ones", "normal", "uniform")}`);
    const ports = [...inputs, ...targets, ...parameters];
    for (const { node } of ports) this.#nameOf.set(node, node.name);
    const roots = [...outputs.map(({ node }) => node), ...(loss === null ? [] : [loss.node])];
    const nodes = reachable(roots);
    const named = this.#chooseNamed(nodes, new Set(roots));
    for (const node of nodes) {
      if (!named.has(node) || node.kind === "input") continue;
      lines.push(this.#statement(node));
      this.#nameOf.set(node, nameFor(node));
    }
    for (const { name: output, node } of outputs) {
      // An output has a name of its own, whatever the value is called.
      lines.push(`output ${output} = ${this.#name(node)}`);
    }
    if (loss !== null) lines.push(`loss ${this.#name(loss.node)}`);
    return `${this.#layers.join("")}model ${name} {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
  }

  /** What must have a name: what is used in two places, read with `else` or at a class, differentiated; and some of the rest. */
  #chooseNamed(nodes: readonly Node[], roots: ReadonlySet<Node>): ReadonlySet<Node> {
    const named = new Set<Node>(roots);
    const used = new Set<Node>();
    for (const node of nodes) {
      for (const arg of argumentsOf(node)) {
        if (used.has(arg)) named.add(arg);
        used.add(arg);
      }
      if (node.kind === "read" && node.fill !== null) named.add(node.source);
      if (node.kind === "pick" && isClasses(node.at)) named.add(node.source);
      if (node.kind === "reshape") named.add(node);
      if (node.kind === "gradient") for (const each of [node, node.of, node.wrt]) named.add(each);
      if (this.#draw() < 0.4) named.add(node);
    }
    return named;
  }

  #statement(node: Node): string {
    const name = nameFor(node);
    if (node.kind === "reshape") return this.#regrouping(node.source, node.shape, name);
    if (node.kind === "gradient") return `${name} = grad(${this.#name(node.of)}, ${this.#name(node.wrt)})`;
    const whole = this.#draw() < 0.6 ? this.#whole(node) : null;
    if (whole !== null) return `${name} = ${whole}`;
    const letters = node.shape.map(() => this.#letter());
    const body = this.#element(node, letters);
    // Where every argument is read at the indices themselves, their ranges follow from any of them.
    const isPlain = node.kind === "map" && node.args.every((arg) => arg.kind === "constant" || this.#nameOf.has(arg));
    const isRead = node.kind === "map" && node.args.some((arg) => this.#nameOf.has(arg));
    const binders = letters.map((letter, axis) => {
      const isInferred = isPlain && isRead && this.#draw() < 0.6;
      return isInferred ? letter : `${letter} < ${node.shape[axis]}`;
    });
    const left = binders.length === 0 ? "" : `[${binders.join(", ")}]`;
    const inLayer = this.#draw() < 0.25 ? this.#layer(node, `z${left} = ${body}`) : null;
    return inLayer === null ? `${name}${left} = ${body}` : `${name} = ${inLayer}`;
  }

  /** Flat by the digits of one index, then along the axes wanted. */
  #regrouping(source: Node, shape: Shape, name: string): string {
    const letter = this.#letter();
    const strides = stridesOf(source.shape);
    const digits = source.shape.map((extent, axis) => {
      if (extent === 1) return "0";
      const quotient = strides[axis] === 1 ? letter : `(${letter} div ${strides[axis]})`;
      return elementCount(source.shape.slice(0, axis)) === 1 ? quotient : `(${quotient} mod ${extent})`;
    });
    const isFlat = shape.length === 1;
    const flat = isFlat ? name : `${name}_flat`;
    const statement = `${flat}[${letter} < ${elementCount(shape)}] = ${this.#element(source, digits)}`;
    if (isFlat) return statement;
    const letters = shape.map(() => this.#letter());
    const binders = letters.map((each, axis) => `${each} < ${shape[axis]}`);
    return `${statement}\n  ${name}[${binders.join(", ")}] = ${flat}[${affine({ offset: 0, coefficients: stridesOf(shape) }, letters)}]`;
  }

  /** The statement in a layer that takes every value it mentions; the call of it. Null if it mentions classes. */
  #layer(node: Node, statement: string): string | null {
    const mentioned = [...this.#nameOf].filter(([, name]) => new RegExp(`\\b${name}\\b`).test(statement));
    if (mentioned.some(([value]) => isClasses(value)) || mentioned.length === 0) return null;
    const layer = `layer${node.id}`;
    const formals = mentioned.map(([value, name]) => `${name}${brackets(value.shape)}`);
    this.#layers.push(`layer ${layer}(${formals.join(", ")}) {\n  ${statement}\n  return z\n}\n\n`);
    return `${layer}(${mentioned.map(([, name]) => name).join(", ")})`;
  }

  /** A map of whole tensors; null if an argument has no name. */
  #whole(node: Node): string | null {
    if (node.kind !== "map") return null;
    const args = node.args.map((arg) => {
      if (arg.kind === "constant") return number(arg.value);
      return this.#nameOf.get(arg) ?? null;
    });
    const texts = args.flatMap((arg) => (arg === null ? [] : [arg]));
    const isTensor = node.shape.length === 0 || node.args.some((arg) => arg.kind !== "constant");
    return texts.length === args.length && isTensor ? this.#application(node, texts) : null;
  }

  /** The element of `node` at the indices. */
  #element(node: Node, at: readonly Index[]): string {
    const name = this.#nameOf.get(node);
    if (name !== undefined) return `${name}${indexed(at)}`;
    switch (node.kind) {
      case "constant":
        return number(node.value);
      case "index":
        return `(${affine(node.value, at)})`;
      case "map":
        return this.#application(
          node,
          node.args.map((arg) => this.#element(arg, at)),
        );
      case "reduce": {
        const { arg, axes } = node;
        const letters = axes.map(() => this.#letter());
        let kept = 0;
        const inner = arg.shape.map((_, axis) => {
          const reduced = axes.indexOf(axis);
          return reduced === -1 ? (at[kept++] ?? "0") : (letters[reduced] ?? "0");
        });
        const isNamed = this.#nameOf.has(arg);
        const binders = letters.map((letter, k) => {
          const isInferred = isNamed && this.#draw() < 0.6;
          return isInferred ? letter : `${letter} < ${arg.shape[axes[k] ?? 0]}`;
        });
        return `${node.op}[${binders.join(", ")}](${this.#element(arg, inner)})`;
      }
      case "read": {
        const forms = node.index.map((form) => affine(form, at));
        if (node.fill === null) return this.#element(node.source, forms);
        return `${this.#name(node.source)}[${forms.join(", ")} else ${number(node.fill)}]`;
      }
      case "pick": {
        const { source, axis } = node;
        const chosen = this.#element(node.at, at);
        if (isClasses(node.at)) return `${this.#name(source)}${indexed(at.toSpliced(axis, 0, chosen))}`;
        // Only classes may be an index; what was computed is compared with every index there is.
        const letter = this.#letter();
        const element = this.#element(source, at.toSpliced(axis, 0, letter));
        return `sum[${letter} < ${source.shape[axis]}](if ${chosen} == ${letter} then ${element} else 0)`;
      }
      case "input":
      case "reshape":
      case "gradient":
      case "carried":
      case "scan":
        throw new Error(`node ${node.id} has no name`);
    }
  }

  /** Functions without a name in the language are spelled out, some in one of several ways. */
  #application({ fn }: MapNode, args: readonly string[]): string {
    const [a = "", b = "", c = ""] = args;
    const operator = operators[fn];
    if (operator !== undefined) return `(${a} ${operator} ${b})`;
    const spellings = spelled[fn];
    return spellings === undefined ? `${fn}(${args.join(", ")})` : this.#pick(...spellings(a, b, c));
  }

  #name(node: Node): string {
    const name = this.#nameOf.get(node);
    if (name === undefined) throw new Error(`node ${node.id} was to be named`);
    return name;
  }

  #letter(): string {
    return `i${(this.#letters++).toString(36)}_`;
  }

  #pick(...choices: readonly string[]): string {
    return choices[Math.floor(this.#draw() * choices.length)] ?? "";
  }
}

const operators: Readonly<Partial<Record<ScalarFunctionName, string>>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  pow: "^",
  lt: "<",
  le: "<=",
  eq: "==",
  ne: "!=",
  and: "and",
  or: "or",
};

const spelled: Readonly<Partial<Record<ScalarFunctionName, (a: string, b: string, c: string) => readonly string[]>>> = {
  neg: (a) => [`(-${a})`],
  not: (a) => [`(not ${a})`],
  select: (a, b, c) => [`(if ${a} then ${b} else ${c})`],
  logistic: (a) => [`sigmoid(${a})`, `(1 / (1 + exp(-${a})))`],
  log1pexp: (a) => [`softplus(${a})`, `log(1 + exp(${a}))`],
};

function nameFor(node: Node): string {
  return `t${node.id}`;
}

function isClasses(node: Node): boolean {
  return node.kind === "input" && node.element.kind === "class";
}

function brackets(shape: Shape): string {
  return shape.length === 0 ? "" : `[${shape.join(", ")}]`;
}

function indexed(at: readonly Index[]): string {
  return at.length === 0 ? "" : `[${at.join(", ")}]`;
}

function number(value: number): string {
  return value < 0 || Object.is(value, -0) ? `(-${Math.abs(value)})` : String(value);
}

/** The form over index expressions. */
function affine({ offset, coefficients }: Affine, at: readonly Index[]): Index {
  const terms = coefficients.flatMap((c, axis) => {
    if (c === 0) return [];
    const index = /^\w+$/.test(at[axis] ?? "0") ? (at[axis] ?? "0") : `(${at[axis]})`;
    return [{ sign: c < 0 ? "-" : "+", text: Math.abs(c) === 1 ? index : `${Math.abs(c)}*${index}` }];
  });
  if (offset !== 0 || terms.length === 0) terms.push({ sign: offset < 0 ? "-" : "+", text: String(Math.abs(offset)) });
  return terms.map(({ sign, text }, k) => (k === 0 ? (sign === "-" ? `-${text}` : text) : ` ${sign} ${text}`)).join("");
}
