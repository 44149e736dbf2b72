/** Owns: programs for the tests of modules, made by hand as the language would make them of the page they carry. */

import {
  type Binding,
  Builder,
  type Element,
  type FunctionDefinition,
  type Graph,
  type InputNode,
  type Model,
  type Node,
  type Optimizer,
  type Origin,
  type Parameter,
  type Port,
  type Program,
  type Shape,
  type Span,
} from "@adjoint/ir";

const genderPage = `// Gender from weight − 135 lb and height − 66 in: the 2-2-1 network.
model Gender {
  input  x[2]
  target y[1]

  h = dense(x, units: 2, activation: sigmoid)
  o = dense(h, units: 1, activation: sigmoid)

  loss mse(o, y)

  train { optimizer sgd(rate: 0.1)  epochs 1000  batch 1 }
}
`;

/** Puts a model together over one builder; every statement is a piece of the page's text. */
export class Page {
  readonly builder = new Builder();
  readonly path: string;
  readonly text: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** The first occurrence of `piece`, which the page must have. */
  span(piece: string): Span {
    const start = this.text.indexOf(piece);
    if (start < 0) throw new RangeError(`the page has no ${piece}`);
    return { file: { path: this.path, text: this.text }, start, end: start + piece.length };
  }

  origin(name: string, statement: string): Origin {
    const span = this.span(statement);
    return { name, span, statement: span, adjoint: false };
  }

  port(name: string, role: "input" | "target", shape: Shape, element: Element = { kind: "real" }, doc = ""): Port {
    const node = this.builder.input(name, role, shape, element);
    return { name, node, shape, element, span: this.span(""), doc };
  }

  parameter(name: string, shape: Shape, initializer: Graph, frozen = false): Parameter {
    const node = this.builder.input(name, "parameter", shape);
    return { name, node, shape, initializer, frozen, update: null, span: this.span(""), doc: "" };
  }

  binding(name: string, node: Node, statement: string): Binding {
    return { name, node, span: this.span(statement), doc: "" };
  }
}

export function zeros(shape: Shape): Graph {
  return { name: "zeros", outputs: [{ name: "value", node: new Builder().constant(0, shape) }] };
}

/** Noise times a factor. */
export function noise(role: "uniform" | "normal", factor: number, shape: Shape): Graph {
  const b = new Builder();
  const node = b.map("mul", [b.constant(factor, shape), b.input("noise0", role, shape)]);
  return { name: role, outputs: [{ name: "value", node }] };
}

/** w ← w − rate · g */
export function sgd(page: Page, rate: number): Optimizer {
  const b = new Builder();
  const w = b.input("w", "parameter", []);
  const step = b.map("mul", [b.constant(rate), b.input("g", "gradient", [])]);
  const update = { name: "update", outputs: [{ name: "w", node: b.map("sub", [w, step]) }] };
  return {
    name: "sgd",
    settings: [{ name: "rate", value: rate, text: `${rate}` }],
    statistics: [],
    state: [],
    update,
    span: page.span(""),
  };
}

/** m ← decay · m + g;  w ← w − rate · m · (1 + 1/t): a state and the step number at work. */
export function heavyBall(page: Page, rate: number, decay: number): Optimizer {
  const b = new Builder();
  const [w, g, m, t] = [
    b.input("w", "parameter", []),
    b.input("g", "gradient", []),
    b.input("m", "state", []),
    b.input("t", "step", []),
  ];
  const next = b.map("add", [b.map("mul", [b.constant(decay), m]), g]);
  const scale = b.map("mul", [b.constant(rate), b.map("add", [b.constant(1), b.map("div", [b.constant(1), t])])]);
  const stepped = b.map("sub", [w, b.map("mul", [scale, next])]);
  const update = {
    name: "update",
    outputs: [
      { name: "w", node: stepped },
      { name: "m", node: next },
    ],
  };
  return {
    name: "heavyBall",
    settings: [],
    statistics: [],
    state: [{ name: "m", initializer: zeros([]) }],
    update,
    span: page.span(""),
  };
}

/** sigmoid(W x + b) */
export function dense(page: Page, name: string, x: Node, units: number, statement: string) {
  const b = page.builder;
  const [n = 1] = x.shape;
  const W = page.parameter(`${name}.W`, [units, n], noise("uniform", 1, [units, n]));
  const bias = page.parameter(`${name}.b`, [units], zeros([units]));
  const origin = page.origin(`${name}.z`, statement);
  const products = b.map("mul", [W.node, b.broadcast(x, [units, n], [1])], origin);
  const z = b.map("add", [b.reduce("sum", products, [1], origin), bias.node], origin);
  const one = b.constant(1, [units]);
  const node = b.map(
    "div",
    [one, b.map("add", [one, b.map("exp", [b.map("neg", [z])])])],
    page.origin(name, statement),
  );
  return { node, parameters: [W, bias] };
}

