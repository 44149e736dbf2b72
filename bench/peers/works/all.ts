/** Owns: which works are compared. */

import { prediction, type TrainingWork, training, type Work } from "../work.ts";
import { lenetWork } from "./convolutions.ts";
import { graphWork } from "./graphs.ts";
import { mlpWork, seedWork } from "./perceptrons.ts";
import { gruWork, lstmWork } from "./recurrences.ts";
import { gptWork } from "./transformers.ts";

/** Those that are trained, in the batches that people train them in. */
export const trained: readonly TrainingWork[] = [
  seedWork(1),
  seedWork(4),
  mlpWork(1),
  mlpWork(32),
  mlpWork(256),
  lenetWork(32),
  gruWork(16),
  lstmWork(16),
  gptWork(8),
  graphWork(),
];

const single: readonly TrainingWork[] = [
  seedWork(1),
  mlpWork(1),
  lenetWork(1),
  gruWork(1),
  lstmWork(1),
  gptWork(1),
  graphWork(),
];

export const works: readonly Work[] = [...trained.map(training), ...single.map(prediction)];
