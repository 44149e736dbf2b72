/** Owns: the same work as plain loops, as one writes them by hand: unrolled for the smallest network, one loop an axis else. */

import type { MakeRunner, Runner, Work } from "../work.ts";

export const makeHand: MakeRunner = async (work) => {
  if (work.task === "predict") return work.formula === "seed" ? predictByHand(work) : null;
  switch (work.formula) {
    case "seed":
      return byHand(handSeed(work));
    case "mlp":
      return byHand(handMlp(work));
    case "lenet":
    case "gru":
    case "lstm":
    case "gpt":
    case "graph":
      return null;
  }
};

function byHand(step: () => number) {
  let last = Number.NaN;
  return {
    label: "by hand",
    async run(steps: number) {
      for (let k = 0; k < steps; k++) last = step();
    },
    result: async () => [last],
  };
}

function values(work: Work, from: "parameters" | "data", name: string): Float64Array {
  return Float64Array.from(work[from][name]?.values ?? []);
}

/** The smallest network's prediction, written out. */
function predictByHand(work: Work): Runner {
  const x = values(work, "data", "x");
  const p = Float64Array.from(Object.values(work.parameters).flatMap((numbers) => [...numbers.values]));
  const predict = (x0: number, x1: number): number => {
    const h0 = 1 / (1 + Math.exp(-(p[0]! * x0 + p[1]! * x1 + p[4]!)));
    const h1 = 1 / (1 + Math.exp(-(p[2]! * x0 + p[3]! * x1 + p[5]!)));
    return 1 / (1 + Math.exp(-(p[6]! * h0 + p[7]! * h1 + p[8]!)));
  };
  let o = Number.NaN;
  return {
    label: "by hand",
    async run(steps) {
      for (let k = 0; k < steps; k++) o = predict(x[0]!, x[1]!);
    },
    result: async () => [o],
  };
}

/** Weights in locals of a closure, every product written out. Returns the mean loss of the batch, then descends. */
function handSeed(work: Work): () => number {
  const [x, y] = [values(work, "data", "x"), values(work, "data", "y")];
  const [W, b] = [values(work, "parameters", "W1"), values(work, "parameters", "b1")];
  const [V, c] = [values(work, "parameters", "W2"), values(work, "parameters", "b2")];
  let [w00, w01, w10, w11] = W as unknown as [number, number, number, number];
  let [b0, b1] = b as unknown as [number, number];
  let [v0, v1] = V as unknown as [number, number];
  let [c0] = c as unknown as [number];
  const rate = work.rule.rate / work.batch;
  const { batch } = work;
  return () => {
    let loss = 0;
    let [g00, g01, g10, g11, gb0, gb1, gv0, gv1, gc] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (let n = 0; n < batch; n++) {
      const x0 = x[2 * n]!;
      const x1 = x[2 * n + 1]!;
      const h0 = 1 / (1 + Math.exp(-(w00 * x0 + w01 * x1 + b0)));
      const h1 = 1 / (1 + Math.exp(-(w10 * x0 + w11 * x1 + b1)));
      const o = 1 / (1 + Math.exp(-(v0 * h0 + v1 * h1 + c0)));
      const e = o - y[n]!;
      loss += e * e;
      const d = 2 * e * o * (1 - o);
      const d0 = d * v0 * h0 * (1 - h0);
      const d1 = d * v1 * h1 * (1 - h1);
      gv0 += d * h0;
      gv1 += d * h1;
      gc += d;
      g00 += d0 * x0;
      g01 += d0 * x1;
      gb0 += d0;
      g10 += d1 * x0;
      g11 += d1 * x1;
      gb1 += d1;
    }
    w00 -= rate * g00;
    w01 -= rate * g01;
    w10 -= rate * g10;
    w11 -= rate * g11;
    b0 -= rate * gb0;
    b1 -= rate * gb1;
    v0 -= rate * gv0;
    v1 -= rate * gv1;
    c0 -= rate * gc;
    return loss / batch;
  };
}

function handMlp(work: Work): () => number {
  const [inputs, hidden, classes] = [784, 128, 10];
  const [x, label] = [values(work, "data", "x"), values(work, "data", "y")];
  const [W, b] = [values(work, "parameters", "W1"), values(work, "parameters", "b1")];
  const [V, c] = [values(work, "parameters", "W2"), values(work, "parameters", "b2")];
  const [dW, db, dV, dc] = [W, b, V, c].map((list) => new Float64Array(list.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [h, dh] = [new Float64Array(hidden), new Float64Array(hidden)];
  const [z, dz] = [new Float64Array(classes), new Float64Array(classes)];
  const { batch } = work;
  const rate = work.rule.rate / batch;
  return () => {
    let loss = 0;
    for (let n = 0; n < batch; n++) {
      for (let i = 0; i < hidden; i++) {
        let sum = b[i]!;
        for (let j = 0; j < inputs; j++) sum += W[i * inputs + j]! * x[n * inputs + j]!;
        h[i] = Math.max(0, sum);
      }
      let highest = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < classes; i++) {
        let sum = c[i]!;
        for (let j = 0; j < hidden; j++) sum += V[i * hidden + j]! * h[j]!;
        z[i] = sum;
        highest = Math.max(highest, sum);
      }
      let total = 0;
      for (let i = 0; i < classes; i++) total += Math.exp(z[i]! - highest);
      loss += highest + Math.log(total) - z[label[n]!]!;
      for (let i = 0; i < classes; i++) dz[i] = Math.exp(z[i]! - highest) / total - (i === label[n] ? 1 : 0);
      dh.fill(0);
      for (let i = 0; i < classes; i++) {
        dc[i]! += dz[i]!;
        for (let j = 0; j < hidden; j++) {
          dV[i * hidden + j]! += dz[i]! * h[j]!;
          dh[j]! += dz[i]! * V[i * hidden + j]!;
        }
      }
      for (let i = 0; i < hidden; i++) {
        const d = h[i]! > 0 ? dh[i]! : 0;
        db[i]! += d;
        for (let j = 0; j < inputs; j++) dW[i * inputs + j]! += d * x[n * inputs + j]!;
      }
    }
    for (const [w, g] of [
      [W, dW],
      [b, db],
      [V, dV],
      [c, dc],
    ] as const) {
      for (let k = 0; k < w.length; k++) {
        w[k]! -= rate * g[k]!;
        g[k] = 0;
      }
    }
    return loss / batch;
  };
}
