/** How numbers, tables and curves are written. */

import { describe, expect, test } from "vitest";
import { styleFor } from "../src/context.ts";
import { formatSize } from "../src/files.ts";
import { curve, resample, sparkline } from "../src/view/curve.ts";
import { formatTensor, nest } from "../src/view/nested.ts";
import { countOf, formatDuration, formatNumber } from "../src/view/numbers.ts";
import { suggestion } from "../src/view/suggestion.ts";
import { table } from "../src/view/table.ts";
import { type TrainingPlan, trainingView } from "../src/view/training-view.ts";
import { fakeIo } from "./support.ts";

test.each([
  [0, "0"],
  [-0.95216, "-0.9522"],
  [0.1 + 0.2, "0.3"],
  [1000, "1000"],
  [123456.7, "123500"],
  [1.23456e-7, "1.235e-7"],
  [-4.5e20, "-4.5e+20"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "∞"],
  [Number.NEGATIVE_INFINITY, "-∞"],
])("%d is written %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [0.04, "40 ms"],
  [0.9996, "1.0 s"],
  [9.94, "9.9 s"],
  [9.96, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min 00 s"],
  [185, "3 min 05 s"],
  [7800, "2 h 10 min"],
])("%d seconds are written %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [999_960, "1.0 MB"],
  [2_345_678_901, "2.3 GB"],
])("%d bytes are written %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test("counts agree with their noun", () => {
  expect([0, 1, 101_770].map((count) => countOf(count, "weight"))).toEqual([
    "0 weights",
    "1 weight",
    "101,770 weights",
  ]);
});

describe("a sparkline", () => {
  test("goes from the least to the greatest value", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
  });
  test("of equal values lies low, and what isn't finite is a gap", () => {
    expect(sparkline([3, 3, 3], 8)).toBe("▁▁▁");
    expect(sparkline([0, Number.NaN, 1], 8)).toBe("▁ █");
    expect(sparkline([], 8)).toBe("");
  });
  test("is never wider than asked for", () => {
    expect(
      sparkline(
        Array.from({ length: 1000 }, (_, k) => -k),
        16,
      ),
    ).toBe("██▇▇▆▆▅▅▄▄▃▃▂▂▁▁");
  });
});

test("resampling keeps the mean, and short series as they are", () => {
  expect(resample([1, 2, 3], 5)).toEqual([1, 2, 3]);
  expect(resample([1, 3, 5, 7], 2)).toEqual([2, 6]);
});

test("a curve has an axis with values; a single value is none", () => {
  const lines = curve([4, 3, 2, 1, 0], 40, 4);
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^ +4 [┤┼]/);
  expect(lines[4]).toMatch(/^ +0 [┤┼]/);
  expect(curve([1, Number.NaN], 40)).toEqual([]);
});

test("what falls by orders of magnitude is drawn on a logarithmic scale", () => {
  expect(sparkline([1, 0.1, 0.01, 0.001], 4)).toBe("█▆▃▁");
  expect(curve([1, 0.1, 0.01, 0.001], 40, 3).map((line) => line.trim().split(" ")[0])).toEqual([
    "1",
    "0.1",
    "0.01",
    "0.001",
  ]);
});

test("a table aligns its columns and ends no line in blanks", () => {
  expect(
    table(
      [
        { title: "name", align: "left" },
        { title: "n", align: "right" },
        { title: "", align: "left" },
      ],
      [
        ["h", "6", "note"],
        ["output", "12"],
      ],
    ),
  ).toEqual(["name     n", "h        6  note", "output  12"]);
});

test("tensors nest by shape, long ones are cut", () => {
  expect(nest([1, 2, 3, 4, 5, 6], [2, 3])).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(nest([7], [])).toBe(7);
  expect(formatTensor([0.5, 1 / 3], [2, 1])).toBe("[[0.5], [0.3333]]");
  expect(formatTensor(new Float64Array(784), [28, 28])).toBe("[0, 0, 0, 0, 0, 0, …] (28 × 28)");
});

test("a suggestion is the near name, or what there is", () => {
  expect(suggestion("weigth", ["weight", "height"])).toEqual(["did you mean `weight`?"]);
  expect(suggestion("q", ["weight", "height"])).toEqual(["there are `weight`, `height`"]);
  expect(suggestion("q", [])).toEqual([]);
});

describe("a training run", () => {
  const plan: TrainingPlan = {
    model: "Net",
    page: "net.adj",
    parameters: 9,
    examples: 1000,
    validationExamples: 100,
    normalised: [],
    optimizers: [{ name: "adam", settings: { rate: 0.001 }, patterns: [] }],
    from: 2,
    until: 4,
    batch: 10,
    target: "ts",
    threads: 1,
    seed: 0,
  };

  function watch(terminal: boolean) {
    const io = fakeIo("/", { terminal });
    const style = styleFor(io, io.stderr, "never");
    return { view: trainingView({ io, json: false, style, noteStyle: style }), said: () => io.written.stderr };
  }

  test("is announced with its size, its settings and where it goes on", () => {
    const { view, said } = watch(false);
    view.begin(plan);
    expect(said()).toBe(
      "Net: 9 weights, 1,000 examples, 100 for validation\nadam, rate 0.001, batch 10, to epoch 4, resumed after epoch 2\n",
    );
  });

  test("says which optimizer trains what, and a schedule as it is written", () => {
    const { view, said } = watch(false);
    const schedule = "cosine(t, from: 0.1, steps: 1000)";
    const chain = { name: "clip_norm, sgd", settings: { most: 1, rate: schedule }, patterns: [] };
    view.begin({ ...plan, optimizers: [chain, { name: "sgd", settings: { rate: 0.5 }, patterns: ["*.b", "h.W"] }] });
    expect(said()).toContain(`\nclip_norm, sgd, most 1, rate ${schedule}; sgd, rate 0.5 for *.b, h.W, batch 10`);
  });

  test("moves its bar within an epoch, and tells how long it still takes", async () => {
    const { view, said } = watch(true);
    view.begin(plan);
    await new Promise((resolve) => setTimeout(resolve, 100));
    view.pulse(3);
    view.end();
    expect(said()).toMatch(/█{18}░{6} {2}3\/4 {2}rate 0\.001 {2}\d+ ms left/);
  });

  test("tells loss, metrics and validation", () => {
    const { view, said } = watch(false);
    view.begin(plan);
    view.epoch({
      epoch: 3,
      epochs: 4,
      step: 300,
      loss: 0.25,
      metrics: { accuracy: 0.5 },
      validation: { loss: 0.5, metrics: { accuracy: 0.25 } },
      best: null,
    });
    expect(said()).toMatch(/\nepoch 3\/4 {2}loss 0\.25 {2}accuracy 0\.5 {2}validation 0\.5 \(accuracy 0\.25\)\n$/);
  });
});
