/** Owns: what a second thread gives, and whether a number of threads decides every bit. */

import { interleave } from "../../interleave.ts";
import { digits, type Report } from "../report.ts";
import { type Build, beginNetwork, columnsOf, type Network } from "../runners/adjoint.ts";
import { type TrainingWork, training } from "../work.ts";
import type { Effort } from "./compare.ts";

export interface ThreadsRow {
  readonly work: string;
  readonly one: number;
  readonly two: number;
  readonly ratio: number;
  readonly repeats: boolean;
}

/** Steps a second of one thread and of two, from reports of runs that go on, so that starting threads is not counted. */
export async function compareThreads(
  report: Report,
  works: readonly TrainingWork[],
  build: Build,
  { rounds, turn }: Effort,
): Promise<readonly ThreadsRow[]> {
  const rows: ThreadsRow[] = [];
  for (const work of works) {
    report.tell(`${work.name}: two threads`);
    const runs = { one: await startRun(work, build, 1, turn), two: await startRun(work, build, 2, turn) };
    const timings = await interleave({ one: runs.one.next, two: runs.two.next }, { rounds, warmup: 2 });
    await Promise.all([runs.one.stop(), runs.two.stop()]);
    const one = (1000 * runs.one.steps) / timings.one.median;
    const two = (1000 * runs.two.steps) / timings.two.median;
    const [first, second] = [await parametersAfter(work, build), await parametersAfter(work, build)];
    rows.push({ work: work.name, one, two, ratio: two / one, repeats: first.equals(second) });
  }
  report.heading(
    "Threads",
    "Adjoint wasm, steps a second. The same bits: ten steps of two threads, made twice, end in equal parameters.",
  );
  report.table(
    ["", "one thread", "two threads", "times as fast", "the same bits"],
    rows.map(({ work, one, two, ratio, repeats }) => [
      work,
      digits(one),
      digits(two),
      ratio.toFixed(2),
      repeats ? "yes" : "NO",
    ]),
  );
  return rows;
}

interface Run {
  /** Between two reports. */
  readonly steps: number;
  next(): Promise<void>;
  stop(): Promise<void>;
}

async function startRun(work: TrainingWork, build: Build, threads: number, turn: number): Promise<Run> {
  const network = await beginOrThrow(work, build, threads);
  const data = columnsOf(training(work), network);
  const start = performance.now();
  for await (const { loss } of network.train(data, { epochs: 20, every: 20 })) void loss;
  const steps = Math.max(1, Math.round((20 * turn) / (performance.now() - start)));
  const reports = network.train(data, { epochs: 1e6, every: steps, threads });
  return {
    steps,
    async next() {
      const { done } = await reports.next();
      if (done === true) throw new Error(`${work.name}: the run has ended`);
    },
    async stop() {
      await reports.return();
    },
  };
}

/** The bytes of all parameters after ten steps of two threads. */
async function parametersAfter(work: TrainingWork, build: Build): Promise<Buffer> {
  const network = await beginOrThrow(work, build, 2);
  const data = columnsOf(training(work), network);
  for await (const { loss } of network.train(data, { epochs: 10, every: 10, threads: 2 })) void loss;
  return Buffer.from(network.p.slice().buffer);
}

async function beginOrThrow(work: TrainingWork, build: Build, threads: number): Promise<Network> {
  const network = await beginNetwork(training(work), { ...build, options: { ...build.options, threads } });
  if (network === null) throw new Error(`${build.label} does not run here`);
  return network;
}
