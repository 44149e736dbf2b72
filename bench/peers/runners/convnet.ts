/** Owns: convnetjs at work. Its volumes keep channels last; its batches are a gradient that it gathers example by example. */

import convnet, { type Vol } from "convnetjs";
import type { MakeRunner, Numbers, Work } from "../work.ts";

export const makeConvnet: MakeRunner = async (work) => {
  const definitions = layersOf(work);
  if (definitions === null) return null;
  const net = new convnet.Net();
  net.makeLayers(definitions);
  const weighted = net.layers.filter((layer) => layer.filters !== undefined);
  for (const [k, [weights, bias]] of pairsOf(work).entries()) {
    const layer = weighted[k];
    for (const [f, filter] of (layer?.filters ?? []).entries()) fill(filter, weights, f);
    layer?.biases?.w.set(bias.values);
  }
  const trainer = new convnet.Trainer(net, {
    method: "sgd",
    learning_rate: work.rule.rate,
    batch_size: work.batch,
    momentum: 0,
    l2_decay: 0,
  });
  const { x, y } = work.data;
  if (x === undefined || y === undefined) return null;
  const [, ...shape] = x.shape;
  const [depth = 1, height = 1, width = 1] = shape.length === 3 ? shape : [shape[0]];
  const size = depth * height * width;
  const examples = Array.from({ length: work.batch }, (_, n) => {
    const volume = new convnet.Vol(width, height, depth, 0);
    fill(volume, { shape: [1, depth, height, width], values: x.values.slice(n * size, (n + 1) * size) }, 0);
    return volume;
  });
  const [example] = examples;
  if (work.task === "predict" && example !== undefined) {
    return {
      label: "convnetjs",
      async run(steps) {
        for (let k = 0; k < steps; k++) net.forward(example, false);
      },
      // In front of the last layer, which makes probabilities of them.
      result: async () => [...(net.layers.at(-2)?.out_act.w ?? [])],
    };
  }
  let last = Number.NaN;
  return {
    label: "convnetjs",
    async run(steps) {
      for (let k = 0; k < steps; k++) {
        last = 0;
        for (const [n, example] of examples.entries()) {
          last += trainer.train(example, y.values[n] ?? 0).cost_loss / work.batch;
        }
      }
    },
    result: async () => [last],
  };
};

function layersOf({ formula }: Work): readonly object[] | null {
  switch (formula) {
    case "mlp":
      return [
        { type: "input", out_sx: 1, out_sy: 1, out_depth: 784 },
        { type: "fc", num_neurons: 128, activation: "relu" },
        { type: "softmax", num_classes: 10 },
      ];
    case "lenet":
      return [
        { type: "input", out_sx: 28, out_sy: 28, out_depth: 1 },
        { type: "conv", sx: 5, filters: 8, stride: 1, pad: 2, activation: "relu" },
        { type: "pool", sx: 2, stride: 2 },
        { type: "conv", sx: 5, filters: 16, stride: 1, pad: 2, activation: "relu" },
        { type: "pool", sx: 2, stride: 2 },
        { type: "softmax", num_classes: 10 },
      ];
    case "seed":
    case "gru":
    case "lstm":
    case "gpt":
    case "graph":
      return null;
  }
}

/** Weights and biases of the layers that have some, in order. */
function pairsOf({ parameters }: Work): readonly (readonly [Numbers, Numbers])[] {
  const list = Object.values(parameters);
  return list.flatMap((weights, k) => {
    const bias = list[k + 1];
    return k % 2 === 0 && bias !== undefined ? [[weights, bias] as const] : [];
  });
}

/** Filter f of weights [f, depth, height, width] (or [f, depth]) into a volume that keeps depth last. */
function fill(volume: Vol, { shape, values }: Numbers, f: number): void {
  const [, depth = 1, height = 1, width = 1] = shape;
  for (let d = 0; d < depth; d++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        volume.w[(i * width + j) * depth + d] = values[((f * depth + d) * height + i) * width + j] ?? 0;
      }
    }
  }
}
