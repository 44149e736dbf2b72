import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FileError, type FileErrorCode } from "../src/error.ts";
import { copyTensor, readSafeTensors, writeSafeTensors } from "../src/safetensors.ts";

/** A file with this header (text, or an object to write as JSON), and so many bytes of data. */
function file(header: unknown, dataLength = 0, declaredLength?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(declaredLength ?? json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function refusal(read: () => unknown): FileError {
  try {
    read();
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const f64 = (shape: readonly number[], begin: number, end: number) => ({
  dtype: "F64",
  shape,
  data_offsets: [begin, end],
});

describe("what is written reads back", () => {
  const names = ["h.W", "__proto__", "constructor", 'quo"te', "μ", ""];
  const written = writeSafeTensors(
    names.map((name, k) => ({ name, shape: [1, 2], values: new Float64Array([k, -k / 3]) })),
    [["model", "Gender"]],
  );

  test("every name, shape and number", () => {
    const { tensors, metadata } = readSafeTensors(written);
    expect([...tensors.keys()]).toEqual(names);
    expect([...metadata]).toEqual([["model", "Gender"]]);
    for (const [k, name] of names.entries()) {
      const values = new Float64Array(2);
      copyTensor(readSafeTensors(written), name, [1, 2], values);
      expect([...values]).toEqual([k, -k / 3]);
    }
  });

  test("numbers that are no ordinary ones keep their bits", () => {
    const numbers = [Number.NaN, Number.POSITIVE_INFINITY, -0, 5e-324, Number.MAX_VALUE];
    const values = new Float64Array(numbers.length);
    const tensor = { name: "a", shape: [5], values: new Float64Array(numbers) };
    copyTensor(readSafeTensors(writeSafeTensors([tensor], [])), "a", [5], values);
    expect(numbers.every((number, k) => Object.is(number, values[k]))).toBe(true);
  });

  test("the header's length is first, little-endian, and the data begin at a multiple of eight", () => {
    const length = Number(new DataView(written.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(written.subarray(8, 8 + length)))).toHaveProperty(["h.W"]);
    expect(written.length).toBe(8 + length + names.length * 16);
  });

  test("a part of a larger buffer reads like a whole one", () => {
    const larger = new Uint8Array(written.length + 24);
    larger.set(written, 3);
    expect(readSafeTensors(larger.subarray(3, 3 + written.length)).tensors.size).toBe(names.length);
  });
});

describe("what loses nothing is converted, what would is refused", () => {
  const narrow = writeSafeTensors([{ name: "a", shape: [1], values: new Float32Array([0.1]) }], []);
  const wide = writeSafeTensors([{ name: "a", shape: [1], values: new Float64Array([0.1]) }], []);
  const read = (bytes: Uint8Array, into: Float64Array | Float32Array) => {
    copyTensor(readSafeTensors(bytes), "a", [1], into);
    return into[0];
  };
  test("F32 to F64", () => expect(read(narrow, new Float64Array(1))).toBe(Math.fround(0.1)));
  test("F32 to F32", () => expect(read(narrow, new Float32Array(1))).toBe(Math.fround(0.1)));
  test("F64 to F32", () => {
    expect(refusal(() => read(wide, new Float32Array(1))).message).toBe(
      '"a" is F64 in the file and F32 here. Convert it to F32, or compile the model with 64 bits.',
    );
  });
  test("F16 to F64", () => {
    const half = file({ a: { dtype: "F16", shape: [1], data_offsets: [0, 2] } }, 2);
    expect(refusal(() => read(half, new Float64Array(1))).code).toBe("wrong-type");
  });
});

describe("bytes that are no safetensors file are refused", () => {
  const cases: readonly { readonly what: string; readonly bytes: Uint8Array; readonly code: FileErrorCode }[] = [
    { what: "nothing", bytes: new Uint8Array(0), code: "cut-short" },
    { what: "a length and no header", bytes: file("", 0, 10), code: "cut-short" },
    { what: "a header longer than any", bytes: file("{}", 0, 2 ** 40), code: "header-too-large" },
    { what: "a header that is no object", bytes: file("[]"), code: "bad-header" },
    { what: "a header that is no JSON", bytes: file("{nonsense"), code: "bad-header" },
    { what: "a header that is no UTF-8", bytes: file("{}").with(9, 0xff), code: "bad-header" },
    { what: "an entry that is no object", bytes: file({ a: 1 }), code: "bad-header" },
    { what: "an entry that is null", bytes: file({ a: null }), code: "bad-header" },
    { what: "metadata that are no text", bytes: file({ __metadata__: { a: 1 } }), code: "bad-header" },
    { what: "an unknown type", bytes: file({ a: { ...f64([], 0, 8), dtype: "F65" } }, 8), code: "bad-type" },
    {
      what: "a type that is a member of objects",
      bytes: file({ a: { ...f64([], 0, 8), dtype: "constructor" } }, 8),
      code: "bad-type",
    },
    { what: "no type", bytes: file({ a: { shape: [], data_offsets: [0, 8] } }, 8), code: "bad-type" },
    { what: "a negative extent", bytes: file({ a: f64([-1], 0, 8) }, 8), code: "bad-header" },
    { what: "a fractional extent", bytes: file({ a: f64([0.5], 0, 4) }, 4), code: "bad-header" },
    { what: "no offsets", bytes: file({ a: { dtype: "F64", shape: [] } }, 8), code: "bad-header" },
    { what: "three offsets", bytes: file({ a: { ...f64([], 0, 8), data_offsets: [0, 8, 8] } }, 8), code: "bad-header" },
    { what: "an end before the beginning", bytes: file({ a: f64([], 8, 0) }, 8), code: "bad-layout" },
    { what: "an end beyond the data", bytes: file({ a: f64([2], 0, 16) }, 8), code: "cut-short" },
    { what: "a shape of another size", bytes: file({ a: f64([2], 0, 8) }, 8), code: "bad-layout" },
    { what: "a shape beyond all numbers", bytes: file({ a: f64([2 ** 50, 2 ** 50], 0, 8) }, 8), code: "bad-layout" },
    { what: "an overlap", bytes: file({ a: f64([2], 0, 16), b: f64([1], 8, 16) }, 16), code: "bad-layout" },
    { what: "a gap", bytes: file({ a: f64([], 0, 8), b: f64([], 16, 24) }, 24), code: "bad-layout" },
    { what: "bytes left over", bytes: file({ a: f64([], 0, 8) }, 9), code: "bad-layout" },
    {
      what: "a name twice",
      bytes: file(
        '{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}',
        8,
      ),
      code: "duplicate-name",
    },
    {
      what: "a name twice, spelt in two ways",
      bytes: file(
        '{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"\\u0061" : {"dtype":"F64","shape":[],"data_offsets":[0,8]}}',
        8,
      ),
      code: "duplicate-name",
    },
    {
      what: "a member twice",
      bytes: file('{"a":{"dtype":"F64","shape":[],"shape":[],"data_offsets":[0,8]}}', 8),
      code: "duplicate-name",
    },
  ];
  test.each(cases)("$what", ({ bytes, code }) => {
    const error = refusal(() => readSafeTensors(bytes));
    expect(error.code, error.message).toBe(code);
  });

  test("quotes and brackets within names are no structure", () => {
    const name = 'a{"b\\\\":[}';
    const header = { [name]: f64([], 0, 8), 'a{"b': f64([], 8, 16) };
    expect([...readSafeTensors(file(header, 16)).tensors.keys()]).toEqual([name, 'a{"b']);
  });

  test("a file cut off anywhere", () => {
    const whole = writeSafeTensors([{ name: "a", shape: [3], values: new Float64Array([1, 2, 3]) }], []);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readSafeTensors(whole.subarray(0, length)), `${length} bytes`).toThrow(FileError);
    }
  });

  test("a header of megabytes is read in no time and no recursion", () => {
    const deep = `{"a":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`;
    expect(() => readSafeTensors(file(deep))).toThrow(FileError);
    const long = `{"__metadata__":{"a":"${"\\\\".repeat(1_000_000)}"}}`;
    expect(readSafeTensors(file(long)).metadata.get("a")?.length).toBe(1_000_000);
  });

  test("a file of which any bit is another, unless it is in the name of the checksum", () => {
    const values = new Float64Array([1, -2, 0.1]);
    const whole = writeSafeTensors([{ name: "a", shape: [3], values }], [["model", "Größe"]]);
    const named = new TextDecoder("latin1").decode(whole).indexOf('"crc32":"');
    const unrefused: number[] = [];
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const into = new Float64Array(3);
      try {
        copyTensor(readSafeTensors(bytes), "a", [3], into);
      } catch (error) {
        expect(error).toBeInstanceOf(FileError);
        continue;
      }
      expect(into).toEqual(values);
      unrefused.push(bit >> 3);
    }
    for (const at of unrefused) expect(named <= at && at < named + '"crc32":"'.length, `byte ${at}`).toBe(true);
  });

  test("a file with any bytes changed is read or refused, and nothing else", () => {
    const whole = writeSafeTensors(
      [
        { name: "a", shape: [2], values: new Float64Array([1, 2]) },
        { name: "b", shape: [], values: new Float32Array([3]) },
      ],
      [["model", "M"]],
    );
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          for (const { bytes: data } of readSafeTensors(bytes).tensors.values())
            expect(data).toBeInstanceOf(Uint8Array);
        } catch (error) {
          expect(error).toBeInstanceOf(FileError);
        }
      }),
      { numRuns: 3000, seed: 1 },
    );
  });
});
