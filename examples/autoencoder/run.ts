/** Owns: a denoising autoencoder of MNIST: learns from 60,000 digits, and restores a third of each of 10,000 others. */

import { mnist } from "../mnist.ts";
import { type RunExample, trainedNumbers } from "../real-data.ts";
import { openExample } from "../workbench.ts";

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("autoencoder", { target: "wasm" });
  const [{ image: learnt }, { image: asked }] = [mnist("train"), mnist("t10k")];
  const net = begin();
  let epochs = 0;
  const began = performance.now();
  for await (const { epoch, loss } of net.train({ image: learnt }, { every: 2 })) {
    epochs = epoch;
    tell(`epoch ${epoch}: loss ${loss.toFixed(4)}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  const { metrics } = net.evaluate({ image: asked });
  const { error = Number.NaN, damage = Number.NaN } = metrics;
  return {
    measure: "error left of the damage",
    figure: error / damage,
    goal: 0.3,
    atMost: true,
    epochs,
    parameters: trainedNumbers(model),
  };
};
