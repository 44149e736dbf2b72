/**
 * Owns: fifty steps of every optimizer of the library against the same steps of TensorFlow.js, where it has the optimizer,
 * and against the lines of the paper's algorithm, which are written out here.
 */

import { deriveProcedures } from "@adjoint/compiler";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { standardPages } from "../architecture/sources.ts";
import { emitModel } from "../properties/support/emitted-models.ts";
import { programOf } from "../properties/support/networks.ts";

const steps = 50;
const startW = [-1.2, 1];
const startU = [2, -0.4, 0.1];

/** Rosenbrock's valley in w, and in u a bowl that is steeper along each axis than along the one before. */
const page = (optimizer: string): string => `model M {
  input x
  param w[2] ~ zeros
  param u[3] ~ zeros
  loss x * ((1 - w[0])^2 + 5 * (w[1] - w[0]^2)^2)
  loss x * sum[i]((i + 1) * (u[i] - 0.5)^2)
  train { optimizer ${optimizer} }
}`;

/** Its gradient, by hand. */
function slope([a = 0, b = 0]: readonly number[], u: readonly number[]): readonly (readonly number[])[] {
  return [[-2 * (1 - a) - 20 * a * (b - a * a), 10 * (b - a * a)], u.map((each, i) => 2 * (i + 1) * (each - 0.5))];
}

/** Where an optimizer of the library is after each step. */
async function ours(optimizer: string): Promise<readonly (readonly number[])[]> {
  const procedures = deriveProcedures(programOf(page(optimizer)).models[0]!, { inference: false });
  const emitted = emitModel(procedures, {});
  const p = Float64Array.from([...startW, ...startU]);
  const state = new Float64Array(4 * p.length);
  if (procedures.some(({ name }) => name === "initializeState")) emitted.call("initializeState", { state });
  return Array.from({ length: steps }, (_, k) => {
    emitted.call("step", { p, x: Float64Array.of(1), state, t: k + 1, n: 0 });
    return [...p];
  });
}

/** The greatest deviation of one course from another, relative to the numbers or, where they are small, to 1. */
function deviation(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const each = a.flatMap((row, k) => row.map((value, e) => Math.abs(value - b[k]![e]!) / Math.max(1, Math.abs(value))));
  expect(each.length).toBe(steps * 5);
  expect(a.at(-1)).not.toEqual([...startW, ...startU]);
  return Math.max(...each);
}

describe("as TensorFlow.js", () => {
  beforeAll(async () => {
    tf.enableProdMode();
    await tf.setBackend("cpu");
  });

  const peers: Readonly<Record<string, () => tf.Optimizer>> = {
    "sgd(rate: 0.01)": () => tf.train.sgd(0.01),
    "momentum(rate: 0.005, momentum: 0.8)": () => tf.train.momentum(0.005, 0.8),
    "nesterov(rate: 0.005, momentum: 0.8)": () => tf.train.momentum(0.005, 0.8, true),
    "rmsprop(rate: 0.01, decay: 0.9)": () => tf.train.rmsprop(0.01, 0.9, 0, 1e-12),
    "adagrad(rate: 0.1)": () => tf.train.adagrad(0.1, 0),
    "adam(rate: 0.05)": () => tf.train.adam(0.05, 0.9, 0.999, 1e-8),
    "adamax(rate: 0.05)": () => tf.train.adamax(0.05, 0.9, 0.999, 1e-8),
  };

  test.each(Object.entries(peers))("%s", async (optimizer, make) => {
    const peer = make();
    const [w, u] = [tf.variable(tf.tensor1d(startW)), tf.variable(tf.tensor1d(startU))];
    const weights = tf.tensor1d([1, 2, 3]);
    const course: (readonly number[])[] = [];
    for (let k = 0; k < steps; k++) {
      peer.minimize(() => {
        const [a, b] = [tf.slice(w, 0, 1), tf.slice(w, 1, 1)];
        const valley = tf.add(tf.square(tf.sub(1, a)), tf.mul(5, tf.square(tf.sub(b, tf.square(a)))));
        const bowl = tf.sum(tf.mul(weights, tf.square(tf.sub(u, 0.5))));
        return tf.add(tf.sum(valley), bowl);
      });
      course.push([...w.dataSync(), ...u.dataSync()]);
    }
    // It computes in 32 bits.
    expect(deviation(await ours(optimizer), course)).toBeLessThan(1e-4);
  });
});

