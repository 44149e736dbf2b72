/** Training on data that come in blocks: as exact as training on all of them at once. */

import { describe, expect, test } from "vitest";
import { RunError } from "../src/error.ts";
import { type BlockOptions, type PassReport, trainOnBlocks } from "../src/index.ts";
import { Line, points } from "./line.ts";

type Data = ReturnType<typeof points>;
type Report = PassReport<{ readonly distance: number }>;

const data = points(23);
const sizes = [8, 8, 7];

/** The data in blocks, one at a time, as a stream would give them. */
async function* blocks(): AsyncGenerator<Data> {
  let from = 0;
  for (const size of sizes) {
    await Promise.resolve();
    yield { x: data.x.slice(from, from + size), y: data.y.slice(from, from + size) };
    from += size;
  }
}

async function train(
  net: Line,
  options: BlockOptions<Data>,
  source: () => AsyncIterable<Data> = blocks,
): Promise<Report[]> {
  const reports: Report[] = [];
  for await (const report of trainOnBlocks(net, source, options)) reports.push(report);
  return reports;
}

describe("training on blocks", () => {
  test("in the order given is training on all of them, where batches do not cross them", async () => {
    const [net, whole] = [new Line({ seed: 30 }), new Line({ seed: 30 })];
    const reports = await train(net, { passes: 3, batch: 8, shuffle: false });
    const losses: number[] = [];
    for await (const { loss } of whole.train(data, { epochs: 3, batch: 8, shuffle: false })) losses.push(loss);
    expect([...net.p]).toEqual([...whole.p]);
    expect(net.step).toBe(whole.step);
    for (const [k, { loss }] of reports.entries()) expect(loss).toBeCloseTo(losses[k] ?? Number.NaN, 14);
  });

  test("reports each pass, and measures what is not learnt from", async () => {
    const validation = points(5);
    const net = new Line({ seed: 30 });
    const reports = await train(net, { passes: 2, batch: 4, validation });
    expect(reports).toMatchObject([
      { pass: 1, passes: 2, blocks: 3, step: 6 },
      { pass: 2, passes: 2, blocks: 3, step: 12, validation: net.evaluate(validation) },
    ]);
    expect(reports[1]?.metrics.distance).toBeGreaterThan(0);
  });

  test("draws another order of a block in each pass", async () => {
    const [drawn, given] = [new Line({ seed: 30 }), new Line({ seed: 30 })];
    await train(drawn, { passes: 2 });
    await train(given, { passes: 2, shuffle: false });
    expect([...drawn.p]).not.toEqual([...given.p]);
  });

  test("interrupted anywhere and resumed, ends as the run that is not", async () => {
    const options = { passes: 3, batch: 4 };
    const whole = new Line({ seed: 5 });
    const reports = await train(whole, options);
    for (let looks = 0; looks < 20; looks++) {
      let left = looks;
      const signal = {
        get aborted() {
          return left-- <= 0;
        },
      };
      const first = new Line({ seed: 5 });
      const told = await train(first, { ...options, signal });
      const second = new Line({ checkpoint: first.checkpoint() });
      const rest = await train(second, options);
      expect([...second.p]).toEqual([...whole.p]);
      expect([...told, ...rest].map(({ pass }) => pass)).toEqual(reports.map(({ pass }) => pass));
    }
  });

  test("goes on with the block that it was interrupted in, and with no other", async () => {
    let left = 2;
    const signal = {
      get aborted() {
        return left-- <= 0;
      },
    };
    const net = new Line();
    await train(net, { passes: 1, batch: 2, signal });
    async function* others(): AsyncGenerator<Data> {
      yield points(8);
    }
    await expect(train(net, { passes: 1, batch: 2 }, others)).rejects.toThrow("begun with other data");
  });

  test("without blocks, or an odd number of passes, is refused", async () => {
    async function* none(): AsyncGenerator<Data> {}
    await expect(train(new Line(), { passes: 1 }, none)).rejects.toThrow("A pass has no blocks.");
    await expect(train(new Line(), { passes: 0.5 })).rejects.toThrow(RunError);
    expect(await train(new Line(), { passes: 0 })).toEqual([]);
  });
});
