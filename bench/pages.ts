/** Owns: the pages that are measured besides the examples. */

/** A network for handwritten digits: 784 pixels, 128 hidden units, 10 classes. */
export const mlpPage = `model Mlp {
  input  x[784]
  target label: class(10)
  h = dense(x, units: 128, activation: relu)
  logits = dense(h, units: 10)
  loss cross_entropy(logits, label)
  train { optimizer sgd(rate: 0.01)  epochs 1  batch 32 }
}
`;

/** As many dense layers as wanted, eight units each. */
export function deepPage(layers: number): string {
  const lines = Array.from({ length: layers }, (_, k) => {
    return `  h${k + 1} = dense(${k === 0 ? "x" : `h${k}`}, units: 8, activation: tanh)`;
  });
  return `model Deep {
  input  x[8]
  target y[8]
${lines.join("\n")}
  loss mse(h${layers}, y)
  train { optimizer sgd(rate: 0.01)  epochs 1  batch 1 }
}
`;
}

/** A network in the shape of GPT-2 (medium in depth, small in width): so many blocks of 768 units and 12 heads, 128 positions. */
export function gptPage(layers: number): string {
  return `model Gpt(units = 768, length = 128, vocabulary = 50257) {
  input  words[length]: class(vocabulary)
  target next[length]: class(vocabulary)
  h = learned_positions(embedding(words, units))
  repeat ${layers} {
    h = transformer_block(h, heads: 12, activation: gelu_tanh, mask: causal)
  }
  z[t, ..] = dense(layer_norm(h[t, ..]), units: vocabulary)
  loss mean[t](cross_entropy(z[t, ..], next[t]))
  train { optimizer adamw(rate: 3e-4)  epochs 1  batch 8 }
}
`;
}
