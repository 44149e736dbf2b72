/** Owns: recurrent networks. */

import { classes, declarations, spread, type TrainingWork, zeros } from "../work.ts";

/** 64 inputs, 128 units, 32 steps; the last state names one of 10 classes. Gates in the order of PyTorch. */
export function gruWork(batch: number): TrainingWork {
  const [T, n, m] = [32, 64, 128];
  const parameters = {
    W: spread([3 * m, n], 0.09, 1),
    U: spread([3 * m, m], 0.09, 2),
    b: zeros([3 * m]),
    c: zeros([3 * m]),
    V: spread([10, m], 0.09, 3),
    d: zeros([10]),
  };
  const rule = { kind: "adam", rate: 1e-3 } as const;
  return {
    name: `GRU 64→128, T 32, batch ${batch}`,
    formula: "gru",
    batch,
    parameters,
    rule,
    flops: 2 * batch * T * (2 * 3 * m * n + 3 * 3 * m * m),
    forwardFlops: 2 * batch * T * (3 * m * n + 3 * m * m),
    data: { x: spread([batch, T, n], 1, 4), y: classes([batch], 10, 5) },
    page: `model Network {
  input  x[${T}, ${n}]
  target y: class(10)
${declarations(parameters)}
  a[t, i] = sum[j](W[i, j] * x[t, j]) + b[i]
  scan t {
    carry h[${m}] = 0
    u[i] = sum[j](U[i, j] * h[j]) + c[i]
    r[i < ${m}] = sigmoid(a[t, i] + u[i])
    z[i < ${m}] = sigmoid(a[t, i + ${m}] + u[i + ${m}])
    k[i < ${m}] = tanh(a[t, i + ${2 * m}] + r[i] * u[i + ${2 * m}])
    h <- (1 - z) * k + z * h
  }
  o[k] = sum[i](V[k, i] * h[${T - 1}, i]) + d[k]
  loss cross_entropy(o, y)
  train { optimizer adam(rate: ${rule.rate})  batch ${batch}  shuffle off }
}
`,
  };
}

/** The same sizes with two states. Gates in the order of PyTorch: input, forget, cell, output. */
export function lstmWork(batch: number): TrainingWork {
  const [T, n, m] = [32, 64, 128];
  const parameters = {
    W: spread([4 * m, n], 0.09, 1),
    U: spread([4 * m, m], 0.09, 2),
    b: zeros([4 * m]),
    V: spread([10, m], 0.09, 3),
    d: zeros([10]),
  };
  const rule = { kind: "adam", rate: 1e-3 } as const;
  return {
    name: `LSTM 64→128, T 32, batch ${batch}`,
    formula: "lstm",
    batch,
    parameters,
    rule,
    flops: 2 * batch * T * (2 * 4 * m * n + 3 * 4 * m * m),
    forwardFlops: 2 * batch * T * (4 * m * n + 4 * m * m),
    data: { x: spread([batch, T, n], 1, 4), y: classes([batch], 10, 5) },
    page: `model Network {
  input  x[${T}, ${n}]
  target y: class(10)
${declarations(parameters)}
  a[t, i] = sum[j](W[i, j] * x[t, j]) + b[i]
  scan t {
    carry h[${m}] = 0
    carry c[${m}] = 0
    g[i] = a[t, i] + sum[j](U[i, j] * h[j])
    cell[i < ${m}] = sigmoid(g[i + ${m}]) * c[i] + sigmoid(g[i]) * tanh(g[i + ${2 * m}])
    c <- cell
    hidden[i < ${m}] = sigmoid(g[i + ${3 * m}]) * tanh(cell[i])
    h <- hidden
  }
  o[k] = sum[i](V[k, i] * h[${T - 1}, i]) + d[k]
  loss cross_entropy(o, y)
  train { optimizer adam(rate: ${rule.rate})  batch ${batch}  shuffle off }
}
`,
  };
}
