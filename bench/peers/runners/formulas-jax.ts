/** Owns: the networks of all works in jax-js, as its users write them. */

import { lax, nn, numpy as np, tree } from "@jax-js/jax";
import type { Formula } from "../work.ts";

export type Arrays = { [name: string]: np.Array };
type Outputs = (p: Arrays, data: Arrays) => np.Array;

/** An argument is used up by whoever takes it: reading one takes a reference. */
function get(arrays: Arrays, name: string): np.Array {
  const array = arrays[name];
  if (array === undefined) throw new RangeError(`there is no ${name}`);
  return array.ref;
}

function crossEntropy(logits: np.Array, labels: np.Array): np.Array {
  const classes = logits.shape.at(-1) ?? 1;
  const rows = logits.reshape([-1, classes]);
  const count = rows.shape[0] ?? 1;
  return nn
    .logSoftmax(rows, -1)
    .mul(nn.oneHot(labels.reshape([-1]), classes))
    .sum()
    .mul(-1 / count);
}

function dense(x: np.Array, W: np.Array, b?: np.Array): np.Array {
  const product = np.matmul(x, W.transpose());
  return b === undefined ? product : product.add(b);
}

function normalised(x: np.Array, gain: np.Array, bias: np.Array): np.Array {
  const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), -1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(1e-5)))
    .mul(gain)
    .add(bias);
}

function gelu(x: np.Array): np.Array {
  const inner = x.ref.add(x.ref.mul(x.ref).mul(x.ref).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
  return x.mul(0.5).mul(np.tanh(inner).add(1));
}

function parts(x: np.Array, count: number): np.Array[] {
  return np.split(x, count, -1);
}

/** What the networks put out, before the loss. */
const outputs: Readonly<Record<Formula, Outputs>> = {
  seed(p, d) {
    const h = nn.sigmoid(dense(get(d, "x"), get(p, "W1"), get(p, "b1")));
    return nn.sigmoid(dense(h, get(p, "W2"), get(p, "b2")));
  },
  mlp(p, d) {
    const h = nn.relu(dense(get(d, "x"), get(p, "W1"), get(p, "b1")));
    return dense(h, get(p, "W2"), get(p, "b2"));
  },
  lenet(p, d) {
    const conv = (x: np.Array, K: np.Array, b: np.Array) =>
      nn.relu(
        lax
          .convWithGeneralPadding(
            x,
            K,
            [1, 1],
            [
              [2, 2],
              [2, 2],
            ],
          )
          .add(b.reshape([1, -1, 1, 1])),
      );
    const pool = (x: np.Array) => {
      const [n = 1, f = 1, h = 1, w = 1] = x.shape;
      return np.max(x.reshape([n, f, h / 2, 2, w / 2, 2]), [3, 5]);
    };
    const p1 = pool(conv(get(d, "x"), get(p, "K1"), get(p, "b1")));
    const p2 = pool(conv(p1, get(p, "K2"), get(p, "b2")));
    const flat = p2.reshape([-1, 784]);
    return dense(flat, get(p, "W").reshape([10, 784]), get(p, "b"));
  },
  gru(p, d) {
    const a = dense(get(d, "x"), get(p, "W"), get(p, "b"));
    const [batch = 1] = a.shape;
    let h = np.zeros([batch, 128]);
    for (const step of np.unstack(a, 1)) {
      const [ar, az, ak] = parts(step, 3) as [np.Array, np.Array, np.Array];
      const [ur, uz, uk] = parts(dense(h.ref, get(p, "U"), get(p, "c")), 3) as [np.Array, np.Array, np.Array];
      const z = nn.sigmoid(az.add(uz));
      const k = np.tanh(ak.add(nn.sigmoid(ar.add(ur)).mul(uk)));
      h = k.ref.sub(z.ref.mul(k)).add(z.mul(h));
    }
    return dense(h, get(p, "V"), get(p, "d"));
  },
  lstm(p, d) {
    const a = dense(get(d, "x"), get(p, "W"), get(p, "b"));
    const [batch = 1] = a.shape;
    let h = np.zeros([batch, 128]);
    let c = np.zeros([batch, 128]);
    for (const step of np.unstack(a, 1)) {
      const [gi, gf, gc, go] = parts(step.add(dense(h, get(p, "U"))), 4) as [np.Array, np.Array, np.Array, np.Array];
      c = nn
        .sigmoid(gf)
        .mul(c)
        .add(nn.sigmoid(gi).mul(np.tanh(gc)));
      h = nn.sigmoid(go).mul(np.tanh(c.ref));
    }
    c.dispose();
    return dense(h, get(p, "V"), get(p, "d"));
  },
  gpt(p, d) {
    const [T, heads, width] = [32, 4, 16];
    const hot = nn.oneHot(get(d, "x"), 65);
    const batch = hot.shape[0] ?? 1;
    let x = np.matmul(hot, get(p, "E")).add(get(p, "P"));
    for (let k = 0; k < 2; k++) {
      const own = (name: string) => get(p, `${name}${k}`);
      const qkv = dense(normalised(x.ref, own("g"), own("e")), own("QKV")).reshape([batch, T, 3, heads, width]);
      const [q, key, v] = np.unstack(np.transpose(qkv, [2, 0, 3, 1, 4])) as [np.Array, np.Array, np.Array];
      const ahead = np.triu(np.ones([T, T]), 1).mul(1e9);
      const scores = np
        .matmul(q, np.swapaxes(key, -1, -2))
        .mul(1 / Math.sqrt(width))
        .sub(ahead);
      const mixed = np.transpose(np.matmul(nn.softmax(scores, -1), v), [0, 2, 1, 3]).reshape([batch, T, heads * width]);
      x = x.add(dense(mixed, own("O")));
      const u = gelu(dense(normalised(x.ref, own("G"), own("H")), own("F"), own("f")));
      x = x.add(dense(u, own("S"), own("s")));
    }
    return dense(x, get(p, "head"));
  },
  graph(p, d) {
    const mix = (H: np.Array, W: np.Array) => np.matmul(get(d, "A").reshape([64, 64]), dense(H, W));
    const h1 = nn.relu(mix(get(d, "x").reshape([64, 16]), get(p, "W1")));
    const h2 = nn.relu(mix(h1, get(p, "W2")));
    return mix(h2, get(p, "W3"));
  },
};

export function networkOf(formula: Formula): Outputs {
  return (p, d) => consuming(outputs[formula], p, d);
}

export function lossOf(formula: Formula): Outputs {
  const loss: Outputs = (p, d) => {
    const z = outputs[formula](p, d);
    return formula === "seed" ? np.mean(np.square(z.sub(get(d, "y")))) : crossEntropy(z, get(d, "y"));
  };
  return (p, d) => consuming(loss, p, d);
}

/** Formulas take references; what they were given is theirs to drop. */
function consuming(formula: Outputs, p: Arrays, d: Arrays): np.Array {
  const value = formula(p, d);
  tree.dispose(p);
  tree.dispose(d);
  return value;
}
