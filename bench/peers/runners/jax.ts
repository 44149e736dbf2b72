/** Owns: jax-js at work, jitted, on its WebAssembly backend. */

import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import type { Formula, MakeRunner, Numbers } from "../work.ts";
import { wholeNames } from "./whole-names.ts";

type Arrays = { [name: string]: np.Array };
type Loss = (p: Arrays, data: Arrays) => np.Array;

/** An argument is used up by whoever takes it: reading one takes a reference. */
function get(arrays: Arrays, name: string): np.Array {
  const array = arrays[name];
  if (array === undefined) throw new RangeError(`there is no ${name}`);
  return array.ref;
}

function crossEntropy(logits: np.Array, labels: np.Array, classes: number): np.Array {
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

const losses: Readonly<Record<Formula, Loss>> = {
  seed(p, d) {
    const h = nn.sigmoid(dense(get(d, "x"), get(p, "W1"), get(p, "b1")));
    const o = nn.sigmoid(dense(h, get(p, "W2"), get(p, "b2")));
    return np.mean(np.square(o.sub(get(d, "y"))));
  },
  mlp(p, d) {
    const h = nn.relu(dense(get(d, "x"), get(p, "W1"), get(p, "b1")));
    return crossEntropy(dense(h, get(p, "W2"), get(p, "b2")), get(d, "y"), 10);
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
    return crossEntropy(dense(flat, get(p, "W").reshape([10, 784]), get(p, "b")), get(d, "y"), 10);
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
    return crossEntropy(dense(h, get(p, "V"), get(p, "d")), get(d, "y"), 10);
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
    return crossEntropy(dense(h, get(p, "V"), get(p, "d")), get(d, "y"), 10);
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
    return crossEntropy(dense(x, get(p, "head")), get(d, "y"), 65);
  },
  graph(p, d) {
    const mix = (H: np.Array, W: np.Array) => np.matmul(get(d, "A").reshape([64, 64]), dense(H, W));
    const h1 = nn.relu(mix(get(d, "x").reshape([64, 16]), get(p, "W1")));
    const h2 = nn.relu(mix(h1, get(p, "W2")));
    return crossEntropy(mix(h2, get(p, "W3")), get(d, "y"), 7);
  },
};

export const makeJax: MakeRunner = async (work) => {
  await init("wasm");
  defaultDevice("wasm");
  const loss = losses[work.formula];
  let p = arraysOf(work.parameters, new Set());
  const data = arraysOf(work.data, new Set(wholeNames(work.formula)));
  const { rule } = work;
  // What a step does not need it may not take: plain descent has no moments.
  let m: Arrays = rule.kind === "sgd" ? {} : zerosLike(work.parameters);
  let v: Arrays = rule.kind === "sgd" ? {} : zerosLike(work.parameters);
  const step = jit((p: Arrays, m: Arrays, v: Arrays, data: Arrays, t: np.Array) => {
    const [value, g] = valueAndGrad((q: Arrays, d: Arrays) => consuming(loss, q, d))(tree.ref(p), data);
    const [p2, m2, v2]: [Arrays, Arrays, Arrays] = [{}, {}, {}];
    for (const name of Object.keys(p)) {
      const [w, dw] = [p[name], g[name]];
      if (w === undefined || dw === undefined) continue;
      if (rule.kind === "sgd") {
        p2[name] = w.sub(dw.mul(rule.rate));
        continue;
      }
      const [om, ov] = [m[name], v[name]];
      if (om === undefined || ov === undefined) continue;
      const nm = om.mul(0.9).add(dw.ref.mul(0.1));
      const nv = ov.mul(0.999).add(np.square(dw).mul(0.001));
      const mh = nm.ref.div(np.subtract(1, np.power(0.9, t.ref)));
      const vh = nv.ref.div(np.subtract(1, np.power(0.999, t.ref)));
      const shrink = rule.kind === "adamw" ? 1 - rule.rate * rule.decay : 1;
      p2[name] = w.mul(shrink).sub(mh.div(np.sqrt(vh).add(1e-8)).mul(rule.rate));
      m2[name] = nm;
      v2[name] = nv;
    }
    t.dispose();
    return [value, p2, m2, v2] as [np.Array, Arrays, Arrays, Arrays];
  });
  let last: np.Array | null = null;
  let t = 0;
  return {
    label: "jax-js wasm",
    async run(steps) {
      for (let k = 0; k < steps; k++) {
        last?.dispose();
        t++;
        [last, p, m, v] = step(p, m, v, tree.ref(data), np.array(t));
      }
      await blockUntilReady(tree.ref(p));
    },
    async loss() {
      return last === null ? Number.NaN : Number(await last.ref.jsAsync());
    },
  };
};

/** Formulas take references; what they were given is theirs to drop. */
function consuming(loss: Loss, p: Arrays, d: Arrays): np.Array {
  const value = loss(p, d);
  tree.dispose(p);
  tree.dispose(d);
  return value;
}

function arraysOf(tensors: Readonly<Record<string, Numbers>>, whole: ReadonlySet<string>): Arrays {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => {
      const flat = whole.has(name) ? np.array(Int32Array.from(values), { dtype: np.int32 }) : np.array(values.slice());
      return [name, flat.reshape([...shape])];
    }),
  );
}

function zerosLike(tensors: Readonly<Record<string, Numbers>>): Arrays {
  return Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, np.zeros([...shape])]));
}
