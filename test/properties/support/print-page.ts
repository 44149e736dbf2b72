/**
 * Owns: a graph as a page of the language that says the same, in as many ways as the language has: values with names or
 * inside expressions, element by element or whole tensors at once, ranges written or left to be inferred, statements in a
 * layer of their own. What the page means is then the graph again; every choice follows from a seed.
 *
 * A node in the body of a recurrence is named there as it is at one time: without the axes that are the times of the
 * recurrences around, which are indices in scope. So is a node of a batch, at one example.
 */

import { uniformStream } from "@adjoint/check";
import {
  type Affine,
  argumentsOf,
  elementCount,
  type InputNode,
  type LoopStep,
  type MapNode,
  type Model,
  type Node,
  planSteps,
  reachable,
  type ScalarFunctionName,
  type ScanNode,
  type Shape,
  type Step,
  stridesOf,
} from "@adjoint/ir";
import { countedIn, exampleAxes, isCount } from "./example-axes.ts";

/** A page of one model of the same name, inputs, targets, parameters, outputs and loss. */
export function printPage(model: Model, seed: number): string {
  return new Printer(model, seed).print();
}

/** An index expression, without spaces around it that matter: `i`, `2*i + j - 1`, `0`. */
type Index = string;

/** Axes that are times of recurrences around, with the indices that they are. */
type Times = ReadonlyMap<number, Index>;

class Printer {
  readonly #model: Model;
  readonly #draw: () => number;
  readonly #nameOf = new Map<Node, string>();
  readonly #layers: string[] = [];
  #exampleAxes: ReadonlyMap<Node, number> = new Map();
  /** Statements that the one being printed needs in front of it. */
  #front: string[] = [];
  /** The recurrences around what is being printed, outermost first, each with the index that is its time. */
  #around: readonly { readonly loop: LoopStep; readonly time: Index }[] = [];
  #letters = 0;

  constructor(model: Model, seed: number) {
    this.#model = model;
    this.#draw = uniformStream(seed);
  }

