/** Owns: MNIST by a network of 784, 128 and 10 units: learns from 60,000 digits and is asked for 10,000 others. */

import { mnist } from "../mnist.ts";
import { type RunExample, trainedNumbers } from "../real-data.ts";
import { openExample } from "../workbench.ts";

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("mnist-mlp", { target: "wasm" });
  const [learnt, asked] = [mnist("train"), mnist("t10k")];
  const net = begin();
  let epochs = 0;
  const began = performance.now();
  for await (const { epoch, loss } of net.train({ ...learnt }, { every: 1 })) {
    epochs = epoch;
    tell(`epoch ${epoch}: loss ${loss.toFixed(4)}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  const { metrics } = net.evaluate({ ...asked });
  return {
    measure: "test accuracy",
    figure: metrics["accuracy"] ?? Number.NaN,
    goal: 0.975,
    epochs,
    parameters: trainedNumbers(model),
  };
};
