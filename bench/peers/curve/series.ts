/** Owns: what grows along each cost curve: a page by its size, and data for it. */

export interface Series {
  readonly name: string;
  /** What the sizes count. */
  readonly axis: string;
  /** The network in words. */
  readonly about: string;
  /** Where a doubling costs more than twice its work, and why. */
  readonly cliffs: Readonly<Partial<Record<"ts" | "wasm", string>>>;
  page(size: number): string;
  /** Elements of one example, by port; those that are classes have so many. */
  ports(size: number): Readonly<Record<string, { readonly elements: number; readonly classes?: number }>>;
  batch(size: number): number;
}

export const allSeries: readonly Series[] = [
  {
    name: "width",
    axis: "units of each layer",
    about: "two dense layers, batch 32",
    cliffs: {
      ts: "Up to 8 units a step is straight-line code; from 1,000 operations on it is loops, which text and V8's limits want (`--unroll`). From 512 units on weights and gradients no longer fit into the second-level cache.",
      wasm: "From 1,024 units on weights and gradients no longer fit into the second-level cache.",
    },
    page: (n) => `model Network {
  input  x[${n}]
  target y[${n}]
  h = dense(x, units: ${n}, activation: relu)
  o = dense(h, units: ${n})
  loss mse(o, y)
  train { optimizer sgd(rate: 1e-3)  batch 32  shuffle off }
}
`,
    ports: (n) => ({ x: { elements: n }, y: { elements: n } }),
    batch: () => 32,
  },
  {
    name: "depth",
    axis: "layers",
    about: "dense layers of 32 units, batch 32",
    cliffs: {},
    page: (n) => `model Network {
  input  x[32]
  target y[32]
${Array.from({ length: n }, (_, k) => `  h${k + 1} = dense(${k === 0 ? "x" : `h${k}`}, units: 32, activation: tanh)`).join("\n")}
  loss mse(h${n}, y)
  train { optimizer sgd(rate: 1e-3)  batch 32  shuffle off }
}
`,
    ports: () => ({ x: { elements: 32 }, y: { elements: 32 } }),
    batch: () => 32,
  },
  {
    name: "batch",
    axis: "examples of a step",
    about: "784-128-10",
    cliffs: {
      ts: "A batch of one needs no array of gradients: its step updates as it differentiates.",
      wasm: "A batch of one needs no array of gradients: its step updates as it differentiates.",
    },
    page: (n) => `model Network {
  input  x[784]
  target y: class(10)
  h = dense(x, units: 128, activation: relu)
  z = dense(h, units: 10)
  loss cross_entropy(z, y)
  train { optimizer sgd(rate: 1e-3)  batch ${n}  shuffle off }
}
`,
    ports: () => ({ x: { elements: 784 }, y: { elements: 1, classes: 10 } }),
    batch: (n) => n,
  },
  {
    name: "recurrence",
    axis: "steps of the sequence",
    about: "GRU 16→32, batch 8",
    cliffs: {
      wasm: "The loss is of the last step alone, so derivatives shrink from step to step: behind some 150 of them they are subnormal in float32, which processors compute many times slower and WebAssembly cannot flush to 0. In float64 there is no such step.",
    },
    page: (n) => `model Network {
  input  x[${n}, 16]
  target y: class(4)
  h = gru(x, units: 32)
  z = dense(h[${n - 1}, ..], units: 4)
  loss cross_entropy(z, y)
  train { optimizer sgd(rate: 1e-3)  batch 8  shuffle off }
}
`,
    ports: (n) => ({ x: { elements: 16 * n }, y: { elements: 1, classes: 4 } }),
    batch: () => 8,
  },
  {
    name: "attention",
    axis: "words of the text",
    about: "a transformer block of 32 numbers a word, 4 heads, batch 4",
    cliffs: {},
    page: (n) => `model Network {
  input  x[${n}]: class(20)
  target y[${n}]: class(20)
  e = embedding(x, units: 32)
  h = transformer_block(e, heads: 4, mask: causal)
  z[t, ..] = dense(h[t, ..], units: 20)
  l[t] = cross_entropy(z[t, ..], y[t])
  loss mean[t](l[t])
  train { optimizer sgd(rate: 1e-3)  batch 4  shuffle off }
}
`,
    ports: (n) => ({ x: { elements: n, classes: 20 }, y: { elements: n, classes: 20 } }),
    batch: () => 4,
  },
];
