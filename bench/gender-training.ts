/**
 * Owns: how fast the emitted trainer and the emitted step learn the gender network, against the same training written by
 * hand. Candidates of a row start from equal parameters and must end in equal ones.
 */

import { crowd, type GenderData, type GenderModule, importGender, people } from "./gender-module.ts";
import { handTrain, handTrainShuffled } from "./hand-unrolled.ts";
import { type Candidate, interleave } from "./interleave.ts";

/** A comparison: nanoseconds per step, and how often the emitted code does what the hand-written does once. */
export interface Row {
  readonly name: string;
  readonly hand: number;
  readonly emitted: number;
  readonly ratio: number;
}

export async function measureTraining(): Promise<readonly Row[]> {
  const gender = await importGender();
  const many = crowd(10_000);
  return [
    await stepRow(gender, many, 4),
    await stepRow(gender, people, 10_000),
    await trainRow("`train`, four people, all epochs at once", gender, people, 10_000, { every: 10_000 }),
    await trainRow("`train`, four people, a report every 10 epochs", gender, people, 10_000, { every: 10 }),
    await trainRow("`train`, four people, a report every epoch", gender, people, 10_000, {}),
    await trainRow("`train`, 10,000 people", gender, many, 4, {}),
    await trainRow("`train`, four people, shuffled", gender, people, 10_000, { every: 10_000, shuffle: true }),
    await trainRow("`train`, 10,000 people, shuffled", gender, many, 4, { shuffle: true }),
  ];
}

async function stepRow({ Gender, step }: GenderModule, { x, y }: GenderData, epochs: number): Promise<Row> {
  const start = new Gender({ seed: 1 }).p;
  const [p, q] = [new Float64Array(9), new Float64Array(9)];
  const row = await compare(
    `\`step\`, ${y.length} people`,
    epochs * y.length,
    () => {
      p.set(start);
      handTrain(p, x, y, epochs);
    },
    () => {
      q.set(start);
      for (let epoch = 0; epoch < epochs; epoch++) step(q, x, y, 0, y.length, null, 0);
    },
  );
  checkEqual(row.name, p, q);
  return row;
}

async function trainRow(
  name: string,
  { Gender }: GenderModule,
  data: GenderData,
  epochs: number,
  options: { readonly shuffle?: boolean; readonly every?: number },
): Promise<Row> {
  const start = new Gender({ seed: 1 }).p;
  const p = new Float64Array(9);
  let q: Float64Array = new Float64Array(9);
  const hand = options.shuffle === true ? handTrainShuffled : handTrain;
  const row = await compare(
    name,
    epochs * data.y.length,
    () => {
      p.set(start);
      hand(p, data.x, data.y, epochs);
    },
    async () => {
      const net = new Gender({ seed: 0 });
      net.p.set(start);
      for await (const { loss } of net.train(data, { shuffle: false, ...options, epochs })) checkFinite(loss);
      q = net.p;
    },
  );
  checkEqual(name, p, q);
  return row;
}

async function compare(name: string, steps: number, byHand: Candidate, byEmitted: Candidate): Promise<Row> {
  const timings = await interleave({ byHand, byEmitted }, { rounds: 101, warmup: 20 });
  const perStep = (milliseconds: number): number => (milliseconds * 1e6) / steps;
  const [hand, emitted] = [perStep(timings.byHand.median), perStep(timings.byEmitted.median)];
  return { name, hand, emitted, ratio: hand / emitted };
}

function checkFinite(loss: number): void {
  if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`);
}

/** Both did the same work: the parameters agree but for the rounding of formulas that are written differently. */
function checkEqual(name: string, p: Float64Array, q: Float64Array): void {
  const distance = Math.max(...p.map((value, k) => Math.abs(value - q[k]!)));
  const scale = Math.max(...p.map(Math.abs));
  if (!(distance <= 1e-6 * scale)) throw new Error(`${name}: the parameters differ by ${distance}`);
}
