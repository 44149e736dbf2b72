/** Owns: small graphs that several tests look at, built by hand as lowering would build them. */

import { type Affine, Builder, type Graph, type Node, type Origin, type Shape } from "@adjoint/ir";

export function named(name: string, adjoint = false): Origin {
  return { name, span: null, statement: null, adjoint };
}

/** An affine form written as `[offset, coefficient of axis 0, …]`. */
export function form(offset: number, ...coefficients: number[]): Affine {
  return { offset, coefficients };
}

/** `T[i] = sum[j](W[i, j] * x[j]) + b[i]` */
export function dense(b: Builder, name: string, x: Node, units: number): Node {
  const n = x.shape[0]!;
  const weights = b.input(`${name}.W`, "parameter", [units, n]);
  const bias = b.input(`${name}.b`, "parameter", [units]);
  const products = b.map("mul", [weights, b.broadcast(x, [units, n], [1])]);
  return b.map("add", [b.reduce("sum", products, [1]), bias], named(`${name}.z`));
}

/** 2-2-1 with sigmoids, and the squared error of its only output. */
export function gender(): Graph {
  const b = new Builder();
  const x = b.input("x", "input", [2]);
  const y = b.input("y", "target", [1]);
  const sigmoid = (z: Node, name: string): Node => {
    const one = b.constant(1, z.shape);
    return b.map("div", [one, b.map("add", [one, b.map("exp", [b.map("neg", [z])])])], named(name));
  };
  const h = sigmoid(dense(b, "h", x, 2), "h");
  const o = sigmoid(dense(b, "o", h, 1), "o");
  const errors = b.map("pow", [b.map("sub", [y, o]), b.constant(2, [1])]);
  const loss = b.map("div", [b.reduce("sum", errors, [0]), b.constant(1)], named("loss"));
  return {
    name: "Gender",
    outputs: [
      { name: "o", node: o },
      { name: "loss", node: loss },
    ],
  };
}

/** Softmax cross-entropy of one class out of `k`, the naive way, and its gradient p − onehot(label) as written by hand. */
export function crossEntropy(k: number): Graph {
  const b = new Builder();
  const logits = b.input("logits", "input", [k]);
  const label = b.input("label", "target", [], { kind: "class", count: k });
  const weights = b.map("exp", [logits]);
  const total = b.reduce("sum", weights, [0]);
  const loss = b.map("sub", [b.map("log", [total]), b.pick(logits, 0, label)], named("loss"));
  const isLabel = b.map("eq", [b.index([k], form(0, 1)), b.broadcast(label, [k], [])]);
  const gradient = b.map(
    "sub",
    [
      b.map("div", [weights, b.broadcast(total, [k], [])]),
      b.map("select", [isLabel, b.constant(1, [k]), b.constant(0, [k])]),
    ],
    named("logits", true),
  );
  return {
    name: "CrossEntropy",
    outputs: [
      { name: "loss", node: loss },
      { name: "logits", node: gradient },
    ],
  };
}

/** A 3-tap convolution of one row, zero outside, and then the greatest of each pair. */
export function convolution(length: number): Graph {
  const b = new Builder();
  const x = b.input("x", "input", [length]);
  const kernel = b.input("K", "parameter", [3]);
  const space: Shape = [length, 3];
  const window = b.read(x, space, [form(-1, 1, 1)], 0);
  const y = b.reduce("sum", b.map("mul", [b.broadcast(kernel, space, [1]), window]), [1], named("y"));
  const pairs = b.read(y, [length / 2, 2], [form(0, 2, 1)]);
  const pooled = b.reduce("max", pairs, [1], named("pooled"));
  return { name: "Convolution", outputs: [{ name: "pooled", node: pooled }] };
}

/** Layers `h1 … hn`, each as wide as the one before it. */
export function deep(layers: number, units: number): Graph {
  const b = new Builder();
  let h: Node = b.input("x", "input", [units]);
  for (let k = 1; k <= layers; k++) h = b.map("tanh", [dense(b, `h${k}`, h, units)], named(`h${k}`));
  return { name: "Deep", outputs: [{ name: `h${layers}`, node: h }] };
}
