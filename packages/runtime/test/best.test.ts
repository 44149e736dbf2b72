/** Validation, the best report, and when a run ends for want of a better one. */

import { describe, expect, test } from "vitest";
import { FileError, RunError } from "../src/error.ts";
import { type EpochReport, historyCsv, readSafeTensors, split, writeSafeTensors } from "../src/index.ts";
import { Line, points } from "./line.ts";

type Report = EpochReport<{ readonly distance: number }>;
type Options = NonNullable<Parameters<Line["train"]>[1]>;

const data = points(11);
const { train: learnt, validation } = split(data, { validation: 0.3, seed: 4 });

async function run(net: Line, options: Options): Promise<Report[]> {
  const reports: Report[] = [];
  for await (const report of net.train(learnt, options)) reports.push(report);
  return reports;
}

/** Small at epoch 3 and 6, large elsewhere. */
const dips = ({ epoch }: { readonly epoch: number }): number => (epoch === 3 ? 0.5 : epoch === 6 ? 0.4 : 1);

describe("the best report", () => {
  test("is that of the least validation loss, and its parameters can be had back", async () => {
    const net = new Line({ seed: 300 });
    const after: number[][] = [];
    const reports: Report[] = [];
    for await (const report of net.train(learnt, { epochs: 8, validation, best: true })) {
      reports.push(report);
      after.push([...net.p]);
    }
    const losses = reports.map((report) => report.validation?.loss ?? Number.NaN);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(reports.at(-1)?.best).toBe(best);
    expect(net.best).toBe(best);
    expect(net.restoreBest()).toBe(best);
    expect([...net.p]).toEqual(after[best - 1]);
    expect(net.evaluate(validation).loss).toBe(Math.min(...losses));
  });

  test("is what `monitor` says", async () => {
    const reports = await run(new Line(), { epochs: 7, best: true, monitor: dips });
    expect(reports.map(({ best }) => best)).toEqual([1, 1, 3, 3, 3, 6, 6]);
  });

  test("must be better by more than `minDelta`", async () => {
    const reports = await run(new Line(), { epochs: 7, best: true, monitor: dips, minDelta: 0.2 });
    expect(reports.at(-1)?.best).toBe(3);
  });

  test("is no report that is no number", async () => {
    const net = new Line();
    const reports = await run(net, { epochs: 5, patience: 2, monitor: () => Number.NaN });
    expect(reports.map(({ epoch, best }) => [epoch, best])).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(() => net.restoreBest()).toThrow("No best parameters have been kept.");
  });

  test("is kept only where it is asked for", async () => {
    const net = new Line();
    expect((await run(net, { epochs: 2 })).map(({ best }) => best)).toEqual([null, null]);
    expect(net.best).toBe(null);
    expect(() => net.restoreBest()).toThrow(RunError);
  });
});

describe("patience", () => {
  test("ends the run once so many epochs bring nothing better", async () => {
    for (const [patience, last] of [
      [1, 2],
      [2, 5],
      [3, 9],
    ] as const) {
      const reports = await run(new Line(), { epochs: 20, patience, monitor: dips });
      expect(reports.at(-1)?.epoch, `patience ${patience}`).toBe(last);
    }
  });

  test("changes nothing in the steps that are taken", async () => {
    const [patient, plain] = [new Line({ seed: 3 }), new Line({ seed: 3 })];
    const reports = await run(patient, { epochs: 20, patience: 2, monitor: dips });
    await run(plain, { epochs: reports.length });
    expect([...patient.p]).toEqual([...plain.p]);
  });

  test("and the best go on in a resumed run as if it had not been interrupted", async () => {
    const options = { until: 20, patience: 3, monitor: dips };
    const whole = new Line({ seed: 9 });
    await run(whole, options);
    for (let stop = 1; stop <= 9; stop++) {
      const first = new Line({ seed: 9 });
      for await (const { epoch } of first.train(learnt, options)) if (epoch === stop) break;
      const second = new Line({ checkpoint: first.checkpoint() });
      const rest = await run(second, options);
      expect(stop + rest.length).toBe(9);
      expect(second.checkpoint()).toEqual(whole.checkpoint());
      expect(second.restoreBest()).toBe(6);
    }
  });
});

