/** Owns: Adjoint at work, through the class that a user has and through the functions beside it. */

import type { CompileOptions } from "@adjoint/compiler";
import { compileText, importText, programOfText } from "../../load-page.ts";
import type { MakeRunner, Work } from "../work.ts";

type Floats = Float32Array | Float64Array;

/** What the emitted class has, whatever the network. */
export interface Network {
  /** All parameters, in the order of their declarations. */
  readonly p: Floats;
  train(data: object, options: object): AsyncGenerator<{ readonly loss: number }, void, undefined>;
  predict(inputs: object): object;
}

/** How a page becomes a network. */
export interface Build {
  readonly label: string;
  readonly options: Partial<CompileOptions>;
  /** Of WebAssembly: whether products and sums are to be one operation. */
  readonly fused?: boolean;
}

/** The emitted class, begun with the work's parameters; null where the engine cannot run it as it was asked for. */
export async function beginNetwork(work: Work, { options, fused }: Build): Promise<Network | null> {
  const module = await importText(compileText(programOfText(work.page), options));
  const { ready } = module;
  if (typeof ready === "function" && fused !== undefined) {
    const made: unknown = await ready({ fused });
    if (fused && Reflect.get(Object(made), "fused") !== true) return null;
  }
  return networkOf(module, work);
}

export function makeAdjoint(build: Build): MakeRunner {
  return async (work) => {
    const { label } = build;
    const network = await beginNetwork(work, build);
    if (network === null) return null;
    const data = columnsOf(work, network);
    if (work.task === "predict") {
      const { y, ...inputs } = data;
      let outputs: object = {};
      return {
        label,
        async run(steps) {
          for (let k = 0; k < steps; k++) outputs = network.predict(inputs);
        },
        result: async () => Object.values(outputs).flatMap(numbersOf),
      };
    }
    let last = Number.NaN;
    return {
      label,
      async run(steps) {
        for await (const { loss } of network.train(data, { epochs: steps, every: steps })) last = loss;
      },
      result: async () => [last],
    };
  };
}

/** The function `forward`, with no class around it: for those who predict more often than a class can check its input. */
export const makeAdjointFunction: MakeRunner = async (work) => {
  if (work.task !== "predict") return null;
  const module = await importText(compileText(programOfText(work.page)));
  const { forward } = module;
  if (typeof forward !== "function") throw new Error("the module has no function `forward`");
  const { p } = networkOf(module, work);
  const { y, ...inputs } = columnsOf(work);
  const [a, b] = Object.values(inputs);
  // As long as the longest output of any work.
  const out = new Float64Array(32 * 65);
  const length = Object.values(networkOf(module, work).predict(inputs)).flatMap(numbersOf).length;
  return {
    label: "Adjoint ts, forward()",
    async run(steps) {
      if (b === undefined) for (let k = 0; k < steps; k++) forward(p, a, out, 0);
      else for (let k = 0; k < steps; k++) forward(p, a, b, out, 0);
    },
    result: async () => [...out.subarray(0, length)],
  };
};

/**
 * A work's data as the class takes them. Given the network, in floats of its own: other floats are made into those each time
 * an example is learnt from, where peers have done so beforehand.
 */
export function columnsOf(work: Work, network?: Network): Readonly<Record<string, Floats>> {
  const isSingle = network?.p instanceof Float32Array;
  const columns = Object.entries(work.data).map(([name, { values }]): [string, Floats] => {
    return [name, isSingle ? Float32Array.from(values) : Float64Array.from(values)];
  });
  return Object.fromEntries(columns);
}

function networkOf(module: Readonly<Record<string, unknown>>, work: Work): Network {
  const Class = module["Network"];
  if (!isClass(Class)) throw new Error("the module has no class");
  const network = new Class();
  network.p.set(Object.values(work.parameters).flatMap(({ values }) => [...values]));
  return network;
}

function isClass(value: unknown): value is new () => Network {
  return typeof value === "function";
}

/** The numbers of an output, be it one, nested arrays or a tensor. */
function numbersOf(output: unknown): readonly number[] {
  if (typeof output === "number") return [output];
  if (Array.isArray(output)) return output.flatMap(numbersOf);
  const values: unknown = Reflect.get(Object(output), "values");
  return values instanceof Float32Array || values instanceof Float64Array ? [...values] : [];
}
