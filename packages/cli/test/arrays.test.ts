/** Arrays from the command line: a file for each port or one for all, scaled or not, and what is said of those that don't fit. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { uniform, writeSafeTensors } from "@adjoint/runtime";
import { describe, expect, test } from "vitest";
import { idx, npy, zip } from "../../runtime/test/array-files.ts";
import type { DataOptions, DataPort } from "../src/data/dataset.ts";
import { readDataset } from "../src/data/read-dataset.ts";
import { Failure } from "../src/failure.ts";
import { fakeIo, temporaryFolder } from "./support.ts";

const real = { kind: "real" } as const;
const x: DataPort = { name: "x", role: "input", shape: [4], element: real };
const m: DataPort = { name: "x", role: "input", shape: [2, 2], element: real };
const digit: DataPort = { name: "digit", role: "target", shape: [], element: { kind: "class", count: 3 } };

const images = idx(0x08, [3, 2, 2], [0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
const labels = idx(0x08, [3], [0, 2, 1]);
const expected = { x: [0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], digit: [0, 2, 1] };

type Files = Readonly<Record<string, string | Uint8Array>>;

async function read(
  files: Files,
  texts: readonly string[],
  ports: readonly DataPort[] = [x, digit],
  options: Partial<DataOptions> = {},
) {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const plain: DataOptions = { columns: new Map(), ignore: [], scale: new Map(), targetsOptional: false };
  const { values } = await readDataset(fakeIo(folder), texts, ports, { ...plain, ...options });
  return Object.fromEntries([...values].map(([name, numbers]) => [name, [...numbers]]));
}

async function refusal(...args: Parameters<typeof read>): Promise<string> {
  const failure: unknown = await read(...args).catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error(`not refused: ${failure}`);
  return [failure.message, ...failure.details, ...failure.help.map((line) => `help: ${line}`)].join("\n");
}

const floats = Float32Array.from(expected.x);
const arrays = {
  "x.npy": npy("<f4", [3, 4], floats),
  "digit.npy": npy("<i8", [3], BigInt64Array.of(0n, 2n, 1n)),
};

describe("examples come from", () => {
  test("a file for each port, compressed or not", async () => {
    const files = { "train-images-idx3-ubyte.gz": gzipSync(images), "labels.idx": labels };
    expect(await read(files, ["x=train-images-idx3-ubyte.gz", "digit=labels.idx"])).toEqual(expected);
    expect(await read(arrays, ["digit=digit.npy", "x=x.npy"])).toEqual(expected);
  });

  test("one file of arrays with the names of the ports", async () => {
    expect(await read({ "d.npz": zip(arrays, { deflated: true }) }, ["d.npz"])).toEqual(expected);
    const tensors = [
      { name: "x", shape: [3, 2, 2], values: floats },
      { name: "digit", shape: [3, 1], values: Float64Array.of(0, 2, 1) },
    ];
    expect(await read({ "d.safetensors": writeSafeTensors(tensors, []) }, ["d.safetensors"])).toEqual(expected);
  });

  test("arrays of other names, and archives with others besides", async () => {
    const files = { "d.npz": zip({ "x_train.npy": arrays["x.npy"], "y.npy": arrays["digit.npy"] }) };
    const columns = new Map([
      ["x", ["x_train"]],
      ["digit", ["y"]],
    ]);
    expect(await read(files, ["d.npz"], [x, digit], { columns })).toEqual(expected);
    const more = { ...files, "labels.idx": labels };
    expect(
      await read(more, ["x=d.npz", "digit=labels.idx"], [x, digit], { columns: new Map([["x", ["x_train"]]]) }),
    ).toEqual(expected);
    expect(await read(files, ["d.npz"], [x], { columns, ignore: ["y"] })).toEqual({ x: expected.x });
  });

  test("a table for some ports and an array for another", async () => {
    const files = { "labels.csv.gz": gzipSync("digit\n0\n2\n1\n"), "images.idx": images };
    expect(await read(files, ["labels.csv.gz", "x=images.idx"])).toEqual(expected);
  });

  test("one array alone, where there is one port", async () => {
    expect(await read({ "images.idx": images }, ["images.idx"], [m])).toEqual({ x: expected.x });
  });

  test("inputs alone, where targets are not needed", async () => {
    const files = { "images.idx": images };
    expect(await read(files, ["x=images.idx"], [x, digit], { targetsOptional: true })).toEqual({ x: expected.x });
  });
});

test("bytes are as they are, unless they are scaled", async () => {
  const files = { "images.idx": images };
  const scale = new Map([["x", 1 / 255]]);
  expect((await read(files, ["x=images.idx"], [x], { scale }))["x"]).toEqual(
    expected.x.map((value) => value * (1 / 255)),
  );
  expect(await refusal(files, ["x=images.idx"], [x, digit], { scale: new Map([["digit", 2]]) })).toContain(
    "--scale digit=…: target digit: class(3) is of classes",
  );
  expect(await refusal(files, ["x=images.idx"], [x], { scale: new Map([["y", 2]]) })).toContain(
    "no input or target `y`",
  );
});

test.each<[string, Uint8Array, readonly string[]]>([
  ["idx", images, ["x=a.idx"]],
  ["npy", arrays["x.npy"], ["x=a.npy"]],
  ["npz", zip(arrays), ["x=a.npz"]],
  ["deflated npz", zip(arrays, { deflated: true, wide: true }), ["x=a.npz"]],
  ["gzipped idx", new Uint8Array(gzipSync(images)), ["x=a.idx.gz"]],
  ["safetensors", writeSafeTensors([{ name: "x", shape: [3, 4], values: floats }], []), ["x=a.safetensors"]],
])("a damaged %s is read or refused, and never anything else", async (_, whole, texts) => {
  const file = texts[0]?.slice(2) ?? "";
  let refused = 0;
  for (let run = 0; run < 150; run++) {
    const draw = (k: number, below: number): number => Math.floor(uniform(run, 0, k) * below);
    const damaged = whole.slice(0, draw(0, 4) === 0 ? draw(1, whole.length) : whole.length);
    for (let k = 0; k < 1 + draw(2, 4); k++) damaged[draw(3 + 2 * k, damaged.length)] = draw(4 + 2 * k, 256);
    try {
      for (const value of (await read({ [file]: damaged }, texts, [x]))["x"] ?? [])
        expect(value).toSatisfy(Number.isFinite);
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(30);
});

describe("it is refused, with what helps, when", () => {
  const files = { "images.idx": images, "labels.idx": labels, "d.npz": zip(arrays) };

  test.each<[string, Files, readonly string[], readonly DataPort[], string]>([
    [
      "the shape does not fit",
      files,
      ["x=images.idx"],
      [{ ...x, shape: [5] }],
      "images.idx: an array of shape [3, 2, 2] does not fit input x[5]\nhelp: its first axis counts the examples, and each is of shape [5]",
    ],
    [
      "axes are of another order",
      { "a.npy": npy("|u1", [1, 2, 3], new Uint8Array(6)) },
      ["x=a.npy"],
      [{ ...x, shape: [3, 2] }],
      "a.npy: an array of shape [1, 2, 3] does not fit input x[3, 2]",
    ],
    [
      "a class is out of range",
      files,
      ["x=images.idx", "digit=labels.idx"],
      [x, { ...digit, element: { kind: "class", count: 2 } }],
      'labels.idx: 1 value can\'t be used\nexample 1 of digit: "2" is no class: the 2 classes are 0 … 1',
    ],
    [
      "a number is none",
      { "a.npy": npy("<f4", [1, 4], Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 4)) },
      ["x=a.npy"],
      [x],
      'a.npy: 2 values can\'t be used\nexample 0 of x, element 1: "NaN" is not a number\nexample 0 of x, element 2: "Infinity" is infinite',
    ],
    [
      "the files have different numbers of examples",
      { ...files, "few.idx": idx(8, [2], [0, 1]) },
      ["x=images.idx", "digit=few.idx"],
      [x, digit],
      "few.idx has 2 examples where images.idx has 3",
    ],
    [
      "a port has no file",
      files,
      ["x=images.idx"],
      [x, digit],
      "there is no file for target digit: class(3)\nhelp: add --data digit=<file>",
    ],
    ["a port is unknown", files, ["y=images.idx"], [x], "--data y=images.idx: the model has no input or target `y`"],
    [
      "two files are for one port, or for none",
      files,
      ["images.idx", "labels.idx"],
      [x, digit],
      "--data names two files, images.idx and labels.idx, without saying which port each holds",
    ],
    [
      "one array is to be all ports",
      files,
      ["images.idx"],
      [x, digit],
      "images.idx holds one array, and the model has 2 inputs and targets\nhelp: name a file for each: --data x=… --data digit=…",
    ],
    ["an archive has others", files, ["d.npz"], [x], 'd.npz: no input or target takes the array "digit"'],
    [
      "an archive has not all",
      { "d.npz": zip({ "x.npy": arrays["x.npy"] }) },
      ["d.npz"],
      [x, digit],
      "d.npz has no array for target digit",
    ],
    [
      "there are no examples",
      { "a.npy": npy("<f4", [0, 4], new Float32Array()) },
      ["x=a.npy"],
      [x],
      "a.npy: the data set is empty",
    ],
    [
      "the file is cut short",
      { "a.idx": images.slice(0, 20) },
      ["x=a.idx"],
      [x],
      "a.idx: the elements of [3, 2, 2] need 12 bytes",
    ],
    [
      "the file is another",
      { "a.npy": images },
      ["x=a.npy"],
      [x],
      "a.npy: The file does not begin with \\x93NUMPY\nhelp: this is no NPY",
    ],
    [
      "a compressed file is not",
      { "a.idx.gz": images },
      ["x=a.idx.gz"],
      [x],
      "a.idx.gz: The file does not begin as gzip does",
    ],
    [
      "an archive is cut short",
      { "d.npz": files["d.npz"].slice(0, 100) },
      ["d.npz"],
      [x, digit],
      "d.npz: The archive has no directory",
    ],
    ["a table is to be one port", { "a.csv": "x0\n1\n" }, ["x=a.csv"], [x], "a.csv for x: one port is read from .npy"],
  ])("%s", async (_, given, texts, ports, message) => {
    expect((await refusal(given, texts, ports)).toLowerCase()).toContain(message.toLowerCase());
  });
});
