/** Owns: a small LeNet. */

import { classes, declarations, spread, type TrainingWork, zeros } from "../work.ts";

/** Two convolutions of 5 × 5 with padding 2, each with relu and max pooling by 2, then a dense layer. */
export function lenetWork(batch: number): TrainingWork {
  const parameters = {
    K1: spread([8, 1, 5, 5], 0.2, 1),
    b1: zeros([8]),
    K2: spread([16, 8, 5, 5], 0.1, 2),
    b2: zeros([16]),
    W: spread([10, 16, 7, 7], 0.05, 3),
    b: zeros([10]),
  };
  const rule = { kind: "sgd", rate: 0.05 } as const;
  const [first, second, last] = [28 * 28 * 8 * 25, 14 * 14 * 16 * 8 * 25, 784 * 10];
  return {
    name: `LeNet 8-16, batch ${batch}`,
    formula: "lenet",
    batch,
    parameters,
    rule,
    flops: 2 * batch * (2 * first + 3 * second + 3 * last),
    forwardFlops: 2 * batch * (first + second + last),
    data: { x: spread([batch, 1, 28, 28], 1, 4), y: classes([batch], 10, 5) },
    page: `model Network {
  input  x[1, 28, 28]
  target y: class(10)
${declarations(parameters)}
  c1[f, i < 28, j < 28] = relu(sum[c, u, v](K1[f, c, u, v] * x[c, i + u - 2, j + v - 2 else 0]) + b1[f])
  p1[f, i < 14, j < 14] = max[u < 2, v < 2](c1[f, 2 * i + u, 2 * j + v])
  c2[f, i < 14, j < 14] = relu(sum[c, u, v](K2[f, c, u, v] * p1[c, i + u - 2, j + v - 2 else 0]) + b2[f])
  p2[f, i < 7, j < 7] = max[u < 2, v < 2](c2[f, 2 * i + u, 2 * j + v])
  z[k] = sum[f, i, j](W[k, f, i, j] * p2[f, i, j]) + b[k]
  loss cross_entropy(z, y)
  train { optimizer sgd(rate: ${rule.rate})  batch ${batch}  shuffle off }
}
`,
  };
}
