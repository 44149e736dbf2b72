/** Owns: three-digit addition by a small GPT: learns from some of the million sums and is asked for others. */

import { type RunExample, trainedNumbers } from "../real-data.ts";
import { type Network, openExample } from "../workbench.ts";
import { answers, classesOf, drawSums, type Sum } from "./sums.ts";

const digits = 3;

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("adder", { target: "wasm" });
  const { learnt, held } = drawSums(digits, 20_000, 2000, 0);
  const net = begin();
  let epochs = 0;
  for await (const { epoch, loss } of net.train({ ...classesOf(learnt, digits) })) {
    epochs = epoch;
    tell(`epoch ${epoch}: loss ${loss.toFixed(4)}, ${(100 * shareRight(net, held)).toFixed(1)} % of answers right`);
  }
  return {
    measure: "held-out answers right in all digits",
    figure: shareRight(net, held),
    goal: 0.99,
    epochs,
    parameters: trainedNumbers(model),
    remark: `learnt from ${learnt.length.toLocaleString("en-US")} of the 1,000,000 sums`,
  };
};

/** Of how many sums the whole answer is right. */
export function shareRight(net: Network, sums: readonly Sum[]): number {
  const found = answers(net, sums, digits);
  return sums.filter(({ a, b }, n) => a + b === found[n]).length / sums.length;
}
