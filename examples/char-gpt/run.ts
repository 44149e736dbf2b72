/** Owns: characters of Moby Dick by a small GPT, held against a bigram model on passages that were not read. */

import { readCharacters, writeOn } from "../characters.ts";
import { type RunExample, trainedNumbers } from "../real-data.ts";
import { openExample } from "../workbench.ts";

const steps = 64;

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("char-gpt", { target: "wasm" });
  const { alphabet, learnt, held, bigram } = readCharacters(80, steps);
  tell(`${learnt.text.length.toLocaleString("en-US")} characters; a bigram model needs ${bigram.toFixed(3)} bits`);
  const net = begin();
  let epochs = 0;
  for await (const { epoch, loss } of net.train({ ...learnt })) {
    epochs = epoch;
    tell(`epoch ${epoch}: ${loss.toFixed(3)} bits, held out ${net.evaluate({ ...held }).loss.toFixed(3)}`);
  }
  tell(writeOn(net, { alphabet, steps }, { prompt: "Call me ", length: 400, sharpness: 1.3 }));
  return {
    measure: "held-out bits per character",
    figure: net.evaluate({ ...held }).loss,
    goal: 2.3,
    atMost: true,
    epochs,
    parameters: trainedNumbers(model),
    remark: `a bigram model: ${bigram.toFixed(3)}`,
  };
};
