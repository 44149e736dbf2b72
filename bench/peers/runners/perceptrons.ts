/** Owns: synaptic and brain.js at work: networks of sigmoids that learn from one example at a time. */

import brain from "brain.js";
import synaptic from "synaptic";
import type { MakeRunner, Numbers, Runner, Work } from "../work.ts";

/** Their loss is half the square, so their rate is twice as high. */
const rateOf = (work: Work): number => 2 * work.rule.rate;

export const makeSynaptic: MakeRunner = async (work) => {
  const example = singleExample(work);
  if (example === null) return null;
  const network = new synaptic.Architect.Perceptron(2, 2, 1);
  const layers = [network.layers.hidden[0], network.layers.output];
  for (const [k, layer] of layers.entries()) {
    const [weights, bias] = layerOf(work, k);
    for (const [i, neuron] of (layer?.list ?? []).entries()) {
      neuron.bias = bias.values[i] ?? 0;
      const incoming = Object.values(neuron.connections.inputs);
      for (const [j, connection] of incoming.entries()) {
        connection.weight = weights.values[i * incoming.length + j] ?? 0;
      }
    }
  }
  if (work.task === "predict") return byFunction("synaptic", network.standalone(), example.x);
  let last = Number.NaN;
  return {
    label: "synaptic",
    // Its output layer follows the gradient of the cross-entropy: as much work, other steps.
    differs: true,
    async run(steps) {
      for (let k = 0; k < steps; k++) {
        const [o = Number.NaN] = network.activate(example.x);
        network.propagate(rateOf(work), example.y);
        last = (o - (example.y[0] ?? 0)) ** 2;
      }
    },
    result: async () => [last],
  };
};

export const makeBrain: MakeRunner = async (work) => {
  const example = singleExample(work);
  if (example === null) return null;
  const network = new brain.NeuralNetwork({
    hiddenLayers: [2],
    activation: "sigmoid",
    learningRate: rateOf(work),
    // It must be more than nothing.
    momentum: 1e-300,
  });
  network.sizes = [2, 2, 1];
  network.initialize();
  for (const k of [0, 1]) {
    const [weights, bias] = layerOf(work, k);
    const columns = weights.shape[1] ?? 1;
    network.biases[k + 1]?.set(bias.values);
    for (const [i, row] of (network.weights[k + 1] ?? []).entries()) {
      row.set(weights.values.slice(i * columns, (i + 1) * columns));
    }
  }
  const pattern = { input: Float32Array.from(example.x), output: Float32Array.from(example.y) };
  if (work.task === "predict") return byFunction("brain.js", network.toFunction(), example.x);
  let last = Number.NaN;
  return {
    label: "brain.js",
    async run(steps) {
      for (let k = 0; k < steps; k++) last = network.trainPattern(pattern, true);
    },
    result: async () => [last],
  };
};

/** Prediction by the function that either makes of a trained network, as both recommend. */
function byFunction<Input>(label: string, predict: (input: Input) => ArrayLike<number>, input: Input): Runner {
  let outputs: ArrayLike<number> = [];
  return {
    label,
    async run(steps) {
      for (let k = 0; k < steps; k++) outputs = predict(input);
    },
    result: async () => Array.from(outputs),
  };
}

function singleExample(work: Work) {
  const { x, y } = work.data;
  if (work.formula !== "seed" || work.batch !== 1 || x === undefined || y === undefined) return null;
  return { x: [...x.values], y: [...y.values] };
}

function layerOf({ parameters }: Work, k: number): readonly [Numbers, Numbers] {
  const list = Object.values(parameters);
  const [weights, bias] = [list[2 * k], list[2 * k + 1]];
  if (weights === undefined || bias === undefined) throw new RangeError(`there is no layer ${k}`);
  return [weights, bias];
}
