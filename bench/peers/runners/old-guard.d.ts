/** Owns: the types of libraries that have none, as much of them as is used here. */

declare module "convnetjs" {
  export class Vol {
    constructor(sx: number, sy: number, depth: number, fill: number);
    w: Float64Array;
    dw: Float64Array;
  }
  interface Layer {
    layer_type: string;
    out_act: Vol;
    filters?: Vol[];
    biases?: Vol;
  }
  export class Net {
    layers: Layer[];
    makeLayers(definitions: readonly object[]): void;
    forward(x: Vol, training: boolean): Vol;
  }
  export class Trainer {
    constructor(net: Net, options: object);
    train(x: Vol, y: number): { loss: number; cost_loss: number };
  }
}

declare module "synaptic" {
  interface Connection {
    weight: number;
    to: Neuron;
  }
  interface Neuron {
    bias: number;
    connections: { inputs: Record<string, Connection> };
  }
  interface Layer {
    list: Neuron[];
  }
  class Network {
    layers: { input: Layer; hidden: Layer[]; output: Layer };
    activate(input: readonly number[]): number[];
    standalone(): (input: readonly number[]) => number[];
    propagate(rate: number, target: readonly number[]): void;
  }
  const synaptic: {
    Architect: { Perceptron: new (...sizes: number[]) => Network };
  };
  export default synaptic;
}

declare module "brain.js" {
  class NeuralNetwork {
    constructor(options: object);
    weights: Float32Array[][];
    biases: Float32Array[];
    initialize(): void;
    sizes: number[];
    trainPattern(value: { input: ArrayLike<number>; output: ArrayLike<number> }, logErrorRate?: boolean): number;
    toFunction(): (input: ArrayLike<number>) => ArrayLike<number>;
  }
  const brain: { NeuralNetwork: typeof NeuralNetwork };
  export default brain;
}
