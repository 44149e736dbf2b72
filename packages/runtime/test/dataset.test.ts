import { describe, expect, test } from "vitest";
import { fingerprintOf, readDataset, readExample } from "../src/dataset.ts";
import type { Port } from "../src/definition.ts";
import { DataError, type DataErrorCode } from "../src/error.ts";

const x: Port = { name: "x", shape: [2], classes: null };
const y: Port = { name: "y", shape: [1], classes: null };
const image: Port = { name: "image", shape: [2, 3], classes: null };
const label: Port = { name: "label", shape: [], classes: 3 };

function refusal(read: () => unknown): DataError {
  try {
    read();
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("data of many examples become one flat column per port", () => {
  test.each([
    {
      form: "nested arrays",
      port: x,
      value: [
        [1, 2],
        [3, 4],
      ],
      column: [1, 2, 3, 4],
    },
    { form: "a flat typed array", port: x, value: new Float32Array([1, 2, 3, 4]), column: [1, 2, 3, 4] },
    { form: "a list of typed arrays", port: x, value: [new Uint8Array([1, 2]), [3, 4]], column: [1, 2, 3, 4] },
    { form: "numbers for a vector of one", port: y, value: [1, [0]], column: [1, 0] },
    {
      form: "nested rows",
      port: image,
      value: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      column: [1, 2, 3, 4, 5, 6],
    },
    { form: "a flat example of rows", port: image, value: [[1, 2, 3, 4, 5, 6]], column: [1, 2, 3, 4, 5, 6] },
    {
      form: "rows as typed arrays",
      port: image,
      value: [[new Int8Array([1, 2, 3]), [4, 5, 6]]],
      column: [1, 2, 3, 4, 5, 6],
    },
    { form: "classes", port: label, value: [0, 2, 1], column: [0, 2, 1] },
    { form: "classes as bytes", port: label, value: new Uint8Array([0, 2]), column: [0, 2] },
  ])("$form", ({ port, value, column }) => {
    const [read = []] = readDataset([port], { [port.name]: value }).columns;
    expect([...read]).toEqual(column);
  });

  test("in the order of the ports, whatever the order of the members", () => {
    const { columns, count } = readDataset([x, label], { label: [1], x: [[5, 6]] });
    expect([...(columns[0] ?? [])]).toEqual([5, 6]);
    expect([...(columns[1] ?? [])]).toEqual([1]);
    expect(count).toBe(1);
  });

  test.each([Float64Array, Float32Array, Uint8Array, Int16Array])(
    "a flat %o is not copied: bytes stay bytes",
    (type) => {
      const values = new type([1, 2]);
      expect(readDataset([x], { x: values }).columns[0]).toBe(values);
    },
  );

  test("the same numbers are the same data, whatever their type", () => {
    const of = (values: readonly number[] | Uint8Array | Float32Array) =>
      fingerprintOf(readDataset([label], { label: values }));
    expect(of(Uint8Array.of(0, 2, 1))).toBe(of([0, 2, 1]));
    expect(of(Float32Array.of(0, 2, 1))).toBe(of([0, 2, 1]));
    expect(of([0, 1, 2])).not.toBe(of([0, 2, 1]));
  });

  test("a port named like a member of every object is a name like any other", () => {
    const port = { ...y, name: "__proto__" };
    expect(() => readDataset([port], {})).toThrow("`__proto__` is missing");
    expect([...(readDataset([port], JSON.parse('{ "__proto__": [3] }')).columns[0] ?? [])]).toEqual([3]);
  });

  test("a model without inputs has one example", () => {
    expect(readDataset([], {})).toEqual({ count: 1, columns: [] });
  });
});

describe("refused, with the place and the remedy", () => {
  const cases: readonly {
    readonly what: string;
    readonly ports: readonly Port[];
    readonly data: object;
    readonly code: DataErrorCode;
    readonly message: string;
    readonly example?: number;
  }[] = [
    {
      what: "a missing column",
      ports: [x, y],
      data: { x: [[1, 2]] },
      code: "missing-column",
      message: "`y` is missing. Supply `x`, `y`.",
    },
    {
      what: "a misspelt column",
      ports: [x, y],
      data: { x: [[1, 2]], Y: [1] },
      code: "missing-column",
      message: "`y` is missing (there is an unknown `Y`). Supply `x`, `y`.",
    },
    {
      what: "an extra column",
      ports: [x],
      data: { x: [[1, 2]], z: [1] },
      code: "extra-column",
      message: "`z` is neither an input nor a target asked for here. Supply `x` and nothing else.",
    },
    {
      what: "an example that is too long",
      ports: [x],
      data: {
        x: [
          [1, 2],
          [1, 2, 3],
        ],
      },
      code: "wrong-shape",
      message: "`x` of example 1 has 3 numbers. Supply 2 numbers for each example.",
      example: 1,
    },
    {
      what: "an axis that is too short",
      ports: [image],
      data: {
        image: [
          [
            [1, 2, 3],
            [4, 5],
          ],
        ],
      },
      code: "wrong-shape",
      message: "`image` of example 0 has length 2 along axis 1. Supply 2 × 3 numbers for each example.",
      example: 0,
    },
    {
      what: "a flat array that does not divide into examples",
      ports: [x],
      data: { x: new Float64Array(5) },
      code: "wrong-shape",
      message:
        "`x` has 5 numbers, which is no multiple of the 2 of one example. Supply 2 numbers for each example, one after another.",
    },
    {
      what: "no list",
      ports: [x],
      data: { x: "1,2" },
      code: "wrong-shape",
      message: '`x` is the text "1,2", not a list of examples. Supply an array with 2 numbers for each example.',
    },
    {
      what: "an object for a number",
      ports: [y],
      data: { y: [[{}]] },
      code: "not-a-number",
      message: "`y`[0] of example 0 is an object.",
      example: 0,
    },
    {
      what: "text for a number",
      ports: [x],
      data: { x: [[1, "2"]] },
      code: "not-a-number",
      message: '`x`[1] of example 0 is the text "2". Supply a number; text has to be converted before.',
      example: 0,
    },
    {
      what: "a hole",
      ports: [x],
      // biome-ignore lint/suspicious/noSparseArray: the hole is the case.
      data: { x: [[1, ,]] },
      code: "not-a-number",
      message: "`x`[1] of example 0 is missing.",
      example: 0,
    },
    {
      what: "a NaN",
      ports: [image],
      data: { image: new Float64Array([1, 2, 3, 4, 5, Number.NaN]) },
      code: "not-finite",
      message: "`image`[1, 2] of example 0 is NaN. Leave the example out or fill in the value.",
      example: 0,
    },
    {
      what: "an infinity",
      ports: [y],
      data: { y: [[Number.NEGATIVE_INFINITY]] },
      code: "not-finite",
      message: "`y`[0] of example 0 is -Infinity.",
      example: 0,
    },
    {
      what: "a class beyond the last",
      ports: [label],
      data: { label: [0, 3] },
      code: "class-out-of-range",
      message: "`label` of example 1 is 3. Supply a class, a whole number from 0 to 2.",
      example: 1,
    },
    {
      what: "a negative class",
      ports: [label],
      data: { label: new Int8Array([-1]) },
      code: "class-out-of-range",
      message: "`label` of example 0 is -1.",
      example: 0,
    },
    {
      what: "half a class",
      ports: [label],
      data: { label: [0.5] },
      code: "class-not-whole",
      message: "`label` of example 0 is 0.5. Supply a class, a whole number from 0 to 2.",
      example: 0,
    },
    { what: "no examples", ports: [x, y], data: { x: [], y: [] }, code: "empty", message: "`x` has no examples." },
    {
      what: "columns of different lengths",
      ports: [x, y],
      data: {
        x: [
          [1, 2],
          [3, 4],
        ],
        y: [1],
      },
      code: "unequal-lengths",
      message: "`x` has 2 examples, `y` has 1 example. Supply as many of one as of the other.",
    },
  ];
  test.each(cases)("$what", ({ ports, data, code, message, example }) => {
    const error = refusal(() => readDataset(ports, data));
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
    if (example !== undefined) expect(error.example).toBe(example);
  });

  test("what is no number at all in place of the data", () => {
    expect(refusal(() => readDataset([x], JSON.parse("null"))).message).toBe("The data are no object. Supply { `x` }.");
  });
});

test("one example is read as one of many would be, without a number in messages", () => {
  expect(readExample([x, label], { x: [1, 2], label: 2 })).toEqual([new Float64Array([1, 2]), new Float64Array([2])]);
  expect(refusal(() => readExample([x], { x: [1, Number.NaN] })).message).toContain("`x`[1] is NaN.");
});
