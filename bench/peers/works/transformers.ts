/** Owns: a small GPT. */

import { classes, declarations, type Numbers, spread, type TrainingWork, zeros } from "../work.ts";

/** Two blocks of attention and two dense layers, normalised before each; 65 characters. */
export function gptWork(batch: number): TrainingWork {
  const [T, d, heads, layers, vocabulary] = [32, 64, 4, 2, 65];
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
    name: `GPT d 64, 4 heads, 2 layers, T 32, batch ${batch}`,
    formula: "gpt",
    batch,
    parameters,
    rule,
    flops: 3 * 2 * batch * (layers * block + T * d * vocabulary),
    forwardFlops: 2 * batch * (layers * block + T * d * vocabulary),
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