test("a checkpoint whose best report is damaged is refused", async () => {
  const net = new Line();
  await run(net, { epochs: 2, best: true });
  const { tensors, metadata } = readSafeTensors(net.checkpoint());
  const stored = [...tensors].map(([name, { shape }]) => ({ name, shape, values: new Float64Array(shape[0] ?? 1) }));
  const refusal = (kept: typeof stored, best: string) => () =>
    new Line({ checkpoint: writeSafeTensors(kept, [...new Map(metadata).set("best", best)]) });
  expect(refusal(stored, "0.5 2")).not.toThrow();
  for (const text of ["", "NaN 2", "0.5", "0.5 -1", "0.5 1.5"]) expect(refusal(stored, text)).toThrow(FileError);
  const without = stored.filter(({ name }) => name !== "best/w");
  expect(refusal(without, "0.5 2")).toThrow('has no tensor "best/w"');
});

test.each([{ patience: 0 }, { patience: 1.5 }, { minDelta: -1 }, { minDelta: Number.NaN }])(
  "%j is refused",
  (options) => {
    expect(() => new Line().train(learnt, options)).toThrow(RunError);
  },
);

describe("a history", () => {
  test("is a table of the reports, whose numbers read back exactly", async () => {
    const reports = await run(new Line({ seed: 5 }), { epochs: 3, validation });
    const [header, ...lines] = historyCsv(reports).trimEnd().split("\n");
    expect(header).toBe("epoch,step,loss,distance,validation_loss,validation_distance");
    expect(lines.map((line) => line.split(",").map(Number))).toEqual(
      reports.map(({ epoch, step, loss, metrics, validation: held }) => [
        epoch,
        step,
        loss,
        metrics.distance,
        held?.loss,
        held?.metrics.distance,
      ]),
    );
  });

  test("without validation has no columns for it", async () => {
    expect(historyCsv(await run(new Line(), { epochs: 1 })).split("\n")[0]).toBe("epoch,step,loss,distance");
  });
});

describe("split", () => {
  const image = { x: new Float32Array(40).map((_, k) => k), y: Array.from({ length: 10 }, (_, n) => n) };

  test("divides the examples, each with its own members, in their order", () => {
    const parts = split(image, { validation: 0.3, seed: 1 });
    expect([parts.train.y.length, parts.validation.y.length]).toEqual([7, 3]);
    expect([...parts.train.y, ...parts.validation.y].sort((a, b) => a - b)).toEqual(image.y);
    for (const part of [parts.train, parts.validation]) {
      expect(part.y).toEqual([...part.y].sort((a, b) => a - b));
      expect(part.x).toEqual(Float32Array.from(part.y.flatMap((n) => [0, 1, 2, 3].map((k) => 4 * n + k))));
    }
  });

  test("leaves the data as they are, in a Node Buffer too", () => {
    const bytes = Buffer.from(image.x);
    const parts = split({ x: bytes, y: image.y }, { validation: 0.3, seed: 1 });
    expect([...bytes]).toEqual([...image.x]);
    expect([...parts.train.x]).toEqual([...split(image, { validation: 0.3, seed: 1 }).train.x]);
  });

  test("is decided by the seed", () => {
    const held = (seed: number) => split(image, { validation: 0.3, seed }).validation.y;
    expect(held(1)).toEqual(held(1));
    expect(new Set([0, 1, 2, 3, 4].map((seed) => held(seed).join())).size).toBeGreaterThan(1);
  });

  test("of flat arrays alone needs the number of examples", () => {
    const flat = { x: image.x, y: new Uint8Array(10) };
    expect(() => split(flat, { validation: 0.5 })).toThrow("Give it as `examples`.");
    expect(split(flat, { validation: 0.5, examples: 10 }).train.x).toHaveLength(20);
  });

  test("leaves examples to both parts, or is refused", () => {
    expect(split(image, { validation: 0.01 }).validation.y).toHaveLength(1);
    for (const share of [0, 1, -0.5, 0.99, Number.NaN]) {
      expect(() => split(image, { validation: share }), String(share)).toThrow(RunError);
    }
    expect(() => split({ x: [1, 2, 3], y: [1, 2] }, { validation: 0.5 })).toThrow("`y` has 2 entries");
    expect(() => split({ x: [], y: [] }, { validation: 0.5 })).toThrow();
  });
});
