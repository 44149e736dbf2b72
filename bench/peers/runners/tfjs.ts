/** Owns: TensorFlow.js at work, on its plain and on its WebAssembly backend. */

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import type { MakeRunner, Numbers, Rule, Runner, Work } from "../work.ts";
import { lossOf, outputs } from "./formulas-tfjs.ts";

export const makeTfCpu: MakeRunner = (work) => make("TensorFlow.js cpu", "cpu", work);
export const makeTfWasm: MakeRunner = (work) => make("TensorFlow.js wasm", "wasm", work);

async function make(label: string, backend: "cpu" | "wasm", work: Work): Promise<Runner> {
  await tf.setBackend(backend);
  const variables = Object.entries(work.parameters).map(([name, numbers]) =>
    tf.variable(tensorOf(numbers), true, `${backend} ${work.name} ${name}`),
  );
  const names = Object.keys(work.parameters);
  const p = Object.fromEntries(names.map((name, k) => [name, variables[k] as tf.Tensor]));
  const data = Object.fromEntries(Object.entries(work.data).map(([name, numbers]) => [name, tensorOf(numbers)]));

  if (work.task === "predict") {
    let found: ArrayLike<number> = [];
    return {
      label,
      async run(steps) {
        await tf.setBackend(backend);
        for (let k = 0; k < steps; k++) {
          const z = tf.tidy(() => outputs[work.formula](p, data));
          found = z.dataSync();
          z.dispose();
        }
      },
      result: async () => Array.from(found),
    };
  }
  const optimizer = optimizerOf(work.rule);
  let last: tf.Scalar | null = null;
  return {
    label,
    async run(steps) {
      await tf.setBackend(backend);
      for (let k = 0; k < steps; k++) {
        last?.dispose();
        const { value, grads } = tf.variableGrads(() => lossOf(work.formula, p, data), variables);
        if (work.rule.kind === "adamw") decay(variables, 1 - work.rule.rate * work.rule.decay);
        optimizer.applyGradients(grads);
        tf.dispose(grads);
        last = value;
      }
      await last?.data();
    },
    async result() {
      await tf.setBackend(backend);
      return [...((await last?.data()) ?? [])];
    },
  };
}

function tensorOf({ shape, values }: Numbers): tf.Tensor {
  return tf.tensor(values, [...shape]);
}

function optimizerOf(rule: Rule): tf.Optimizer {
  switch (rule.kind) {
    case "sgd":
      return tf.train.sgd(rule.rate);
    case "adam":
    case "adamw":
      return tf.train.adam(rule.rate, 0.9, 0.999, 1e-8);
  }
}

/** Decay apart from the gradient: w ← w (1 − rate · decay). */
function decay(variables: readonly tf.Variable[], factor: number): void {
  for (const variable of variables) variable.assign(tf.tidy(() => variable.mul(factor)));
}
