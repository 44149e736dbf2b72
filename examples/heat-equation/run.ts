/** Owns: the heat equation by a network that is told the equation alone, held against the exact solution. */

import { type RunExample, trainedNumbers } from "../real-data.ts";
import { type Example, openExample } from "../workbench.ts";

const conductivity = 0.2;

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("heat-equation");
  const net = begin();
  let epochs = 0;
  for await (const { epoch, loss } of net.train(grid(20), { every: 100 })) {
    epochs = epoch;
    tell(`epoch ${epoch}: loss ${loss.toExponential(2)}`);
  }
  return {
    measure: "greatest error",
    figure: greatestError(net),
    goal: 1e-3,
    atMost: true,
    epochs,
    parameters: trainedNumbers(model),
    remark: "at 10,201 points, most of them not learnt at",
  };
};

/** (steps + 1)² places and times, evenly over the unit square. */
export function grid(steps: number): { readonly x: readonly number[]; readonly t: readonly number[] } {
  const line = Array.from({ length: steps + 1 }, (_, k) => k / steps);
  return { x: line.flatMap((x) => line.map(() => x)), t: line.flatMap(() => line) };
}

/** How far the network's u is from exp(−cπ²t) sin(πx), at the worst of 101 × 101 points. */
export function greatestError(net: ReturnType<Example["begin"]>): number {
  const { x, t } = grid(100);
  const errors = x.map((place, k) => {
    const time = t[k] ?? Number.NaN;
    const exact = Math.exp(-conductivity * Math.PI ** 2 * time) * Math.sin(Math.PI * place);
    return Math.abs(Number(net.predict({ x: place, t: time })["u"]) - exact);
  });
  return Math.max(...errors);
}
