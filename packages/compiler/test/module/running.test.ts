import { execFileSync } from "node:child_process";
import type { Program } from "@adjoint/ir";
import { readSafeTensors } from "@adjoint/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { classOf, people, train } from "./networks.ts";
import { genderProgram, genderProgramWith, heavyBall, programOf, variedModel, waveFunction } from "./programs.ts";
import { folder, importText } from "./workshop.ts";

describe("the gender network", () => {
  test("learns the tutorial's four people, and tells apart two it has not seen", async () => {
    const Gender = await classOf(genderProgram());
    const net = new Gender({ seed: 7 });
    await train(net, people);
    expect(net.evaluate(people).loss).toBeLessThan(0.005);
    const [first, second] = net
      .predictAll({
        x: [
          [-7, -3],
          [20, 2],
        ],
      })
      .map(({ o }) => Number(o));
    expect(first).toBeGreaterThan(0.9);
    expect(second).toBeLessThan(0.1);
  });

  test("ends in the same bits in TypeScript and JavaScript, standalone or not, in steps or in batches of one", async () => {
    const ends: number[][] = [];
    for (const language of ["ts", "js"] as const) {
      for (const standalone of [true, false]) {
        if (language === "js" && !standalone) continue;
        const Gender = await classOf(genderProgram(), { language, standalone });
        const net = new Gender({ seed: 3 });
        await train(net, people, { epochs: 50 });
        ends.push([...net.p]);
      }
    }
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  test("with 32 bits keeps all numbers in 32 bits, in memory and in files", async () => {
    const Gender = await classOf(genderProgram(), { precision: "f32" });
    const net = new Gender({ seed: 7 });
    await train(net, people, { epochs: 3000 });
    expect(net.p).toBeInstanceOf(Float32Array);
    expect(net.evaluate(people).loss).toBeLessThan(0.005);
    expect([...readSafeTensors(net.save()).tensors.values()].map(({ type }) => type)).toEqual([
      "F32",
      "F32",
      "F32",
      "F32",
    ]);
    expect(Gender.load(net.save()).p).toEqual(net.p);
    // The same weights widen without loss; the other way is refused.
    const Wide = await classOf(genderProgram());
    expect([...Wide.load(net.save()).p]).toEqual([...net.p]);
    expect(() => Gender.load(new Wide().save())).toThrow("Convert it to F32");
  });

  test("for inference answers as the network it was trained as", async () => {
    const Gender = await classOf(genderProgram());
    const Small = await classOf(genderProgram(), { inference: true });
    const net = new Gender({ seed: 7 });
    const small = Small.load(net.save());
    expect(small.predict({ x: [1, 2] })).toEqual(net.predict({ x: [1, 2] }));
  });
});

describe("a network with all there is", () => {
  const image = Array.from({ length: 5 }, (_, n) => Array.from({ length: 25 }, (_, k) => Math.sin(n + k * k)));
  const data = { image, scale: [1, 0.5, 2, 1, 1], label: [0, 1, 2, 1, 0] };

  test.each([1, 2, 3])("resumed from any checkpoint, ends as if never interrupted (batch %i)", async (batch) => {
    const Varied = await classOf(programOf([variedModel()]));
    const whole = new Varied({ seed: 9 });
    await train(whole, data, { epochs: 3, batch });
    for (let looks = 0; looks < 8; looks++) {
      let left = looks;
      const signal = {
        get aborted() {
          return left-- <= 0;
        },
      };
      const begun = new Varied({ seed: 9 });
      await train(begun, data, { epochs: 3, batch, signal });
      const resumed = Varied.resume(begun.checkpoint());
      await train(resumed, data, { until: 3, batch });
      expect(resumed.checkpoint()).toEqual(whole.checkpoint());
    }
  });

  test("straight-line or in loops, computes the same", async () => {
    const runs = [];
    for (const unrollLimit of [0, 100_000]) {
      const Varied = await classOf(programOf([variedModel()]), { unrollLimit });
      const net = new Varied({ seed: 9 });
      await train(net, data, { epochs: 3 });
      runs.push({ p: [...net.p], ...net.evaluate(data), ...net.predict({ image: image[0], scale: 1 }) });
    }
    const [loops, straight] = runs;
    loops?.p.forEach((value, k) => {
      expect(value).toBeCloseTo(straight?.p[k] ?? Number.NaN, 12);
    });
    expect(loops?.loss).toBeCloseTo(straight?.loss ?? Number.NaN, 12);
  });

  test("trains what is not frozen, and gives gradients of that alone", async () => {
    const Varied = await classOf(programOf([variedModel()]));
    const net = new Varied({ seed: 9 });
    const before = [...net.p];
    await train(net, data);
    const moved = before.map((value, k) => value !== net.p[k]);
    // Laid out are the 75 weights, then the 3 frozen biases.
    expect(moved.slice(0, 75)).not.toContain(false);
    expect(moved.slice(75)).toEqual([false, false, false]);
    expect(Object.keys(net.gradients(data))).toEqual(["weights"]);
  });

  test("measures each metric as the mean over the examples", async () => {
    const Varied = await classOf(programOf([variedModel()]));
    const net = new Varied({ seed: 9 });
    const logits = net.predictAll({ image: data.image, scale: data.scale }).map(({ logits }) => logits);
    const right = logits.filter((row, n) => Array.isArray(row) && Math.max(...row) === row[data.label[n] ?? 0]);
    expect(net.evaluate(data).metrics).toEqual({ accuracy: right.length / 5 });
  });

  test("refuses data by the names, shapes and classes of the page", async () => {
    const Varied = await classOf(programOf([variedModel()]));
    const net = new Varied();
    expect(() => net.evaluate({ ...data, label: [0, 1, 2, 3, 0] })).toThrow("whole number from 0 to 2");
    expect(() => net.evaluate({ ...data, image: [[1]] })).toThrow("Supply 5 × 5 numbers");
    expect(() => net.predict({ scale: 1 })).toThrow("`image` is missing");
  });
});

describe("a checkpoint", () => {
  test("of another optimizer is refused", async () => {
    const Sgd = await classOf(genderProgram());
    const Ball = await classOf(genderProgramWith((page) => heavyBall(page, 0.1, 0.9)));
    expect(() => Sgd.resume(new Ball().checkpoint())).toThrow('is of the optimizer "heavyBall"');
    expect([...Sgd.load(new Ball({ seed: 4 }).checkpoint()).p]).toEqual([...new Sgd({ seed: 4 }).p]);
  });
});

test("a plain function and its derivative", async () => {
  const emitted = await importText("module.ts", compile(programOf([], [waveFunction()])).text);
  const call = (name: string, x: number): number => {
    const f = emitted[name];
    return typeof f === "function" ? Number(f(x)) : Number.NaN;
  };
  const J = (x: number): number => Math.cos(Math.sin(x * x) + 3 * x * x);
  expect(call("J", 1.2)).toBeCloseTo(J(1.2), 14);
  expect(call("J_dx", 1.2)).toBeCloseTo((J(1.2 + 1e-6) - J(1.2 - 1e-6)) / 2e-6, 7);
});

/** A function of numbers and arrays that the module exports. */
function functionOf(emitted: Readonly<Record<string, unknown>>, name: string): (...args: unknown[]) => number {
  const f = emitted[name];
  if (typeof f !== "function") throw new Error(`no function ${name}`);
  return (...args) => Number(f(...args));
}

describe("over a range of examples", () => {
  const x = Float64Array.from(people.x.flat());
  const y = Float64Array.from(people.y);
  const start = [0.1, -0.2, 0.3, 0.4, 0, 0.5, -0.6, 0.7, 0.8];
  const order = [2, 0, 3, 1];

  test("a step is that many steps, in the order asked for, with the step's number counting up", async () => {
    const program = genderProgramWith((page) => heavyBall(page, 0.1, 0.9));
    const step = functionOf(await importText("module.ts", compile(program).text), "step");
    const [p, q, state, memory] = [start, start, [], []].map((values) => {
      const array = new Float64Array(9);
      array.set(values);
      return array;
    });
    const singly = order.map((n, k) => step(p, x, y, state, k + 1, n));
    const total = step(q, x, y, memory, 1, 0, 4, order, 10);
    expect(q).toEqual(p);
    expect(memory).toEqual(state);
    expect(total).toBe(singly.reduce((sum, loss) => sum + loss, 10));
  });

  test("where the page trains on batches, a step is a batch's mean gradient and an update, for any size of batch", async () => {
    const ball = (batch: number): Program => {
      const program = genderProgramWith((page) => heavyBall(page, 0.1, 0.9));
      const [model] = program.models;
      if (model?.training == null) throw new Error("no training");
      return { ...program, models: [{ ...model, training: { ...model.training, batch } }] };
    };
    const emitted = await importText("module.ts", compile(ball(32)).text);
    const [gradient, update, step] = ["gradient", "update", "step"].map((name) => functionOf(emitted, name));
    for (const batch of [1, 2, 3, 4, 5]) {
      const [p, q] = [Float64Array.from(start), Float64Array.from(start)];
      const [grad, rest, state, memory] = [9, 9, 9, 9].map((size) => new Float64Array(size));
      let losses = 10;
      for (let from = 0, t = 1; from < 4; from += batch, t++) {
        const part = order.slice(from, from + batch);
        for (const n of part) losses += gradient?.(p, x, y, grad, n) ?? Number.NaN;
        update?.(p, grad, state, t, part.length);
      }
      expect(step?.(q, x, y, rest, memory, 1, batch, 0, 4, order, 10)).toBe(losses);
      expect(q).toEqual(p);
      expect(memory).toEqual(state);
      expect(rest).toEqual(new Float64Array(9));
    }
  });
});

test("a run allocates no byte per step, in batches or not", () => {
  const program = genderProgram();
  const [model] = program.models;
  const training = model?.training;
  if (model === undefined || training == null) throw new Error("no training");
  const compiled = (batch: number): string => {
    const models = [{ ...model, training: { ...training, batch } }];
    return compile({ ...program, models }, { language: "js", standalone: true }).text;
  };
  // With a young generation that is never full, the heap grows by whatever is allocated. What starting a run takes, and
  // tiers of compilation take, is in a short run as in a long one; a number that is not optimised away takes 16 bytes.
  // What is printed are bytes per example, of which a batch has eight.
  const measure = `
const n = 100_000;
const x = Float64Array.from({ length: 2 * n }, (_, k) => Math.sin(k));
const y = Float64Array.from({ length: n }, (_, k) => k % 2);
for (const file of ["./single.js", "./batch.js"]) {
  const { Gender } = await import(file);
  const net = new Gender();
  const grown = async (epochs) => {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    for await (const { loss } of net.train({ x, y }, { epochs })) void loss;
    return process.memoryUsage().heapUsed - before;
  };
  for (let warming = 0; warming < 4; warming++) await grown(5);
  const [short, long] = [await grown(2), await grown(12)];
  console.log(Math.round((long - short) / (10 * n)));
}
`;
  const path = folder({ "single.js": compiled(1), "batch.js": compiled(8), "measure.js": measure });
  const flags = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];
  const [single, batch] = execFileSync(process.execPath, [...flags, "measure.js"], { cwd: path, encoding: "utf8" })
    .split("\n")
    .map(Number);
  // Compiled code comes and goes on the same heap: about one byte per example either way.
  expect(single).toBeLessThan(4);
  expect(batch).toBeLessThan(16 / 8);
});
