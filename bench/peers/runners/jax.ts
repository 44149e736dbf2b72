/** Owns: jax-js at work, jitted, on its WebAssembly backend. */

import { blockUntilReady, defaultDevice, init, jit, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import type { MakeRunner, Numbers } from "../work.ts";
import { type Arrays, lossOf, networkOf } from "./formulas-jax.ts";
import { wholeNames } from "./whole-names.ts";

export const makeJax: MakeRunner = async (work) => {
  await init("wasm");
  defaultDevice("wasm");
  const loss = lossOf(work.formula);
  let p = arraysOf(work.parameters, new Set());
  const data = arraysOf(work.data, new Set(wholeNames(work.formula)));
  if (work.task === "predict") {
    const predict = jit(networkOf(work.formula));
    let found: ArrayLike<number> = [];
    return {
      label: "jax-js wasm",
      async run(steps) {
        for (let k = 0; k < steps; k++) found = predict(tree.ref(p), tree.ref(data)).dataSync();
      },
      result: async () => Array.from(found),
    };
  }
  const { rule } = work;
  // What a step does not need it may not take: plain descent has no moments.
  let m: Arrays = rule.kind === "sgd" ? {} : zerosLike(work.parameters);
  let v: Arrays = rule.kind === "sgd" ? {} : zerosLike(work.parameters);
  const step = jit((p: Arrays, m: Arrays, v: Arrays, data: Arrays, t: np.Array) => {
    const [value, g] = valueAndGrad(loss)(tree.ref(p), data);
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
    result: async () => (last === null ? [] : [Number(await last.ref.jsAsync())]),
  };
};

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
