/** Files of arrays: IDX, NPY, NPZ, gzip; which numbers they give, and that no damaged one gives any. */

import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FileError } from "../src/error.ts";
import { gunzip, readIdx, readNpy, readNpz } from "../src/index.ts";
import { idx, npy, zip } from "./array-files.ts";

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof FileError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("IDX", () => {
  test.each([
    [0x08, [200, 1], Uint8Array.of(200, 1)],
    [0x09, [200, 1], Int8Array.of(-56, 1)],
    [0x0b, [0xff, 0xfe, 1, 0], Int16Array.of(-2, 256)],
    [0x0c, [0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff], Int32Array.of(256, -1)],
    [0x0d, [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0], Float32Array.of(1, -2)],
    [0x0e, [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], Float64Array.of(1, -2)],
  ])("of type 0x%s is read as it is", (code, data, values) => {
    expect(readIdx(idx(code, [2, 1], data))).toEqual({ shape: [2, 1], values });
  });

  test.each([(file: Uint8Array) => file, Buffer.from])("has bytes of its own", (from) => {
    const file = from(idx(0x08, [2], [1, 2]));
    const { values } = readIdx(file);
    values[0] = 9;
    expect(file.at(-2)).toBe(1);
  });

  test("that is none, or none of its types, is refused", () => {
    expect(refusal(() => readIdx(new Uint8Array()))).toContain("bad-header: ");
    expect(refusal(() => readIdx(gzipSync(idx(8, [1], [1]))))).toContain(
      "two zero bytes. This is no IDX file, a compressed",
    );
    expect(refusal(() => readIdx(idx(0x0a, [1], [1])))).toContain("bad-type: The type 0x0a is none of IDX.");
  });

  test("cut short anywhere, or with bytes too many, is refused", () => {
    const file = idx(
      0x0c,
      [2, 2],
      Array.from({ length: 16 }, (_, k) => k),
    );
    for (let length = 0; length < file.length; length++) {
      expect(() => readIdx(file.subarray(0, length)), `${length} bytes`).toThrow(FileError);
    }
    expect(refusal(() => readIdx(Uint8Array.from([...file, 0])))).toBe(
      "bad-layout: The elements of [2, 2] need 16 bytes, and 17 follow the header. The file is damaged, or another lies behind it.",
    );
  });
});

describe("NPY", () => {
  test.each([
    ["<f8", Float64Array.of(0.1, -2), [0.1, -2]],
    ["<f4", Float32Array.of(0.5, -2), [0.5, -2]],
    ["<f2", Uint16Array.of(0x3c00, 0x0001), [1, 2 ** -24]],
    ["<f2", Uint16Array.of(0xfc00, 0xbbff), [Number.NEGATIVE_INFINITY, -0.99951171875]],
    ["<i8", BigInt64Array.of(-3n, 2n ** 53n - 1n), [-3, 2 ** 53 - 1]],
    ["<u8", BigUint64Array.of(3n, 4n), [3, 4]],
    ["<i4", Int32Array.of(-3, 4), [-3, 4]],
    ["<u2", Uint16Array.of(65535, 4), [65535, 4]],
    [">i2", Uint8Array.of(1, 0, 0xff, 0xff), [256, -1]],
    ["|u1", Uint8Array.of(255, 4), [255, 4]],
    ["|i1", Int8Array.of(-1, 4), [-1, 4]],
    ["|b1", Uint8Array.of(1, 0), [1, 0]],
  ])("of %s is read as it is", (descr, data, values) => {
    for (const version of [1, 2, 3]) {
      const read = readNpy(npy(descr, [2], data, { version }));
      expect({ shape: read.shape, values: [...read.values] }).toEqual({ shape: [2], values });
    }
  });

  test("of any number of axes", () => {
    expect(readNpy(npy("<f8", [], Float64Array.of(7)))).toEqual({ shape: [], values: Float64Array.of(7) });
    expect(readNpy(npy("<f8", [2, 0, 3], Float64Array.of())).shape).toEqual([2, 0, 3]);
    expect(readNpy(npy("<u2", [2, 1, 2], Uint16Array.of(1, 2, 3, 4))).shape).toEqual([2, 1, 2]);
  });

  test("in the order of Fortran comes out row by row", () => {
    // a[i, j, k] = 100 i + 10 j + k, the first axis fastest.
    const columns: number[] = [];
    const rows: number[] = [];
    for (let k = 0; k < 4; k++)
      for (let j = 0; j < 3; j++) for (let i = 0; i < 2; i++) columns.push(100 * i + 10 * j + k);
    for (let i = 0; i < 2; i++) for (let j = 0; j < 3; j++) for (let k = 0; k < 4; k++) rows.push(100 * i + 10 * j + k);
    const file = npy("<f8", [2, 3, 4], Float64Array.from(columns), { order: "True" });
    expect([...readNpy(file).values]).toEqual(rows);
  });

  test.each(["<c16", "|O", "<U5", "|S3", "<M8[ns]", "<f16"])("of %s is refused", (descr) => {
    expect(refusal(() => readNpy(npy(descr, [1], new Uint8Array(16))))).toContain(
      `bad-type: The elements are of the type '${descr}'.`,
    );
  });

  test("of whole numbers that a float64 cannot hold is refused", () => {
    expect(refusal(() => readNpy(npy("<i8", [1], BigInt64Array.of(2n ** 53n + 1n))))).toContain(
      "wrong-type: The file holds 9007199254740993, beyond ±2^53.",
    );
  });

  test("cut short anywhere, or with bytes too many, is refused", () => {
    const file = npy("<f8", [2], Float64Array.of(1, 2));
    for (let length = 0; length < file.length; length++) {
      expect(() => readNpy(file.subarray(0, length)), `${length} bytes`).toThrow(FileError);
    }
    expect(refusal(() => readNpy(Uint8Array.from([...file, 0])))).toContain("bad-layout");
  });
});

