/** Owns: the 2-2-1 network of the tutorial by hand, with its backward pass, as an example to emit. */

import { Builder, type InputNode, type Node, type Origin, type SourceFile } from "@adjoint/ir";
import type { Procedure } from "../../src/procedure.ts";
import { type Prepared, prepare } from "./procedures.ts";

const file: SourceFile = {
  path: "gender.adj",
  text: `// Gender from weight − 135 lb and height − 66 in: the 2-2-1 network.
model Gender {
  input  x[2]
  target y[1]

  h = dense(x, units: 2, activation: sigmoid)
  o = dense(h, units: 1, activation: sigmoid)

  loss mse(o, y)
}
`,
};

function origin(name: string | null, statement: string, adjoint = false): Origin {
  const start = file.text.indexOf(statement);
  const span = { file, start, end: start + statement.length };
  return { name, span, statement: span, adjoint };
}

const hLine = "h = dense(x, units: 2, activation: sigmoid)";
const oLine = "o = dense(h, units: 1, activation: sigmoid)";
const lossLine = "loss mse(o, y)";

interface Layer {
  readonly W: InputNode;
  readonly b: InputNode;
  readonly x: Node;
  readonly y: Node;
}

export function genderProcedures(): {
  readonly forward: Prepared;
  readonly gradient: Prepared;
  readonly step: Prepared;
} {
  const g = new Builder();
  const x = g.input("x", "input", [2]);
  const y = g.input("y", "target", [1]);
  const layer = (name: string, source: Node, units: number, line: string): Layer => {
    const n = source.shape[0] ?? 0;
    const W = g.input(`${name}.W`, "parameter", [units, n], { kind: "real" }, origin(`${name}.W`, line));
    const b = g.input(`${name}.b`, "parameter", [units], { kind: "real" }, origin(`${name}.b`, line));
    const product = g.map("mul", [W, g.broadcast(source, [units, n], [1])], origin(null, line));
    const sum = g.reduce("sum", product, [1], origin(null, line));
    const z = g.map("add", [sum, b], origin(`${name}.z`, line));
    return { W, b, x: source, y: g.map("logistic", [z], origin(name, line)) };
  };
  const h = layer("h", x, 2, hLine);
  const o = layer("o", h.y, 1, oLine);
  const error = g.map("sub", [o.y, y], origin(null, lossLine));
  const loss = g.reduce("sum", g.map("mul", [error, error], origin(null, lossLine)), [0], origin("loss", lossLine));

  const backward = (at: Layer, name: string, cotangent: Node, line: string) => {
    const back = origin(`${name}.z`, line, true);
    const a = g.algebra(at.y.shape, back);
    const slope = a.call("mul", at.y, a.call("sub", a.constant(1), at.y));
    const dz = g.map("mul", [cotangent, slope], back);
    const shape = at.W.shape;
    const spread = g.broadcast(dz, shape, [0]);
    const dW = g.map("mul", [spread, g.broadcast(at.x, shape, [1])], origin(`${name}.W`, line, true));
    const dx = g.reduce("sum", g.map("mul", [at.W, spread], origin(null, line, true)), [0], origin("h", line, true));
    return { dz, dW, dx };
  };
  const dOut = g.map("mul", [g.constant(2, [1]), error], origin("o", lossLine, true));
  const dO = backward(o, "o", dOut, oLine);
  const dH = backward(h, "h", dO.dx, hLine);
  const gradients: readonly (readonly [string, InputNode, Node])[] = [
    ["h.W", h.W, dH.dW],
    ["h.b", h.b, dH.dz],
    ["o.W", o.W, dO.dW],
    ["o.b", o.b, dO.dz],
  ];
  return {
    forward: prepare("forward", { o: { node: o.y, to: "out" } }),
    gradient: prepare("gradient", {
      loss: { node: loss, to: "return" },
      ...Object.fromEntries(gradients.map(([name, , node]) => [`d_${name}`, { node, to: "grad" } as const])),
    }),
    step: prepare("step", {
      loss: { node: loss, to: "return" },
      ...Object.fromEntries(
        gradients.map(([name, w, node]) => {
          const scaled = g.map("mul", [g.constant(0.1, w.shape), node], origin(null, hLine, true));
          return [name, { node: g.map("sub", [w, scaled]), to: { overwrite: w } } as const];
        }),
      ),
    }),
  };
}

export function procedures(): readonly Procedure[] {
  return Object.values(genderProcedures()).map(({ procedure }) => procedure);
}
