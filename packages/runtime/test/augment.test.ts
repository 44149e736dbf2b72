/** Augmentation: what is learnt from in an example's place, decided by seed, epoch and example alone. */

import { describe, expect, test } from "vitest";
import { DataError, RunError } from "../src/error.ts";
import type { Augment } from "../src/index.ts";
import { Line, points } from "./line.ts";

type Data = ReturnType<typeof points>;

const data = points(11);

async function train(net: Line, options: Parameters<Line["train"]>[1], on: Data = data): Promise<number[]> {
  const losses: number[] = [];
  for await (const { loss } of net.train(on, options)) losses.push(loss);
  return losses;
}

/** y stays 2x − 1 as x is moved. */
const moved: Augment<Data> = ({ x, y }, random) => {
  const by = random.normal() + random.uniform();
  return { x: [x[0]! + by], y: y[0]! + 2 * by };
};

describe("augmentation", () => {
  test("changes what is learnt from, and not what is measured", async () => {
    const [net, plain] = [new Line({ seed: 200 }), new Line({ seed: 200 })];
    const before = structuredClone(data);
    await train(net, { epochs: 30, augment: moved });
    await train(plain, { epochs: 30 });
    expect([...net.p]).not.toEqual([...plain.p]);
    expect(data).toEqual(before);
    for await (const { metrics } of net.train(data, { epochs: 1, augment: moved })) {
      expect(metrics).toEqual(net.evaluate(data).metrics);
    }
  });

  test("that leaves the examples as they are changes nothing", async () => {
    const [net, plain] = [new Line({ seed: 200 }), new Line({ seed: 200 })];
    expect(await train(net, { epochs: 7, augment: () => ({}) })).toEqual(await train(plain, { epochs: 7 }));
    expect(await train(net, { epochs: 7, augment: (example) => example })).toEqual(await train(plain, { epochs: 7 }));
  });

  test("does not depend on how often is reported", async () => {
    const [often, once] = [new Line({ seed: 3 }), new Line({ seed: 3 })];
    await train(often, { epochs: 40, augment: moved });
    await train(once, { epochs: 40, augment: moved, every: 40 });
    expect([...once.p]).toEqual([...often.p]);
  });

  test("makes another of an example in each epoch, and the same in each run", async () => {
    const seen = async (): Promise<string[]> => {
      const drawn: string[] = [];
      await train(new Line({ seed: 4 }), {
        epochs: 3,
        augment: ({ x }, random) => {
          drawn.push(`${x[0]}: ${random.uniform()} ${random.normal()} ${random.uniform()}`);
          return {};
        },
      });
      return drawn;
    };
    const first = await seen();
    expect(new Set(first).size).toBe(3 * 11);
    expect(await seen()).toEqual(first);
  });

  test.each([1, 2, 4])(
    "with batch %i, interrupted anywhere and resumed, ends as the run that is not",
    async (batch) => {
      const options = { until: 4, batch, augment: moved };
      const whole = new Line({ seed: 8 });
      await train(whole, options);
      for (let looks = 0; looks < 9; looks++) {
        let left = looks;
        const signal = {
          get aborted() {
            return left-- <= 0;
          },
        };
        const first = new Line({ seed: 8 });
        await train(first, { ...options, signal });
        const second = new Line({ checkpoint: first.checkpoint() });
        await train(second, options);
        expect([...second.p]).toEqual([...whole.p]);
      }
    },
  );

  test("gets numbers in the data's own units, and the network gets them normalised", async () => {
    const shifted = { x: data.x.map((value) => 1000 + 70 * value), y: data.y };
    const given: number[] = [];
    const [net, plain] = [new Line({ seed: 3 }), new Line({ seed: 3 })];
    for (const each of [net, plain]) each.normalise(shifted);
    const augment: Augment<Data> = ({ x }) => {
      given.push(x[0]!);
      return { x };
    };
    expect(await train(net, { epochs: 5, augment }, shifted)).toEqual(await train(plain, { epochs: 5 }, shifted));
    expect(new Set(given)).toEqual(new Set(shifted.x));
  });

  test.each<[string, unknown, string]>([
    ["a number that is none", { x: Number.NaN }, "`x` of example 0 is NaN."],
    ["another shape", { x: [1, 2] }, "`x` of example 0 has 2 numbers."],
    ["a name that the data have not", { z: 1 }, "`augment` returned `z`, which the data have not, of example 0."],
    ["nothing", undefined, "`augment` returned no object, of example 0."],
  ])("that returns %s is refused", async (_, made, message) => {
    const untyped: object = { augment: () => made, shuffle: false };
    const run = train(new Line(), untyped);
    await expect(run).rejects.toThrow(DataError);
    await expect(train(new Line(), untyped)).rejects.toThrow(message);
  });

  test("that is no function is refused at once", () => {
    const untyped: object = { augment: 7 };
    expect(() => new Line().train(data, untyped)).toThrow(RunError);
  });
});
