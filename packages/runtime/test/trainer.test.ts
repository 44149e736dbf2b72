import { describe, expect, test } from "vitest";
import { DataError, RunError } from "../src/error.ts";
import { permutation } from "../src/random.ts";
import { Line, line, points } from "./line.ts";

async function all<T>(reports: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const report of reports) list.push(report);
  return list;
}

/** The loss of each step of a run over `data`, by the definition's functions alone. */
function byHand(data: ReturnType<typeof points>, epochs: number, batch: number, seed: number, shuffle: boolean) {
  const columns = [Float64Array.from(data.x), Float64Array.from(data.y)];
  const [p, state, grad] = [new Float64Array(2), new Float64Array(2), new Float64Array(2)];
  line.initialize(p, seed);
  const losses: number[] = [];
  let t = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = Uint32Array.from(data.x.keys());
    if (shuffle) permutation(seed, epoch, order);
    let sum = 0;
    for (let from = 0; from < order.length; from += batch) {
      const part = order.subarray(from, from + batch);
      for (const n of part) sum += line.gradient(p, columns, grad, n, 0);
      line.update(p, grad, state, ++t, part.length);
    }
    losses.push(sum / order.length);
  }
  return { p: [...p], losses };
}

describe("training", () => {
  test.each([
    { batch: 1, shuffle: true },
    { batch: 1, shuffle: false },
    { batch: 3, shuffle: true },
    { batch: 100, shuffle: false },
  ])("with batch $batch, shuffle $shuffle, does what its definition says", async ({ batch, shuffle }) => {
    const data = points(7);
    const net = new Line({ seed: 3 });
    const reports = await all(net.train(data, { epochs: 5, batch, shuffle }));
    const expected = byHand(data, 5, batch, 3, shuffle);
    expect([...net.p]).toEqual(expected.p);
    expect(reports.map(({ loss }) => loss)).toEqual(expected.losses);
    expect(reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
    expect(reports.at(-1)?.step).toBe(5 * Math.ceil(7 / batch));
    expect(net.step).toBe(5 * Math.ceil(7 / batch));
  });

  test("learns the line, and reports metrics and validation as `evaluate` measures them", async () => {
    const net = new Line();
    const validation = points(9);
    const last = (await all(net.train(points(20), { epochs: 50, validation }))).at(-1);
    expect(net.evaluate(validation).loss).toBeLessThan(1e-6);
    expect(last?.metrics).toEqual(net.evaluate(points(20)).metrics);
    expect(last?.validation).toEqual(net.evaluate(validation));
  });

  test("takes epochs, batch and order from the model where nothing else is asked", async () => {
    const reports = await all(new Line().train(points(3)));
    expect(reports.length).toBe(line.defaults.epochs);
    expect(reports.at(-1)?.epochs).toBe(line.defaults.epochs);
  });

  test.each([1, 3, 4, 100])("reports every %i epochs and the last, and learns the same", async (every) => {
    for (const batch of [1, 2]) {
      const [often, seldom] = [new Line({ seed: 3 }), new Line({ seed: 3 })];
      const all10 = await all(often.train(points(6), { epochs: 10, batch }));
      const some = await all(seldom.train(points(6), { epochs: 10, batch, every }));
      expect(some).toEqual(all10.filter(({ epoch }) => epoch % every === 0 || epoch === 10));
      expect(seldom.p).toEqual(often.p);
    }
  });

  test("many short epochs at once learn what they learn one by one", async () => {
    for (const options of [{ shuffle: true }, { shuffle: false }, { batch: 3 }, { batch: 4 }]) {
      const [one, other] = [new Line({ seed: 3 }), new Line({ seed: 3 })];
      const reports = await all(one.train(points(6), { ...options, epochs: 3000 }));
      const [last, ...further] = await all(other.train(points(6), { ...options, epochs: 3000, every: 3000 }));
      expect(further).toEqual([]);
      expect(last).toEqual(reports.at(-1));
      expect(other.p).toEqual(one.p);
    }
  });

  test("adds `epochs`, or goes on `until` an epoch", async () => {
    const net = new Line();
    await all(net.train(points(3), { epochs: 2 }));
    await all(net.train(points(3), { epochs: 2 }));
    expect(net.epoch).toBe(4);
    await all(net.train(points(3), { until: 6 }));
    expect(net.epoch).toBe(6);
    expect(await all(net.train(points(3), { until: 6 }))).toEqual([]);
  });

  test("leaves the data as they were", async () => {
    const column = Float64Array.from(points(5).x);
    const before = column.slice();
    await all(new Line().train(Object.assign(points(5), { x: column })));
    expect(column).toEqual(before);
  });

  test("stops where its loop is left, and can go on", async () => {
    const net = new Line();
    for await (const { epoch } of net.train(points(3), { epochs: 10 })) if (epoch === 2) break;
    expect(net.epoch).toBe(2);
    await all(net.train(points(3), { epochs: 1 }));
    expect(net.epoch).toBe(3);
  });

  test("lets other work in, so that a long run can be aborted, even within an epoch", async () => {
    const net = new Line();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    const reports = await all(net.train(points(1000), { epochs: 10_000_000, signal: controller.signal }));
    expect(net.epoch).toBe(reports.length);
    expect(net.step).toBeGreaterThan(0);
    expect(controller.signal.aborted).toBe(true);
  });

  test("does nothing once aborted", async () => {
    const net = new Line();
    expect(await all(net.train(points(3), { signal: AbortSignal.abort() }))).toEqual([]);
    expect(net.step).toBe(0);
  });

  test("is one at a time", async () => {
    const net = new Line();
    const first = net.train(points(3));
    const second = net.train(points(3));
    await first.next();
    await expect(second.next()).rejects.toThrow("is being trained already");
    await first.return();
    await all(net.train(points(3), { epochs: 1 }));
    expect(net.epoch).toBe(2);
  });

  test("refuses bad data and options at once, not when reports are asked for", () => {
    const net = new Line();
    expect(() => net.train({ x: [1], y: [] })).toThrow(DataError);
    expect(() => net.train(points(2), { validation: { x: [Number.NaN], y: [1] } })).toThrow(DataError);
    for (const options of [
      { epochs: -1 },
      { epochs: 0.5 },
      { batch: 0 },
      { every: 0 },
      { until: Number.NaN },
      { epochs: 1, until: 1 },
    ]) {
      expect(() => net.train(points(2), options), JSON.stringify(options)).toThrow(RunError);
    }
    expect(() => new Line({ seed: -1 })).toThrow(RunError);
  });
});

describe("gradients", () => {
  test("are those of the mean loss, whatever came before", () => {
    const net = new Line({ seed: 50 });
    const data = points(4);
    const { w, b } = net.gradients(data);
    const h = 1e-6;
    const slope = (view: Float64Array) => {
      const kept = view[0]!;
      view[0] = kept + h;
      const above = net.evaluate(data).loss;
      view[0] = kept - h;
      const below = net.evaluate(data).loss;
      view[0] = kept;
      return (above - below) / (2 * h);
    };
    expect(w[0]).toBeCloseTo(slope(net.parameters.w), 8);
    expect(b[0]).toBeCloseTo(slope(net.parameters.b), 8);
    expect(net.gradients(data)).toEqual({ w, b });
  });
});

test("predictAll gives for each example what predict gives for it", () => {
  const net = new Line({ seed: 50 });
  expect(net.predictAll({ x: [1, 2, 3] })).toEqual([1, 2, 3].map((x) => net.predict({ x })));
});
