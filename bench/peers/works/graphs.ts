/** Owns: a network over a graph, of a layer that no library has. */

import { classes, declarations, spread, type TrainingWork } from "../work.ts";

/** Three layers over a weighted graph of 64 nodes: neighbours are summed, then mixed; every node has a class. */
export function graphWork(): TrainingWork {
  const nodes = 64;
  const adjacency = spread([nodes, nodes], 1, 9).values.map((value) => Math.max(0, value - 0.6) / 4);
  const parameters = {
    W1: spread([32, 16], 0.3, 1),
    W2: spread([32, 32], 0.2, 2),
    W3: spread([7, 32], 0.2, 3),
  };
  const rule = { kind: "sgd", rate: 0.05 } as const;
  // A product of three matrices in the cheaper of its two orders: neighbours before features, or after them. What it
  // passes back to H is another such product; what it passes to W is one of two matrices, for the other is known.
  const product = ([f, g]: readonly [number, number]): number => nodes * f * g + nodes * nodes * Math.min(f, g);
  const toW = ([f, g]: readonly [number, number]): number => nodes * f * g;
  const layers = [
    [16, 32],
    [32, 32],
    [32, 7],
  ] as const;
  const sum = (counts: readonly number[]): number => counts.reduce((left, right) => left + right, 0);
  return {
    name: "graph network, 64 nodes",
    formula: "graph",
    batch: 1,
    parameters,
    rule,
    // The cotangent of x is nobody's business.
    flops: 2 * sum([...layers.map(product), ...layers.slice(1).map(product), ...layers.map(toW)]),
    forwardFlops: 2 * sum(layers.map(product)),
    data: {
      A: { shape: [1, nodes, nodes], values: adjacency },
      x: spread([1, nodes, 16], 1, 4),
      y: classes([1, nodes], 7, 5),
    },
    page: `layer mix(A[n, n], H[n, f], W[g, f]) {
  z[i, k] = sum[j, c](A[i, j] * H[j, c] * W[k, c])
  return z
}

model Network {
  input  A[${nodes}, ${nodes}]
  input  x[${nodes}, 16]
  target y[${nodes}]: class(7)
${declarations(parameters)}
  h1 = relu(mix(A, x, W1))
  h2 = relu(mix(A, h1, W2))
  z = mix(A, h2, W3)
  loss mean[i](log(sum[k](exp(z[i, k]))) - z[i, y[i]])
  train { optimizer sgd(rate: ${rule.rate})  batch 1  shuffle off }
}
`,
  };
}
