/** Owns: the networks of all works in TensorFlow.js, as its users write them. */

import * as tf from "@tensorflow/tfjs";
import type { Formula } from "../work.ts";

export type Tensors = Readonly<Record<string, tf.Tensor>>;

/** Tensors by name; one that is missing is a mistake in the work. */
export function pick(tensors: Tensors, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new RangeError(`there is no ${name}`);
  return tensor;
}

/** What the network puts out, before the loss. */
type Outputs = (p: Tensors, data: Tensors) => tf.Tensor;

function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  const classes = logits.shape.at(-1) ?? 1;
  return tf.tidy(() => {
    const rows = logits.reshape([-1, classes]) as tf.Tensor2D;
    const hot = tf.oneHot(labels.flatten().toInt(), classes);
    return tf.neg(tf.sum(tf.mul(tf.logSoftmax(rows), hot)).div(rows.shape[0])) as tf.Scalar;
  });
}

function dense(x: tf.Tensor, W: tf.Tensor, b?: tf.Tensor): tf.Tensor {
  const rows = x.reshape([-1, W.shape[1] ?? 1]) as tf.Tensor2D;
  const product = tf.matMul(rows, W as tf.Tensor2D, false, true);
  const flat = b === undefined ? product : product.add(b);
  return flat.reshape([...x.shape.slice(0, -1), W.shape[0] ?? 1]);
}

function gates(a: tf.Tensor, count: number): tf.Tensor[] {
  return tf.split(a, count, 1);
}

function at(list: readonly tf.Tensor[], k: number): tf.Tensor {
  const tensor = list[k];
  if (tensor === undefined) throw new RangeError(`there is no part ${k}`);
  return tensor;
}

/** Layer norm over the last axis. */
function normalised(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(gain).add(bias);
}

function gelu(x: tf.Tensor): tf.Tensor {
  const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
  return x.mul(0.5).mul(tf.tanh(inner).add(1));
}

export function lossOf(formula: Formula, p: Tensors, data: Tensors): tf.Scalar {
  const z = outputs[formula](p, data);
  const y = pick(data, "y");
  return formula === "seed" ? (tf.mean(tf.square(z.sub(y))) as tf.Scalar) : crossEntropy(z, y);
}

export const outputs: Readonly<Record<Formula, Outputs>> = {
  seed(p, { x }) {
    const h = tf.sigmoid(dense(x as tf.Tensor, pick(p, "W1"), pick(p, "b1")));
    return tf.sigmoid(dense(h, pick(p, "W2"), pick(p, "b2")));
  },
  mlp(p, { x }) {
    const h = tf.relu(dense(x as tf.Tensor, pick(p, "W1"), pick(p, "b1")));
    return dense(h, pick(p, "W2"), pick(p, "b2"));
  },
  lenet(p, { x }) {
    // Channels last is what its convolutions take.
    const kernel = (name: string) => tf.transpose(pick(p, name), [2, 3, 1, 0]) as tf.Tensor4D;
    const image = tf.transpose(x as tf.Tensor, [0, 2, 3, 1]) as tf.Tensor4D;
    const c1 = tf.relu(tf.conv2d(image, kernel("K1"), 1, "same").add(pick(p, "b1"))) as tf.Tensor4D;
    const p1 = tf.maxPool(c1, 2, 2, "valid");
    const c2 = tf.relu(tf.conv2d(p1, kernel("K2"), 1, "same").add(pick(p, "b2"))) as tf.Tensor4D;
    const p2 = tf.transpose(tf.maxPool(c2, 2, 2, "valid"), [0, 3, 1, 2]);
    const flat = p2.reshape([p2.shape[0] ?? 1, 784]);
    return dense(flat, pick(p, "W").reshape([10, 784]), pick(p, "b"));
  },
  gru(p, { x }) {
    const a = dense(x as tf.Tensor, pick(p, "W"), pick(p, "b"));
    const steps = tf.unstack(a, 1);
    let h: tf.Tensor = tf.zeros([a.shape[0] ?? 1, 128]);
    for (const step of steps) {
      const [ar, az, ak] = [0, 1, 2].map((k) => at(gates(step, 3), k)) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const u = gates(dense(h, pick(p, "U"), pick(p, "c")), 3);
      const r = tf.sigmoid(ar.add(at(u, 0)));
      const z = tf.sigmoid(az.add(at(u, 1)));
      const k = tf.tanh(ak.add(r.mul(at(u, 2))));
      h = k.sub(z.mul(k)).add(z.mul(h));
    }
    return dense(h, pick(p, "V"), pick(p, "d"));
  },
  lstm(p, { x }) {
    const a = dense(x as tf.Tensor, pick(p, "W"), pick(p, "b"));
    let h: tf.Tensor = tf.zeros([a.shape[0] ?? 1, 128]);
    let c: tf.Tensor = tf.zeros([a.shape[0] ?? 1, 128]);
    for (const step of tf.unstack(a, 1)) {
      const g = gates(step.add(dense(h, pick(p, "U"))), 4);
      c = tf
        .sigmoid(at(g, 1))
        .mul(c)
        .add(tf.sigmoid(at(g, 0)).mul(tf.tanh(at(g, 2))));
      h = tf.sigmoid(at(g, 3)).mul(tf.tanh(c));
    }
    return dense(h, pick(p, "V"), pick(p, "d"));
  },
  gpt(p, data) {
    const [T, heads, width] = [32, 4, 16];
    const tokens = pick(data, "x");
    const batch = tokens.shape[0] ?? 1;
    const ahead = tf.tensor2d(Array.from({ length: T }, (_, t) => Array.from({ length: T }, (_, u) => +(u > t))));
    // A gather's gradient is not among the kernels of the WebAssembly backend.
    let x: tf.Tensor = tf
      .matMul(tf.oneHot(tokens.toInt().flatten(), 65) as tf.Tensor2D, pick(p, "E") as tf.Tensor2D)
      .reshape([batch, T, 64])
      .add(pick(p, "P"));
    for (let k = 0; k < 2; k++) {
      const own = (name: string) => pick(p, `${name}${k}`);
      const qkv = dense(normalised(x, own("g"), own("e")), own("QKV")).reshape([batch, T, 3, heads, width]);
      const [q, key, v] = tf.unstack(tf.transpose(qkv, [2, 0, 3, 1, 4])) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const scores = tf.matMul(q, key, false, true).div(Math.sqrt(width)).sub(ahead.mul(1e9));
      const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]).reshape([batch, T, heads * width]);
      x = x.add(dense(mixed, own("O")));
      const u = gelu(dense(normalised(x, own("G"), own("H")), own("F"), own("f")));
      x = x.add(dense(u, own("S"), own("s")));
    }
    return dense(x, pick(p, "head"));
  },
  graph(p, data) {
    const A = pick(data, "A").squeeze([0]) as tf.Tensor2D;
    const mix = (H: tf.Tensor, W: tf.Tensor) => tf.matMul(A, dense(H, W) as tf.Tensor2D);
    const h1 = tf.relu(mix(pick(data, "x").squeeze([0]), pick(p, "W1")));
    const h2 = tf.relu(mix(h1, pick(p, "W2")));
    return mix(h2, pick(p, "W3"));
  },
};