/** What a rule keeps of one tensor; `d` is the decay. */
type Memory = Record<string, readonly number[]>;
/** The new tensor. `t` counts from 1; `all` is every tensor's gradient. */
type Rule = (
  w: readonly number[],
  g: readonly number[],
  memory: Memory,
  t: number,
  all: readonly (readonly number[])[],
) => readonly number[];

const norm = (values: readonly number[]): number => Math.hypot(...values);
const zeros = (like: readonly number[]): readonly number[] => like.map(() => 0);

/** Running means of g and g², as Adam keeps them. */
function moments(g: readonly number[], memory: Memory, beta1: number, beta2: number) {
  const m = (memory["m"] ?? zeros(g)).map((each, k) => beta1 * each + (1 - beta1) * g[k]!);
  const v = (memory["v"] ?? zeros(g)).map((each, k) => beta2 * each + (1 - beta2) * g[k]! ** 2);
  Object.assign(memory, { m, v });
  return { m, v };
}

const papers: Readonly<Record<string, Rule>> = {
  // Loshchilov and Hutter 2019, algorithm 2, lines 6 to 12.
  "adamw(rate: 0.05, decay: 0.1)": (w, g, memory, t) => {
    const { m, v } = moments(g, memory, 0.9, 0.999);
    return w.map((each, k) => {
      const [mHat, vHat] = [m[k]! / (1 - 0.9 ** t), v[k]! / (1 - 0.999 ** t)];
      return each - (0.05 * mHat) / (Math.sqrt(vHat) + 1e-8) - 0.05 * 0.1 * each;
    });
  },
  // The same with line 6, the coupled decay, in place of that of line 12.
  "coupled_decay(0.1), adam(rate: 0.05)": (w, g, memory, t) => {
    const coupled = g.map((each, k) => each + 0.1 * w[k]!);
    const { m, v } = moments(coupled, memory, 0.9, 0.999);
    return w.map((each, k) => each - (0.05 * (m[k]! / (1 - 0.9 ** t))) / (Math.sqrt(v[k]! / (1 - 0.999 ** t)) + 1e-8));
  },
  // Pascanu, Mikolov and Bengio 2013, algorithm 1.
  "clip_norm(0.5), sgd(rate: 0.1)": (w, g, _memory, _t, all) => {
    const size = norm(all.flat());
    return w.map((each, k) => each - 0.1 * (size >= 0.5 ? (0.5 / size) * g[k]! : g[k]!));
  },
  "clip_value(0.3), sgd(rate: 0.1)": (w, g) =>
    w.map((each, k) => each - 0.1 * Math.sign(g[k]!) * Math.min(Math.abs(g[k]!), 0.3)),
  // Zeiler 2012, algorithm 1: the gradient is accumulated before the update is computed.
  "adadelta(rate: 1, decay: 0.9, epsilon: 1e-4)": (w, g, memory) => {
    const squares = (memory["squares"] ?? zeros(g)).map((each, k) => 0.9 * each + 0.1 * g[k]! ** 2);
    const before = memory["updates"] ?? zeros(g);
    const change = g.map((each, k) => (-Math.sqrt(before[k]! + 1e-4) / Math.sqrt(squares[k]! + 1e-4)) * each);
    Object.assign(memory, { squares, updates: before.map((each, k) => 0.9 * each + 0.1 * change[k]! ** 2) });
    return w.map((each, k) => each + change[k]!);
  },
  // Dozat 2016, algorithm 2, with μ₁ = μ₂ = … = 0.9.
  "nadam(rate: 0.05)": (w, g, memory, t) => {
    const { m, v } = moments(g, memory, 0.9, 0.999);
    const gBar = g.map((each) => each / (1 - 0.9 ** t));
    const mBar = m.map((each) => each / (1 - 0.9 ** (t + 1)));
    return w.map((each, k) => {
      const ahead = 0.1 * gBar[k]! + 0.9 * mBar[k]!;
      return each - (0.05 * ahead) / (Math.sqrt(v[k]! / (1 - 0.999 ** t)) + 1e-8);
    });
  },
  // Reddi, Kale and Kumar 2018, algorithm 2, with Adam's corrections.
  "amsgrad(rate: 0.05, beta2: 0.9)": (w, g, memory, t) => {
    const { m, v } = moments(g, memory, 0.9, 0.9);
    const greatest = (memory["greatest"] ?? zeros(g)).map((each, k) => Math.max(each, v[k]!));
    memory["greatest"] = greatest;
    return w.map(
      (each, k) => each - (0.05 * m[k]!) / (1 - 0.9 ** t) / (Math.sqrt(greatest[k]! / (1 - 0.9 ** t)) + 1e-8),
    );
  },
  // Chen et al. 2023, algorithm 2.
  "lion(rate: 0.01, decay: 0.1)": (w, g, memory) => {
    const m = memory["m"] ?? zeros(g);
    memory["m"] = m.map((each, k) => 0.99 * each + 0.01 * g[k]!);
    return w.map((each, k) => each - 0.01 * (Math.sign(0.9 * m[k]! + 0.1 * g[k]!) + 0.1 * each));
  },
  // You, Gitman and Ginsburg 2017, algorithm 1.
  "lars(rate: 2, momentum: 0.8, decay: 0.01, trust: 0.01)": (w, g, memory) => {
    const local = (0.01 * norm(w)) / (norm(g) + 0.01 * norm(w));
    const v = (memory["v"] ?? zeros(g)).map((each, k) => 0.8 * each + 2 * local * (g[k]! + 0.01 * w[k]!));
    memory["v"] = v;
    return w.map((each, k) => each - v[k]!);
  },
  // You et al. 2020, algorithm 2.
  "lamb(rate: 0.05, decay: 0.1)": (w, g, memory, t) => {
    const { m, v } = moments(g, memory, 0.9, 0.999);
    const r = m.map((each, k) => each / (1 - 0.9 ** t) / (Math.sqrt(v[k]! / (1 - 0.999 ** t)) + 1e-6));
    const step = r.map((each, k) => each + 0.1 * w[k]!);
    return w.map((each, k) => each - ((0.05 * norm(w)) / norm(step)) * step[k]!);
  },
  // Loshchilov and Hutter 2017, equation 5, after ten steps of a linear warm-up.
  "sgd(rate: warm_up(t, steps: 10) * cosine(t, from: 0.02, steps: 40, to: 0.001))": (w, g, _memory, t) => {
    const along = Math.min(t - 1, 40) / 40;
    const rate = Math.min(1, t / 10) * (0.001 + 0.5 * (0.02 - 0.001) * (1 + Math.cos(along * Math.PI)));
    return w.map((each, k) => each - rate * g[k]!);
  },
};

test.each(Object.entries(papers))("as published: %s", async (optimizer, rule) => {
  const tensors: (readonly number[])[] = [startW, startU];
  const memories: readonly Memory[] = [{}, {}];
  const course = Array.from({ length: steps }, (_, s) => {
    const all = slope(tensors[0]!, tensors[1]!);
    for (const [k, memory] of memories.entries()) tensors[k] = rule(tensors[k]!, all[k]!, memory, s + 1, all);
    return tensors.flat();
  });
  expect(deviation(await ours(optimizer), course)).toBeLessThan(1e-10);
});

test("every optimizer of the library has its course", () => {
  const text = standardPages().find(({ path }) => path.endsWith("optimizers.adj"))?.text ?? "";
  const held = "sgd momentum nesterov rmsprop adagrad adam adamax".split(" ");
  const published = Object.keys(papers).flatMap((call) => [...call.matchAll(/(\w+)\(/g)].map(([, name = ""]) => name));
  for (const [, name] of text.matchAll(/^optimizer (\w+)/gm)) expect([...held, ...published]).toContain(name);
});
