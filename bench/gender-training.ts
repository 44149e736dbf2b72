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
  const many = crowd(1000);
  const [short, long] = [10_000, 40];
  return [
    await stepRow(gender, people, short),
    await stepRow(gender, many, long),
    await trainRow("`train`, 4 people, one report", gender, people, short, { every: short }),
    await trainRow("`train`, 4 people, a report every 10 epochs", gender, people, short, { every: 10 }),
    await trainRow("`train`, 4 people, a report every epoch", gender, people, short, {}),
    await trainRow("`train`, 1000 people, a report every epoch", gender, many, long, {}),
    await trainRow("`train`, 4 people, shuffled, one report", gender, people, short, { every: short, shuffle: true }),
    await trainRow("`train`, 1000 people, shuffled, a report every epoch", gender, many, long, { shuffle: true }),
  ];
}

/** Microseconds from the call of `train` on four people to the end of a run of one epoch. */
export async function measureBeginning(): Promise<number> {
  const { Gender } = await importGender();
  const net = new Gender();
  const { run } = await interleave(
    {
      run: async () => {
        for await (const { loss } of net.train(people, { epochs: 1 })) checkFinite(loss);
      },
    },
    { rounds: 2000, warmup: 2000 },
  );
  return 1000 * run.median;
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
  const start = new Gender({ seed: 1 }).p.slice();
  const net = new Gender({ seed: 0 });
  const p = new Float64Array(9);
  let first = 0;
  const row = await compare(
    name,
    epochs * data.y.length,
    () => {
      p.set(start);
      if (options.shuffle === true) handTrainShuffled(p, data.x, data.y, epochs, first);
      else handTrain(p, data.x, data.y, epochs);
      first += epochs;
    },
    async () => {
      net.p.set(start);
      for await (const { loss } of net.train(data, { shuffle: false, ...options, epochs })) checkFinite(loss);
    },
  );
  checkEqual(name, p, net.p);
  return row;
}

async function compare(name: string, steps: number, byHand: Candidate, byEmitted: Candidate): Promise<Row> {
  // Runs of a few milliseconds: most are over before a busy machine turns to something else.
  const timings = await interleave({ byHand, byEmitted }, { rounds: 201, warmup: 30 });
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