describe("NPZ", () => {
  const files = {
    "x.npy": npy("<f4", [2, 2], Float32Array.of(1, 2, 3, 4)),
    "y.npy": npy("<i8", [2], BigInt64Array.of(0n, 1n)),
    "note.txt": Buffer.from("no array"),
  };
  const arrays = new Map([
    ["x", { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
    ["y", { shape: [2], values: Float64Array.of(0, 1) }],
  ]);

  test.each([{}, { deflated: true }, { wide: true }, { deflated: true, wide: true }])("%j is read", async (options) => {
    expect(await readNpz(zip(files, options))).toEqual(arrays);
  });

  test("with a damaged array says which", async () => {
    await expect(readNpz(zip({ "x.npy": npy("|O", [1], new Uint8Array(8)) }))).rejects.toThrow(
      `"x.npy": The elements are of the type '|O'.`,
    );
  });

  test.each([{}, { deflated: true }])("%j cut short anywhere is refused", async (options) => {
    const file = zip(files, options);
    for (let length = 0; length < file.length; length += 7) {
      await expect(readNpz(file.subarray(0, length)), `${length} bytes`).rejects.toThrow(FileError);
    }
  });

  test.each([{}, { deflated: true }])("%j with another byte gives the same arrays or none", async (options) => {
    const file = zip({ "x.npy": files["x.npy"] }, options);
    for (let at = 0; at < file.length; at++) {
      const spoiled = file.slice();
      spoiled[at] = (spoiled[at] ?? 0) ^ 0x41;
      try {
        const [array] = (await readNpz(spoiled)).values();
        if (array !== undefined) expect(array).toEqual(arrays.get("x"));
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(FileError);
      }
    }
  });
});

describe("gzip", () => {
  const file = idx(0x08, [3], [1, 2, 3]);

  test("is undone", async () => {
    expect(readIdx(await gunzip(gzipSync(file)))).toEqual(readIdx(file));
  });

  test("cut short, damaged or none is refused", async () => {
    const whole = new Uint8Array(gzipSync(file));
    for (const length of [0, 2, 12, whole.length - 1]) {
      await expect(gunzip(whole.subarray(0, length)), `${length} bytes`).rejects.toThrow(FileError);
    }
    await expect(gunzip(whole.with(whole.length - 6, 0))).rejects.toThrow(FileError);
    await expect(gunzip(file)).rejects.toThrow("This is no gzip file.");
  });
});
