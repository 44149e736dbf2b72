import { describe, expect, test } from "vitest";
import { FileError } from "../src/error.ts";
import { readSafeTensors, writeSafeTensors } from "../src/safetensors.ts";
import { Line, line, points } from "./line.ts";

const data = points(11);

async function train(net: Line, options: Parameters<Line["train"]>[1]): Promise<number[]> {
  const losses: number[] = [];
  for await (const { loss } of net.train(data, options)) losses.push(loss);
  return losses;
}

/** A signal that is aborted after it has been looked at so many times: a run can be interrupted at any place. */
function after(looks: number) {
  let left = looks;
  return {
    get aborted() {
      return left-- <= 0;
    },
  };
}

describe("a run that is interrupted and resumed ends bit for bit as one that is not", () => {
  test.each([1, 2, 3, 4])("with batch %i, interrupted at every place", async (batch) => {
    const whole = new Line({ seed: 8 });
    const losses = await train(whole, { until: 3, batch });
    const places = new Set<number>();
    for (let looks = 0; looks < 12; looks++) {
      let net = new Line({ seed: 8 });
      const first = await train(net, { until: 3, batch, signal: after(looks) });
      places.add(net.step);
      net = new Line({ checkpoint: net.checkpoint() });
      const second = await train(net, { until: 3, batch, signal: after(1) });
      net = new Line({ checkpoint: net.checkpoint() });
      const third = await train(net, { until: 3, batch });
      expect([...net.p]).toEqual([...whole.p]);
      expect([...first, ...second, ...third]).toEqual(losses);
      expect(net.checkpoint()).toEqual(whole.checkpoint());
    }
    // Some of the interruptions fell within an epoch.
    const stepsPerEpoch = Math.ceil(data.x.length / batch);
    expect([...places].some((step) => step % stepsPerEpoch !== 0)).toBe(true);
  });
});

describe("parameters", () => {
  test("read back from `save` and from a checkpoint", async () => {
    const net = new Line({ seed: 8 });
    await train(net, { epochs: 1 });
    for (const bytes of [net.save(), net.checkpoint()])
      expect([...new Line({ parameters: bytes }).p]).toEqual([...net.p]);
  });

  test("are live views", () => {
    const net = new Line();
    net.parameters.w[0] = 5;
    expect(net.predict({ x: 2 })).toEqual({ o: 10 });
  });
});