/** The network of the tutorials: 2-2-1, sigmoid, mean squared error. */
export function genderModel(page: Page, optimizer: Optimizer = sgd(page, 0.1)): Model {
  const b = page.builder;
  const x = page.port("x", "input", [2]);
  const y = page.port("y", "target", [1]);
  const hText = "h = dense(x, units: 2, activation: sigmoid)";
  const oText = "o = dense(h, units: 1, activation: sigmoid)";
  const h = dense(page, "h", x.node, 2, hText);
  const o = dense(page, "o", h.node, 1, oText);
  const error = b.map("sub", [y.node, o.node]);
  const loss = b.reduce("sum", b.map("mul", [error, error]), [0], page.origin("loss", "loss mse(o, y)"));
  return {
    name: "Gender",
    doc: "Gender from weight − 135 lb and height − 66 in: the 2-2-1 network.",
    span: page.span("model Gender"),
    hyperparameters: [],
    inputs: [x],
    targets: [y],
    parameters: [...h.parameters, ...o.parameters],
    bindings: [page.binding("h", h.node, hText), page.binding("o", o.node, oText)],
    outputs: [page.binding("o", o.node, oText)],
    loss: page.binding("loss", loss, "loss mse(o, y)"),
    validation: page.binding("loss", loss, "loss mse(o, y)"),
    noise: [],
    metrics: [],
    statistics: [],
    coupling: null,
    training: {
      groups: [{ optimizer, parameters: [...h.parameters, ...o.parameters].map(({ name }) => name), patterns: [] }],
      epochs: 1000,
      batch: 1,
      shuffle: true,
      seed: 0,
    },
  };
}

export function genderProgram(): Program {
  const page = new Page("gender.adj", genderPage);
  return { path: "gender.adj", models: [genderModel(page)], functions: [] };
}

export function genderProgramWith(optimizer: (page: Page) => Optimizer): Program {
  const page = new Page("gender.adj", genderPage);
  return { path: "gender.adj", models: [genderModel(page, optimizer(page))], functions: [] };
}

/**
 * Everything a module may have at once: a class input, a scalar input, a large input, a frozen parameter, a large output
 * and a small one, a metric, an optimizer with state.
 */
export function variedModel(name = "Varied"): Model {
  const page = new Page("varied.adj", "statement");
  const b = page.builder;
  const image = page.port("image", "input", [5, 5], { kind: "real" }, "Grey values, row by row.");
  const scale = page.port("scale", "input", []);
  const label = page.port("label", "target", [], { kind: "class", count: 3 });
  const weights = page.parameter("weights", [3, 5, 5], noise("normal", 0.1, [3, 5, 5]));
  const bias = page.parameter("bias", [3], noise("uniform", 1, [3]), true);
  const big = b.map("mul", [image.node, b.broadcast(scale.node, [5, 5], [])]);
  const products = b.map("mul", [weights.node, b.broadcast(big, [3, 5, 5], [1, 2])]);
  const logits = b.map("add", [b.reduce("sum", products, [1, 2]), bias.node]);
  const total = b.map("log", [b.reduce("sum", b.map("exp", [logits]), [0])]);
  const chosen = b.pick(logits, 0, label.node);
  const best = b.reduce("max", logits, [0]);
  const loss = b.map("sub", [total, chosen]);
  return {
    name,
    doc: "",
    span: page.span(""),
    hyperparameters: [{ name: "hidden", value: 3 }],
    inputs: [image, scale],
    targets: [label],
    parameters: [bias, weights],
    bindings: [page.binding("logits", logits, "")],
    outputs: [page.binding("logits", logits, ""), page.binding("big", big, ""), page.binding("total", total, "")],
    loss: page.binding("loss", loss, ""),
    validation: page.binding("loss", loss, ""),
    noise: [],
    metrics: [page.binding("accuracy", b.map("eq", [best, chosen]), "")],
    statistics: [],
    coupling: null,
    training: {
      groups: [{ optimizer: heavyBall(page, 0.05, 0.5), parameters: ["weights"], patterns: [] }],
      epochs: 3,
      batch: 2,
      shuffle: true,
      seed: 5,
    },
  };
}

/** A table looked up at a class, one of few or one of many, and at two classes at once. */
export function classesModel(): Model {
  const page = new Page("classes.adj", "");
  const b = page.builder;
  const few = page.port("few", "input", [], { kind: "class", count: 3 });
  const many = page.port("many", "input", [], { kind: "class", count: 1000 });
  const pair = page.port("pair", "input", [2], { kind: "class", count: 2 });
  const table = page.parameter("table", [1000], zeros([1000]));
  const row = b.read(table.node, [3], [{ offset: 0, coefficients: [1] }]);
  const flags = b.reduce("sum", pair.node, [0]);
  const o = b.map("add", [b.map("add", [b.pick(row, 0, few.node), b.pick(table.node, 0, many.node)]), flags]);
  return {
    name: "Classes",
    doc: "",
    span: page.span(""),
    hyperparameters: [],
    inputs: [few, many, pair],
    targets: [],
    parameters: [table],
    bindings: [],
    outputs: [page.binding("o", o, "")],
    loss: null,
    validation: null,
    noise: [],
    metrics: [],
    statistics: [],
    coupling: null,
    training: null,
  };
}

/** J(x) = cos(sin(x²) + 3x²) */
export function waveFunction(name = "J", parameter = "x"): FunctionDefinition {
  const page = new Page("wave.adj", "function J(x) = cos(sin(x^2) + 3 * x^2)");
  const b = page.builder;
  const x: InputNode = b.input(parameter, "input", []);
  const square = b.map("mul", [x, x]);
  const sum = b.map("add", [b.map("sin", [square]), b.map("mul", [b.constant(3), square])]);
  return { name, doc: "", span: page.span(""), parameters: [x], bindings: [], result: b.map("cos", [sum]) };
}

export function programOf(models: readonly Model[], functions: readonly FunctionDefinition[] = []): Program {
  return { path: "page.adj", models, functions };
}