  print(): string {
    const { name, inputs, targets, parameters, outputs, loss, coupling } = this.#model;
    const lines: string[] = [];
    const declare = (keyword: string, node: InputNode, rest = ""): void => {
      const { name: declared, element } = node;
      const classes = element.kind === "class" ? `: class(${element.count})` : "";
      lines.push(`${keyword} ${declared}${brackets(this.#shape(node))}${classes}${rest}`);
    };
    const total = loss === null || coupling === null ? null : countedIn(loss.node, coupling.examples);
    const ofExample = total ?? loss?.node ?? null;
    const roots = [...outputs.map(({ node }) => node), ...(ofExample === null ? [] : [ofExample])];
    const nodes = reachable(roots);
    if (coupling !== null)
      this.#exampleAxes = exampleAxes(
        reachable([...nodes, ...inputs.map(({ node }) => node), ...targets.map(({ node }) => node)]),
      );
    for (const { node } of inputs) declare("input", node);
    for (const { node } of targets) declare("target", node);
    for (const { node } of parameters) declare("param", node, ` ~ ${this.#pick("zeros", "ones", "normal", "uniform")}`);
    const ports = [...inputs, ...targets, ...parameters];
    for (const { node } of ports) this.#nameOf.set(node, node.name);
    const named = this.#chooseNamed(nodes, new Set(roots));
    lines.push(...this.#statements(planSteps(nodes), named));
    for (const { name: output, node } of outputs) {
      // An output has a name of its own, whatever the value is called.
      if (coupling === null || this.#exampleAxes.get(node) === 0) lines.push(`output ${output} = ${this.#name(node)}`);
      else {
        const letters = ["example", ...node.shape.slice(1).map(() => this.#letter())];
        const binders = letters.slice(1).map((letter, k) => `${letter} < ${node.shape[k + 1]}`);
        lines.push(`output ${output}${indexed(binders)} = ${this.#element(node, letters)}`);
      }
    }
    if (ofExample !== null && coupling === null) lines.push(`loss ${this.#name(ofExample)}`);
    if (ofExample !== null && coupling !== null) {
      // Whatever else the page says, all of it is of a batch.
      lines.push("output count = examples");
      lines.push(`loss ${this.#element(ofExample, ["example"])} + 0 * examples`);
      lines.push(`train { optimizer sgd()  batch ${coupling.size} }`);
    }
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
      if (node.kind === "scan") named.add(node);
      if (this.#draw() < 0.4) named.add(node);
    }
    // What stands for an example that does not count may be infinite, and only a reduction can say so.
    for (const node of nodes) if (argumentsOf(node).some(isInfinite) || isInfinite(node)) named.delete(node);
    return named;
  }

  #statements(steps: readonly Step[], named: ReadonlySet<Node>): readonly string[] {
    return steps.flatMap((step) => {
      if (step.kind === "loop") return this.#recurrence(step, named);
      const { node } = step;
      if (!named.has(node) || node.kind === "input" || node.kind === "carried") return [];
      const statement = this.#statement(node, nameFor(node));
      this.#nameOf.set(node, nameFor(node));
      return [...this.#front.splice(0), statement];
    });
  }

  /** What is carried into each step is carried as well, if it is asked for: it is updated first. */
  #recurrence(loop: LoopStep, named: ReadonlySet<Node>): readonly string[] {
    const { direction, carries, axis } = loop.recurrence;
    const time = this.#letter();
    const lines: string[] = [];
    const outside = this.#around;
    // What nothing reads need not be in the body, but all that is carried has the same times.
    const times = this.#fixed(loop.scans[0]!);
    const rows = carries.map(({ previous, initial, next }, k) => {
      const begin = this.#initial(previous, initial, axis, times, lines);
      const scans = loop.scans.filter(({ which }) => which === k);
      const after = scans.find(({ moment }) => moment === "after");
      const before = scans.find(({ moment }) => moment === "before");
      return { previous, next, begin, after, before, name: `carried${previous.id}`, earlier: `earlier${previous.id}` };
    });
    const body: string[] = [];
    for (const { previous, begin, name, before, earlier } of rows) {
      body.push(`carry ${name}${begin}`);
      if (before !== undefined) body.push(`carry ${earlier}${begin}`);
      this.#nameOf.set(previous, name);
    }
    this.#around = [...outside, { loop, time }];
    body.push(...this.#statements(loop.body, named));
    // All that is carried is what it was until all next values have names.
    const nexts = rows.map(({ next, previous }) => {
      const name = `next${previous.id}`;
      const known = this.#nameOf.get(next);
      const isWhole = next.kind !== "carried" && this.#fixed(next).size === times.size + 1;
      if (known !== undefined && isWhole && this.#draw() < 0.6) return known;
      const statement = this.#statement(next, name, new Map([...times, [axis, time]]));
      body.push(...this.#front.splice(0), statement);
      return name;
    });
    for (const { before, earlier, name } of rows) if (before !== undefined) body.push(`${earlier} <- ${name}`);
    for (const [k, { name }] of rows.entries()) body.push(`${name} <- ${nexts[k]}`);
    this.#around = outside;
    const steps = carries[0]!.next.shape[axis]!;
    lines.push(
      `scan ${time} < ${steps}${direction === 1 ? "" : " backwards"} {`,
      ...body.map((line) => `  ${line}`),
      "}",
    );
    for (const { after, before, name, earlier } of rows) {
      if (after !== undefined) lines.push(this.#sequence(after, name));
      if (before !== undefined) lines.push(this.#sequence(before, earlier));
    }
    return lines;
  }

  /** How what is carried begins; perhaps a statement in front of the recurrence. */
  #initial(previous: Node, initial: Node, axis: number, around: Times, lines: string[]): string {
    const free = previous.shape.filter((_, a) => a !== axis && !around.has(a));
    if (initial.kind === "constant") return `${brackets(free)} = ${number(initial.value)}`;
    const name = `begin${previous.id}`;
    const letters = initial.shape.map((_, a) => around.get(a < axis ? a : a + 1) ?? this.#letter());
    const isFixed = (a: number): boolean => around.has(a < axis ? a : a + 1);
    const binders = letters.flatMap((letter, a) => (isFixed(a) ? [] : [`${letter} < ${initial.shape[a]}`]));
    const begun = this.#element(initial, letters);
    lines.push(...this.#front.splice(0), `${name}${indexed(binders)} = ${begun}`);
    return ` = ${name}`;
  }

  /** The sequence that a recurrence leaves, whose first axis is time, with its axes in the scan's order. */
  #sequence(scan: ScanNode, name: string): string {
    const around = this.#fixed(scan);
    const letters = scan.shape.map((_, a) => around.get(a) ?? this.#letter());
    const { axis } = scan.recurrence;
    const free = [...scan.shape.keys()].filter((a) => !around.has(a));
    const order = [axis, ...free.filter((a) => a !== axis)].map((a) => letters[a]!);
    this.#nameOf.set(scan, nameFor(scan));
    const binders = free.map((a) => `${letters[a]} < ${scan.shape[a]}`);
    return `${nameFor(scan)}${indexed(binders)} = ${name}${indexed(order)}`;
  }

  /** The axes of the node that are times of the recurrences around, with the indices that they are. */
  #fixed(node: Node): Times {
    const fixed = new Map<number, Index>();
    const example = this.#exampleAxes.get(node);
    if (example !== undefined) fixed.set(example, "example");
    for (const { loop, time } of this.#around) {
      const axis = loop.timeAxes.get(node);
      if (axis !== undefined && axis >= 0) fixed.set(axis, time);
    }
    return fixed;
  }

  /** The shape under which the node is known here. */
  #shape(node: Node): Shape {
    const fixed = this.#fixed(node);
    return node.shape.filter((_, axis) => !fixed.has(axis));
  }

  /** @param times those that the name moves with: the node's own, unless it need not depend on what is carried */
  #statement(node: Node, name: string, times: Times | null = null): string {
    if (node.kind === "reshape" && times === null) return this.#regrouping(node, node.source, name);
    if (node.kind === "gradient" && times === null)
      return `${name} = grad(${this.#name(node.of)}, ${this.#name(node.wrt)})`;
    const whole = times === null && this.#draw() < 0.6 ? this.#whole(node) : null;
    if (whole !== null) return `${name} = ${whole}`;
    const fixed = times ?? this.#fixed(node);
    const letters = node.shape.map((_, axis) => fixed.get(axis) ?? this.#letter());
    const body = this.#element(node, letters);
    // Where every argument is read at the indices themselves, their ranges follow from any of them.
    const isPlain = node.kind === "map" && node.args.every((arg) => arg.kind === "constant" || this.#nameOf.has(arg));
    const isRead = node.kind === "map" && node.args.some((arg) => this.#nameOf.has(arg));
    const binders = letters.flatMap((letter, axis) => {
      if (fixed.has(axis)) return [];
      const isInferred = isPlain && isRead && this.#draw() < 0.6;
      return isInferred ? [letter] : [`${letter} < ${node.shape[axis]}`];
    });
    const left = indexed(binders);
    const inLayer = this.#draw() < 0.25 ? this.#layer(`z${left} = ${body}`) : null;
    return inLayer === null ? `${name}${left} = ${body}` : `${name} = ${inLayer}`;
  }

  /** Flat by the digits of one index, then along the axes wanted. */
  #regrouping(node: Node, source: Node, name: string): string {
    const letter = this.#letter();
    const own = new Set(this.#fixed(node).values());
    const fixed = new Map([...this.#fixed(source)].filter(([, index]) => own.has(index)));
    const from = source.shape.filter((_, axis) => !fixed.has(axis));
    const shape = this.#shape(node);
    const strides = stridesOf(from);
    const digits = from.map((extent, axis) => {
      if (extent === 1) return "0";
      const quotient = strides[axis] === 1 ? letter : `(${letter} div ${strides[axis]})`;
      return elementCount(from.slice(0, axis)) === 1 ? quotient : `(${quotient} mod ${extent})`;
    });
    const at = source.shape.map((_, axis) => fixed.get(axis) ?? digits.shift() ?? "0");
    const isFlat = shape.length === 1;
    const flat = isFlat ? name : `${name}_flat`;
    const statement = `${flat}[${letter} < ${elementCount(shape)}] = ${this.#element(source, at)}`;
    if (isFlat) return statement;
    const letters = shape.map(() => this.#letter());
    const binders = letters.map((each, axis) => `${each} < ${shape[axis]}`);
    return `${statement}\n  ${name}${indexed(binders)} = ${flat}[${affine({ offset: 0, coefficients: stridesOf(shape) }, letters)}]`;
  }

  /** The statement in a layer that takes every value it mentions; the call of it. Null if it mentions classes. */
  #layer(statement: string): string | null {
    const mentioned = [...this.#nameOf].filter(([, name]) => new RegExp(`\\b${name}\\b`).test(statement));
    if (mentioned.some(([value]) => isClasses(value)) || mentioned.length === 0) return null;
    if (this.#front.length > 0 || this.#around.some(({ time }) => statement.includes(time))) return null;
    const layer = `layer${this.#layers.length}`;
    const formals = mentioned.map(([value, name]) => `${name}${brackets(this.#shape(value))}`);
    this.#layers.push(`layer ${layer}(${formals.join(", ")}) {\n  ${statement}\n  return z\n}\n\n`);
    return `${layer}(${mentioned.map(([, name]) => name).join(", ")})`;
  }

  /** A map of whole tensors; null if an argument has no name. */
  #whole(node: Node): string | null {
    if (node.kind !== "map") return null;
    const fixed = this.#fixed(node);
    const isAlike = (arg: Node): boolean => {
      const own = this.#fixed(arg);
      return own.size === fixed.size && [...own].every(([axis, time]) => fixed.get(axis) === time);
    };
    const args = node.args.map((arg) => {
      if (arg.kind === "constant") return number(arg.value);
      return isAlike(arg) ? (this.#nameOf.get(arg) ?? null) : null;
    });
    const texts = args.flatMap((arg) => (arg === null ? [] : [arg]));
    const isTensor = node.shape.length === 0 || node.args.some((arg) => arg.kind !== "constant");
    return texts.length === args.length && isTensor ? this.#application(node, texts) : null;
  }

  /** The element of `node` at the indices. */
  #element(node: Node, at: readonly Index[]): string {
    const name = this.#nameOf.get(node);
    if (name !== undefined) return this.#access(name, node, at);
    if (this.#isCount(node)) return "examples";
    switch (node.kind) {
      case "constant":
        return number(node.value);
      case "index":
        return `(${affine(node.value, at)})`;
      case "map": {
        const [sum, count] = node.args;
        const counted = node.fn === "div" && sum !== undefined && !this.#nameOf.has(sum) ? this.#counted(sum) : null;
        const isMean = count !== undefined && this.#isCount(count) && this.#draw() < 0.5;
        if (counted !== null && isMean) return `mean[batch](${this.#element(counted, ["example", ...at])})`;
        return this.#application(
          node,
          node.args.map((arg) => this.#element(arg, at)),
        );
      }
      case "reduce": {
        const { arg, axes } = node;
        const counted = this.#counted(node);
        if (counted !== null && (node.op === "max" || node.op === "min" || this.#draw() < 0.5)) {
          return `${node.op}[batch](${this.#element(counted, ["example", ...at])})`;
        }
        // A gradient is taken of a sum over all times; at one of them, of its term.
        const fixed = new Map([...this.#fixed(arg)].filter(([, index]) => index !== "example"));
        const letters = axes.map((axis) => fixed.get(axis) ?? this.#letter());
        let kept = 0;
        const inner = arg.shape.map((_, axis) => {
          const reduced = axes.indexOf(axis);
          return reduced === -1 ? (at[kept++] ?? "0") : (letters[reduced] ?? "0");
        });
        const isNamed = this.#nameOf.has(arg);
        const binders = letters.flatMap((letter, k) => {
          if (fixed.has(axes[k]!)) return [];
          const isInferred = isNamed && this.#draw() < 0.6;
          return isInferred ? [letter] : [`${letter} < ${arg.shape[axes[k] ?? 0]}`];
        });
        if (binders.length === 0) return this.#element(arg, inner);
        return `${node.op}[${binders.join(", ")}](${this.#element(arg, inner)})`;
      }
      case "read": {
        const forms = node.index.map((form) => affine(form, at));
        if (node.fill === null) return this.#element(node.source, forms);
        return this.#access(this.#name(node.source), node.source, forms, node.fill);
      }
      case "pick": {
        const { source, axis } = node;
        const chosen = this.#element(node.at, at);
        const ofExample = this.#exampleAxes.get(node.at);
        if (isClasses(node.at) && (ofExample === undefined || at[ofExample] === "example"))
          return this.#access(this.#name(source), source, at.toSpliced(axis, 0, chosen));
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

  /** The element of what has the name, at the indices; `fill` outside of it. */
  #access(name: string, node: Node, at: readonly Index[], fill: number | null = null): string {
    const fixed = this.#fixed(node);
    const example = [...fixed].find(([, index]) => index === "example")?.[0];
    const isOther = example !== undefined && at[example] !== "example";
    for (const [axis, time] of fixed)
      if (axis !== example && at[axis] !== time) throw new Error(`node ${node.id} at another time`);
    const rest = at.filter((_, axis) => !fixed.has(axis));
    const otherwise = fill === null ? "" : ` else ${number(fill)}`;
    if (!isOther) return rest.length === 0 ? name : `${name}[${rest.join(", ")}${otherwise}]`;
    // The examples come first.
    const all = [at[example], ...rest].join(", ");
    if (fill === null) return `batch(${name})[${all}]`;
    const whole = `a${this.#letter()}`;
    this.#front.push(`${whole} = batch(${name})`);
    return `${whole}[${all}${otherwise}]`;
  }

  /** What is reduced over the examples that count, of each of them, if its mask has no name. */
  #counted(node: Node): Node | null {
    const { coupling } = this.#model;
    const counted = coupling === null ? null : countedIn(node, coupling.examples);
    return node.kind === "reduce" && this.#nameOf.has(node.arg) ? null : counted;
  }

  #isCount(node: Node): boolean {
    const { coupling } = this.#model;
    return coupling !== null && isCount(node, coupling.examples);
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
  return `v${node.id}`;
}

function isClasses(node: Node): boolean {
  return node.kind === "input" && node.element.kind === "class";
}

function isInfinite(node: Node): boolean {
  return node.kind === "constant" && !Number.isFinite(node.value);
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