function refusal(bytes: Uint8Array, how: "parameters" | "checkpoint"): string {
  try {
    new Line({ [how]: bytes });
  } catch (error) {
    if (error instanceof FileError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

const one = (name: string, shape: readonly number[] = []) => ({
  name,
  shape,
  values: new Float64Array(shape.reduce((a, b) => a * b, 1)),
});

describe("a file of another model is refused", () => {
  test("when a parameter is missing", () => {
    expect(refusal(writeSafeTensors([one("w")], [["model", "Other"]]), "parameters")).toBe(
      'missing-tensor: The file (of the model "Other") has no tensor "b". Use a file saved from the same model with the same sizes.',
    );
  });
  test("when there is one too many", () => {
    expect(refusal(writeSafeTensors([one("w"), one("b"), one("c")], []), "parameters")).toBe(
      'extra-tensor: The file has a tensor "c", which this model has not. Use a file saved from the same model with the same sizes.',
    );
  });
  test("when a shape differs", () => {
    expect(refusal(writeSafeTensors([one("w", [1]), one("b")], []), "parameters")).toContain(
      'wrong-shape: "w" is [1] in the file and [] here.',
    );
  });
  test("as a checkpoint, when the model or the optimizer differs", () => {
    const { tensors } = readSafeTensors(new Line().checkpoint());
    const stored = [...tensors].map(([name, { shape }]) => one(name, shape));
    for (const [key, text] of [
      ["model", "Other"],
      ["optimizer", "adagio"],
    ] as const) {
      const metadata = new Map([
        ["model", "Line"],
        ["optimizer", line.optimizer],
      ]).set(key, text);
      expect(refusal(writeSafeTensors(stored, [...metadata]), "checkpoint")).toContain(
        `other-model: The checkpoint is of the ${key} "${text}"`,
      );
    }
  });
  test("as a checkpoint, when it holds parameters alone", () => {
    expect(refusal(new Line().save(), "checkpoint")).toContain("not-a-checkpoint: The file holds parameters");
  });
  test.each(["seed", "epoch", "step", "position", "lossSum", "examples"])(
    "as a checkpoint, when %s is damaged",
    (key) => {
      const { tensors, metadata } = readSafeTensors(new Line().checkpoint());
      const stored = [...tensors].map(([name, { shape }]) => one(name, shape));
      for (const text of ["", ...(key === "lossSum" ? [] : ["-1", "0.5", "NaN", "many"])]) {
        const bytes = writeSafeTensors(stored, [...new Map(metadata).set(key, text)]);
        expect(refusal(bytes, "checkpoint")).toContain(`not-a-checkpoint: The checkpoint's ${key} is "${text}".`);
      }
    },
  );
  test("as a checkpoint, cut short anywhere", () => {
    const whole = new Line().checkpoint();
    for (let length = 0; length < whole.length; length++) {
      expect(() => new Line({ checkpoint: whole.subarray(0, length) }), `${length} bytes`).toThrow(FileError);
    }
  });
});

test("of a checkpoint in which a byte is another, nothing is loaded but what was saved", async () => {
  const net = new Line({ seed: 8 });
  await train(net, { epochs: 1 });
  const whole = net.checkpoint();
  let refused = 0;
  for (let at = 0; at < whole.length; at++) {
    for (const flip of [0x01, 0x20, 0x80]) {
      const bytes = whole.slice();
      bytes[at]! ^= flip;
      try {
        expect(new Line({ checkpoint: bytes }).checkpoint()).toEqual(whole);
      } catch (error) {
        expect(error).toBeInstanceOf(FileError);
        refused++;
      }
    }
  }
  // All but what stands in the name of the checksum, without which nobody knows.
  expect(refused).toBeGreaterThan(3 * whole.length - 3 * '"crc32":"'.length);
});

describe("a run goes on as it was begun", () => {
  const options = { batch: 5, shuffle: true, epochs: 2 };
  const first = async (net: Line, changed: object, dataset = data): Promise<unknown> =>
    net.train(dataset, { ...options, ...changed }).next();
  const changedValue = { ...data, y: data.y.with(7, 100) };
  const changedOrder = { x: data.x.toReversed(), y: data.y.toReversed() };

  test.each([
    { looks: 1, where: "within an epoch" },
    { looks: Number.POSITIVE_INFINITY, where: "between two" },
  ])("resumed $where: other data, another batch and another order are refused", async ({ looks }) => {
    const begun = new Line();
    await train(begun, { ...options, signal: after(looks) });
    expect(begun.step).toBeGreaterThan(0);
    const resumed = (): Line => new Line({ checkpoint: begun.checkpoint() });
    await expect(first(resumed(), { batch: 4 })).rejects.toThrow("begun with `batch` 5; now it is 4");
    await expect(first(resumed(), { shuffle: false })).rejects.toThrow("begun with `shuffle` true; now it is false");
    for (const other of [points(4), changedValue, changedOrder]) {
      await expect(first(resumed(), {}, other)).rejects.toThrow("begun with other data (11 examples, ");
    }
    await expect(first(resumed(), {})).resolves.toMatchObject({ done: false });
  });

  test("interrupted within an epoch and not resumed: the same", async () => {
    const net = new Line();
    await train(net, { ...options, signal: after(1) });
    await expect(first(net, {}, points(4))).rejects.toThrow("begun with other data");
    await expect(first(net, { batch: 4 })).rejects.toThrow("begun with `batch` 5");
    await expect(first(net, {})).resolves.toMatchObject({ done: false });
  });

  test("between two epochs, a network may learn from other data in other ways", async () => {
    const net = new Line();
    await train(net, options);
    await expect(first(net, { batch: 4, shuffle: false }, points(4))).resolves.toMatchObject({ done: false });
  });

  test("a network of parameters alone is free", async () => {
    const begun = new Line();
    await train(begun, options);
    await expect(first(new Line({ parameters: begun.checkpoint() }), { batch: 4 })).resolves.toMatchObject({});
  });

  test.each([
    ["batch", "0"],
    ["batch", "many"],
    ["shuffle", "perhaps"],
  ])("a checkpoint whose %s is %s is refused", async (key, text) => {
    const begun = new Line();
    await train(begun, options);
    const { tensors, metadata } = readSafeTensors(begun.checkpoint());
    const stored = [...tensors].map(([name, { shape }]) => one(name, shape));
    const bytes = writeSafeTensors(stored, [...new Map(metadata).set(key, text)]);
    expect(refusal(bytes, "checkpoint")).toContain("not-a-checkpoint: The checkpoint's run is of ");
  });
});
