/** Owns: a variational autoencoder of MNIST: learns from 60,000 digits, and is asked how many nats 10,000 others take. */

import { drawImages } from "../draw-images.ts";
import { mnist } from "../mnist.ts";
import { type RunExample, trainedNumbers } from "../real-data.ts";
import { flat, openExample } from "../workbench.ts";

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("vae", { target: "wasm" });
  const [{ image: learnt }, { image: asked }] = [mnist("train"), mnist("t10k")];
  const net = begin();
  let epochs = 0;
  const began = performance.now();
  for await (const { epoch, loss } of net.train({ image: learnt }, { every: 2 })) {
    epochs = epoch;
    tell(`epoch ${epoch}: ${loss.toFixed(1)} nats, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  const { loss, metrics } = net.evaluate({ image: asked });
  // What is imagined depends on the seed alone.
  const image = asked.subarray(0, 784);
  const imagined = [1, 2, 3, 4].map((seed) => flat(net.predict({ image }, { seed })["imagined"]));
  for (const line of drawImages(imagined, 28)) tell(line);
  return {
    measure: "nats a test image",
    figure: loss,
    goal: 112,
    atMost: true,
    epochs,
    parameters: trainedNumbers(model),
    remark: `${(metrics["divergence"] ?? Number.NaN).toFixed(1)} of them for the code`,
  };
};
