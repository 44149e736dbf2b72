/** Normalisation: fitted on data, part of the network, the same to the last bit in a network that is loaded. */

import { describe, expect, test } from "vitest";
import type { Port } from "../src/definition.ts";
import { DataError, FileError, RunError } from "../src/error.ts";
import { readSafeTensors, writeSafeTensors } from "../src/index.ts";
import { fitNormalisation, readNormalised } from "../src/normalise.ts";
import { Line, points } from "./line.ts";

const x: Port = { name: "x", shape: [2], classes: null };
const word: Port = { name: "word", shape: [], classes: 5 };

const rows = [
  [1, 100],
  [2, 300],
  [3, 500],
  [6, 700],
];

/** The elements of x over the examples, as a network takes them. */
function normalised(kind: "standard" | "range", values: readonly (readonly number[])[]): readonly number[][] {
  const fitted = fitNormalisation([x, word], { x: values }, kind);
  const [column = new Float64Array()] = readNormalised([x], { x: values }, fitted).columns;
  return [0, 1].map((k) => values.map((_, n) => column[2 * n + k] ?? Number.NaN));
}

describe("normalised, each element over the examples", () => {
  test("to the standard, has mean 0 and deviation 1", () => {
    for (const element of normalised("standard", rows)) {
      expect(element.reduce((sum, value) => sum + value / 4, 0)).toBeCloseTo(0, 14);
      expect(element.reduce((sum, value) => sum + value ** 2 / 4, 0)).toBeCloseTo(1, 14);
    }
  });

  test("to the range, goes from 0 to 1", () => {
    for (const element of normalised("range", rows)) {
      expect([Math.min(...element), Math.max(...element)]).toEqual([0, 1]);
    }
  });

  test("is 0 where all examples agree", () => {
    for (const kind of ["standard", "range"] as const) {
      expect(
        normalised(kind, [
          [7, 1],
          [7, 2],
        ])[0],
      ).toEqual([0, 0]);
    }
  });

  test("takes what it was not fitted to by the same scaling", () => {
    const fitted = fitNormalisation([x], { x: rows }, "range");
    expect([...(readNormalised([x], { x: [[11, -500]] }, fitted).columns[0] ?? [])]).toEqual([2, -1]);
  });

  test("leaves classes, other inputs and the caller's arrays as they are", () => {
    const own = Float64Array.from(rows.flat());
    const fitted = fitNormalisation([x, word], { x: own, word: [1, 2, 3, 4] }, "standard");
    expect([...fitted.keys()]).toEqual(["x"]);
    const { columns } = readNormalised([x, word], { x: own, word: [1, 2, 3, 4] }, fitted);
    expect([...own]).toEqual(rows.flat());
    expect([...(columns[1] ?? [])]).toEqual([1, 2, 3, 4]);
  });

  test("is refused where there is nothing to normalise, or nothing that can be", () => {
    expect(() => fitNormalisation([x, word], { word: [1] }, "standard")).toThrow(RunError);
    expect(() => fitNormalisation([x], { x: [[1, Number.NaN]] }, "standard")).toThrow(DataError);
  });
});

const shifted = (() => {
  const { x: small, y } = points(9);
  return { x: small.map((value) => 1000 + 70 * value), y };
})();

async function trained(): Promise<Line> {
  const net = new Line({ seed: 3 });
  net.normalise(shifted);
  for await (const _ of net.train(shifted, { epochs: 30 }));
  return net;
}

describe("a normalised network", () => {
  test("learns from numbers in their own units, and predicts and measures in them", async () => {
    const net = await trained();
    expect(net.evaluate(shifted).loss).toBeLessThan(1e-3);
    expect(net.predict({ x: 1035 }).o).toBeCloseTo(0, 1);
    expect(net.predictAll({ x: [1035] })[0]).toEqual(net.predict({ x: 1035 }));
    const plain = new Line({ parameters: withoutNormalisation(net) });
    expect(plain.predict({ x: 1035 }).o).not.toBeCloseTo(0, 1);
  });

  test("is the same to the last bit once saved and loaded, and resumed", async () => {
    const net = await trained();
    for (const other of [
      new Line({ parameters: net.save() }),
      new Line({ parameters: net.checkpoint() }),
      new Line({ checkpoint: net.checkpoint() }),
    ]) {
      expect(other.normalisation).toEqual(net.normalisation);
      expect(other.predictAll({ x: shifted.x })).toEqual(net.predictAll({ x: shifted.x }));
      expect(other.gradients(shifted)).toEqual(net.gradients(shifted));
      expect(other.save()).toEqual(net.save());
    }
  });

  test("refuses a file that has half of it, of another shape, or not finite", async () => {
    const { tensors } = readSafeTensors((await trained()).save());
    const stored = [...tensors].map(([name, { shape }]) => ({ name, shape, values: new Float64Array(1) }));
    const load = (changed: typeof stored) => () => new Line({ parameters: writeSafeTensors(changed, []) });
    const scale = "normalise/x/scale";
    expect(load(stored)).not.toThrow();
    expect(load(stored.filter(({ name }) => name !== scale))).toThrow(`has no tensor "${scale}"`);
    expect(load(stored.map((one) => (one.name === scale ? { ...one, shape: [1] } : one)))).toThrow(FileError);
    const infinite = Float64Array.of(Number.POSITIVE_INFINITY);
    expect(load(stored.map((one) => (one.name === scale ? { ...one, values: infinite } : one)))).toThrow(
      'The normalisation of "x" is not finite.',
    );
    expect(load([...stored, { name: "normalise/z/scale", shape: [], values: infinite }])).toThrow(
      "which this model has not",
    );
  });
});

/** The file of the network's parameters alone. */
function withoutNormalisation(net: Line): Uint8Array {
  return writeSafeTensors(
    [
      { name: "w", shape: [], values: net.parameters.w },
      { name: "b", shape: [], values: net.parameters.b },
    ],
    [],
  );
}
