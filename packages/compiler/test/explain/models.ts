/** Owns: small models made by hand, as the language would make them, for tests of explanations. */

import {
  axisIndex,
  type Binding,
  Builder,
  type FunctionDefinition,
  type InputNode,
  type Model,
  type Node,
  type Origin,
  type Parameter,
  type Port,
  type Shape,
  type Span,
} from "@adjoint/ir";
import type { Derivation } from "../../src/explain/index.ts";

/** A statement that exists only here. */
export function statement(text: string): Span {
  return { file: { path: "test.adj", text }, start: 0, end: text.length };
}

export function named(name: string): Origin {
  return { name, span: null, statement: null, adjoint: false };
}

export function bind(name: string, node: Node, text: string): Binding {
  return { name, node, span: statement(text), doc: "" };
}

/** The parts of a model, gathered while it is built. */
export class Sketch {
  readonly b = new Builder();
  readonly parameters: Parameter[] = [];
  readonly inputs: Port[] = [];
  readonly targets: Port[] = [];

  port(role: "input" | "target", name: string, shape: Shape): InputNode {
    const node = this.b.input(name, role, shape);
    const port: Port = { name, node, shape, element: { kind: "real" }, span: statement(`${role} ${name}`), doc: "" };
    (role === "input" ? this.inputs : this.targets).push(port);
    return node;
  }

  parameter(name: string, shape: Shape, frozen = false): InputNode {
    const node = this.b.input(name, "parameter", shape);
    const initializer = { name, outputs: [{ name: "value", node: new Builder().constant(0, shape) }] };
    this.parameters.push({
      name,
      node,
      shape,
      initializer,
      frozen,
      update: null,
      span: statement(`param ${name}`),
      doc: "",
    });
    return node;
  }

  /** z[i] = sum[j](W[i, j] * x[j]) + b[i], with parameters and intermediate named after `name`. */
  affine(name: string, x: Node, units: number): Node {
    const { b } = this;
    const n = x.shape[0] ?? 1;
    const weights = this.parameter(`${name}.W`, [units, n]);
    const bias = this.parameter(`${name}.b`, [units]);
    const products = b.map("mul", [weights, b.read(x, [units, n], [axisIndex(1, 2)])]);
    return b.map("add", [b.reduce("sum", products, [1]), bias], named(`${name}.z`));
  }

  /** 1 / (1 + exp(-z)), as it is written in the language. */
  squash(z: Node): Node {
    const one = this.b.constant(1, z.shape);
    return this.b.map("div", [one, this.b.map("add", [one, this.b.map("exp", [this.b.map("neg", [z])])])]);
  }

  /** mean[i]((y[i] - p[i])^2) */
  meanSquare(p: Node, y: Node): Node {
    const { b } = this;
    const squares = b.map("pow", [b.map("sub", [y, p]), b.constant(2, y.shape)]);
    return b.map("div", [b.reduce("sum", squares, [0]), b.constant(y.shape[0] ?? 1)]);
  }

  model(bindings: readonly Binding[], loss: Binding | null): Model {
    return {
      name: "M",
      doc: "",
      span: statement("model M {}"),
      hyperparameters: [],
      inputs: this.inputs,
      targets: this.targets,
      parameters: this.parameters,
      noise: [],
      bindings,
      outputs: bindings.slice(-1),
      loss,
      validation: loss,
      metrics: [],
      statistics: [],
      coupling: null,
      training: null,
    };
  }
}

/** The 2-2-1 network of the tutorial. */
export function twoTwoOne(): Model {
  const s = new Sketch();
  const x = s.port("input", "x", [2]);
  const y = s.port("target", "y", [1]);
  const h = s.squash(s.affine("h", x, 2));
  const o = s.squash(s.affine("o", h, 1));
  return s.model(
    [bind("h", h, "h = layer(x, units: 2)"), bind("o", o, "o = layer(h, units: 1)")],
    bind("loss", s.meanSquare(o, y), "loss square(o, y)"),
  );
}

/** J(x) = cos(sin(x²) + 3x²) in the tutorial's steps, or in one. */
export function cosine(inSteps: boolean): FunctionDefinition {
  const b = new Builder();
  const x = b.input("x", "input", []);
  const a = b.map("pow", [x, b.constant(2)]);
  const sine = b.map("sin", [a]);
  const c = b.map("mul", [b.constant(3), a]);
  const d = b.map("add", [sine, c]);
  const result = b.map("cos", [d]);
  const steps = [
    bind("a", a, "a = x^2"),
    bind("b", sine, "b = sin(a)"),
    bind("c", c, "c = 3 * x^2"),
    bind("d", d, "d = b + c"),
  ];
  const text = inSteps ? "function J(x) { … return cos(d) }" : "function J(x) = cos(sin(x^2) + 3 * x^2)";
  return { name: "J", doc: "", span: statement(text), parameters: [x], bindings: inSteps ? steps : [], result };
}

/** The numbers of the tutorial's first example, for `twoTwoOne`. */
export const alice = {
  parameters: { "h.W": [1, 1, 1, 1], "h.b": [0, 0], "o.W": [1, 1], "o.b": [0] },
  inputs: { x: [-2, -1] },
  targets: { y: [1] },
};

/** What the paths of a derivation leave of the whole. */
export function restOf(derivation: Derivation): number {
  return derivation.total - derivation.paths.reduce((sum, path) => sum + path.value, 0);
}
