/** Owns: a variational autoencoder of MNIST: learns from 60,000 digits, and is asked how many nats 10,000 others take. */

import { mnist } from "../mnist.ts";
import { type RunExample, trainedNumbers } from "../real-data.ts";
import { openExample } from "../workbench.ts";

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("vae");
  const [{ image: learnt }, { image: asked }] = [mnist("train"), mnist("t10k")];
  const net = begin();
  let epochs = 0;
  const began = performance.now();
  for await (const { epoch, loss } of net.train({ image: learnt }, { every: 2 })) {
    epochs = epoch;
    tell(`epoch ${epoch}: ${loss.toFixed(1)} nats, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  const { loss, metrics } = net.evaluate({ image: asked });
  return {
    measure: "nats a test image",
    figure: loss,
    goal: 125,
    atMost: true,
    epochs,
    parameters: trainedNumbers(model),
    remark: `${(metrics["divergence"] ?? Number.NaN).toFixed(1)} of them for the code`,
  };
};
