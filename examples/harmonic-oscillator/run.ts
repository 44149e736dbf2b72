/** Owns: the harmonic oscillator by a network that is told the equation alone, held against sin(t). */

import { type RunExample, trainedNumbers } from "../real-data.ts";
import { type Example, openExample } from "../workbench.ts";

export const run: RunExample = async (tell) => {
  const { begin, model, read } = await openExample("harmonic-oscillator");
  const net = begin();
  let epochs = 0;
  for await (const { epoch, loss } of net.train(read("times.csv"), { every: 500 })) {
    epochs = epoch;
    tell(`epoch ${epoch}: loss ${loss.toExponential(2)}`);
  }
  return {
    measure: "greatest error",
    figure: Math.max(...errorsOf(net)),
    goal: 1e-3,
    atMost: true,
    epochs,
    parameters: trainedNumbers(model),
    remark: "at 101 times, of which 16 are learnt at",
  };
};

/** How far u is from sin(t) at 101 times, evenly from 0 to π/2. */
export function errorsOf(net: ReturnType<Example["begin"]>): readonly number[] {
  const times = Array.from({ length: 101 }, (_, k) => (k / 100) * (Math.PI / 2));
  return times.map((t) => Math.abs(Number(net.predict({ t: [t] })["u"]) - Math.sin(t)));
}
