/** Owns: the networks that are measured, as pages with explicit parameters, so that all begin with the same numbers. */

import { classes, declarations, type Numbers, spread, type Work, zeros } from "../work.ts";

/** The tutorial's 2-2-1 network of sigmoids. */
export function seedWork(batch: 1 | 4): Work {
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
export function mlpWork(batch: number): Work {
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

/** Two convolutions of 5 × 5 with padding 2, each with relu and max pooling by 2, then a dense layer. */
export function lenetWork(batch: number): Work {
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

/** Three layers over a weighted graph of 64 nodes: neighbours are summed, then mixed; every node has a class. */
export function graphWork(): Work {
  const nodes = 64;
  const adjacency = spread([nodes, nodes], 1, 9).values.map((value) => Math.max(0, value - 0.6) / 4);
  const parameters = {
    W1: spread([32, 16], 0.3, 1),
    W2: spread([32, 32], 0.2, 2),
    W3: spread([7, 32], 0.2, 3),
  };
  const rule = { kind: "sgd", rate: 0.05 } as const;
  return {
    name: "graph network, 64 nodes",
    formula: "graph",
    batch: 1,
    parameters,
    rule,
    flops: null,
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

/** 64 inputs, 128 units, 32 steps; the last state names one of 10 classes. Gates in the order of PyTorch. */
export function gruWork(): Work {
  const [T, n, m, batch] = [32, 64, 128, 16];
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
    name: "GRU 64→128, T 32, batch 16",
    formula: "gru",
    batch,
    parameters,
    rule,
    flops: 2 * batch * T * (2 * 3 * m * n + 3 * 3 * m * m),
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
export function lstmWork(): Work {
  const [T, n, m, batch] = [32, 64, 128, 16];
  const parameters = {
    W: spread([4 * m, n], 0.09, 1),
    U: spread([4 * m, m], 0.09, 2),
    b: zeros([4 * m]),
    V: spread([10, m], 0.09, 3),
    d: zeros([10]),
  };
  const rule = { kind: "adam", rate: 1e-3 } as const;
  return {
    name: "LSTM 64→128, T 32, batch 16",
    formula: "lstm",
    batch,
    parameters,
    rule,
    flops: 2 * batch * T * (2 * 4 * m * n + 3 * 4 * m * m),
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

/** Two blocks of attention and two dense layers, normalised before each; 65 characters. */
export function gptWork(): Work {
  const [T, d, heads, layers, vocabulary, batch] = [32, 64, 4, 2, 65, 8];
  const parameters: Record<string, Numbers> = {
    E: spread([vocabulary, d], 0.1, 1),
    P: spread([T, d], 0.1, 2),
    head: spread([vocabulary, d], 0.1, 3),
  };
  for (let k = 0; k < layers; k++) {
    Object.assign(parameters, {
      [`g${k}`]: { shape: [d], values: new Float32Array(d).fill(1) },
      [`e${k}`]: zeros([d]),
      [`QKV${k}`]: spread([3 * d, d], 0.15, 10 * k + 4),
      [`O${k}`]: spread([d, d], 0.15, 10 * k + 5),
      [`G${k}`]: { shape: [d], values: new Float32Array(d).fill(1) },
      [`H${k}`]: zeros([d]),
      [`F${k}`]: spread([4 * d, d], 0.15, 10 * k + 6),
      [`f${k}`]: zeros([4 * d]),
      [`S${k}`]: spread([d, 4 * d], 0.1, 10 * k + 7),
      [`s${k}`]: zeros([d]),
    });
  }
  const rule = { kind: "adamw", rate: 1e-3, decay: 0.01 } as const;
  const block = T * (4 * d * d + 8 * d * d) + 2 * T * T * d;
  const [width, scale] = [d / heads, 1 / Math.sqrt(d / heads)];
  const blocks = Array.from(
    { length: layers },
    (_, k) => `  n${k} = normalised(x${k}, g${k}, e${k})
  q${k}[h < ${heads}, t, c < ${width}] = sum[j](QKV${k}[h * ${width} + c, j] * n${k}[t, j])
  k${k}[h < ${heads}, t, c < ${width}] = sum[j](QKV${k}[h * ${width} + c + ${d}, j] * n${k}[t, j])
  v${k}[h < ${heads}, t, c < ${width}] = sum[j](QKV${k}[h * ${width} + c + ${2 * d}, j] * n${k}[t, j])
  a${k} = attended(q${k}, k${k}, v${k})
  y${k}[t, i] = x${k}[t, i] + sum[h, c](O${k}[i, h * ${width} + c] * a${k}[h, t, c])
  m${k} = normalised(y${k}, G${k}, H${k})
  u${k}[t, i] = gelu_tanh(sum[j](F${k}[i, j] * m${k}[t, j]) + f${k}[i])
  x${k + 1}[t, i] = y${k}[t, i] + sum[j](S${k}[i, j] * u${k}[t, j]) + s${k}[i]`,
  ).join("\n");
  return {
    name: "GPT d 64, 4 heads, 2 layers, T 32, batch 8",
    formula: "gpt",
    batch,
    parameters,
    rule,
    flops: 3 * 2 * batch * (layers * block + T * d * vocabulary),
    data: { x: classes([batch, T], vocabulary, 8), y: classes([batch, T], vocabulary, 9) },
    page: `layer normalised(x[T, n], g[n], b[n]) {
  mu[t] = mean[i](x[t, i])
  v[t] = mean[i]((x[t, i] - mu[t])^2)
  y[t, i] = (x[t, i] - mu[t]) / sqrt(v[t] + 1e-5) * g[i] + b[i]
  return y
}

layer attended(q[heads, T, width], k[heads, T, width], v[heads, T, width]) {
  s[n, t, u] = sum[c](q[n, t, c] * k[n, u, c]) * ${scale}
  m[n, t, u < T] = if u <= t then s[n, t, u] else -1e9
  e[n, t, u] = exp(m[n, t, u] - max[w](m[n, t, w]))
  p[n, t, u] = e[n, t, u] / sum[w](e[n, t, w])
  y[n, t, c] = sum[u](p[n, t, u] * v[n, u, c])
  return y
}

model Network {
  input  x[${T}]: class(${vocabulary})
  target y[${T}]: class(${vocabulary})
${declarations(parameters)}
  x0[t, i] = E[x[t], i] + P[t, i]
${blocks}
  z[t, k] = sum[i](head[k, i] * x${layers}[t, i])
  loss mean[t](log(sum[k](exp(z[t, k]))) - z[t, y[t]])
  train { optimizer adamw(rate: ${rule.rate}, decay: ${rule.decay})  batch ${batch}  shuffle off }
}
`,
  };
}
