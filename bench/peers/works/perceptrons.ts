/** Owns: networks of dense layers alone. */

import { classes, declarations, spread, type TrainingWork, zeros } from "../work.ts";

/** The tutorial's 2-2-1 network of sigmoids. */
export function seedWork(batch: 1 | 4): TrainingWork {
  const parameters = {
    W1: { shape: [2, 2], values: Float32Array.of(0.5, -0.3, 0.2, 0.8) },
    b1: zeros([2]),
    W2: { shape: [1, 2], values: Float32Array.of(0.7, -0.6) },
    b2: zeros([1]),
  };
  const people = Float32Array.of(-2, -1, 25, 6, 17, 4, -15, -6);
  const answers = Float32Array.of(1, 0, 0, 1);
  const rule = { kind: "sgd", rate: 0.1 } as const;
  return {
    name: `2-2-1, batch ${batch}`,
    formula: "seed",
    batch,
    parameters,
    rule,
    flops: null,
    forwardFlops: null,
    data: {
      x: { shape: [batch, 2], values: people.slice(0, 2 * batch) },
      y: { shape: [batch, 1], values: answers.slice(0, batch) },
    },
    page: `model Network {
  input  x[2]
  target y[1]
${declarations(parameters)}
  h[i] = sigmoid(sum[j](W1[i, j] * x[j]) + b1[i])
  o[i] = sigmoid(sum[j](W2[i, j] * h[j]) + b2[i])
  loss mse(o, y)
  train { optimizer sgd(rate: ${rule.rate})  batch ${batch}  shuffle off }
}
`,
  };
}

/** Handwritten digits by one hidden layer. */
export function mlpWork(batch: number): TrainingWork {
  const parameters = {
    W1: spread([128, 784], 0.05, 1),
    b1: zeros([128]),
    W2: spread([10, 128], 0.1, 2),
    b2: zeros([10]),
  };
  const rule = { kind: "sgd", rate: 0.05 } as const;
  return {
    name: `784-128-10, batch ${batch}`,
    formula: "mlp",
    batch,
    parameters,
    rule,
    // Forward and the two weight gradients; the cotangent of x is nobody's business.
    flops: 2 * batch * (2 * 784 * 128 + 3 * 128 * 10),
    forwardFlops: 2 * batch * (784 * 128 + 128 * 10),
    data: { x: spread([batch, 784], 1, 3), y: classes([batch], 10, 4) },
    page: `model Network {
  input  x[784]
  target y: class(10)
${declarations(parameters)}
  h[i] = relu(sum[j](W1[i, j] * x[j]) + b1[i])
  z[i] = sum[j](W2[i, j] * h[j]) + b2[i]
  loss cross_entropy(z, y)
  train { optimizer sgd(rate: ${rule.rate})  batch ${batch}  shuffle off }
}
`,
  };
}
