/** Owns: models made by hand, and running procedures on arrays by the interpreter. */

import {
  Builder,
  elementCount,
  type Graph,
  type InputNode,
  interpret,
  type Model,
  type Optimizer,
  type Span,
} from "@adjoint/ir";
import type { Place, Procedure } from "../../src/procedure.ts";
import { formulas } from "../passes/support.ts";

const span: Span = { file: { path: "page.adj", text: "" }, start: 0, end: 0 };

function constantInitializer(value: number, shape: readonly number[]): Graph {
  return { name: "constant", outputs: [{ name: "value", node: new Builder().constant(value, shape) }] };
}

function noiseInitializer(shape: readonly number[]): Graph {
  const builder = new Builder();
  const noise = builder.input("noise0", "uniform", shape);
  return { name: "noise", outputs: [{ name: "value", node: builder.map("add", [noise, noise]) }] };
}

/** w ← w − 0.5·m/t with m ← 0.9·m + g: one state, and the number of the step. */
export function movingAverage(): Optimizer {
  const builder = new Builder();
  const f = formulas(builder);
  const [w, g, m, t] = [
    builder.input("w", "parameter", []),
    builder.input("g", "gradient", []),
    builder.input("m", "state", []),
    builder.input("t", "step", []),
  ];
  const next = f.call("add", f.call("mul", 0.9, m), g);
  return {
    name: "moving_average",
    settings: [],
    statistics: [],
    state: [{ name: "m", initializer: constantInitializer(0.25, []) }],
    update: {
      name: "update",
      outputs: [
        { name: "w", node: f.call("sub", w, f.call("div", f.call("mul", 0.5, next), t)) },
        { name: "m", node: next },
      ],
    },
    span,
  };
}

/** w ← w − 0.5·g: neither state nor step. */
export function plainDescent(): Optimizer {
  const builder = new Builder();
  const f = formulas(builder);
  const w = builder.input("w", "parameter", []);
  const g = builder.input("g", "gradient", []);
  return {
    name: "plain_descent",
    settings: [],
    statistics: [],
    state: [],
    update: { name: "update", outputs: [{ name: "w", node: f.call("sub", w, f.call("mul", 0.5, g)) }] },
    span,
  };
}

/**
 * u = a ⊙ x + c with c frozen, loss = Σ (u − y)² + Σ a², metric = max |u − y|; a trained, c frozen, b trained but unused.
 * Declared in the order c, a, b, so that the layout differs from the order of the page.
 */
export function model(optimizer: Optimizer | null): Model {
  const builder = new Builder();
  const f = formulas(builder);
  const x = builder.input("x", "input", [2]);
  const y = builder.input("p", "target", [2]);
  const a = builder.input("a", "parameter", [2]);
  const b = builder.input("b", "parameter", [3]);
  const c = builder.input("c", "parameter", [2]);
  const u = f.call("add", f.call("mul", a, x), c);
  const error = f.call("sub", u, y);
  const loss = f.call("add", f.sum(f.call("mul", error, error)), f.sum(f.call("mul", a, a)));
  const worst = builder.reduce("max", f.call("abs", error), [0]);
  const parameter = (node: InputNode, initializer: Graph, frozen = false) => ({
    name: node.name,
    node,
    shape: node.shape,
    initializer,
    frozen,
    update: null,
    span,
    doc: "",
  });
  const port = (node: InputNode) => ({
    name: node.name,
    node,
    shape: node.shape,
    element: node.element,
    span,
    doc: "",
  });
  const binding = (name: string, node: typeof u) => ({ name, node, span, doc: "" });
  return {
    name: "Model",
    doc: "",
    span,
    hyperparameters: [],
    inputs: [port(x)],
    targets: [port(y)],
    parameters: [
      parameter(c, constantInitializer(7, [2]), true),
      parameter(a, noiseInitializer([2])),
      parameter(b, noiseInitializer([3])),
    ],
    noise: [],
    bindings: [binding("u", u)],
    outputs: [binding("u", u), binding("worst", f.call("neg", f.sum(u)))],
    loss: binding("loss", loss),
    validation: binding("loss", loss),
    metrics: [binding("worst", worst)],
    statistics: [],
    coupling: null,
    training:
      optimizer === null
        ? null
        : {
            groups: [{ optimizer, parameters: ["a", "b"], patterns: [] }],
            epochs: 1,
            batch: 1,
            shuffle: false,
            seed: 0,
          },
  };
}

export interface Machine {
  readonly arrays: Record<string, number[]>;
  readonly numbers?: Record<string, number>;
  readonly noise?: (stream: number, k: number) => number;
}

/** Runs the procedure on the arrays, which it may change; returns what it returns. */
export function runProcedure(procedure: Procedure, { arrays, numbers = {}, noise }: Machine): number | null {
  const { n = 0 } = numbers;
  const array = (name: string): number[] => {
    const found = arrays[name];
    if (found === undefined) throw new RangeError(`no array ${name}`);
    return found;
  };
  const element = (place: Place, k: number): number => {
    switch (place.kind) {
      case "array":
        return array(place.array)[place.offset + n * place.exampleStride + k] ?? Number.NaN;
      case "argument":
        return numbers[place.name] ?? Number.NaN;
      case "noise":
        return noise?.(place.stream, k) ?? Number.NaN;
    }
  };
  const results = interpret(procedure.graph, (node) => {
    const place = procedure.inputs.get(node);
    if (place === undefined) throw new RangeError(`no place for ${node.name}`);
    return Array.from({ length: elementCount(node.shape) }, (_, k) => element(place, k));
  });
  let returned: number | null = null;
  for (const [name, destination] of procedure.results) {
    const values = results.get(name);
    if (values === undefined) throw new RangeError(`no result ${name}`);
    if (destination.kind === "return") {
      returned = values[0] ?? Number.NaN;
      continue;
    }
    const { place } = destination;
    const target = array(place.array);
    values.forEach((value, k) => {
      const at = place.offset + n * place.exampleStride + k;
      target[at] = destination.kind === "add" ? (target[at] ?? Number.NaN) + value : value;
    });
  }
  return returned;
}
